import { DatabaseSetup, type SecretValue, setupProperties } from '../../simulators/database-setup';
import type { PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

// Each request starts a process.
jest.setTimeout(90_000);

const ENDED = 'The setup has ended.';
const SECRETS = ['owner', 'next', 'third', 'application', 'reporting'].map(
  (username): SecretValue => ({ username, password: `password of ${username}` }),
);
const owner = (name: string) => ({ name, access: 'OWNER', secretArn: `arn:${name}` });
const APPLICATION = { name: 'application', access: 'READ_WRITE', secretArn: 'arn:application' };

let server: PostgresServer;
let setup: DatabaseSetup;

const start = async (major: string) => {
  server = await startRdsPostgres(major);
  setup = await DatabaseSetup.start(server.certificateFile);
  setup.put('arn:master', MASTER);
  SECRETS.forEach((secret) => setup.put(`arn:${secret.username}`, secret));
};
const stop = async () => {
  setup.stop();
  await server.stop();
};
const of = (name: string, given: object = {}) =>
  setupProperties(server.port, { users: [owner(name), APPLICATION], ...given });
const create = async (properties: object) => setup.request('Create', properties);
const expectSuccess = async (properties: object, former?: object) => {
  const { status, reason } = await setup.request(former ? 'Update' : 'Create', properties, 60_000, former);
  expect([status, reason]).toEqual(['SUCCESS', ENDED]);
};
const asSuperuser = async (sql: string, database = DATABASE) =>
  server.query<{ [column: string]: unknown }>(sql, { database });
const as = async (user: string, sql: string, database = DATABASE) => {
  const { username, password } = user === MASTER.username ? MASTER : SECRETS.find(({ username: name }) => name === user)!;
  return server.query<{ [column: string]: unknown }>(sql, { user: username, password, database });
};
/** Statements that an error gives, from their first to their last word. */
const remedyIn = (reason = '') => /BEGIN; .*COMMIT/.exec(reason)![0];

describe.each(['15', '16', '17', '18'])('On a restored PostgreSQL %s with foreign data, the setup', (major) => {
  beforeAll(async () => {
    await start(major);
    // A role that the master user made, as those of a team, and one that it did not make.
    await as(MASTER.username, 'CREATE ROLE legacy LOGIN');
    await asSuperuser('CREATE ROLE stranger CREATEDB');
  }, 60_000);
  afterAll(stop);

  test('names who owns a database, and the statements that give it to the master user', async () => {
    await asSuperuser(`ALTER DATABASE ${DATABASE} OWNER TO legacy`);
    const { status, reason } = await create(of('owner'));
    expect(status).toBe('FAILED');
    expect(reason).toMatch(/^database application belongs to legacy, so that the master user dbadmin can't give rights/);
    expect(reason).toMatch(/Nothing was changed.*ALTER DATABASE "application" OWNER TO "dbadmin".* may run it on PostgreSQL 15/);
    expect(await asSuperuser("SELECT FROM pg_roles WHERE rolname = 'owner'")).toEqual([]);
    await as(MASTER.username, remedyIn(reason));
    await expectSuccess(of('owner'));
    await as('application', 'SELECT 1');
    expect(await asSuperuser("SELECT pg_has_role('dbadmin', 'legacy', 'USAGE') AS acts")).toEqual([{ acts: false }]);
  });

  test('sets up a database that belongs to the owner of the tables', async () => {
    await asSuperuser(`ALTER DATABASE ${DATABASE} OWNER TO owner`);
    await expectSuccess(of('owner'));
    await asSuperuser(`ALTER DATABASE ${DATABASE} OWNER TO dbadmin`);
  });

  test('names who owns schema public where that keeps the owner from creating tables', async () => {
    await asSuperuser('ALTER SCHEMA public OWNER TO legacy; REVOKE ALL ON SCHEMA public FROM owner, PUBLIC');
    const { status, reason } = await create(of('owner'));
    expect([status, reason]).toEqual(['FAILED', expect.stringMatching(/schema public belongs to legacy, so that owner can't use it/)]);
    await as(MASTER.username, remedyIn(reason));
    await expectSuccess(of('owner'));
    await as('owner', 'CREATE TABLE of_the_owner (id int)');
  });

  test('names each schema whose tables would be out of reach, and the prop that mends it', async () => {
    await asSuperuser(`
      CREATE SCHEMA billing AUTHORIZATION legacy; CREATE TABLE billing.invoices (id int);
      ALTER TABLE billing.invoices OWNER TO legacy;
      CREATE SCHEMA audit AUTHORIZATION stranger; CREATE TABLE audit.a (id int); CREATE TABLE audit.b (id int);
      ALTER TABLE audit.a OWNER TO stranger; ALTER TABLE audit.b OWNER TO stranger`);
    const { status, reason } = await create(of('owner'));
    expect(status).toBe('FAILED');
    expect(reason).toMatch(
      /2 tables belong to stranger in schema audit \(audit\.a, audit\.b\); 1 table belongs to legacy in schema billing/,
    );
    expect(reason).toMatch(/set ownerName to 'stranger'.*addUser\('stranger'.*REASSIGN OWNED BY "stranger" TO "owner"/);
    await asSuperuser('DROP SCHEMA audit CASCADE');
    const second = await create(of('owner'));
    await as(MASTER.username, remedyIn(second.reason));
    await expectSuccess(of('owner'));
    await as('application', 'INSERT INTO billing.invoices VALUES (1)');
  });

  test('names a schema of another role that holds tables of the owner', async () => {
    await asSuperuser('CREATE SCHEMA odd AUTHORIZATION legacy; CREATE TABLE odd.t (id int); ALTER TABLE odd.t OWNER TO owner');
    const { status, reason } = await create(of('owner'));
    expect([status, reason]).toEqual(['FAILED', expect.stringMatching(/schema odd belongs to legacy, so that application, owner can't use it/)]);
    await as(MASTER.username, remedyIn(reason));
    await expectSuccess(of('owner'));
    await as('application', 'INSERT INTO odd.t VALUES (1)');
  });

  test('looks at a database that is added later as at the first one', async () => {
    await as(MASTER.username, 'CREATE DATABASE archive', 'postgres');
    await asSuperuser('CREATE TABLE old (id int); ALTER TABLE old OWNER TO legacy', 'archive');
    const { status, reason } = await setup.request('Update', of('owner', { databases: ['archive'] }), 60_000, of('owner'));
    expect([status, reason]).toEqual(['FAILED', expect.stringMatching(/in database archive, 1 table belongs to legacy/)]);
  });
});

describe.each(['15', '18'])('On PostgreSQL %s, a change of the owner', (major) => {
  beforeAll(async () => start(major), 60_000);
  afterAll(stop);

  test('from the master user gives on every schema that an ORM has made, and no schema of an extension', async () => {
    await as(
      MASTER.username,
      `
      CREATE TABLE orders (id serial PRIMARY KEY);
      CREATE SCHEMA drizzle; CREATE TABLE drizzle.migrations (id serial PRIMARY KEY, hash text);
      CREATE SCHEMA "Odd Name"; CREATE TYPE "Odd Name"."State" AS ENUM ('new');
      CREATE COLLATION drizzle.plain FROM "C"; CREATE TEXT SEARCH CONFIGURATION drizzle.search (COPY = pg_catalog.simple);
      CREATE STATISTICS drizzle.together ON id, hash FROM drizzle.migrations;
      CREATE TYPE drizzle.span AS RANGE (subtype = int);
      CREATE FUNCTION drizzle.same(a int, b int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a = b';
      CREATE OPERATOR drizzle.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = drizzle.same)`,
    );
    await expectSuccess(of('owner'), { ...of('owner'), users: [] });
    await as(
      'owner',
      `
      ALTER TABLE drizzle.migrations ADD note text; CREATE TABLE drizzle.more (id int); DROP TYPE "Odd Name"."State";
      DROP COLLATION drizzle.plain; DROP TEXT SEARCH CONFIGURATION drizzle.search; DROP STATISTICS drizzle.together;
      DROP OPERATOR drizzle.=== (int, int); DROP FUNCTION drizzle.same; DROP TYPE drizzle.span; DROP SCHEMA "Odd Name"`,
    );
    await as('application', "INSERT INTO drizzle.migrations (hash) VALUES ('a'); INSERT INTO drizzle.more VALUES (1)");
  });

  test('leaves alone what the master user makes for itself afterwards, but for the schemas of the program', async () => {
    await as(MASTER.username, 'CREATE SCHEMA emergency; CREATE TABLE emergency.copy (id int); CREATE TABLE late (id int)');
    await expectSuccess(of('owner'), of('owner'));
    await as('owner', 'ALTER TABLE late ADD note text');
    await expect(as('application', 'SELECT FROM emergency.copy')).rejects.toThrow(/permission denied/);
    await as(MASTER.username, 'DROP SCHEMA emergency CASCADE');
  });

  test('gives on each table by itself, names the one in use, and goes on with the next deployment', async () => {
    await as('owner', 'CREATE TABLE busy (id int); CREATE TABLE quiet (id int); CREATE VIEW sight AS SELECT id FROM quiet');
    await as('owner', "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    await as(
      'owner',
      `CREATE SCHEMA shop; CREATE TABLE shop.busy (id int PRIMARY KEY);
       CREATE TABLE shop.lines (id serial, busy int REFERENCES shop.busy, other int);
       CREATE VIEW shop.both AS SELECT b.id FROM shop.busy b JOIN shop.lines l ON l.busy = b.id`,
    );
    await as('application', 'INSERT INTO busy VALUES (1); INSERT INTO shop.busy VALUES (1)');
    const reader = await server.connect({ user: 'application', password: 'password of application', database: DATABASE });
    await reader.query('BEGIN; SELECT FROM busy; SELECT FROM shop.busy');
    // While the setup tries, the waits of others are short.
    const waits: number[] = [];
    let over = false;
    const traffic = (async () => {
      while (!over) {
        const begin = Date.now();
        // The check of the foreign key runs as the owner of the one table, and the view as the owner of itself.
        await as(
          'application',
          `INSERT INTO busy VALUES (2); INSERT INTO quiet VALUES (2); SELECT FROM sight;
           INSERT INTO shop.lines (busy) VALUES (1); SELECT FROM shop.both`,
        );
        waits.push(Date.now() - begin);
      }
    })();
    const { status, reason } = await setup.request('Update', of('next'), 50_000, of('owner'));
    over = true;
    await traffic;
    expect(status).toBe('FAILED');
    expect(reason).toMatch(
      /^other sessions used 2 objects all the time, so that next did not get TABLE public\.busy in database application \(still of owner, in use by session \d+ of application[^)]*\); TABLE shop\.busy .*deploy again: the next deployment goes on with the rest/,
    );
    expect(Math.max(...waits)).toBeLessThan(3000);
    await as('next', 'ALTER TABLE quiet ADD note text; DROP VIEW sight; CREATE TABLE of_next (id int)');
    await as('application', 'INSERT INTO of_next VALUES (1); UPDATE quiet SET note = id; SELECT FROM busy');
    await expect(as('next', 'ALTER TABLE busy ADD note text')).rejects.toThrow(/must be owner/);
    await reader.query('ROLLBACK');
    await reader.end();
    // As after a deployment without a rollback, whose properties CloudFormation may take for the former ones.
    await expectSuccess(of('next'), of('next'));
    await as('next', 'ALTER TABLE busy ADD note text; DROP SCHEMA shop CASCADE');
    await expect(as('owner', 'SELECT FROM busy')).rejects.toThrow(/permission denied/);
    const left = "SELECT FROM pg_shdepend WHERE refobjid = 'owner'::regrole AND deptype = 'o' AND classid <> 'pg_default_acl'::regclass";
    expect(await asSuperuser(left)).toEqual([]);
    expect(await asSuperuser('SELECT FROM pg_shdescription WHERE classoid = 1260')).toEqual([]);
  });

  test('and the way back from one that failed gives back what was given', async () => {
    const reader = await server.connect({ user: 'application', password: 'password of application', database: DATABASE });
    await reader.query('BEGIN; SELECT FROM busy');
    expect(await setup.request('Update', of('third'), 40_000, of('next'))).toMatchObject({ status: 'FAILED' });
    await expectSuccess(of('next'), of('third'));
    await as('next', 'ALTER TABLE quiet DROP note');
    await reader.end();
    await expectSuccess(of('third'), of('next'));
    await as('third', 'DROP TABLE busy; DROP TABLE quiet; DROP FUNCTION one()');
  });

  test('to the master user gives everything back to it', async () => {
    await expectSuccess(setupProperties(server.port, { users: [APPLICATION] }), of('third'));
    await as(MASTER.username, 'ALTER TABLE drizzle.more ADD note text');
  });
});
