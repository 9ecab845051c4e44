import { type BootstrapUser, mysqlUsersSql, postgresUsersSql } from '../../../src/database/credentials/bootstrap-sql';
import { DatabaseSetup, setupProperties } from '../../simulators/database-setup';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../simulators/mysql-server';
import type { PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

jest.setTimeout(60_000);

const USERS: BootstrapUser[] = [
  { userName: 'owner', access: 'OWNER', password: true },
  { userName: 'application', access: 'READ_WRITE', password: true },
  { userName: 'reporting', access: 'READ_ONLY', password: true },
];
const PASSWORD = 'of each user';

/** Runs the setup of the same users. */
async function setUp(server: PostgresServer | MysqlServer, given: object = {}) {
  const setup = await DatabaseSetup.start(server.certificateFile);
  setup.put('arn:master', 'engine' in given ? MYSQL_MASTER : MASTER);
  USERS.forEach(({ userName }) => setup.put(`arn:${userName}`, { username: userName, password: PASSWORD }));
  const users = USERS.map(({ userName, access }) => ({ name: userName, access, secretArn: `arn:${userName}` }));
  expect(await setup.request('Create', setupProperties(server.port, { users, ...given }))).toMatchObject({ status: 'SUCCESS' });
  setup.stop();
}

/** Rights of each user on each kind of object of the owner, made after the users. */
const RIGHTS = `
  WITH users AS (SELECT unnest(ARRAY['owner', 'application', 'reporting']) AS name), rights AS (
    SELECT name, 'table ' || p AS p, has_table_privilege(name, 'orders', p) AS has FROM users,
      unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
    UNION ALL SELECT name, 'sequence ' || p, has_sequence_privilege(name, 'orders_id_seq', p) FROM users,
      unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) p
    UNION ALL SELECT name, 'routine', has_function_privilege(name, 'purge()', 'EXECUTE') FROM users
    UNION ALL SELECT name, 'schema ' || s || p, has_schema_privilege(name, s, p) FROM users,
      unnest(ARRAY['public', 'own']) s, unnest(ARRAY['USAGE', 'CREATE']) p
    UNION ALL SELECT name, 'database ' || d || p, has_database_privilege(name, d, p) FROM users,
      unnest(ARRAY['${DATABASE}', 'postgres']) d, unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) p)
  SELECT name, p FROM rights WHERE has ORDER BY 1, 2`;

describe.each(['15', '18'])('On PostgreSQL %s, the bootstrap statements', (major) => {
  test('give each user the rights that the setup gives', async () => {
    const rights: object[][] = [];
    for (const bySetup of [true, false]) {
      const server = await startRdsPostgres(major);
      await server.query(`ALTER DATABASE postgres OWNER TO ${MASTER.username}`);
      if (bySetup) {
        await setUp(server);
      } else {
        const statements = postgresUsersSql(DATABASE, [], USERS).replaceAll(/:'\w+_password'/g, `'${PASSWORD}'`);
        await server.query(statements, { user: MASTER.username, password: MASTER.password, database: DATABASE });
      }
      await server.query(
        `CREATE TABLE orders (id serial); CREATE SCHEMA own;
         CREATE FUNCTION purge() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.orders'`,
        { user: 'owner', password: PASSWORD, database: DATABASE },
      );
      rights.push(await server.query(RIGHTS, { database: DATABASE }));
      await server.stop();
    }
    expect(rights[0]).toContainEqual({ name: 'application', p: 'routine' });
    expect(rights[1]).toEqual(rights[0]);
  });
});

const reasonToSkip = missingMysql();
(reasonToSkip ? describe.skip : describe)(`On MySQL${reasonToSkip ? ` (${reasonToSkip})` : ''}, the bootstrap statements`, () => {
  test('give each user the rights that the setup gives', async () => {
    const grants: string[][] = [];
    for (const bySetup of [true, false]) {
      const server = await MysqlServer.start('shop');
      if (bySetup) {
        await setUp(server, { engine: 'mysql', database: 'shop' });
      } else {
        const statements = mysqlUsersSql('shop', USERS).replaceAll(/:\w+_password/g, PASSWORD);
        await server.query(statements, { user: MYSQL_MASTER.username, password: MYSQL_MASTER.password });
      }
      const rows = await Promise.all(USERS.map(async ({ userName }) => server.query(`SHOW GRANTS FOR '${userName}'@'%'`)));
      grants.push(rows.flat().map((row) => `${Object.values(row)[0]}`));
      await server.stop();
    }
    expect(grants[1]).toEqual(grants[0]);
  });
});
