import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { EnvironmentProfile, PostgresCapacity } from '../../../src';
import { only, postgres } from '../../fixtures/database-stack';
import { MAJOR_VERSIONS, PASSWORD, pause, PostgresServer } from '../../simulators/postgres-server';

const VERSIONS: { [major: string]: PostgresEngineVersion } = {
  15: PostgresEngineVersion.VER_15,
  16: PostgresEngineVersion.VER_16,
  17: PostgresEngineVersion.VER_17,
  18: PostgresEngineVersion.VER_18,
};

/** Parameters of the template, without those that only RDS has, and without pgaudit (scripts/pgaudit.sh). */
function synthesized(major: string, profile: EnvironmentProfile): { [name: string]: string } {
  const { template } = postgres({ capacity: PostgresCapacity.instance({ version: VERSIONS[major] }) }, profile);
  const parameters = only(template, 'AWS::RDS::DBParameterGroup').Parameters as { [name: string]: string };
  const own = Object.entries(parameters).filter(([name]) => !name.startsWith('rds.'));
  return {
    ...Object.fromEntries(own),
    shared_preload_libraries: parameters.shared_preload_libraries.replace(',pgaudit', ''),
  };
}

describe.each(MAJOR_VERSIONS)('A real PostgreSQL %s with the parameters of staging', (major) => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start(major, {
      parameters: synthesized(major, EnvironmentProfile.staging()),
      forceTls: true,
    });
    await server.query(
      'CREATE EXTENSION pg_stat_statements; CREATE TABLE stock (id int PRIMARY KEY, amount int); ' +
        'INSERT INTO stock VALUES (1, 1), (2, 2)',
    );
  }, 60_000);

  afterAll(() => server.stop());

  test('starts with that version', async () => {
    const [{ server_version: version }] = await server.query<{ server_version: string }>('SHOW server_version');
    expect(version).toMatch(new RegExp(`^${major}\\.`));
  });

  test('refuses a connection without TLS and accepts one with TLS [A-04, E-12]', async () => {
    await expect(server.connect({ ssl: false })).rejects.toThrow(/no encryption|pg_hba/);
    const [{ ssl, version }] = await server.query<{ ssl: boolean; version: string }>(
      'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    expect(ssl).toBe(true);
    expect(version).toMatch(/^TLSv1\.[23]$/);
  });

  test('stores passwords as scram', async () => {
    await server.query("CREATE ROLE keeper LOGIN PASSWORD 'secret'");
    const [{ rolpassword }] = await server.query<{ rolpassword: string }>(
      "SELECT rolpassword FROM pg_authid WHERE rolname = 'keeper'",
    );
    expect(rolpassword).toMatch(/^SCRAM-SHA-256\$/);
  });

  test('logs connections and disconnections [A-31]', async () => {
    await server.query('SELECT 1');
    await server.logged(/connection authorized: user=postgres database=postgres.*SSL enabled/);
    await server.logged(/disconnection: session time: .* user=postgres/);
  });

  test('logs the text of slow statements outside production [A-31]', async () => {
    await server.query('SELECT pg_sleep(1.1)');
    await server.logged(/duration: 1\d\d\d\.\d+ ms {2}statement: SELECT pg_sleep/);
  });

  test('logs sessions that wait for a lock', async () => {
    await waitForLock(server);
    await server.logged(/still waiting for ShareLock/);
  });

  test('ends an idle transaction', async () => {
    const [{ setting }] = await server.query<{ setting: string }>(
      "SELECT setting FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'",
    );
    expect(setting).toBe('300000');
  });
});

describe.each(MAJOR_VERSIONS)('A real PostgreSQL %s with the parameters of production', (major) => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start(major, {
      parameters: synthesized(major, EnvironmentProfile.production()),
      forceTls: true,
    });
    await server.query('CREATE TABLE stock (id int PRIMARY KEY, amount int); INSERT INTO stock VALUES (1, 1), (2, 2)');
  }, 60_000);

  afterAll(() => server.stop());

  test('logs connections, disconnections, lock waits and deadlocks [A-31]', async () => {
    await server.query('SELECT 1');
    await server.logged(/connection authorized: user=postgres/);
    await server.logged(/disconnection: session time/);
    await waitForLock(server);
    await server.logged(/still waiting for ShareLock/);
    await deadlock(server);
    await server.logged(/deadlock detected/);
  });

  test('logs no text of a query that is slow, fails, waits, meets a deadlock or spills to disk [A-31]', async () => {
    await server.query('SELECT pg_sleep(1.1) AS text_of_a_slow_query');
    await expect(server.query('INSERT INTO stock VALUES (1, 4711) -- text_of_a_failing_query')).rejects.toThrow(
      /duplicate key/,
    );
    await expect(server.query('SELECT missing FROM stock -- text_of_a_wrong_query')).rejects.toThrow(/does not exist/);
    await server.query(
      'SET work_mem = 64; ' +
        'SELECT count(*) FROM (SELECT g FROM generate_series(1, 100000) g ORDER BY g DESC) text_of_a_large_query',
    );
    await server.query('CREATE TABLE text_of_ddl (id int)');
    await waitForLock(server);
    await deadlock(server);
    await server.logged(/deadlock detected/);
    await server.logged(/temporary file: path/);
    await server.logged(/violates unique constraint "stock_pkey"/);
    await pause(200);
    expect(server.log.match(/text_of_\w+|4711|UPDATE stock/g) ?? []).toEqual([]);
    expect(server.log).not.toContain('STATEMENT:');
    expect(server.log).not.toContain('DETAIL:');
  }, 30_000);
});

/** One session holds a row for longer than the deadlock timeout of a second, another wants it. */
async function waitForLock(server: PostgresServer): Promise<void> {
  const [holder, waiter] = await Promise.all([server.connect(), server.connect()]);
  await holder.query('BEGIN; UPDATE stock SET amount = 10 WHERE id = 1');
  const waiting = waiter.query('UPDATE stock SET amount = 11 WHERE id = 1');
  await pause(1300);
  await holder.query('ROLLBACK');
  await waiting;
  await Promise.all([holder.end(), waiter.end()]);
}

async function deadlock(server: PostgresServer): Promise<void> {
  const [one, other] = await Promise.all([server.connect({ password: PASSWORD }), server.connect()]);
  await one.query('BEGIN; UPDATE stock SET amount = 1 WHERE id = 1');
  await other.query('BEGIN; UPDATE stock SET amount = 2 WHERE id = 2');
  const results = await Promise.allSettled([
    one.query('UPDATE stock SET amount = 1 WHERE id = 2'),
    other.query('UPDATE stock SET amount = 2 WHERE id = 1'),
  ]);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  await Promise.all([one.end(), other.end()]);
}
