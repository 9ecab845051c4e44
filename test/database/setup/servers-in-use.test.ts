import { DatabaseSetup, type SecretValue, setupProperties } from '../../simulators/database-setup';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../simulators/mysql-server';
import type { PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

// Each request starts a process.
jest.setTimeout(60_000);

const PRESENT = 'that the tasks have';
const NEW = 'of the new secret';
const SHOP = { name: 'shop', access: 'OWNER', secretArn: 'arn:shop' };
const APPLICATION = { name: 'application', access: 'READ_WRITE', secretArn: 'arn:application' };
const USERS = [SHOP, APPLICATION];
const account = (username: string, password = NEW): SecretValue => ({ username, password });
const openOrClosed = async (session: Promise<unknown>) => session.then(() => 'open', () => 'closed');

describe('The setup of a PostgreSQL server in use', () => {
  let server: PostgresServer;
  let setup: DatabaseSetup;
  const properties = (given: object = {}) => setupProperties(server.port, { users: USERS, ...given });
  const query = async (user: string, password: string, sql: string) => server.query(sql, { user, password, database: DATABASE });
  const signIn = async (user: string, password: string) => openOrClosed(query(user, password, 'SELECT 1'));
  const asMaster = async (sql: string) => query(MASTER.username, MASTER.password, sql);
  const expectSuccess = async (given: object, old?: object) =>
    expect(await setup.request(old ? 'Update' : 'Create', given, 60_000, old)).toMatchObject({ status: 'SUCCESS', reason: 'The setup has ended.' });
  const expectRefusal = async (reason: RegExp, given: object, old?: object) =>
    expect(await setup.request(old ? 'Update' : 'Create', given, 60_000, old)).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(reason) });

  beforeAll(async () => {
    server = await startRdsPostgres('16');
    setup = await DatabaseSetup.start(server.certificateFile);
    setup.put('arn:master', MASTER).put('arn:shop', account('shop')).put('arn:application', account('application'));
    await asMaster(`CREATE ROLE shop LOGIN PASSWORD '${PRESENT}'; CREATE ROLE bystander LOGIN PASSWORD '${PRESENT}'; GRANT CREATE ON SCHEMA public TO shop`);
    await asMaster("COMMENT ON DATABASE application IS 'of the team'");
    await query('shop', PRESENT, 'CREATE TABLE orders (id int)');
  }, 60_000);
  afterAll(async () => {
    setup.stop();
    await server.stop();
  });

  test('locks out nobody who connects because everybody may, also when the deployment is repeated', async () => {
    const refusal = /takes from everybody .* database application, and bystander would be locked out\. Nothing was changed.*GRANT CONNECT ON DATABASE application TO bystander/;
    await expectRefusal(refusal, properties());
    await expectRefusal(refusal, properties(), properties());
    expect(await signIn('bystander', PRESENT)).toBe('open');
    await asMaster('GRANT CONNECT ON DATABASE application TO bystander');
  });

  test('sets no password of a user in use, also when the deployment is repeated', async () => {
    const refusal = /the server has shop already, and the secret arn:shop does not sign in.*Choose another name, or put the present password into the secret.*restoreFrom/;
    await expectRefusal(refusal, properties());
    await expectRefusal(refusal, properties(), properties());
    expect(await signIn('shop', PRESENT)).toBe('open');
  });

  test('takes over a user whose secret has the present password', async () => {
    setup.put('arn:shop', account('shop', PRESENT));
    await expectSuccess(properties(), properties());
    expect([await signIn('shop', PRESENT), await signIn('bystander', PRESENT)]).toEqual(['open', 'open']);
    expect(await server.query("SELECT shobj_description(oid, 'pg_database') AS text FROM pg_database WHERE datname = 'application'"))
      .toEqual([{ text: 'of the team\nSet up at localhost, with an owner' }]);
    await expectSuccess(properties(), properties());
  });

  test('sets no password where another secret comes for the same name, and goes back', async () => {
    const other = properties({ users: [SHOP, { ...APPLICATION, secretArn: 'arn:other' }] });
    setup.put('arn:other', account('application', 'of the other secret'));
    await expectRefusal(/the server has application already, and the secret arn:other does not sign in/, other, properties());
    await expectRefusal(/the server has application already/, { ...other, restored: 'true' }, properties());
    expect(await signIn('application', NEW)).toBe('open');
    await expectSuccess(properties(), other);
  });

  test('sets the password of the same secret anew, as after a restore under the former name, with no end of its validity', async () => {
    await asMaster("ALTER ROLE application PASSWORD 'older' VALID UNTIL '2020-01-01'");
    await expectSuccess(properties(), properties());
    expect(await signIn('application', NEW)).toBe('open');
  });

  test('goes on with a user that a deployment made before it was rolled back, unless somebody is signed in', async () => {
    const late = (secretArn: string) => properties({ users: [...USERS, { name: 'late', access: 'READ_WRITE', secretArn }] });
    setup.put('arn:late:1', account('late', 'of the first attempt')).put('arn:late:2', account('late', 'of the second attempt'));
    await expectSuccess(late('arn:late:1'), properties());
    await expectSuccess(properties(), late('arn:late:1'));
    const session = await server.connect({ user: 'late', password: 'of the first attempt', database: DATABASE });
    await expectRefusal(/the server has late already/, late('arn:late:2'), properties());
    await session.end();
    await expectSuccess(late('arn:late:2'), properties());
    expect(await signIn('late', 'of the second attempt')).toBe('open');
  });

  test('says what the server says where a new password opens no session', async () => {
    const locked = await startRdsPostgres('16', { accessRules: ['hostssl all application all reject'] });
    const onLocked = await DatabaseSetup.start(locked.certificateFile);
    onLocked.put('arn:master', MASTER).put('arn:shop', account('shop')).put('arn:application', account('application'));
    const result = await onLocked.request('Create', { ...properties(), port: `${locked.port}` });
    onLocked.stop();
    await locked.stop();
    expect(result).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/^sign-in as application, after its password was set: pg_hba\.conf rejects connection/) });
  });

  test('takes from a former owner, who is an application now, the right to create', async () => {
    const users = [{ ...SHOP, access: 'READ_WRITE' }, { name: 'boss', access: 'OWNER', secretArn: 'arn:boss' }, APPLICATION];
    setup.put('arn:boss', account('boss'));
    await expectSuccess(properties({ users }), properties());
    for (const sql of ['CREATE SCHEMA mine', 'CREATE TABLE mine (id int)', 'ALTER TABLE orders ADD note text']) {
      await expect(query('shop', PRESENT, sql)).rejects.toThrow(/permission denied|must be owner/);
    }
    await query('shop', PRESENT, 'INSERT INTO orders VALUES (1)');
    await expectSuccess(properties({ users: [{ ...SHOP, access: 'READ_ONLY' }, ...users.slice(1)] }), properties({ users }));
    await expect(query('shop', PRESENT, 'INSERT INTO orders VALUES (1)')).rejects.toThrow(/permission denied/);
  });
});

