import { DatabaseSetup } from '../../test/simulators/database-setup';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../test/simulators/mysql-server';
import type { PostgresServer } from '../../test/simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../test/simulators/rds-postgres';
import { databaseInGrant } from './mysql/accounts';
import { PostgresSession } from './postgres/postgres-session';
import type { SetupProperties } from './properties';
import { Run } from './run';
import { setUp } from './set-up';

// Each test runs the setup several times.
jest.setTimeout(30_000);

const mockAuthorities: { ca?: string } = {};
// Stands for the variable by which the bundle trusts the authorities of RDS: a running process can't set it.
jest.mock('pg', () => {
  const pg = jest.requireActual<typeof import('pg')>('pg');
  class Client extends pg.Client {
    public constructor(config: import('pg').ClientConfig) {
      super({ ...config, ssl: { ...(config.ssl as object), ...mockAuthorities } });
    }
  }
  return { ...pg, Client };
});
jest.mock('mysql2/promise', () => {
  const mysql = jest.requireActual<typeof import('mysql2/promise')>('mysql2/promise');
  const createConnection = async (options: import('mysql2/promise').ConnectionOptions) =>
    mysql.createConnection({ ...options, ssl: { ...(options.ssl as object), ...mockAuthorities } });
  return { ...mysql, createConnection };
});

const run = () => new Run(60_000, () => undefined);
const USERS: SetupProperties['users'] = [
  { name: 'owner', access: 'OWNER', secretArn: 'arn:owner' },
  { name: 'application', access: 'READ_WRITE', secretArn: 'arn:application' },
  { name: 'reporting', access: 'READ_ONLY', secretArn: 'arn:reporting' },
];

async function secretsFor(master: { username: string; password: string }): Promise<DatabaseSetup> {
  const secrets = await DatabaseSetup.start();
  secrets.put('arn:master', master);
  USERS.forEach(({ name, secretArn }) => secrets.put(secretArn!, { username: name, password: `password of ${name}` }));
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = secrets.url;
  Object.assign(process.env, { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' });
  return secrets;
}

const propertiesOf = (engine: SetupProperties['engine'], port: number): SetupProperties => ({
  engine,
  host: 'localhost',
  port: `${port}`,
  masterSecretArn: 'arn:master',
  database: DATABASE,
  databases: ['archive'],
  schemas: engine === 'mysql' ? [] : ['billing'],
  extensions: [],
  users: USERS,
  statements: '1',
});

describe('The setup of a PostgreSQL server', () => {
  let server: PostgresServer;
  let secrets: DatabaseSetup;
  let properties: SetupProperties;

  beforeAll(async () => {
    server = await startRdsPostgres('17');
    secrets = await secretsFor(MASTER);
    mockAuthorities.ca = server.certificate;
    properties = propertiesOf('postgres', server.port);
    await server.query('CREATE TABLE legacy (id int)', {
      user: MASTER.username,
      password: MASTER.password,
      database: DATABASE,
    });
  }, 60_000);

  afterAll(async () => {
    secrets.stop();
    await server.stop();
  });

  test('sets up, again, and with passwords that the server does not know', async () => {
    await setUp(properties, run());
    await setUp(properties, run());
    secrets.put(
      'arn:application',
      { username: 'application_clone', password: 'new' },
      { username: 'application', password: 'old' },
    );
    await setUp(properties, run());
    await server.query('INSERT INTO legacy VALUES (1)', {
      user: 'application_clone',
      password: 'new',
      database: DATABASE,
    });
  });

  test('acts as an owner with IAM authentication within a transaction only', async () => {
    const users = [
      { name: 'tokens', access: 'OWNER' as const },
      { name: 'reporting', access: 'READ_ONLY' as const, secretArn: 'arn:reporting' },
    ];
    await setUp({ ...properties, databases: ['of_tokens'], schemas: [], users }, run());
    expect(await server.query("SELECT pg_has_role('dbadmin', 'tokens', 'USAGE') AS acts")).toEqual([{ acts: false }]);
    await expect(setUp({ ...properties, users: [{ ...users[0], secretArn: 'arn:owner' }] }, run())).rejects.toThrow(
      /must name it/,
    );
  });

  test('repeats a transaction that a concurrent session disturbs, and no other', async () => {
    const session = await PostgresSession.open(
      properties,
      { user: MASTER.username, password: MASTER.password },
      DATABASE,
      run(),
    );
    const failing = (code: string) => {
      const attempts: number[] = [];
      return {
        attempts,
        work: async () => {
          attempts.push(attempts.length);
          const fails = attempts.length === 1 ? `RAISE EXCEPTION 'disturbed' USING ERRCODE = '${code}';` : '';
          await session.run('CREATE SCHEMA twice', `CREATE SCHEMA twice_${code}; DO $$ BEGIN ${fails} END $$`);
        },
      };
    };
    const deadlock = failing('40P01');
    await session.transaction(deadlock.work);
    expect(deadlock.attempts).toHaveLength(2);
    const refusal = failing('42501');
    await expect(session.transaction(refusal.work)).rejects.toThrow('CREATE SCHEMA twice: disturbed (42501)');
    expect(refusal.attempts).toHaveLength(1);
    await session.close();
  }, 20_000);
});

(missingMysql() ? describe.skip : describe)('The setup of a MySQL server', () => {
  test('sets up, again, and with passwords that the server does not know', async () => {
    const server = await MysqlServer.start(DATABASE);
    const secrets = await secretsFor(MYSQL_MASTER);
    mockAuthorities.ca = server.certificate;
    const properties = propertiesOf('mysql', server.port);
    await setUp(properties, run());
    await setUp(properties, run());
    secrets.put(
      'arn:application',
      { username: 'application_clone', password: 'new' },
      { username: 'application', password: 'old' },
    );
    await setUp({ ...properties, users: USERS.map((user) => ({ ...user, access: 'READ_WRITE' })) }, run());
    await setUp(properties, run());
    for (const [user, password] of [
      ['application', 'old'],
      ['application_clone', 'new'],
    ]) {
      await server.query('CREATE TEMPORARY TABLE t (id int)', { user, password, database: 'archive' });
    }
    secrets.stop();
    await server.stop();
  }, 60_000);
});

test('A database in a grant of MySQL is no pattern, unless the server takes names literally', () => {
  expect(databaseInGrant('shop_data', false)).toBe('`shop\\_data`');
  expect(databaseInGrant('shop_data', true)).toBe('`shop_data`');
  expect(databaseInGrant('100%`x', false)).toBe('`100\\%``x`');
});
