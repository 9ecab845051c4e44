import { misfit } from '../../../src/database/parameters/parameter-rules';
import { EXTENSION_PARAMETERS, settingsOf } from '../../../src/database/parameters/postgres-parameters';
import { POSTGRES_SETTINGS } from '../../../src/database/parameters/postgres-settings';
import { readSettings, type Setting, tableOf } from '../../catalogues/postgres-settings';
import { STATIC_IN_POSTGRES } from '../../simulators/cloudformation/rules/static-parameters';
import { MAJOR_VERSIONS, PostgresServer } from '../../simulators/postgres-server';

const servers = new Map<string, PostgresServer>();

beforeAll(async () => {
  for (const major of MAJOR_VERSIONS) {
    servers.set(
      major,
      await PostgresServer.start(major, {
        parameters: { shared_preload_libraries: 'pg_stat_statements,auto_explain' },
      }),
    );
  }
}, 60_000);

afterAll(() => Promise.all([...servers.values()].map((server) => server.stop())));

test('The table of parameters equals pg_settings of the servers', async () => {
  const found = new Map<string, Setting[]>();
  for (const [major, server] of servers) {
    found.set(major, await readSettings(server));
  }
  expect(POSTGRES_SETTINGS).toEqual(tableOf(found));
});

test('The parameters of which the simulator says that a change restarts a server are those of the servers', async () => {
  const found = new Set<string>();
  for (const server of servers.values()) {
    const settable = (await readSettings(server)).map(({ name }) => name);
    const known = [...settable, ...Object.keys(EXTENSION_PARAMETERS)];
    const rows = await server.query<Setting>("SELECT name FROM pg_settings WHERE context = 'postmaster'");
    rows.filter(({ name }) => known.includes(name)).forEach(({ name }) => found.add(name));
  }
  expect([...found].sort()).toEqual(STATIC_IN_POSTGRES);
});

describe.each(MAJOR_VERSIONS)('PostgreSQL %s', (major) => {
  test('refuses every value beyond a range that the construct refuses', async () => {
    const refused = await outcomes(major, ({ min, max }) => [min - 1, max + 1]);
    expect(refused.filter(({ byConstruct }) => !byConstruct)).toEqual([]);
    expect(refused.filter(({ byServer }) => !byServer)).toEqual([]);
    expect(refused.length).toBeGreaterThan(150);
  }, 60_000);

  test('accepts the ends of every range, except those that depend on the machine', async () => {
    const taken = await outcomes(major, ({ min, max }) => [min, max]);
    expect(taken.filter(({ byConstruct }) => byConstruct)).toEqual([]);
    const names = new Set(taken.filter(({ byServer }) => byServer).map(({ name }) => name));
    // The system's stack limits the first; the others share one limit, so that each alone can't take all of it.
    const elsewhere = [
      'max_stack_depth',
      'autovacuum_max_workers',
      'max_connections',
      'max_wal_senders',
      'max_worker_processes',
    ];
    expect([...names].filter((name) => !elsewhere.includes(name))).toEqual([]);
  }, 60_000);

  test('has every parameter of the extensions that the construct knows', async () => {
    const rows = await servers
      .get(major)!
      .query<Setting>("SELECT name, vartype, min_val, max_val, enumvals FROM pg_settings WHERE name LIKE '%.%'");
    const types = new Map(rows.map(({ name, vartype }) => [name, vartype]));
    Object.entries(EXTENSION_PARAMETERS).forEach(([name, description]) =>
      expect([name, types.get(name)]).toEqual([name, description.split(' ')[0]]),
    );
  });
});

interface Outcome {
  readonly name: string;
  readonly value: string;
  readonly byConstruct: boolean;
  readonly byServer: boolean;
}

/** Whether construct and server refuse values of every whole-number parameter. */
async function outcomes(major: string, values: (range: { min: number; max: number }) => number[]): Promise<Outcome[]> {
  const client = await servers.get(major)!.connect();
  const found: Outcome[] = [];
  for (const [name, description] of Object.entries(settingsOf(major))) {
    const range = /^integer (-?\d+)\.\.(\d+)/.exec(description);
    for (const value of range ? values({ min: Number(range[1]), max: Number(range[2]) }) : []) {
      const byServer = await client.query(`ALTER SYSTEM SET ${name} = '${value}'`).then(
        () => false,
        () => true,
      );
      found.push({ name, value: `${value}`, byConstruct: misfit(description, `${value}`) !== undefined, byServer });
    }
  }
  await client.query('ALTER SYSTEM RESET ALL');
  await client.end();
  return found;
}
