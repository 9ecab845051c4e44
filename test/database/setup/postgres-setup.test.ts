import { catalogOf } from '../../simulators/catalog';
import { DatabaseSetup, type SecretValue, setupProperties } from '../../simulators/database-setup';
import { MAJOR_VERSIONS, type PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

// Each request starts a process.
jest.setTimeout(30_000);

/** Passwords with what quoting must survive. */
const OWNER: SecretValue = { username: 'owner', password: 'owner\'s \\pass"word;--' };
const APPLICATION: SecretValue = { username: 'application', password: 'password-of-the-application' };
const REPORTING: SecretValue = { username: 'reporting', password: 'password-of-reporting' };

describe.each(MAJOR_VERSIONS)('The setup of a PostgreSQL %s', (major) => {
  let server: PostgresServer;
  let setup: DatabaseSetup;
  /** What the secret of the owner says after its rotations. */
  let owner = OWNER;
  const passwords: string[] = [MASTER.password, OWNER.password, APPLICATION.password, REPORTING.password];

  const standard = [
    { name: 'owner', access: 'OWNER', secretArn: 'arn:owner' },
    { name: 'application', access: 'READ_WRITE', secretArn: 'arn:application' },
  ];
  const properties = (given: object = {}) => setupProperties(server.port, { users: standard, ...given });
  const everything = () =>
    properties({
      databases: ['archive'],
      schemas: ['billing'],
      extensions: ['pgcrypto', 'pg_cron'],
      users: [...standard, { name: 'reporting', access: 'READ_ONLY', secretArn: 'arn:reporting' }],
    });
  /** Runs the setup, which must succeed. */
  const succeed = async (given: object) => {
    const { status, reason, log } = await setup.request('Update', given);
    expect([status, reason]).toEqual(['SUCCESS', 'The setup has ended.']);
    passwords.forEach((password) => expect(log).not.toContain(password));
    return log;
  };
  const as = async (secret: SecretValue, sql: string, database = DATABASE) =>
    server.query<{ [column: string]: unknown }>(sql, { user: secret.username, password: secret.password, database });
  /** What the hosted rotation does with a secret of alternating users, as the master user. */
  const rotate = async (secretArn: string, current: SecretValue): Promise<SecretValue> => {
    const { username } = current;
    const next = {
      username: username.endsWith('_clone') ? username.slice(0, -'_clone'.length) : `${username}_clone`,
      password: `${username} rotated ${passwords.length}`,
    };
    passwords.push(next.password);
    const exists = await server.query(`SELECT FROM pg_roles WHERE rolname = '${next.username}'`);
    // The rotation is AWS's own and sends the password in clear. What that logs says nothing about the setup.
    const session = await server.connect({ options: '-c log_statement=none' });
    await session.query(`SET SESSION AUTHORIZATION ${MASTER.username}`);
    if (exists.length > 0) {
      await session.query(`ALTER USER ${next.username} WITH PASSWORD '${next.password}'`);
    } else {
      await session.query(`CREATE ROLE ${next.username} WITH LOGIN PASSWORD '${next.password}'`);
      await session.query(`GRANT ${username} TO ${next.username}`);
    }
    await session.end();
    setup.put(secretArn, next, current);
    return next;
  };

  beforeAll(async () => {
    server = await startRdsPostgres(major);
    setup = await DatabaseSetup.start(server.certificateFile);
    setup
      .put('arn:master', MASTER)
      .put('arn:owner', OWNER)
      .put('arn:application', APPLICATION)
      .put('arn:reporting', REPORTING);
    // Before there was an owner, the master user migrated.
    await as(
      MASTER,
      `
      CREATE TABLE legacy (id serial PRIMARY KEY, other int GENERATED ALWAYS AS IDENTITY, state text);
      CREATE VIEW legacy_view AS SELECT id FROM legacy;
      CREATE SEQUENCE legacy_numbers;
      CREATE TYPE legacy_state AS ENUM ('new', 'done');
      CREATE DOMAIN legacy_price AS numeric CHECK (VALUE > 0);
      CREATE TYPE legacy_pair AS (a int, b int);
      CREATE FUNCTION legacy_sum(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + b';
      CREATE PROCEDURE legacy_step() LANGUAGE sql AS 'SELECT 1';
      CREATE AGGREGATE legacy_total(int) (SFUNC = int4pl, STYPE = int);
      CREATE TABLE legacy_parts (day date) PARTITION BY RANGE (day);
      CREATE TABLE legacy_parts_1 PARTITION OF legacy_parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE SCHEMA billing; CREATE TABLE billing.legacy (id int)`,
    );
  }, 60_000);

  afterAll(async () => {
    setup.stop();
    await server.stop();
  });

  test('lets owner and application sign in, with pgaudit and pg_stat_statements', async () => {
    const { status, reason, physicalId } = await setup.request('Create', properties());
    expect([status, reason]).toEqual(['SUCCESS', 'The setup has ended.']);
    expect(physicalId).toBe('Shop/DatabaseSetup');
    expect(await as(OWNER, 'SELECT current_user')).toEqual([{ current_user: 'owner' }]);
    expect(await as(APPLICATION, 'SELECT current_user')).toEqual([{ current_user: 'application' }]);
    const extensions = await server.query("SELECT extname FROM pg_extension WHERE extname ~ 'pga|pg_'", {
      database: DATABASE,
    });
    expect(extensions).toEqual([{ extname: 'pgaudit' }, { extname: 'pg_stat_statements' }]);
  });

  test('gives the owner what the master user made before', async () => {
    const left = `SELECT oid::regclass::text AS name FROM pg_class
        WHERE relkind IN ('r', 'v', 'S', 'p') AND relowner = 'dbadmin'::regrole`;
    expect(await server.query(left, { database: DATABASE })).toEqual([]);
    await as(
      OWNER,
      `
      ALTER TABLE legacy ADD note text; ALTER VIEW legacy_view RENAME TO legacy_ids; DROP SEQUENCE legacy_numbers;
      ALTER TYPE legacy_state ADD VALUE 'gone'; DROP DOMAIN legacy_price; DROP TYPE legacy_pair;
      DROP PROCEDURE legacy_step();
      DROP AGGREGATE legacy_total(int); DROP FUNCTION legacy_sum(int, int); DROP TABLE legacy_parts;
      ALTER TABLE billing.legacy ADD note text`,
    );
    await as(APPLICATION, "INSERT INTO legacy (state) VALUES ('new')");
  });

  test('creates new schemas, extensions, databases and users in a later run', async () => {
    await succeed(everything());
    const owners = await server.query(
      "SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = 'billing'",
      { database: 'archive' },
    );
    expect(owners).toEqual([{ owner: 'owner' }]);
    const cron = async (database: string) =>
      server.query("SELECT FROM pg_extension WHERE extname IN ('pgcrypto', 'pg_cron')", { database });
    expect(await cron(DATABASE)).toHaveLength(2);
    // pg_cron exists in one database of a server only.
    expect(await cron('archive')).toHaveLength(1);
    await as(OWNER, 'CREATE TABLE archived (id int)', 'archive');
    await as(APPLICATION, 'INSERT INTO archived VALUES (1)', 'archive');
    expect(await as(REPORTING, 'SELECT id FROM archived', 'archive')).toEqual([{ id: 1 }]);
  });

  test('changes nothing when it runs again', async () => {
    const before = await catalogOf(server, [DATABASE, 'archive']);
    const log = await succeed(everything());
    expect(await catalogOf(server, [DATABASE, 'archive'])).toEqual(before);
    expect(log).not.toMatch(/Create user |Set the password of/);
  });

  test('lets the owner migrate, also in schemas of its own making, and the application use the result', async () => {
    await as(
      OWNER,
      `
      CREATE TABLE orders (id serial PRIMARY KEY, state text);
      CREATE INDEX ON orders (state);
      CREATE SCHEMA shipping; CREATE TABLE shipping.parcels (id int);
      CREATE TABLE billing.invoices (id int); ALTER TABLE billing.invoices ADD amount numeric;
      CREATE TABLE mistake (id int); DROP TABLE mistake`,
    );
    await as(
      APPLICATION,
      `
      INSERT INTO orders (state) VALUES ('new'); UPDATE orders SET state = 'done';
      INSERT INTO shipping.parcels VALUES (1);
      INSERT INTO billing.invoices VALUES (1, 2); DELETE FROM billing.invoices; CREATE TEMPORARY TABLE t (id int)`,
    );
    expect(await as(REPORTING, 'SELECT state FROM orders')).toEqual([{ state: 'done' }]);
    expect(await as(REPORTING, 'SELECT id FROM shipping.parcels')).toEqual([{ id: 1 }]);
  });

  test.each([
    ['application', 'CREATE TABLE mine (id int)'],
    ['application', 'CREATE TABLE billing.mine (id int)'],
    ['application', 'CREATE SCHEMA mine'],
    ['application', 'ALTER TABLE orders ADD note text'],
    ['application', 'DROP TABLE orders'],
    ['application', 'TRUNCATE orders'],
    ['application', 'SET ROLE owner'],
    ['reporting', "INSERT INTO orders (state) VALUES ('x')"],
    ['reporting', 'UPDATE shipping.parcels SET id = 2'],
    ['reporting', 'DELETE FROM legacy'],
    ['reporting', "SELECT nextval('orders_id_seq')"],
    ['reporting', 'CREATE TEMPORARY TABLE t (id int)'],
    ['owner', 'SET ROLE dbadmin'],
    ['owner', 'CREATE ROLE other'],
  ])('refuses to let %s %s', async (user, sql) => {
    const secret = [OWNER, APPLICATION, REPORTING].find(({ username }) => username === user)!;
    await expect(as(secret, sql)).rejects.toThrow(/permission denied|must be owner/);
  });

  test('keeps whatever either of two alternating owners makes in the hands of both', async () => {
    const clone = await rotate('arn:owner', OWNER);
    expect(clone.username).toBe('owner_clone');
    await as(
      clone,
      `CREATE TABLE of_the_clone (id int); ALTER TABLE orders ADD by_clone int;
       CREATE SCHEMA of_clone; CREATE TABLE of_clone.t (id int)`,
    );
    await as(APPLICATION, 'INSERT INTO of_the_clone VALUES (1); INSERT INTO of_clone.t VALUES (1)');
    owner = await rotate('arn:owner', clone);
    await as(owner, 'ALTER TABLE of_the_clone ADD note text; DROP TABLE of_clone.t');
    await as(clone, 'DROP TABLE of_the_clone; DROP SCHEMA of_clone');
    await succeed(everything());
  });

  test('leaves the passwords of a rotation alone', async () => {
    const clone = await rotate('arn:application', APPLICATION);
    const before = await catalogOf(server, [DATABASE]);
    await succeed(everything());
    expect(await catalogOf(server, [DATABASE])).toEqual(before);
    await as(clone, "INSERT INTO orders (state) VALUES ('of the clone')");
    await as(APPLICATION, "INSERT INTO orders (state) VALUES ('of the other')");
  });

  test('sets passwords anew on a restored server, those of both alternating users', async () => {
    const other = { username: 'application', password: 'the other one of two' };
    const current = { username: 'application_clone', password: 'the one that is current' };
    passwords.push(other.password, current.password);
    // The snapshot is older than the secrets, and older than a user and than a clone.
    setup.put('arn:application', current, other);
    await server.query('DROP OWNED BY reporting', { database: 'archive' });
    await server.query('DROP OWNED BY reporting; DROP ROLE application_clone; DROP ROLE reporting', {
      database: DATABASE,
    });
    const log = await succeed(everything());
    expect(log).toContain('Set the password of application');
    expect(log).toContain('Create user application_clone');
    expect(log).not.toContain('owner');
    for (const secret of [other, current]) {
      await as(secret, "INSERT INTO orders (state) VALUES ('restored')");
      await expect(as(secret, 'CREATE TABLE mine (id int)')).rejects.toThrow(/permission denied/);
    }
    expect(await as(REPORTING, "SELECT count(*) FROM orders WHERE state = 'restored'")).toEqual([{ count: '2' }]);
  });

  test('takes from a user who only reads from now on the right to write', async () => {
    const users = [...standard, { name: 'reporting', access: 'READ_WRITE', secretArn: 'arn:reporting' }];
    await succeed({ ...everything(), users });
    await as(REPORTING, "INSERT INTO orders (state) VALUES ('by reporting')");
    await succeed(everything());
    await as(owner, 'CREATE TABLE later (id int)');
    for (const table of ['orders (state)', 'later (id)']) {
      await expect(as(REPORTING, `INSERT INTO ${table} VALUES (NULL)`)).rejects.toThrow(/permission denied/);
    }
    expect(await as(REPORTING, 'SELECT FROM later')).toEqual([]);
  });

  test('leaves no password in a line of the server, which logs every statement', () => {
    expect(server.log).toContain('CREATE ROLE "application" LOGIN PASSWORD');
    passwords.forEach((password) => expect(server.log).not.toContain(password));
  });
});
