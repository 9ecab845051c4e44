import type { Stack } from 'aws-cdk-lib';
import { SavedQueries, type SavedQueriesProps } from '../../../src';
import { SERVERLESS_MYSQL, watchedDatabase, watchedService } from '../../fixtures/monitored-sources';
import { refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

/** The saved queries of a stack, by their names. */
function saved(props: (stack: Stack) => SavedQueriesProps): Map<string, { query: string; logGroups: string[] }> {
  const stack = testStack({ id: 'Shop' });
  new SavedQueries(stack, 'Queries', props(stack));
  return new Map(Object.values(templateOf(stack).findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) =>
    [Properties.Name, { query: (Properties.QueryString as string).replace(/\n/g, ' '), logGroups: Properties.LogGroupNames }]));
}

describe('saved queries [A-16]', () => {
  const queries = saved((stack) => ({
    services: [watchedService(stack, 'Api')], databases: [watchedDatabase(stack, 'Orders'), watchedDatabase(stack, 'Catalogue', SERVERLESS_MYSQL)],
  }));

  test('each thing has a folder with its path', () => {
    expect([...queries.keys()].sort()).toEqual([
      ...['Deadlocks', 'Errors of the server', 'Refused connections'].flatMap((title) => [`Shop/Catalogue/${title}`, `Shop/Orders/${title}`]),
      ...['Active users', 'Errors by context', 'One request', 'Requests per minute', 'Response times', 'Slowest requests'].map((title) => `Shop/Api/${title}`),
    ].sort());
    expect(queries.get('Shop/Api/One request')!.logGroups).toEqual(['/ecs/production/api']);
  });

  test('errors are grouped by context, however the level is written', () => {
    expect(queries.get('Shop/Api/Errors by context')!.query).toBe(
      'filter level like /(?i)^(error|fatal|critical)$/ or level >= 50 or @message like /^[^{]*(ERROR|FATAL|CRITICAL)/ '
      + '| stats count(*) as errors, latest(message) as lastMessage, max(@timestamp) as lastSeen by context | sort errors desc | limit 50',
    );
  });

  test('response times are percentiles', () => {
    expect(queries.get('Shop/Api/Response times')!.query).toBe('filter ispresent(duration) | stats pct(duration, 50) as p50, pct(duration, 90) as p90, pct(duration, 99) as p99, count(*) as requests by bin(5m)');
  });

  test('requests are counted by the minute: the event that has the duration is one', () => {
    expect(queries.get('Shop/Api/Requests per minute')!.query).toBe('filter ispresent(duration) | stats count(*) as requests by bin(1m)');
  });

  test('users are distinct, by the hour [A-18]', () => {
    expect(queries.get('Shop/Api/Active users')!.query).toBe('filter ispresent(user) | stats count_distinct(user) as users by bin(1h)');
  });

  test('a database is asked in the words of its engine, those that the alarms count [E-09]', () => {
    expect(queries.get('Shop/Orders/Refused connections')!.query).toContain('no pg_hba\\.conf entry');
    expect(queries.get('Shop/Catalogue/Refused connections')!.query).toContain('FAILED_CONNECT|Too many connections');
    expect(queries.get('Shop/Orders/Deadlocks')!.query).toContain('@message like /deadlock detected/');
  });

  test.each([
    ['2026-11-20 02:11:00 UTC:10.0.1.7(5432):app@shop:[77]:FATAL:  password authentication failed for user "app"', 'FATAL', 'password authentication failed for user "app"'],
    ['2026-11-20 02:11:00 UTC::@:[1]:PANIC:  could not write to file', 'PANIC', 'could not write to file'],
  ])('errors of a PostgreSQL server are told by severity and reason: %s', (line, severity, reason) => {
    const [, pattern] = /parse @message \/(.+?)\/ \|/.exec(queries.get('Shop/Orders/Errors of the server')!.query)!;
    expect(new RegExp(pattern).exec(line)!.groups).toEqual({ severity, reason });
  });

  test('and of a MySQL server, without its numbers', () => {
    const [, pattern] = /parse @message \/(.+?)\/ \|/.exec(queries.get('Shop/Catalogue/Errors of the server')!.query)!;
    expect({ ...new RegExp(pattern).exec('2026-11-20T02:11:00.1Z 0 [ERROR] [MY-012592] [InnoDB] Operating system error number 28.')!.groups }).toEqual({ severity: 'ERROR', reason: 'Operating system error number 28.' });
  });

  test('fields are named as the application names them, nested ones with dots, odd ones in backticks [A-15]', () => {
    const named = saved((stack) => ({ services: [watchedService(stack, 'Api')], fields: { user: 'auth.sub', duration: 'response-time' } }));
    expect(named.get('Shop/Api/Active users')!.query).toContain('count_distinct(auth.sub)');
    expect(named.get('Shop/Api/Requests per minute')!.query).toContain('ispresent(`response-time`)');
  });

  test('what has no log has no queries', () => {
    const stack = testStack();
    expect(new SavedQueries(stack, 'Queries', { services: [watchedService(stack, 'Api', { logGroups: [] })] }).queries).toEqual([]);
  });

  test.each(['a|b', 'a b', '', '`x`', '1st'])('the field %j is refused', (user) => {
    expect(refusal(() => saved((stack) => ({ services: [watchedService(stack, 'Api')], fields: { user } })))).toMatch(/^SavedQueries 'Shop\/Queries': fields\.user is .*expected letters, digits/);
  });

  test('of a service of this library in a stack below they close no cycle and leave no finding', () => {
    const { app, web } = serviceFixture();
    const above = testStack({ app, id: 'Above' });
    expect(new SavedQueries(above, 'Queries', { services: [web] }).queries).toHaveLength(6);
    expect(unacknowledged(above)).toEqual([]);
  });
});
