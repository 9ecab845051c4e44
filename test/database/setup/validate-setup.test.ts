import { CredentialRotation, type HardenedPostgresProps, PostgresCapacity } from '../../../src';
import { meantExtension } from '../../../src/database/setup/known-extensions';
import { mysql, only, postgres } from '../../fixtures/database-stack';
import { refusal } from '../../fixtures/test-stack';

type Props = Partial<HardenedPostgresProps>;

describe('The setup of a database refuses, with the fix,', () => {
  test.each<[string, Props, RegExp]>([
    ['an owner of the name of the application', { ownerName: 'shop', userName: 'shop' }, /ownerName is 'shop', and the application's user is 'shop'\. Set another ownerName/],
    ['an application of the name of the owner', { userName: 'owner' }, /ownerName is by default 'owner', and the application's user is 'owner'/],
    ['an application of the name of the second owner', { userName: 'owner_clone' }, /ownerName is by default 'owner', and .*'owner_clone'/],
    ['an owner of the name of the second application', { ownerName: 'application_clone' }, /the second user that the rotation of 'application' creates/],
    ['the master user as owner', { ownerName: 'dbadmin' }, /ownerName is "dbadmin", expected/],
    [
      'an owner where the master user owns the tables',
      { ownerName: 'boss', credentials: CredentialRotation.managedSecret({ waiver: { reason: 'it reads the secret again' } }) },
      /ownerName is not supported with CredentialRotation\.managedSecret\(\)/,
    ],
    ['a database of the engine', { additionalDatabases: ['postgres'] }, /additionalDatabases is "postgres", expected .* none of postgres, rdsadmin/],
    ['a database that needs quotes', { additionalDatabases: ['Archive'] }, /additionalDatabases is "Archive"/],
    ['the database that exists already', { additionalDatabases: ['application'] }, /additionalDatabases has 'application', which the server has already/],
    ['a database twice', { additionalDatabases: ['a', 'a'] }, /additionalDatabases has 'a'/],
    ['the schema that exists already', { schemas: ['public'] }, /schemas is "public"/],
    ['a schema of PostgreSQL', { schemas: ['pg_temp'] }, /schemas is "pg_temp"/],
    ['a schema twice', { schemas: ['a', 'a'] }, /schemas has 'a'/],
    ['a single schema where a list is expected', { schemas: 'billing' as never }, /schemas is "billing", expected a list/],
    ['a misspelt extension', { extensions: ['pgcrpyto'] }, /extensions is "pgcrpyto", expected an extension of RDS or Aurora\. Write pgcrypto/],
    ['the name of a project', { extensions: ['pgvector'] }, /Write vector/],
    ['a name that underscores spoil', { extensions: ['uuid_ossp'] }, /Write uuid-ossp/],
    ['a library', { extensions: ['auto_explain'] }, /auto_explain, which is a library and no extension.*shared_preload_libraries/],
    ['an extension twice', { extensions: ['vector', 'vector'] }, /extensions has 'vector'/],
    ['no name of an extension', { extensions: ['drop table'] }, /extensions is "drop table"/],
    ['an extension of Aurora on an instance', { extensions: ['apg_plan_mgmt'] }, /apg_plan_mgmt, which only Aurora has/],
    [
      'jobs in another database than the one with pg_cron',
      { extensions: ['pg_cron'], parameters: { 'cron.database_name': 'postgres' } },
      /cron\.database_name'\] is "postgres", expected application/,
    ],
    [
      'the text of jobs in the log [A-31]',
      { extensions: ['pg_cron'], parameters: { 'cron.log_statement': '1' } },
      /cron\.log_statement'\] is "1", expected .* no query text of jobs/,
    ],
    ['schemas that nothing would create', { setup: false, schemas: ['billing'] }, /schemas is not supported with setup: false/],
    ['databases that nothing would create', { setup: false, additionalDatabases: ['archive'] }, /additionalDatabases is not supported with setup: false/],
  ])('%s', (_name, props, message) => {
    expect(refusal(() => postgres(props))).toMatch(message);
  });

  test('a database of MySQL itself', () => {
    expect(refusal(() => mysql({ additionalDatabases: ['sys'] }))).toMatch(/additionalDatabases is "sys"/);
  });
});

describe('Extensions', () => {
  const parameters = (props: Props) => only(postgres(props).template, 'AWS::RDS::DBParameterGroup').Parameters;

  test('that the server loads at start are added to its libraries', () => {
    expect(parameters({ extensions: ['pg_cron', 'vector', 'pg_hint_plan'] })).toMatchObject({
      'shared_preload_libraries': 'pg_stat_statements,pgaudit,pg_cron,pg_hint_plan',
      'cron.database_name': 'application',
      'cron.log_statement': '0',
    });
  });

  test('add their libraries to a list of the caller, each once', () => {
    const own = { shared_preload_libraries: 'pgaudit, pg_cron,auto_explain' };
    expect(parameters({ extensions: ['pg_cron', 'pglogical'], parameters: own }).shared_preload_libraries)
      .toBe('pgaudit, pg_cron,auto_explain,pglogical');
  });

  test('run jobs in the database that the server was created with', () => {
    expect(parameters({ extensions: ['pg_cron'], databaseName: 'shop' })['cron.database_name']).toBe('shop');
  });

  test('that need no library change no parameter', () => {
    expect(parameters({ extensions: ['pgcrypto', 'postgis', 'pg_partman'] })).toEqual(parameters({}));
  });

  test('of Aurora are accepted on a cluster', () => {
    expect(() => postgres({ capacity: PostgresCapacity.serverless(), extensions: ['apg_plan_mgmt'] })).not.toThrow();
  });

  test('whose name is like none that is known are left to the server', () => {
    expect(meantExtension('timescaledb')).toBeUndefined();
    expect(() => postgres({ extensions: ['timescaledb'] })).not.toThrow();
  });
});
