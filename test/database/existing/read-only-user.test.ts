import * as fs from 'node:fs';
import { DatabaseSetup, setupProperties } from '../../simulators/database-setup';
import { missingMysql, MysqlServer } from '../../simulators/mysql-server';
import { MAJOR_VERSIONS, type PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

jest.setTimeout(60_000);

const PAGE = fs.readFileSync('docs/adopt-a-database.md', 'utf8');
/** Statements of the page: of the database's owner, of the tables' owner, the query for what is left, and both of MySQL. */
const [OF_DATABASE, OF_TABLES, LEFT, MYSQL, VIEWS_OF_MYSQL] = [...PAGE.matchAll(/```sql\n([^]*?)```/g)].map(([, sql]) => sql);
const PASSWORD = 'a long password';

const sessionOf = (user: string, password = PASSWORD) => ({ user, password, database: 'shop' });
const ADMIN = sessionOf(MASTER.username, MASTER.password);
const OWNER = sessionOf('shop_owner');
const APPLICATION = sessionOf('shop');
const PLAN = sessionOf('migration_plan');

/** A database as an upgrade from PostgreSQL 14 leaves it: everybody makes tables in `public`. */
const FORMER = `
  GRANT CREATE ON SCHEMA public TO PUBLIC;
  CREATE ROLE shop_owner LOGIN PASSWORD '${PASSWORD}';
  CREATE ROLE shop LOGIN PASSWORD '${PASSWORD}'`;

const TABLES = `
  CREATE TABLE orders (id serial);
  INSERT INTO orders VALUES (1);
  CREATE FUNCTION add_order(number int) RETURNS void SECURITY DEFINER LANGUAGE sql AS 'INSERT INTO public.orders VALUES (number)';
  CREATE FUNCTION double(number int) RETURNS int LANGUAGE sql AS 'SELECT 2 * number';
  GRANT SELECT, INSERT ON orders TO shop`;

/** What a user who may only read must not do, before the statements of the page too, where `PUBLIC` allows it. */
const BY_PUBLIC = ['CREATE TABLE own (id int)', 'CREATE TEMPORARY TABLE own (id int)', 'SELECT add_order(7)'];
const NEVER = ['INSERT INTO orders VALUES (3)', 'DROP TABLE orders', "SELECT nextval('orders_id_seq')"];

describe.each(MAJOR_VERSIONS)('On a real PostgreSQL %s with the rights of an old database, the user of the page for dry runs', (major) => {
  let server: PostgresServer;
  let before: string[];
  let done: string[];

  const left = async (database = 'shop') => (await server.query<{ can: string }>(LEFT, { ...ADMIN, database })).map(({ can }) => can);

  beforeAll(async () => {
    server = await startRdsPostgres(major);
    await server.query('CREATE DATABASE shop OWNER dbadmin');
    await server.query(FORMER, { database: 'shop' });
    await server.query(TABLES, OWNER);

    const [user, ...others] = OF_DATABASE.split(';\n');
    await server.query(user, ADMIN);
    before = await left();
    done = [];
    for (const statement of BY_PUBLIC) {
      await server.query(statement, PLAN);
      done.push(statement);
    }
    await server.query('DROP TABLE own', PLAN);
    await server.query(others.join(';\n'), ADMIN);
    await server.query(OF_TABLES, OWNER);
    await server.query(
      `CREATE TABLE later (id serial); INSERT INTO later VALUES (2);
       CREATE FUNCTION add_later() RETURNS void SECURITY DEFINER LANGUAGE sql AS 'INSERT INTO public.later VALUES (3)'`,
      OWNER,
    );
  });

  afterAll(() => server.stop());

  test('could write by the rights of everybody before, and the query of the page says each', () => {
    expect(done).toEqual(BY_PUBLIC);
    expect(before).toEqual(expect.arrayContaining([
      'CREATE on schema public',
      'TEMPORARY on database shop',
      'EXECUTE add_order(integer) with the rights of shop_owner',
    ]));
  });

  test('reads the tables of the owner, and those of later [A-08]', async () => {
    expect(await server.query('SELECT id FROM orders UNION SELECT id FROM later ORDER BY id', PLAN)).toEqual([{ id: 1 }, { id: 2 }, { id: 7 }]);
    await server.query('SELECT last_value FROM later_id_seq', PLAN);
  });

  test.each([...BY_PUBLIC, ...NEVER, 'SELECT add_later()'])('is refused %s [A-24]', async (statement) => {
    await expect(server.query(statement, PLAN)).rejects.toThrow(/permission denied|must be owner/);
  });

  test('can write nothing by the query of the page, in the database that it reads', async () => {
    const elsewhere = (can: string) => can.startsWith('CONNECT to database');
    expect((await left()).filter((can) => !elsewhere(can))).toEqual([]);
    expect((await left()).filter(elsewhere)).toEqual(expect.arrayContaining(['CONNECT to database postgres: look there, too']));
  });

  test.each([
    ['GRANT UPDATE (id) ON orders TO migration_plan', 'REVOKE UPDATE (id) ON orders FROM migration_plan', 'write orders'],
    ['GRANT TRIGGER ON orders TO PUBLIC', 'REVOKE TRIGGER ON orders FROM PUBLIC', 'write orders'],
    ['GRANT USAGE ON SEQUENCE orders_id_seq TO PUBLIC', 'REVOKE USAGE ON SEQUENCE orders_id_seq FROM PUBLIC', 'write orders_id_seq'],
    ['GRANT shop_owner TO migration_plan', 'REVOKE shop_owner FROM migration_plan', 'act as shop_owner'],
    ['ALTER ROLE migration_plan CREATEROLE', 'ALTER ROLE migration_plan NOCREATEROLE', 'more than a user: it has an attribute of a role'],
  ])('is named by the query of the page after %s', async (grant, revoke, can) => {
    await server.query(grant, { database: 'shop' });
    expect(await left()).toContain(can);
    await server.query(revoke, { database: 'shop' });
  });

  test('takes nothing from the application and the owner', async () => {
    await server.query('SELECT add_order(8); SELECT add_later(); SELECT double(2); CREATE TEMPORARY TABLE own (id int)', APPLICATION);
    await server.query('CREATE TABLE another (id int); DROP TABLE another; CREATE TEMPORARY TABLE own (id int)', OWNER);
  });
});

test('The query of the page finds nothing that the user of the setup can write', async () => {
  const server = await startRdsPostgres('15');
  const setup = await DatabaseSetup.start(server.certificateFile);
  const owner = { username: 'owner', password: PASSWORD };
  setup.put('arn:master', MASTER).put('arn:owner', owner).put('arn:plan', { username: 'migration_plan', password: PASSWORD });
  const users = [
    { name: 'owner', access: 'OWNER', secretArn: 'arn:owner' },
    { name: 'migration_plan', access: 'READ_ONLY', secretArn: 'arn:plan' },
  ];
  const setUp = async () => (await setup.request('Create', setupProperties(server.port, { users }))).status;
  await server.query('GRANT CREATE ON SCHEMA public TO PUBLIC', { database: DATABASE });
  expect(await setUp()).toBe('SUCCESS');
  await server.query(TABLES.replace(/;\s*GRANT.*/, ''), { user: owner.username, password: PASSWORD, database: DATABASE });
  const left = await server.query<{ can: string }>(LEFT, { user: MASTER.username, password: MASTER.password, database: DATABASE });
  expect(left.map(({ can }) => can).filter((can) => !can.startsWith('CONNECT to database'))).toEqual([]);
  setup.stop();
  await server.stop();
});

const reason = missingMysql();
(reason ? describe.skip : describe)('On a real server of MySQL, the user of the page for dry runs', () => {
  let server: MysqlServer;

  beforeAll(async () => {
    server = await MysqlServer.start('shop');
    await server.query('CREATE TABLE shop.orders (id int); INSERT INTO shop.orders VALUES (1)');
    await server.query('CREATE FUNCTION shop.add_order() RETURNS int MODIFIES SQL DATA BEGIN INSERT INTO shop.orders VALUES (7); RETURN 1; END');
    await server.query(MYSQL);
  });

  afterAll(() => server.stop());

  test('reads, and writes nothing [A-08, A-24]', async () => {
    const client = await server.connect({ ...PLAN });
    const [rows] = await client.query('SELECT id FROM orders');
    expect(rows).toEqual([{ id: 1 }]);
    for (const statement of ['INSERT INTO orders VALUES (2)', 'CREATE TABLE own (id int)', 'CREATE TEMPORARY TABLE own (id int)', 'DROP TABLE orders', 'SELECT add_order()']) {
      await expect(client.query(statement)).rejects.toThrow(/denied/);
    }
    await client.end();
  });

  test('writes through a view that calls a function which writes, which the query of the page names, unless the view is the invoker\'s', async () => {
    const view = 'VIEW shop.numbered AS SELECT shop.add_order() AS done';
    await server.query(`CREATE ${view}`);
    expect(await server.query(VIEWS_OF_MYSQL)).toEqual([{ table_name: 'numbered', routine_name: 'add_order' }]);
    const client = await server.connect({ ...PLAN });
    await client.query('SELECT done FROM numbered');
    expect(await server.query('SELECT id FROM shop.orders WHERE id = 7')).toEqual([{ id: 7 }]);
    await server.query(`CREATE OR REPLACE SQL SECURITY INVOKER ${view}`);
    await expect(client.query('SELECT done FROM numbered')).rejects.toThrow(/denied|lack rights/);
    expect(await server.query(VIEWS_OF_MYSQL)).toEqual([]);
    await client.end();
  });
});