describe('The setup of a PostgreSQL server on which others have migrated', () => {
  let server: PostgresServer;
  let setup: DatabaseSetup;
  const LEGACY = { name: 'legacy', access: 'READ_WRITE', secretArn: 'arn:legacy' };
  const READER = { name: 'migration_plan', access: 'READ_ONLY', secretArn: 'arn:reader' };
  const properties = (given: object = {}) => setupProperties(server.port, { users: [...USERS, LEGACY], restored: 'true', ...given });
  const as = async (user: string, sql: string, password = NEW) => server.query(sql, { user, password, database: DATABASE });
  const asMaster = async (sql: string) => as(MASTER.username, sql, MASTER.password);
  const run = async (given: object, type: 'Create' | 'Update' = 'Update') => {
    const { status, reason } = await setup.request(type, given);
    return `${status}: ${reason}`;
  };

  beforeAll(async () => {
    server = await startRdsPostgres('16', {
      trustedExtensions: ['pgaudit', 'pg_stat_statements', 'pg_cron'],
      extensionScripts: { pg_cron: { sql: 'CREATE SCHEMA cron; GRANT USAGE ON SCHEMA cron TO rds_superuser WITH GRANT OPTION' } },
    });
    setup = await DatabaseSetup.start(server.certificateFile);
    setup.put('arn:master', MASTER);
    [...USERS, LEGACY].forEach(({ name, secretArn }) => setup.put(secretArn, account(name)));
    setup.put('arn:reader', account('migration_plan'));
    await asMaster(`
      CREATE ROLE shop LOGIN PASSWORD '${PRESENT}'; CREATE ROLE shop_clone LOGIN PASSWORD '${PRESENT}'; GRANT shop TO shop_clone;
      CREATE ROLE legacy LOGIN PASSWORD '${PRESENT}'; CREATE ROLE legacy_clone LOGIN PASSWORD '${PRESENT}'; GRANT legacy TO legacy_clone;
      GRANT CREATE ON SCHEMA public TO shop, legacy`);
    await server.query('CREATE SCHEMA service AUTHORIZATION legacy', { database: DATABASE });
    await as('shop_clone', 'CREATE TABLE of_the_clone (id int)', PRESENT);
    await as('legacy', 'CREATE TABLE service.first (id int)', PRESENT);
    await as('legacy_clone', 'CREATE TABLE service.second (id int)', PRESENT);
  }, 60_000);
  afterAll(async () => {
    setup.stop();
    await server.stop();
  });

  test('gives the owner what its second user made, and lets the others use it', async () => {
    expect(await run(properties(), 'Create')).toBe('SUCCESS: The setup has ended.');
    await as('shop', 'ALTER TABLE of_the_clone ADD note text');
    await as('application', 'INSERT INTO of_the_clone VALUES (1)');
  });

  test('lets the user of another service alter what either of its two users made and makes', async () => {
    await as('legacy', 'ALTER TABLE service.second ADD note text');
    await asMaster("ALTER ROLE legacy_clone PASSWORD 'rotated'");
    await as('legacy_clone', 'CREATE TABLE service.third (id int)', 'rotated');
    await as('legacy', 'ALTER TABLE service.third ADD note text');
    expect(await run(properties())).toBe('SUCCESS: The setup has ended.');
  });

  test('makes the second user beforehand, so that it acts as its user from the first rotation on', async () => {
    await asMaster("CREATE ROLE other LOGIN PASSWORD 'present'; GRANT CONNECT ON DATABASE application TO other");
    await server.query('CREATE SCHEMA of_other AUTHORIZATION other', { database: DATABASE });
    setup.put('arn:other', account('other', 'present'));
    expect(await run(properties({ users: [...USERS, LEGACY, { name: 'other', access: 'READ_WRITE', secretArn: 'arn:other' }] }))).toMatch(/^SUCCESS/);
    await asMaster("ALTER ROLE other_clone PASSWORD 'rotated'");
    await as('other_clone', 'CREATE TABLE of_other.t (id int)', 'rotated');
    await as('other', 'ALTER TABLE of_other.t ADD note text', 'present');
  });

  test('takes the schemas of extensions from a user who only reads from now on', async () => {
    const extensions = ['pg_cron'];
    const uses = "SELECT has_schema_privilege('migration_plan', 'cron', 'USAGE') AS uses";
    expect(await run(properties({ extensions, users: [...USERS, LEGACY, { ...READER, access: 'READ_WRITE' }] }))).toMatch(/^SUCCESS/);
    expect(await asMaster(uses)).toEqual([{ uses: true }]);
    expect(await run(properties({ extensions, users: [...USERS, LEGACY, READER] }))).toMatch(/^SUCCESS/);
    expect(await asMaster(uses)).toEqual([{ uses: false }]);
  });

  test.each([
    ['GRANT INSERT ON of_the_clone TO PUBLIC', 'REVOKE INSERT ON of_the_clone FROM PUBLIC', 'write public.of_the_clone'],
    ['GRANT UPDATE (id) ON of_the_clone TO migration_plan', 'REVOKE UPDATE (id) ON of_the_clone FROM migration_plan', 'write public.of_the_clone'],
    ['CREATE SCHEMA open; GRANT CREATE ON SCHEMA open TO PUBLIC', 'DROP SCHEMA open', 'create objects in schema open'],
  ])('says what a user who only reads can write by %s', async (grant, revoke, what) => {
    const given = properties({ users: [...USERS, LEGACY, READER] });
    await as('shop', grant);
    expect(await run(given)).toContain(`FAILED: users with READ_ONLY can write: in database application, migration_plan can ${what}. Everything else`);
    await as('shop', revoke);
    expect(await run(given)).toBe('SUCCESS: The setup has ended.');
  });

  test('says as whom a user who only reads can act', async () => {
    const given = properties({ users: [...USERS, LEGACY, READER] });
    await asMaster('GRANT application TO migration_plan');
    expect(await run(given)).toMatch(/migration_plan can act as application.*migration_plan can write public\.of_the_clone/);
    await asMaster('REVOKE application FROM migration_plan');
    expect(await run(given)).toBe('SUCCESS: The setup has ended.');
  });

  test('says what a user who only reads can write in a database that left, until it is named again', async () => {
    const reader = [...USERS, LEGACY, READER];
    const writer = [...USERS, LEGACY, { ...READER, access: 'READ_WRITE' }];
    const databases = ['archive'];
    const inArchive = async (sql: string, user: string) => server.query(sql, { user, password: NEW, database: 'archive' });
    expect(await run(properties({ users: writer, databases }))).toMatch(/^SUCCESS/);
    await inArchive('CREATE TABLE kept (id int)', 'shop');
    expect(await run(properties({ users: writer }))).toMatch(/^SUCCESS/);
    expect(await run(properties({ users: reader }))).toMatch(
      /^FAILED: users with READ_ONLY can write: in database archive, .*in database archive, migration_plan can write public\.kept \(name archive in additionalDatabases again/,
    );
    expect(await run(properties({ users: reader, databases }))).toMatch(/^SUCCESS/);
    await expect(inArchive('INSERT INTO kept VALUES (1)', 'migration_plan')).rejects.toThrow(/permission denied/);
    expect(await run(properties({ users: reader }))).toMatch(/^SUCCESS/);
  });

  test('says whose a database is that was named again after the owner changed', async () => {
    const next = [{ name: 'next', access: 'OWNER', secretArn: 'arn:next' }, ...USERS.slice(1)];
    setup.put('arn:next', account('next'));
    const given = properties({ users: next });
    expect((await setup.request('Update', given, 60_000, properties())).status).toBe('SUCCESS');
    const again = await setup.request('Update', properties({ users: next, databases: ['archive'] }), 60_000, given);
    expect(again).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/archive.*public.*shop/) });
  });
});

