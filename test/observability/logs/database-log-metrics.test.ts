import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DatabaseFamily } from '../../../src';
import { DatabaseLogMetrics } from '../../../src/observability/logs/database-log-metrics';
import { templateOf, testStack } from '../../fixtures/test-stack';
import { PASSWORD, pause, PostgresServer } from '../../simulators/postgres-server';

/** How many lines the filter of a metric counts: one that has any of the phrases, or the only one. */
function counted(family: DatabaseFamily, what: string, log: string): number {
  const stack = testStack();
  const source = new LogGroup(stack, 'Log');
  const metrics = new DatabaseLogMetrics(stack, 'Metrics', { source, family, instanceIdentifiers: ['shop'], logGroups: [source] });
  metrics.countConnectionFailures();
  metrics.countDeadlocks();
  const filters = Object.values(templateOf(stack).findResources('AWS::Logs::MetricFilter')).map(({ Properties }) => Properties);
  const pattern = filters.find(({ MetricTransformations: [{ MetricName }] }) => MetricName.endsWith(what)).FilterPattern as string;
  const phrases = [...pattern.matchAll(/"([^"]+)"/g)].map(([, phrase]) => phrase);
  return log.split('\n').filter((line) => phrases.some((phrase) => line.includes(phrase))).length;
}

const refused = (log: string): number => counted(DatabaseFamily.POSTGRES, 'connection-failures', log);

describe.each(['15', '18'])('What a real PostgreSQL %s logs with the settings of production [A-31, E-09]', (major) => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start(major, {
      forceTls: true,
      parameters: { log_connections: 'on', log_disconnections: 'on', log_error_verbosity: 'terse', log_min_error_statement: 'panic', max_connections: '5', superuser_reserved_connections: '3', deadlock_timeout: '50ms' },
    });
    await server.query(`CREATE ROLE shop LOGIN PASSWORD '${PASSWORD}'; CREATE TABLE stock (id int PRIMARY KEY, amount int); INSERT INTO stock VALUES (1, 1), (2, 2)`);
  }, 60_000);

  afterAll(() => server.stop());

  /** What the log says more after something was done. */
  async function logOf(done: () => Promise<unknown>): Promise<string> {
    const before = server.log.length;
    await done();
    await pause(200);
    return server.log.slice(before);
  }

  test('a session that ends well counts nothing', async () => {
    expect(refused(await logOf(() => server.query('SELECT 1')))).toBe(0);
  });

  test('a wrong password counts once', async () => {
    expect(refused(await logOf(() => server.connect({ password: 'wrong' }).catch(() => undefined)))).toBe(1);
  });

  test('a connection without TLS counts once', async () => {
    expect(refused(await logOf(() => server.connect({ ssl: false }).catch(() => undefined)))).toBe(1);
  });

  test('one more than it takes counts, for the application as for a superuser', async () => {
    const open = await Promise.all([1, 2].map(() => server.connect()));
    const application = await logOf(() => server.connect({ user: 'shop' }).catch(() => undefined));
    open.push(...await Promise.all([1, 2, 3].map(() => server.connect())));
    const superuser = await logOf(() => server.connect().catch(() => undefined));
    await Promise.all(open.map((client) => client.end()));
    expect([application, superuser].map(refused)).toEqual([1, 1]);
  });

  test('a deadlock counts once', async () => {
    const [one, two] = await Promise.all([server.connect(), server.connect()]);
    const log = await logOf(async () => {
      await Promise.all([one, two].map((client) => client.query('BEGIN')));
      await Promise.all([one.query('UPDATE stock SET amount = 0 WHERE id = 1'), two.query('UPDATE stock SET amount = 0 WHERE id = 2')]);
      await Promise.allSettled([one.query('UPDATE stock SET amount = 0 WHERE id = 2'), two.query('UPDATE stock SET amount = 0 WHERE id = 1')]);
    });
    await Promise.all([one, two].map((client) => client.end()));
    expect([counted(DatabaseFamily.POSTGRES, 'deadlocks', log), refused(log)]).toEqual([1, 0]);
  });
});

describe('What MySQL logs, as its manuals have it [E-09]', () => {
  test('the audit\'s line of a refused connection counts, that of an accepted one does not', () => {
    const audit = [
      '20270101 10:00:00,ip-10-0-1-5,shop,10.0.2.7,41,0,FAILED_CONNECT,,,1045',
      '20270101 10:00:00,ip-10-0-1-5,shop,10.0.2.7,41,0,DISCONNECT,,,0',
      '20270101 10:00:01,ip-10-0-1-5,shop,10.0.2.7,42,0,CONNECT,application,,0',
    ].join('\n');
    expect(counted(DatabaseFamily.MYSQL, 'connection-failures', audit)).toBe(1);
  });

  test('InnoDB\'s word for a deadlock counts', () => {
    expect(counted(DatabaseFamily.MYSQL, 'deadlocks', '2027-01-01T10:00:00Z 12 [Note] InnoDB: Transactions deadlock detected, dumping detailed information.')).toBe(1);
  });
});

test('without a known log there is no filter and no metric', () => {
  const stack = testStack();
  const metrics = new DatabaseLogMetrics(stack, 'Metrics', { source: stack, family: DatabaseFamily.POSTGRES, instanceIdentifiers: ['shop'], logGroups: [] });
  metrics.countConnectionFailures();
  metrics.countDeadlocks();
  expect([metrics.connectionFailures(), metrics.deadlocks(), metrics.node.children]).toEqual([undefined, undefined, []]);
});
