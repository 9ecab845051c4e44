import { Duration } from 'aws-cdk-lib';
import { MysqlCapacity, PostgresCapacity } from '../../../src';
import { settingsOf } from '../../../src/database/parameters/postgres-parameters';
import { mysql, postgres } from '../../fixtures/database-stack';
import { refusal } from '../../fixtures/test-stack';

/** Value that fits each parameter of the list. */
const LACKED_BY_AURORA: ReadonlyArray<[string, string]> = [
  ['bgwriter_delay', '200'],
  ['checkpoint_completion_target', '0.9'],
  ['checkpoint_timeout', '600'],
  ['commit_delay', '0'],
  ['hot_standby', '1'],
  ['log_checkpoints', '1'],
  ['max_wal_size', '4096'],
  ['min_wal_size', '512'],
  ['synchronous_standby_names', ''],
  ['wal_compression', 'on'],
  ['wal_keep_size', '2048'],
  ['wal_writer_delay', '200'],
];
const AUDIT: ReadonlyArray<[string, string]> = [
  ['server_audit_events', 'CONNECT,QUERY_DDL,QUERY_DCL'],
  ['server_audit_excl_users', ''],
  ['server_audit_incl_users', 'shop'],
  ['server_audit_logging', '1'],
  ['server_audit_logs_upload', '1'],
];

describe('Parameters of one kind of server', () => {
  test.each(LACKED_BY_AURORA)('%s is refused for a cluster, and accepted for an instance', (name, value) => {
    const parameters = { [name]: value };
    expect(refusal(() => postgres({ capacity: PostgresCapacity.serverless(), parameters }))).toMatch(
      `parameters['${name}'] is "${value}", expected a parameter that Aurora PostgreSQL has. Remove it`,
    );
    expect(() => postgres({ parameters })).not.toThrow();
  });

  test.each(['wal_buffers', 'wal_sender_timeout', 'max_slot_wal_keep_size', 'max_standby_streaming_delay'])(
    '%s is one that Aurora has',
    (name) => {
      expect(settingsOf('15')).toHaveProperty(name);
      const parameters = { [name]: '10000' };
      expect(() => postgres({ capacity: PostgresCapacity.serverless(), parameters })).not.toThrow();
    },
  );

  test.each(AUDIT)('%s is refused for a MySQL instance, whose option group audits', (name, value) => {
    expect(refusal(() => mysql({ capacity: MysqlCapacity.instance(), parameters: { [name]: value } }))).toMatch(
      `parameters['${name}'] is "${value}", expected a parameter that an instance of MySQL has. Remove it: the option`,
    );
  });

  test('a cluster of MySQL audits by parameters', () => {
    expect(() => mysql({ parameters: { server_audit_logging: '1' } })).not.toThrow();
  });
});

describe('A replication on a cluster that is to pause, which Aurora then never does, is refused', () => {
  const pause = { autoPauseAfter: Duration.minutes(5) };

  test('of PostgreSQL [E-03]', () => {
    const parameters = { 'rds.logical_replication': '1' };
    expect(refusal(() => postgres({ capacity: PostgresCapacity.serverless(pause), parameters }))).toMatch(
      "parameters['rds.logical_replication'] is \"1\", expected 0 with autoPauseAfter: Aurora pauses no cluster that replicates. " +
        'Remove it, or remove autoPauseAfter',
    );
    expect(() => postgres({ capacity: PostgresCapacity.serverless(), parameters })).not.toThrow();
  });

  test('of MySQL, unless it is off [C-08]', () => {
    const capacity = MysqlCapacity.serverless(pause);
    expect(refusal(() => mysql({ capacity, parameters: { binlog_format: 'ROW' } }))).toMatch(
      "parameters['binlog_format'] is \"ROW\", expected OFF with autoPauseAfter",
    );
    expect(() => mysql({ capacity, parameters: { binlog_format: 'OFF' } })).not.toThrow();
    expect(() => mysql({ parameters: { binlog_format: 'ROW' } })).not.toThrow();
  });
});