const reasonToSkip = missingMysql();
(reasonToSkip ? describe.skip : describe)(`The setup of a MySQL server in use${reasonToSkip ? ` (${reasonToSkip})` : ''}`, () => {
  let server: MysqlServer;
  let setup: DatabaseSetup;
  const properties = (given: object = {}) => setupProperties(server.port, { engine: 'mysql', users: USERS, ...given });
  const query = async (user: string, password: string, sql: string) => server.query(sql, { user, password, database: DATABASE });
  const signIn = async (user: string, password: string) => openOrClosed(query(user, password, 'SELECT 1'));
  const run = async (given: object, old?: object) => {
    const { status, reason } = await setup.request(old ? 'Update' : 'Create', given, 60_000, old);
    return `${status}: ${reason}`;
  };

  beforeAll(async () => {
    server = await MysqlServer.start(DATABASE);
    setup = await DatabaseSetup.start(server.certificateFile);
    setup.put('arn:master', MYSQL_MASTER).put('arn:shop', account('shop')).put('arn:application', account('application'));
    await server.query(`CREATE USER shop IDENTIFIED BY '${PRESENT}'; GRANT SELECT, INSERT, CREATE, DROP ON ${DATABASE}.* TO shop`);
  }, 60_000);
  afterAll(async () => {
    setup.stop();
    await server.stop();
  });

  test('sets no password of a user in use, also when the deployment is repeated', async () => {
    const refusal = /^FAILED: the server has shop already, and the secret arn:shop does not sign in/;
    expect(await run(properties())).toMatch(refusal);
    expect(await run(properties(), properties())).toMatch(refusal);
    expect(await signIn('shop', PRESENT)).toBe('open');
    setup.put('arn:shop', account('shop', PRESENT));
    expect(await run(properties(), properties())).toMatch(/^SUCCESS/);
    expect(await signIn('application', NEW)).toBe('open');
  });

  test('sets no password where another secret comes for the same name', async () => {
    setup.put('arn:other', account('application', 'of the other secret'));
    const users = [SHOP, { ...APPLICATION, secretArn: 'arn:other' }];
    expect(await run(properties({ users }), properties())).toMatch(/^FAILED: the server has application already/);
    expect(await signIn('application', NEW)).toBe('open');
    await server.query("ALTER USER application IDENTIFIED BY 'older'");
    expect(await run(properties(), properties({ users }))).toMatch(/^FAILED: .*arn:application does not sign in/);
    expect(await run(properties(), properties())).toMatch(/^SUCCESS/);
    expect(await signIn('application', NEW)).toBe('open');
  });

  test('refuses a user of whom the server has an account for some hosts', async () => {
    await server.query("CREATE USER 'application'@'10.0.%' IDENTIFIED BY 'older'");
    expect(await run(properties(), properties())).toMatch(/^FAILED: the server has 'application'@'10\.0\.%' beside .*DROP USER 'application'@'10\.0\.%'/);
    await server.query("DROP USER 'application'@'10.0.%'");
    expect(await run(properties(), properties())).toMatch(/^SUCCESS/);
  });

  test.each([
    [`GRANT INSERT ON ${DATABASE}.notes TO reader`, `REVOKE INSERT ON ${DATABASE}.notes FROM reader`, 'reader has GRANT INSERT ON `application`.`notes`. '],
    ['GRANT FILE ON *.* TO reader', 'REVOKE FILE ON *.* FROM reader', 'reader has GRANT FILE ON *.*. '],
    ['CREATE ROLE writer; GRANT writer TO reader', 'DROP ROLE writer', 'reader has GRANT `writer`. '],
  ])('says that a user who only reads can write by %s', async (grant, revoke, what) => {
    const given = properties({ users: [...USERS, { name: 'reader', access: 'READ_ONLY', secretArn: 'arn:reader' }] });
    setup.put('arn:reader', account('reader'));
    expect(await run(given, given)).toMatch(/^SUCCESS/);
    await server.query(`CREATE TABLE IF NOT EXISTS ${DATABASE}.notes (id int); ${grant}`);
    const answer = await run(given, given);
    expect(answer).toContain(`FAILED: users with READ_ONLY can write: ${what}`);
    await server.query(revoke);
    expect(await run(given, given)).toMatch(/^SUCCESS/);
  });

  test('leaves no account by which anybody signs in', async () => {
    await expect(query('database_setup_done', '', 'SELECT 1')).rejects.toThrow(/Access denied|locked/);
    const accounts = "SELECT User, Host FROM mysql.user WHERE User = 'database_setup_done'";
    expect(await server.query(accounts)).toEqual([{ User: 'database_setup_done', Host: 'localhost' }]);
  });

  test('takes from a former owner, who is an application now, the right to drop the database', async () => {
    const users = [{ ...SHOP, access: 'READ_WRITE' }, { name: 'boss', access: 'OWNER', secretArn: 'arn:boss' }, APPLICATION];
    setup.put('arn:boss', account('boss'));
    await query('shop', PRESENT, 'CREATE TABLE orders (id int)');
    expect(await run(properties({ users }), properties())).toMatch(/^SUCCESS/);
    await expect(query('shop', PRESENT, `DROP DATABASE ${DATABASE}`)).rejects.toThrow(/denied/);
    await query('shop', PRESENT, 'INSERT INTO orders VALUES (1)');
  });
});
