import { DatabaseSetup, type SecretValue, setupProperties } from '../../simulators/database-setup';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../simulators/mysql-server';

// Each request starts a process.
jest.setTimeout(30_000);

const DATABASE = 'shop_data';
const OWNER: SecretValue = { username: 'owner', password: 'owner\'s \\pass"word;--' };
const APPLICATION: SecretValue = { username: 'application', password: 'password-of-the-application' };
const REPORTING: SecretValue = { username: "re'porting", password: 'password-of-reporting' };

const reason = missingMysql();
/** MariaDB stands for MySQL. It has no plugin of AWS for IAM authentication. */
(reason ? describe.skip : describe)(`The setup of a MySQL server${reason ? ` (${reason})` : ''}`, () => {
  let server: MysqlServer;
  let setup: DatabaseSetup;

  const owner = { name: OWNER.username, access: 'OWNER', secretArn: 'arn:owner' };
  const application = { name: APPLICATION.username, access: 'READ_WRITE', secretArn: 'arn:application' };
  const reporting = { name: REPORTING.username, access: 'READ_ONLY', secretArn: 'arn:reporting' };
  const properties = (given: object = {}) =>
    setupProperties(server.port, { engine: 'mysql', database: DATABASE, users: [owner, application], ...given });
  const everything = () => properties({ databases: ['arch`ive'], users: [owner, application, reporting] });
  const succeed = async (given: object) => {
    const result = await setup.request('Update', given);
    expect([result.status, result.reason]).toEqual(['SUCCESS', 'The setup has ended.']);
    return result.log;
  };
  const as = async ({ username, password }: SecretValue, sql: string, database = DATABASE) =>
    server.query<{ [column: string]: unknown }>(sql, { user: username, password, database });
  const catalog = async () => [
    ...(await server.query('SELECT Host, User, Priv FROM mysql.global_priv ORDER BY User')),
    ...(await server.query('SELECT * FROM mysql.db ORDER BY Db, User')),
    ...(await server.query('SHOW DATABASES')),
  ];
  /** What the hosted rotation does: it creates the other user, and copies the rights and the demand for TLS. */
  const rotate = async (secretArn: string, current: SecretValue): Promise<SecretValue> => {
    const next = { username: `${current.username}_clone`, password: `rotated password of ${current.username}` };
    const master = await server.connect({ user: MYSQL_MASTER.username, password: MYSQL_MASTER.password });
    await master.query('CREATE USER ? IDENTIFIED BY ?', [next.username, next.password]);
    const [grants] = await master.query('SHOW GRANTS FOR ?', [current.username]);
    for (const row of grants as object[]) {
      const [grant] = `${Object.values(row)[0]}`.split(' TO ');
      await master.query(`${grant} TO ?`, [next.username]);
    }
    await master.query("ALTER USER ?@'%' REQUIRE SSL", [next.username]);
    await master.end();
    setup.put(secretArn, next, current);
    return next;
  };

  beforeAll(async () => {
    server = await MysqlServer.start(DATABASE);
    setup = await DatabaseSetup.start(server.certificateFile);
    setup
      .put('arn:master', MYSQL_MASTER)
      .put('arn:owner', OWNER)
      .put('arn:application', APPLICATION)
      .put('arn:reporting', REPORTING);
  }, 60_000);

  afterAll(async () => {
    setup.stop();
    await server.stop();
  });

  test('goes on with a user that a deployment made before it was rolled back, unless somebody is signed in', async () => {
    const late = (attempt: number) =>
      properties({ users: [owner, application, { name: 'late', access: 'READ_WRITE', secretArn: `arn:late:${attempt}` }] });
    const on = await MysqlServer.start(DATABASE);
    const other = await DatabaseSetup.start(on.certificateFile);
    const request = async (given: object, before?: object) => {
      const [next, former] = [given, before ?? {}].map((each) => ({ ...each, port: `${on.port}` }));
      const { status, reason: text } = await other.request(before ? 'Update' : 'Create', next, 60_000, former);
      return `${status}: ${text}`;
    };
    other.put('arn:master', MYSQL_MASTER).put('arn:owner', OWNER).put('arn:application', APPLICATION);
    [1, 2].forEach((attempt) => other.put(`arn:late:${attempt}`, { username: 'late', password: `of attempt ${attempt}` }));
    expect(await request(properties())).toMatch(/^SUCCESS/);
    expect(await request(late(1), properties())).toMatch(/^SUCCESS/);
    expect(await request(properties(), late(1))).toMatch(/^SUCCESS/);
    const session = await on.connect({ user: 'late', password: 'of attempt 1', database: DATABASE });
    expect(await request(late(2), properties())).toMatch(/^FAILED: the server has late already/);
    await session.end();
    expect(await request(late(2), properties())).toMatch(/^SUCCESS/);
    expect(await on.query('SELECT 1 AS one', { user: 'late', password: 'of attempt 2', database: DATABASE })).toHaveLength(1);
    await on.query("CREATE USER foreign_user@'%' IDENTIFIED BY 'theirs'");
    other.put('arn:foreign', { username: 'foreign_user', password: 'ours' });
    const users = [owner, application, { name: 'foreign_user', access: 'READ_WRITE', secretArn: 'arn:foreign' }];
    expect(await request(properties({ users }), properties())).toMatch(/^FAILED: the server has foreign_user already/);
    other.stop();
    await on.stop();
  });

  test('refuses an empty server in the place of the former one, and creates nothing there', async () => {
    const before = await catalog();
    const { status, reason: text } = await setup.request('Update', properties(), 60_000, properties({ host: 'shop.example' }));
    expect([status, text]).toEqual(['FAILED', expect.stringMatching(/server at shop.example by the empty server at localhost/)]);
    expect(await catalog()).toEqual(before);
  });

  test('lets owner and application sign in, over TLS only', async () => {
    const { status, reason: text, physicalId } = await setup.request('Create', properties());
    expect([status, text, physicalId]).toEqual(['SUCCESS', 'The setup has ended.', 'Shop/DatabaseSetup']);
    for (const secret of [OWNER, APPLICATION]) {
      expect(await as(secret, 'SELECT CURRENT_USER() AS me')).toEqual([{ me: `${secret.username}@%` }]);
      await expect(
        server.connect({ user: secret.username, password: secret.password, ssl: undefined }),
      ).rejects.toThrow(/Access denied|secure/);
    }
  });

  test('creates new databases and users in a later run, and changes nothing when it runs again', async () => {
    await succeed(everything());
    const before = await catalog();
    const log = await succeed(everything());
    expect(await catalog()).toEqual(before);
    expect(log).not.toMatch(/Create user |Set the password of/);
  });

  test.each([DATABASE, 'arch`ive'])(
    'lets the owner migrate %s, and the application and a reader use the result',
    async (database) => {
      await as(
        OWNER,
        `
      CREATE TABLE customers (id int PRIMARY KEY);
      CREATE TABLE orders (id int PRIMARY KEY, customer int, state text);
      ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers (id);
      ALTER TABLE orders ADD note text; CREATE INDEX by_customer_and_id ON orders (customer, id);
      CREATE VIEW open_orders AS SELECT id FROM orders; CREATE TABLE mistake (id int); DROP TABLE mistake;
      CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'noted';
      CREATE PROCEDURE count_orders() SELECT count(*) FROM orders; RENAME TABLE customers TO buyers`,
        database,
      );
      await as(
        APPLICATION,
        `
      INSERT INTO buyers VALUES (1); INSERT INTO orders (id, customer) VALUES (1, 1); UPDATE orders SET state = 'done';
      CALL count_orders(); CREATE TEMPORARY TABLE t (id int)`,
        database,
      );
      expect(await as(REPORTING, 'SELECT note, state FROM orders', database)).toEqual([
        { note: 'noted', state: 'done' },
      ]);
      expect(await as(REPORTING, 'SELECT id FROM open_orders', database)).toEqual([{ id: 1 }]);
    },
  );

  test.each([
    [APPLICATION.username, 'CREATE TABLE mine (id int)'],
    [APPLICATION.username, 'ALTER TABLE orders ADD mine int'],
    [APPLICATION.username, 'DROP TABLE orders'],
    [APPLICATION.username, "CREATE USER 'other'@'%'"],
    [REPORTING.username, 'INSERT INTO buyers VALUES (2)'],
    [REPORTING.username, 'DELETE FROM orders'],
    [REPORTING.username, 'CREATE TEMPORARY TABLE t (id int)'],
    [OWNER.username, "CREATE USER 'other'@'%'"],
    [OWNER.username, 'CREATE DATABASE other'],
  ])('refuses to let %s %s', async (name, sql) => {
    const secret = [OWNER, APPLICATION, REPORTING].find(({ username }) => username === name)!;
    await expect(as(secret, sql)).rejects.toThrow(/denied/);
  });

  test('gives no right on a database whose name only looks alike', async () => {
    await server.query('CREATE DATABASE shopXdata');
    await expect(as(APPLICATION, 'SELECT 1', 'shopXdata')).rejects.toThrow(/Access denied/);
  });

  test('lets the other one of two alternating owners migrate, also in databases that came later', async () => {
    const clone = await rotate('arn:owner', OWNER);
    await as(clone, 'ALTER TABLE orders ADD by_clone int');
    await succeed({ ...everything(), databases: ['arch`ive', 'later'] });
    await as(clone, 'CREATE TABLE t (id int)', 'later');
    await as(OWNER, 'ALTER TABLE t ADD note text', 'later');
  });

  test('sets passwords anew on a restored server, those of both alternating users', async () => {
    const current = { username: 'application_clone', password: 'the one that is current' };
    const previous = { username: 'application', password: 'the other one of two' };
    setup.put('arn:application', current, previous);
    const log = await succeed(everything());
    expect(log).toContain('Set the password of application');
    expect(log).toContain('Create user application_clone');
    expect(log).not.toContain('owner');
    for (const secret of [previous, current]) {
      await as(secret, "UPDATE orders SET state = 'restored'");
      await expect(as(secret, 'DROP TABLE orders')).rejects.toThrow(/denied/);
    }
  });

  test('takes from a user who only reads from now on the right to write', async () => {
    await succeed({ ...everything(), users: [owner, application, { ...reporting, access: 'READ_WRITE' }] });
    await as(REPORTING, 'INSERT INTO buyers VALUES (3)');
    await succeed(everything());
    await expect(as(REPORTING, 'INSERT INTO buyers VALUES (4)')).rejects.toThrow(/denied/);
    expect(await as(REPORTING, 'SELECT id FROM buyers WHERE id = 3')).toEqual([{ id: 3 }]);
  });

  test('refuses another way to sign in, in both directions, and changes nothing', async () => {
    // As AWS's plugin leaves a user. The server has no such plugin, so only its superuser can write that.
    await server.query(
      `INSERT INTO mysql.global_priv
        VALUES ('%', 'token', '{"plugin":"AWSAuthenticationPlugin","authentication_string":"RDS"}'); FLUSH PRIVILEGES`,
    );
    const before = await catalog();
    const users = [
      owner,
      { ...application, secretArn: undefined },
      { name: 'token', access: 'READ_ONLY', secretArn: 'arn:token' },
    ];
    setup.put('arn:token', { username: 'token', password: 'x' });
    const { status, reason: text } = await setup.request('Update', properties({ users }));
    expect(status).toBe('FAILED');
    expect(text).toMatch(/user application signs in with a password .*; user token signs in with IAM .* addUser\(\)/);
    expect(await catalog()).toEqual(before);
  });

  test('asks for the plugin of AWS for a user with IAM authentication, and says what the server says', async () => {
    const { status, reason: text } = await setup.request(
      'Update',
      properties({ users: [owner, { name: 'person', access: 'READ_ONLY' }] }),
    );
    expect([status, text]).toEqual([
      'FAILED',
      expect.stringMatching(/^CREATE USER person: Plugin 'AWSAuthenticationPlugin' is not loaded/),
    ]);
    expect(server.log).toContain(
      "CREATE USER 'person'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL",
    );
  });

  test('lets the owner make functions and triggers beside a binary log, as the parameter group says', async () => {
    const routine = 'CREATE FUNCTION one() RETURNS int DETERMINISTIC RETURN 1';
    await server.query('SET GLOBAL log_bin_trust_function_creators = 0');
    await expect(as(OWNER, routine)).rejects.toThrow(/binary logging is enabled/);
    await server.query('SET GLOBAL log_bin_trust_function_creators = 1');
    await as(OWNER, `${routine}; CREATE TRIGGER more BEFORE UPDATE ON orders FOR EACH ROW SET NEW.note = 'more'`);
    expect(await as(OWNER, 'SELECT one() AS one')).toEqual([{ one: 1 }]);
  });

  test('lets either owner replace a view of the other one, alter none, and alter all else', async () => {
    const clone = { username: 'owner_clone', password: 'rotated password of owner' };
    const view = 'VIEW open_orders AS SELECT';
    await expect(as(clone, `ALTER ${view} id, state FROM orders`)).rejects.toThrow(/Access denied/);
    await as(clone, `CREATE OR REPLACE ${view} id, state FROM orders`);
    await as(REPORTING, 'SELECT state FROM open_orders');
    await as(clone, "ALTER PROCEDURE count_orders COMMENT 'counts'; DROP TRIGGER more; DROP PROCEDURE count_orders");
  });

  test('is not stopped by a lock that any user may hold', async () => {
    const { username: user, password } = REPORTING;
    const session = await server.connect({ user, password, database: DATABASE });
    await session.query("SELECT GET_LOCK('database-setup', 0)");
    await succeed(everything());
    await session.end();
  });

  test('quotes names and passwords whatever the mode of the server is', async () => {
    const [{ mode }] = await server.query<{ mode: string }>('SELECT @@GLOBAL.sql_mode AS mode');
    await server.query("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
    const secret = { username: "o'brien", password: 'it\\\'s "new"' };
    setup.put('arn:quoted', secret);
    const quoted = { name: secret.username, access: 'READ_ONLY', secretArn: 'arn:quoted' };
    await succeed(properties({ users: [owner, quoted] }));
    await server.query(`SET GLOBAL sql_mode = '${mode}'`);
    await as(secret, 'SELECT 1');
  });

  test('says whose password is refused, and no password', async () => {
    setup.put('arn:wrong', { ...MYSQL_MASTER, password: 'a-wrong-password' });
    const { status, reason: text, log } = await setup.request('Update', properties({ masterSecretArn: 'arn:wrong' }));
    expect([status, text]).toEqual([
      'FAILED',
      expect.stringMatching(/^sign-in as the master user dbadmin: Access denied for user/),
    ]);
    expect(`${text}${log}`).not.toContain('a-wrong-password');
  }, 30_000);

  test('accepts no certificate of an unknown authority', async () => {
    const distrustful = await DatabaseSetup.start();
    const { status, reason: text } = await distrustful
      .put('arn:master', MYSQL_MASTER)
      .request('Create', properties({ users: [] }));
    distrustful.stop();
    expect([status, text]).toEqual([
      'FAILED',
      expect.stringMatching(/^sign-in as the master user dbadmin: self-signed certificate/),
    ]);
  });
});
