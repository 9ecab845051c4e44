import { DatabaseSetup, type SecretValue, setupProperties } from '../../simulators/database-setup';
import type { PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

// Each request starts a process.
jest.setTimeout(60_000);

const ENDED = 'The setup has ended.';
const OWNER: SecretValue = { username: 'owner', password: 'password-of-the-owner' };
const APPLICATION: SecretValue = { username: 'application', password: 'password-of-the-application' };
const REPORTING: SecretValue = { username: 'reporting', password: 'password-of-reporting' };

/** Functions that the setup calls, each with as many arguments as in a statement of its own. */
const FUNCTIONS = [
  ['quote_ident', 1],
  ['pg_get_userbyid', 1],
  ['current_setting', 1],
  ['aclexplode', 1],
  ['length', 1],
  ['acldefault', 2],
  ['pg_has_role', 2],
  ['btrim', 2],
  ['substr', 2],
  ['format', 2],
  ['regexp_split_to_table', 2],
  ['has_schema_privilege', 2],
  ['pg_has_role', 3],
  ['has_schema_privilege', 3],
  ['has_table_privilege', 3],
  ['has_sequence_privilege', 3],
  ['has_function_privilege', 3],
];
const OPERATORS = ['=', '<>', '~', '!~', '~~', '>', '||', '+'];

/**
 * Overloads of them for each combination of types that the catalog leaves free, in a schema that a session of the
 * master user searches by default. A call that fits one better than the catalog's own runs it.
 */
const planted = (schema: string) => `
  CREATE SCHEMA IF NOT EXISTS ${schema};
  GRANT USAGE ON SCHEMA ${schema} TO PUBLIC;
  CREATE TABLE IF NOT EXISTS public.proof (function text, acting text);
  GRANT INSERT ON public.proof TO PUBLIC;
  SET search_path = pg_catalog;
  DO $plant$
  DECLARE
    types text[] := ARRAY['text', 'name', 'oid', 'regclass', 'int4', '"char"'];
    functions text[] := ARRAY[${FUNCTIONS.map(([name, count]) => `'${name}/${count}'`).join(', ')}];
    operators text[] := ARRAY[${OPERATORS.map((name) => `'${name}'`).join(', ')}];
    trap text := 'LANGUAGE plpgsql AS $body$ BEGIN
      IF session_user = ''${MASTER.username}'' THEN INSERT INTO public.proof VALUES (%L, current_user); END IF;
      RETURN NULL; END $body$';
    each text; a text; b text;
  BEGIN
    FOREACH each IN ARRAY functions LOOP
      FOREACH a IN ARRAY types LOOP
        FOREACH b IN ARRAY CASE split_part(each, '/', 2) WHEN '1' THEN ARRAY[''] ELSE types END LOOP
          EXECUTE format('CREATE OR REPLACE FUNCTION ${schema}.%I(%s%s%s) RETURNS %s ', split_part(each, '/', 1), a,
            CASE b WHEN '' THEN '' ELSE ', ' || b END,
            CASE split_part(each, '/', 2) WHEN '3' THEN ', text' ELSE '' END,
            CASE WHEN each ~ '^(has|pg_has)' THEN 'boolean' ELSE 'text' END) || format(trap, each);
        END LOOP;
      END LOOP;
    END LOOP;
    FOREACH each IN ARRAY operators LOOP
      FOREACH a IN ARRAY types LOOP
        FOREACH b IN ARRAY types LOOP
          CONTINUE WHEN EXISTS (SELECT FROM pg_operator o WHERE o.oprname = each
            AND o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft = a::regtype AND o.oprright = b::regtype);
          EXECUTE format('CREATE OR REPLACE FUNCTION ${schema}.%I(%s, %s) RETURNS boolean ', 'trap ' || each, a, b)
            || format(trap, each);
          EXECUTE format('CREATE OPERATOR ${schema}.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = ${schema}.%I)',
            each, a, b, 'trap ' || each);
        END LOOP;
      END LOOP;
    END LOOP;
  END $plant$`;

describe.each(['15', '18'])('Against users of a PostgreSQL %s who mean harm, the setup', (major) => {
  let server: PostgresServer;
  let setup: DatabaseSetup;

  const standard = [
    { name: 'owner', access: 'OWNER', secretArn: 'arn:owner' },
    { name: 'application', access: 'READ_WRITE', secretArn: 'arn:application' },
    { name: 'reporting', access: 'READ_ONLY', secretArn: 'arn:reporting' },
  ];
  const properties = (given: object = {}) =>
    setupProperties(server.port, { databases: ['archive'], schemas: ['billing'], users: standard, ...given });
  const succeed = async (given: object = {}) => {
    const { status, reason } = await setup.request('Update', properties(given));
    expect([status, reason]).toEqual(['SUCCESS', ENDED]);
  };
  const as = async (secret: SecretValue, sql: string, database = DATABASE) =>
    server.query<{ [column: string]: unknown }>(sql, { user: secret.username, password: secret.password, database });

  beforeAll(async () => {
    server = await startRdsPostgres(major, {
      trustedExtensions: ['pgaudit', 'pg_stat_statements', 'pg_cron', 'postgis_topology', 'aws_s3'],
      extensionScripts: {
        // RDS lets the master user pass the right on.
        pg_cron: { sql: 'CREATE SCHEMA cron; GRANT USAGE ON SCHEMA cron TO rds_superuser WITH GRANT OPTION' },
        postgis_topology: { control: 'schema = topology\n', sql: 'CREATE TABLE topology.layer (id int)' },
        aws_s3: { sql: 'CREATE SCHEMA aws_s3' },
      },
    });
    // As on RDS.
    await server.query(`ALTER DATABASE postgres OWNER TO ${MASTER.username}`);
    setup = await DatabaseSetup.start(server.certificateFile);
    setup
      .put('arn:master', MASTER)
      .put('arn:owner', OWNER)
      .put('arn:application', APPLICATION)
      .put('arn:reporting', REPORTING);
    await succeed();
  }, 90_000);

  afterAll(async () => {
    setup.stop();
    await server.stop();
  });

  test('lets a user who only reads run no routine with the owner\'s rights, and one who writes run all', async () => {
    const routines = (prefix: string) => `
      CREATE FUNCTION ${prefix}_purge() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.jobs';
      CREATE PROCEDURE ${prefix}_step() LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.jobs'`;
    await as(OWNER, `CREATE TABLE jobs (id int); ${routines('billing.later')}`);
    await as(OWNER, `CREATE SCHEMA own; ${routines('own.later')}`);
    // From the time before the setup knew of routines.
    await as(
      OWNER,
      `${routines('former')}; GRANT EXECUTE ON ROUTINE former_purge, former_step TO PUBLIC;
      CREATE FUNCTION of_the_caller() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.jobs';
      GRANT EXECUTE ON FUNCTION of_the_caller() TO PUBLIC`,
    );
    await succeed();
    for (const prefix of ['billing.later', 'own.later', 'former']) {
      for (const call of [`SELECT ${prefix}_purge()`, `CALL ${prefix}_step()`]) {
        await expect(as(REPORTING, call)).rejects.toThrow(/permission denied for (function|procedure)/);
        await as(APPLICATION, call);
      }
    }
    expect(await as(REPORTING, 'SELECT of_the_caller() AS count')).toEqual([{ count: '0' }]);
  });

  test('takes the right to run routines back from a user who only reads from now on', async () => {
    const users = standard.map(({ access, ...user }) => ({
      ...user,
      access: access.replace('READ_ONLY', 'READ_WRITE'),
    }));
    await succeed({ users });
    await as(REPORTING, 'SELECT former_purge()');
    await succeed();
    await as(OWNER, "CREATE FUNCTION last() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.jobs'");
    for (const call of ['SELECT former_purge()', 'SELECT last()']) {
      await expect(as(REPORTING, call)).rejects.toThrow(/permission denied for function/);
    }
  });

  test('lets nobody make temporary tables in the database that each server has', async () => {
    await expect(as(REPORTING, 'CREATE TEMPORARY TABLE t (id int)', 'postgres')).rejects.toThrow(/permission denied/);
    expect(await as(REPORTING, 'SELECT 1 AS one', 'postgres')).toEqual([{ one: 1 }]);
  });

  test('is not stopped by a lock that any user may hold', async () => {
    const { username: user, password } = REPORTING;
    const session = await server.connect({ user, password, database: DATABASE });
    await session.query('SELECT pg_advisory_lock(7105112097)');
    await session.query('BEGIN; SAVEPOINT s');
    for (const sql of [`ALTER ROLE ${MASTER.username} SET application_name = 'mine'`, 'LOCK pg_catalog.pg_db_role_setting']) {
      await expect(session.query(sql)).rejects.toThrow(/permission denied/);
      await session.query('ROLLBACK TO s');
    }
    await succeed();
    await session.end();
  });

  test('waits for another setup, and leaves the settings of the master user as they are', async () => {
    const master = { user: MASTER.username, password: MASTER.password, database: DATABASE };
    await server.query(`ALTER ROLE ${MASTER.username} SET application_name = 'of the team'`, master);
    const other = await server.connect(master);
    await other.query("BEGIN; ALTER ROLE CURRENT_USER SET application_name = 'another setup'");
    setTimeout(() => void other.query('ROLLBACK'), 4000);
    const { status, milliseconds } = await setup.request('Update', properties());
    expect(status).toBe('SUCCESS');
    expect(milliseconds).toBeGreaterThan(3500);
    await other.end();
    const settings = "SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'dbadmin'::regrole";
    expect(await server.query(settings)).toEqual([{ setconfig: ['application_name=of the team'] }]);
    await server.query(`ALTER ROLE ${MASTER.username} RESET application_name`, master);
  });

  test('opens the schemas of extensions to the owner and to users who write, where the master user may', async () => {
    for (let run = 0; run < 2; run++) {
      await succeed({ extensions: ['pg_cron', 'postgis_topology', 'aws_s3'] });
    }
    const uses = await server.query(
      `SELECT u.name AS user, s.name AS schema FROM unnest(ARRAY['owner', 'application', 'reporting']) u(name),
         unnest(ARRAY['cron', 'topology', 'aws_s3']) s(name)
       WHERE has_schema_privilege(u.name, s.name, 'USAGE') ORDER BY 1, 2`,
      { database: DATABASE },
    );
    expect(uses).toEqual(
      ['application', 'owner'].flatMap((user) => ['cron', 'topology'].map((schema) => ({ user, schema }))),
    );
    const places = `SELECT extname, extnamespace::regnamespace::text AS schema FROM pg_extension
      WHERE extname IN ('pgaudit', 'postgis_topology') ORDER BY 1`;
    expect(await server.query(places, { database: DATABASE })).toEqual([
      { extname: 'pgaudit', schema: 'public' },
      { extname: 'postgis_topology', schema: 'topology' },
    ]);
  });

  // The last one, because the overloads stay.
  test('runs no function and no operator of the owner, in public or in a schema named as the master user', async () => {
    await as(OWNER, planted('public'));
    await as(OWNER, planted(MASTER.username));
    await succeed();
    await succeed({ schemas: ['billing', 'sales'] });
    expect(await as(OWNER, 'SELECT DISTINCT function, acting FROM public.proof')).toEqual([]);
  });
});
