import * as fs from 'node:fs';
import { missingMysql, MysqlServer } from '../../simulators/mysql-server';
import { MAJOR_VERSIONS, type PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

jest.setTimeout(60_000);

const [POSTGRES, MYSQL] = [...fs.readFileSync('docs/adopt-a-database.md', 'utf8').matchAll(/```sql\n([^]*?)```/g)].map(([, sql]) => sql);
const PASSWORD = 'a long password';
const PLAN = { user: 'migration_plan', password: PASSWORD };

describe.each([MAJOR_VERSIONS[0], MAJOR_VERSIONS.at(-1)!])('On a real PostgreSQL %s, the user of the page for dry runs', (major) => {
  const OWNER = { user: 'shop_owner', password: 'password-of-the-owner', database: DATABASE };
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startRdsPostgres(major);
    await server.query(`CREATE ROLE shop_owner LOGIN PASSWORD '${OWNER.password}'; ALTER DATABASE ${DATABASE} OWNER TO shop_owner`);
    await server.query('CREATE TABLE orders (id serial); INSERT INTO orders VALUES (1)', OWNER);
    const [first, ...others] = POSTGRES.split(';\n');
    await server.query(first, { user: MASTER.username, password: MASTER.password, database: DATABASE });
    await server.query(others.join(';\n'), OWNER);
    await server.query('CREATE TABLE later (id serial); INSERT INTO later VALUES (2)', OWNER);
  });

  afterAll(() => server.stop());

  test('reads the tables of the owner, and those of later [A-08]', async () => {
    const plan = { ...PLAN, database: DATABASE };
    expect(await server.query('SELECT id FROM orders UNION SELECT id FROM later ORDER BY id', plan)).toEqual([{ id: 1 }, { id: 2 }]);
    await server.query('SELECT last_value FROM later_id_seq', plan);
  });

  test.each(['INSERT INTO orders VALUES (3)', 'CREATE TABLE own (id int)', 'DROP TABLE orders', "SELECT nextval('orders_id_seq')"])(
    'is refused %s [A-24]',
    async (statement) => {
      await expect(server.query(statement, { ...PLAN, database: DATABASE })).rejects.toThrow(/permission denied|must be owner/);
    },
  );
});

const reason = missingMysql();
(reason ? describe.skip : describe)('On a real server of MySQL, the user of the page for dry runs', () => {
  let server: MysqlServer;

  beforeAll(async () => {
    server = await MysqlServer.start('shop');
    await server.query('CREATE TABLE shop.orders (id int); INSERT INTO shop.orders VALUES (1)');
    await server.query(MYSQL);
  });

  afterAll(() => server.stop());

  test('reads, and writes nothing [A-08, A-24]', async () => {
    const client = await server.connect({ ...PLAN, database: 'shop' });
    const [rows] = await client.query('SELECT id FROM orders');
    expect(rows).toEqual([{ id: 1 }]);
    for (const statement of ['INSERT INTO orders VALUES (2)', 'CREATE TABLE own (id int)', 'DROP TABLE orders']) {
      await expect(client.query(statement)).rejects.toThrow(/command denied/);
    }
    await client.end();
  });
});
