import { PRINTED, runTypeOrm } from '../../fixtures/typeorm-program';
import type { SecretValue } from '../../simulators/database-setup';
import { MigratedStage } from '../../simulators/migrated-stage';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../simulators/mysql-server';
import { MAJOR_VERSIONS, type PostgresServer } from '../../simulators/postgres-server';
import { MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

jest.setTimeout(180_000);

const OWNER = { userName: 'owner' };
const APPLICATION = { userName: 'application' };

/** What differs between the servers. */
interface Side {
  readonly as: (secret: SecretValue, sql: string) => Promise<Array<{ [column: string]: unknown }>>;
  readonly rotation: (next: SecretValue, current: SecretValue) => Promise<void>;
  readonly denied: RegExp;
}

/** The migrations of TypeORM, released version by version, on one server. */
function migrates(stage: () => MigratedStage, side: () => Side): void {
  const as = (user: { userName: string }, sql: string) => side().as(stage().secretOf(user), sql);
  const succeed = async (tag: string) => {
    const { status, error } = await stage().release(tag);
    expect([status, error, stage().errors]).toEqual(['SUCCEEDED', undefined, []]);
  };

  test('shows its statements before the approval, as a user who may only read [A-08]', async () => {
    PRINTED.length = 0;
    const { status } = await stage().plan('v1');
    expect([status, stage().errors]).toEqual(['SUCCEEDED', []]);
    expect(PRINTED[0]).toMatch(/^CREATE TABLE orders/);
    expect(stage().runs).toEqual([{ command: 'migration:plan', user: 'migration_plan' }]);
    await expect(as(APPLICATION, 'SELECT * FROM orders')).rejects.toThrow(/exist/);
  });

  test('creates tables that the application reads and writes [A-08]', async () => {
    await succeed('v1');
    await as(APPLICATION, "INSERT INTO orders (state) VALUES ('new')");
    await as(APPLICATION, "UPDATE orders SET state = 'done'");
    expect(await as(APPLICATION, 'SELECT state FROM orders')).toEqual([{ state: 'done' }]);
    await expect(as(APPLICATION, 'ALTER TABLE orders ADD mine int')).rejects.toThrow(side().denied);
    expect(new Set(stage().runs.slice(1).map(({ user }) => user))).toEqual(new Set(['owner']));
  });

  test('alters them as the other one of two alternating owners, for both alternating users [A-08, A-34]', async () => {
    const before = stage().secretOf(APPLICATION);
    await stage().rotate(OWNER, side().rotation);
    await stage().rotate(APPLICATION, side().rotation);
    await succeed('v2');
    expect(stage().runs[stage().runs.length - 1].user).toBe('owner_clone');
    for (const secret of [before, stage().secretOf(APPLICATION)]) {
      expect(await side().as(secret, 'SELECT note FROM orders')).toEqual([{ note: 'from before' }]);
      await side().as(secret, 'INSERT INTO parcels VALUES (1)');
    }
  });

  test('drops what no version needs [A-08]', async () => {
    await succeed('v3');
    await expect(as(APPLICATION, 'SELECT state FROM orders')).rejects.toThrow(/state/);
    await expect(as(APPLICATION, 'SELECT id FROM mistakes')).rejects.toThrow(/mistakes/);
    expect(await as(APPLICATION, 'SELECT note FROM orders')).toEqual([{ note: 'from before' }]);
  });

  test('releases nothing where the server refuses a statement [A-08]', async () => {
    const { status, error } = await stage().release('v4');
    expect([status, error?.message]).toEqual(['FAILED', expect.stringMatching(/Migration ended with 1/)]);
    expect(stage().errors.join()).toMatch(/nowhere/);
    expect([stage().world.serving, stage().world.released]).toEqual([['v3'], ['v3']]);
    expect(stage().runs.filter(({ command }) => command === 'migration:run')).toHaveLength(4);
  });
}

describe.each(MAJOR_VERSIONS)('A migration by a release on a real PostgreSQL %s', (major) => {
  let server: PostgresServer;
  let stage: MigratedStage;
  const side: Side = {
    as: ({ username: user, password }, sql) => server.query(sql, { user, password, database: 'application' }),
    rotation: async ({ username, password }, current) => {
      const session = await server.connect({ user: MASTER.username, password: MASTER.password });
      const known = await session.query('SELECT FROM pg_roles WHERE rolname = $1', [username]);
      await session.query(known.rows.length > 0
        ? `ALTER USER ${username} WITH PASSWORD '${password}'`
        : `CREATE ROLE ${username} WITH LOGIN PASSWORD '${password}'; GRANT ${current.username} TO ${username}`);
      await session.end();
    },
    denied: /must be owner/,
  };

  beforeAll(async () => {
    server = await startRdsPostgres(major);
    stage = await MigratedStage.start('postgres', server, MASTER, (program) => runTypeOrm('postgres', program));
    await stage.setUp();
  });
  afterAll(async () => {
    stage.close();
    await server.stop();
  });

  migrates(() => stage, () => side);

  test('can not write in its dry run [A-08]', async () => {
    const plan = stage.secretOf({ userName: 'migration_plan' });
    for (const sql of ['DELETE FROM orders', 'CREATE TABLE mine (id int)', 'DROP TABLE orders', 'SET ROLE owner', 'CREATE TEMPORARY TABLE mine (id int)']) {
      await expect(side.as(plan, sql)).rejects.toThrow(/permission denied|must be owner/);
    }
  });
});

const reason = missingMysql();
/** MariaDB stands for MySQL. */
(reason ? describe.skip : describe)(`A migration by a release on a real MySQL server${reason ? ` (${reason})` : ''}`, () => {
  let server: MysqlServer;
  let stage: MigratedStage;
  const side: Side = {
    as: ({ username: user, password }, sql) => server.query(sql, { user, password, database: 'application' }),
    rotation: async (next, current) => {
      const master = await server.connect({ user: MYSQL_MASTER.username, password: MYSQL_MASTER.password });
      await master.query('CREATE USER IF NOT EXISTS ? IDENTIFIED BY ?', [next.username, next.password]);
      const [grants] = await master.query('SHOW GRANTS FOR ?', [current.username]);
      for (const row of grants as object[]) {
        await master.query(`${`${Object.values(row)[0]}`.split(' TO ')[0]} TO ?`, [next.username]);
      }
      await master.end();
    },
    denied: /ALTER command denied/,
  };

  beforeAll(async () => {
    server = await MysqlServer.start('application');
    stage = await MigratedStage.start('mysql', server, MYSQL_MASTER, (program) => runTypeOrm('mysql', program));
    await stage.setUp();
  });
  afterAll(async () => {
    stage.close();
    await server.stop();
  });

  migrates(() => stage, () => side);

  test('can be what Doctrine Migrations writes, as the owner', async () => {
    for (const sql of DOCTRINE) {
      await side.as(stage.secretOf(OWNER), sql);
    }
    await side.as(stage.secretOf(APPLICATION), "INSERT INTO product (category_id, name) VALUES (NULL, 'book')");
    expect(await side.as(stage.secretOf(APPLICATION), 'SELECT label FROM product')).toEqual([{ label: null }]);
  });
});

/** Statements as Doctrine Migrations and its schema tool write them for MySQL: its own table, then create, alter, rename and drop. */
const DOCTRINE = [
  'CREATE TABLE doctrine_migration_versions (version VARCHAR(191) NOT NULL, executed_at DATETIME DEFAULT NULL, execution_time INT DEFAULT NULL, PRIMARY KEY(version)) DEFAULT CHARACTER SET utf8 COLLATE `utf8_unicode_ci` ENGINE = InnoDB',
  'CREATE TABLE category (id INT AUTO_INCREMENT NOT NULL, PRIMARY KEY(id)) DEFAULT CHARACTER SET utf8mb4 COLLATE `utf8mb4_unicode_ci` ENGINE = InnoDB',
  'CREATE TABLE product (id INT AUTO_INCREMENT NOT NULL, category_id INT DEFAULT NULL, name VARCHAR(255) NOT NULL, INDEX IDX_D34A04AD12469DE2 (category_id), PRIMARY KEY(id)) DEFAULT CHARACTER SET utf8mb4 COLLATE `utf8mb4_unicode_ci` ENGINE = InnoDB',
  'ALTER TABLE product ADD CONSTRAINT FK_D34A04AD12469DE2 FOREIGN KEY (category_id) REFERENCES category (id)',
  'ALTER TABLE product ADD label VARCHAR(255) DEFAULT NULL, CHANGE name name VARCHAR(128) NOT NULL',
  'CREATE UNIQUE INDEX UNIQ_D34A04AD5E237E06 ON product (name)',
  'DROP INDEX UNIQ_D34A04AD5E237E06 ON product',
  'ALTER TABLE product DROP FOREIGN KEY FK_D34A04AD12469DE2',
  'DROP TABLE category',
  "INSERT INTO doctrine_migration_versions (version, executed_at, execution_time) VALUES ('DoctrineMigrations\\\\Version20260101000000', NOW(), 12)",
];
