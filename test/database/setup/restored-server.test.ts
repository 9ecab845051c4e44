import * as fs from 'fs';
import { DatabaseSetup, type SecretValue, setupProperties } from '../../simulators/database-setup';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../simulators/mysql-server';
import type { PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

// Each request starts a process.
jest.setTimeout(60_000);

const FORMER = 'known on the former server';
const NEW = 'of the restored server';
const account = (username: string, password: string): SecretValue => ({ username, password });

interface User {
  readonly name: string;
  readonly access: string;
}

const APPLICATION: User = { name: 'application', access: 'READ_WRITE' };
const OWNER: User = { name: 'owner', access: 'OWNER' };
const REPORTING: User = { name: 'reporting', access: 'READ_ONLY' };

/** Runs the setup of a server whose users have the given password in their secrets. */
async function setUp(
  server: { readonly certificateFile: string; readonly port: number },
  users: readonly User[],
  { password, type = 'Create', ...given }: { password: string; type?: 'Create' | 'Update'; [name: string]: unknown },
) {
  const setup = await DatabaseSetup.start(server.certificateFile);
  setup.put('arn:master', given.engine === 'mysql' ? MYSQL_MASTER : MASTER);
  users.forEach(({ name }) => setup.put(`arn:${name}`, account(name, password)));
  const withSecrets = users.map((user) => ({ ...user, secretArn: `arn:${user.name}` }));
  const result = await setup.request(type, setupProperties(server.port, { users: withSecrets, ...given }));
  setup.stop();
  return result;
}

describe('A restored PostgreSQL server', () => {
  let original: PostgresServer;
  let restored: PostgresServer;
  const signIn = async (server: PostgresServer, user: string, password: string, sql = 'SELECT 1') =>
    server.query(sql, { user, password, database: DATABASE }).then(() => 'open', () => 'closed');

  beforeAll(async () => {
    original = await startRdsPostgres('16');
    await setUp(original, [APPLICATION, OWNER, REPORTING], { password: FORMER });
    // One rotation of each user, as the hosted function does it.
    const asMaster = { user: MASTER.username, password: MASTER.password, database: DATABASE };
    for (const { name } of [APPLICATION, REPORTING]) {
      await original.query(`CREATE ROLE ${name}_clone LOGIN PASSWORD '${FORMER}'; GRANT ${name} TO ${name}_clone`, asMaster);
    }
    await original.query(`ALTER USER owner_clone PASSWORD '${FORMER}'`, asMaster);
    await original.query('CREATE TABLE customers (email text)', { user: 'owner_clone', password: FORMER, database: DATABASE });
    restored = await original.restored();
  }, 120_000);

  afterAll(async () => {
    await restored.stop();
    await original.stop();
  });

  test('names the databases that it has where the program asks for another', async () => {
    const { status, reason } = await setUp(restored, [APPLICATION, OWNER], { password: NEW, database: 'shop' });
    expect(status).toBe('FAILED');
    expect(reason).toMatch(/database "shop" does not exist.* The server has application\. .*set databaseName to that of the former database/);
  });

  test('refuses a user with the name of its master user, and leaves its password', async () => {
    const { status, reason } = await setUp(restored, [{ ...APPLICATION, name: MASTER.username }, OWNER], { password: NEW });
    expect([status, reason]).toEqual(['FAILED', expect.stringMatching(/asks for user dbadmin, and dbadmin is the master user of this server\. Nothing was changed/)]);
    expect(await signIn(restored, MASTER.username, MASTER.password)).toBe('open');
  });

  test('refuses an owner to whom no table belongs, and names the former one', async () => {
    const { status, reason } = await setUp(restored, [APPLICATION, { ...OWNER, name: 'shop_owner' }], { password: NEW });
    expect(status).toBe('FAILED');
    expect(reason).toMatch(/1 table belongs to owner in schema public \(public\.customers\), and none there to the owner shop_owner.* set ownerName to 'owner'/);
  });

  test('opens to no password of the former server, also not to those of the second users [A-24]', async () => {
    const result = await setUp(restored, [APPLICATION, OWNER], { password: NEW });
    expect(result).toMatchObject({ status: 'SUCCESS' });
    const names = ['application', 'application_clone', 'owner', 'owner_clone'];
    expect(await Promise.all(names.map(async (name) => signIn(restored, name, FORMER)))).toEqual(names.map(() => 'closed'));
    expect(await Promise.all(['application', 'owner'].map(async (name) => signIn(restored, name, NEW)))).toEqual(['open', 'open']);
    // As docs/recovery.md says, a user that the program no longer names stays as it was.
    expect(await signIn(restored, 'reporting', FORMER)).toBe('open');
  });

  test('lets the next rotation open the second user again', async () => {
    await restored.query("ALTER USER application_clone WITH PASSWORD 'rotated'", { user: MASTER.username, password: MASTER.password, database: DATABASE });
    expect(await signIn(restored, 'application_clone', 'rotated', 'SELECT * FROM customers')).toBe('open');
    expect(await setUp(restored, [APPLICATION, OWNER], { password: NEW, type: 'Update' })).toMatchObject({ status: 'SUCCESS' });
    expect(await signIn(restored, 'application_clone', 'rotated')).toBe('open');
  });

  test('loses a user that the program no longer names by the statements of docs/recovery.md', async () => {
    const page = fs.readFileSync('docs/recovery.md', 'utf8');
    const [statements] = /GRANT reporting, reporting_clone[^]*?DROP ROLE[^\n]*/.exec(page)!;
    await restored.query(statements, { user: MASTER.username, password: MASTER.password, database: DATABASE });
    expect(await signIn(restored, 'reporting', FORMER)).toBe('closed');
    expect(await setUp(restored, [APPLICATION, OWNER], { password: NEW, type: 'Update' })).toMatchObject({ status: 'SUCCESS' });
  });

  test('takes a table of another role as it is where the owner has one', async () => {
    await restored.query('CREATE ROLE stranger; CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO stranger', { database: DATABASE });
    expect(await setUp(restored, [APPLICATION, OWNER], { password: NEW })).toMatchObject({ status: 'SUCCESS' });
  });

  test('does not fail an update for the owners of tables', async () => {
    await restored.query('ALTER TABLE customers OWNER TO stranger', { database: DATABASE });
    expect(await setUp(restored, [APPLICATION, OWNER], { password: NEW, type: 'Update' })).toMatchObject({ status: 'SUCCESS' });
  });
});

const reasonToSkip = missingMysql();
(reasonToSkip ? describe.skip : describe)(`A restored MySQL server${reasonToSkip ? ` (${reasonToSkip})` : ''}`, () => {
  const engine = 'mysql';
  let server: MysqlServer;
  const signIn = async (user: string, password: string) =>
    server.query('SELECT 1', { user, password }).then(() => 'open', () => 'closed');

  beforeAll(async () => {
    server = await MysqlServer.start(DATABASE);
    await setUp(server, [APPLICATION, OWNER], { password: FORMER, engine });
    for (const { name } of [APPLICATION, OWNER]) {
      await server.query(`CREATE USER ${name}_clone IDENTIFIED BY '${FORMER}'`);
    }
  }, 120_000);

  afterAll(async () => server.stop());

  test('refuses a user with the name of its master user, and leaves its password', async () => {
    const users = [{ ...APPLICATION, name: MYSQL_MASTER.username }, OWNER];
    expect(await setUp(server, users, { password: NEW, engine })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('is the master user of this server') });
    expect(await signIn(MYSQL_MASTER.username, MYSQL_MASTER.password)).toBe('open');
  });

  test('opens to no password of the former server, also not to those of the second users [A-24]', async () => {
    expect(await setUp(server, [APPLICATION, OWNER], { password: NEW, engine })).toMatchObject({ status: 'SUCCESS' });
    const names = ['application', 'application_clone', 'owner', 'owner_clone'];
    expect(await Promise.all(names.map(async (name) => signIn(name, FORMER)))).toEqual(names.map(() => 'closed'));
    expect(await Promise.all(['application', 'owner'].map(async (name) => signIn(name, NEW)))).toEqual(['open', 'open']);
  });
});
