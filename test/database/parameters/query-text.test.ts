import {
  EnvironmentProfile,
  type HardenedMysqlProps,
  type HardenedPostgresProps,
  MysqlCapacity,
  PostgresCapacity,
  QueryText,
} from '../../../src';
import { mysql, only, postgres } from '../../fixtures/database-stack';
import { refusal } from '../../fixtures/test-stack';

type Parameters = { [name: string]: string };

const ofPostgres = (props: Partial<HardenedPostgresProps>, profile?: EnvironmentProfile): Parameters =>
  only(postgres(props, profile).template, 'AWS::RDS::DBParameterGroup').Parameters as Parameters;
const ofMysql = (props: Partial<HardenedMysqlProps>, profile?: EnvironmentProfile): Parameters =>
  only(mysql(props, profile).template, 'AWS::RDS::DBClusterParameterGroup').Parameters as Parameters;

const { NEVER, IN_ERRORS, SLOW } = QueryText;
const WITHOUT_TEXT = { log_min_error_statement: 'panic', log_error_verbosity: 'terse' };

describe('The text of queries in the log of a PostgreSQL', () => {
  test.each([
    ['production', EnvironmentProfile.production(), NEVER],
    ['staging', EnvironmentProfile.staging(), SLOW],
    ['development', EnvironmentProfile.development(), SLOW],
    ['an environment that logs queries', EnvironmentProfile.production().adjust({ queryLogging: true }), SLOW],
  ])('is the choice of %s by default [A-31]', (_name, profile, queryText) => {
    expect(ofPostgres({}, profile)).toEqual(ofPostgres({ queryText }, profile));
  });

  test.each([NEVER, IN_ERRORS, SLOW])('never is that of every DDL statement, which may hold a password (%s)', (choice) => {
    expect(ofPostgres({ queryText: choice })).toMatchObject({ 'log_statement': 'none', 'pgaudit.log': 'ddl,role' });
  });

  test('is missing from errors, waits and slow statements with NEVER [A-31]', () => {
    expect(ofPostgres({ queryText: NEVER })).toMatchObject({ ...WITHOUT_TEXT, log_min_duration_statement: '-1' });
  });

  test('is in errors and waits alone with IN_ERRORS [A-31]', () => {
    const parameters = ofPostgres({ queryText: IN_ERRORS });
    expect(parameters.log_min_duration_statement).toBe('-1');
    Object.keys(WITHOUT_TEXT).forEach((name) => expect(parameters).not.toHaveProperty(name));
  });

  test('is in errors and slow statements with SLOW [A-31]', () => {
    const parameters = ofPostgres({ queryText: SLOW });
    expect(parameters.log_min_duration_statement).toBe('1000');
    Object.keys(WITHOUT_TEXT).forEach((name) => expect(parameters).not.toHaveProperty(name));
  });

  test.each<[QueryText, string, string, RegExp]>([
    [NEVER, 'log_min_error_statement', 'error', /no more text of queries than queryText allows/],
    [NEVER, 'log_error_verbosity', 'verbose', /no more text of queries than queryText allows/],
    [NEVER, 'log_min_duration_statement', '5000', /no more text of queries than queryText allows/],
    [IN_ERRORS, 'log_min_duration_statement', '5000', /no more text of queries than queryText allows/],
    [IN_ERRORS, 'auto_explain.log_min_duration', '5000', /no more text of queries than queryText allows/],
    [IN_ERRORS, 'pgaudit.log', 'ddl,role,write', /no more text of queries than queryText allows/],
    [IN_ERRORS, 'log_statement', 'ddl', /the log holds no password that somebody changes/],
    [SLOW, 'log_statement', 'mod', /the log holds no password that somebody changes/],
    [SLOW, 'log_min_duration_statement', '0', /the log holds no password that somebody changes/],
    [SLOW, 'log_min_duration_sample', '10', /the log holds no password that somebody changes/],
    [SLOW, 'log_transaction_sample_rate', '0.1', /the log holds no password that somebody changes/],
    [SLOW, 'log_parser_stats', '1', /the log holds no password that somebody changes/],
    [SLOW, 'pg_stat_statements.track_utility', '1', /pg_stat_statements keeps no password that somebody changes/],
  ])('is guaranteed: with %s, %s is not %s', (queryText, name, value, message) => {
    const props = { queryText, parameters: { [name]: value } };
    expect(refusal(() => postgres(props))).toMatch(message);
    const parameterWaiver = { reason: 'the password of this server is rotated elsewhere' };
    expect(ofPostgres({ ...props, parameterWaiver })[name]).toBe(value);
  });

  test.each<[QueryText, string, string]>([
    [IN_ERRORS, 'log_error_verbosity', 'verbose'],
    [SLOW, 'log_min_duration_statement', '200'],
    [SLOW, 'auto_explain.log_min_duration', '500'],
    [SLOW, 'pgaudit.log', 'ddl,role,write'],
  ])('may be more where the choice allows it: with %s, %s may be %s', (queryText, name, value) => {
    expect(ofPostgres({ queryText, parameters: { [name]: value } })[name]).toBe(value);
  });

  test('is chosen for a cluster, too', () => {
    const { template } = postgres({ queryText: IN_ERRORS, capacity: PostgresCapacity.serverless() });
    expect(only(template, 'AWS::RDS::DBClusterParameterGroup').Parameters).toMatchObject({
      log_statement: 'none',
      log_min_duration_statement: '-1',
    });
  });
});

describe('The text of queries in the log of a MySQL', () => {
  const log = ({ slow_query_log, innodb_print_all_deadlocks, general_log, long_query_time }: Parameters) =>
    [slow_query_log, innodb_print_all_deadlocks, general_log, long_query_time];

  test.each([
    [NEVER, ['0', '0', '0', undefined]],
    [IN_ERRORS, ['0', '1', '0', undefined]],
    [SLOW, ['1', '1', '0', '1']],
  ])('is in deadlocks and slow statements by the choice: %s [A-31]', (queryText, expected) => {
    expect(log(ofMysql({ queryText }))).toEqual(expected);
  });

  test('follows the environment by default [A-31]', () => {
    expect(ofMysql({})).toEqual(ofMysql({ queryText: NEVER }));
    const staging = EnvironmentProfile.staging();
    expect(ofMysql({}, staging)).toEqual(ofMysql({ queryText: SLOW }, staging));
  });

  test.each<[QueryText, string, string]>([
    [NEVER, 'innodb_print_all_deadlocks', '1'],
    [IN_ERRORS, 'slow_query_log', '1'],
    [IN_ERRORS, 'general_log', '1'],
    [IN_ERRORS, 'server_audit_events', 'CONNECT,QUERY_DDL,QUERY_DCL,QUERY_DML'],
  ])('is guaranteed: with %s, %s is not %s', (queryText, name, value) => {
    expect(refusal(() => mysql({ queryText, parameters: { [name]: value } }))).toMatch(
      /no more text of queries than queryText allows/,
    );
  });

  test('is chosen for an instance, too', () => {
    const { template } = mysql({ queryText: IN_ERRORS, capacity: MysqlCapacity.instance() });
    expect(log(only(template, 'AWS::RDS::DBParameterGroup').Parameters as Parameters)).toEqual([
      '0', '1', '0', undefined,
    ]);
  });
});

test('A choice of query text that is none is refused with the choices', () => {
  expect(refusal(() => postgres({ queryText: 'slow' as QueryText }))).toMatch(
    /queryText is "slow", expected NEVER, IN_ERRORS, SLOW/,
  );
});
