import * as fs from 'fs';
import { Duration, type Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Alarm, type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs';
import { DeploymentHistory, DistinctCount, LogMetric, OperationsDashboard, type OperationsDashboardProps } from '../../src';
import { brokenRules } from '../deploy-rules/deploy-rules';
import { type DashboardBody, dashboardBody, optionsOf, type Widget } from '../fixtures/dashboard-body';
import { dashboardSvg } from '../fixtures/dashboard-svg';
import { everythingWatched, SERVERLESS_MYSQL, watchedCache, watchedDatabase, watchedService } from '../fixtures/monitored-sources';
import { refusal, templateOf, testApp, testStack, unacknowledged } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';

const COLUMNS = 24;
const PICTURE = 'docs/images/dashboard.svg';

/** What a shop counts: by metric filters, and its users by a rule. */
function businessOf(stack: Stack): IMetric[] {
  const logGroup = LogGroup.fromLogGroupName(stack, 'ShopLog', '/ecs/production/api');
  const counted = (id: string, event: string) => new LogMetric(stack, id, { logGroup, pattern: FilterPattern.stringValue('$.event', '=', event) });
  return [
    counted('ItemsCreated', 'item.created').metric({ label: 'Items created in an hour' }),
    counted('Duplicates', 'item.duplicate').metric({ label: 'Duplicates detected in an hour' }),
    new DistinctCount(stack, 'Users', { logGroups: [logGroup] }).metric({ label: 'Active users in an hour' }),
  ];
}

/** A dashboard of everything that there is, unless told otherwise. */
function dashboard(props?: (stack: Stack) => OperationsDashboardProps): { stack: Stack; body: DashboardBody } {
  const stack = testStack({ id: 'Shop' });
  new OperationsDashboard(stack, 'Dashboard', props?.(stack) ?? { signals: everythingWatched(stack), business: businessOf(stack) });
  return { stack, body: dashboardBody(templateOf(stack)) };
}

function overlaps(one: Widget, other: Widget): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}

/** Cells of the grid that no widget covers, though there is one below. */
function uncovered(widgets: Widget[]): string[] {
  const bottom = Math.max(...widgets.map(({ y, height }) => y + height));
  return Array.from({ length: bottom * COLUMNS }, (_, cell) => ({ x: cell % COLUMNS, y: Math.floor(cell / COLUMNS), width: 1, height: 1 }))
    .filter((cell) => !widgets.some((widget) => overlaps(widget, cell as Widget))).map(({ x, y }) => `${x},${y}`);
}

/** What is wrong with the metrics of a graph: identifiers that nothing defines, or two things do; dimensions without a value. */
function faults({ properties: { title, metrics = [] } }: Widget): string[] {
  const options = metrics.map(optionsOf);
  const ids = options.flatMap(({ id }) => id ?? []);
  const used = options.flatMap(({ expression }) => (expression ?? '').replace(/"[^"]*"|'[^']*'/g, '').match(/\b[a-z]\w*/g) ?? []);
  return [
    ...used.filter((id) => !ids.includes(id)).map((id) => `${title}: nothing defines ${id}`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${title}: ${id} is defined twice`),
    ...metrics.filter((metric) => metric.slice(0, -1).some((part) => part === undefined || part === null || part === '' || /undefined|NaN/.test(String(part)))).map((metric) => `${title}: ${JSON.stringify(metric)}`),
    ...metrics.length > 0 && options.every(({ visible }) => visible === false) ? [`${title}: shows nothing`] : [],
  ];
}

function titled(body: DashboardBody, title: string, place = 0): Widget {
  return body.widgets.filter(({ properties }) => properties.title === title)[place];
}

function labels({ properties }: Widget): Array<string | undefined> {
  return properties.metrics!.map(optionsOf).filter(({ visible }) => visible !== false).map(({ label }) => label);
}

const FORMS: Array<[string, ((stack: Stack) => OperationsDashboardProps) | undefined]> = [
  ['everything', undefined],
  ['one service alone', (stack) => ({ services: [watchedService(stack, 'Api')] })],
  ['five services, no logs', (stack) => ({ services: ['A', 'B', 'C', 'D', 'E'].map((id) => watchedService(stack, id)), logTables: false })],
  ['a database alone', (stack) => ({ databases: [watchedDatabase(stack, 'Orders')] })],
  ['a provisioned cluster whose ceiling is unknown', (stack) => ({ databases: [watchedDatabase(stack, 'Orders', { ...SERVERLESS_MYSQL, maxAcu: undefined, maxConnections: undefined })] })],
  ['a cache and five business metrics', (stack) => ({ caches: [watchedCache(stack, 'Sessions')], business: [1, 2, 3, 4, 5].map((n) => new Metric({ namespace: 'Shop', metricName: `Number${n}` })) })],
];

describe.each(FORMS)('the layout of %s', (_what, props) => {
  const { body: { widgets } } = dashboard(props);

  test('no two widgets overlap', () => {
    expect(widgets.flatMap((one, index) => widgets.slice(index + 1).filter((other) => overlaps(one, other)).map((other) => `${one.properties.title} / ${other.properties.title}`))).toEqual([]);
  });

  test('every row is full: no gap, and nothing outside of the 24 columns', () => {
    expect(uncovered(widgets)).toEqual([]);
    expect(widgets.filter(({ x, width }) => x < 0 || x + width > COLUMNS)).toEqual([]);
  });

  test('every metric is defined, once, with all of its dimensions', () => {
    expect(widgets.flatMap(faults)).toEqual([]);
  });

  test('every graph has a title and something to show', () => {
    expect(widgets.filter(({ type, properties }) => type !== 'text' && (!properties.title || (type === 'metric' && !properties.metrics?.length))).map(({ properties }) => properties)).toEqual([]);
  });
});

test('the layout test sees overlap, a gap and metrics that are not there', () => {
  const widget = (x: number, y: number, width: number, metrics?: unknown[][]): Widget => ({ type: 'metric', x, y, width, height: 2, properties: { title: 'T', metrics } });
  expect(overlaps(widget(0, 0, 12), widget(11, 1, 12))).toBe(true);
  expect(overlaps(widget(0, 0, 12), widget(12, 0, 12))).toBe(false);
  expect(uncovered([widget(0, 0, 24), widget(0, 2, 23)])).toEqual(['23,2', '23,3']);
  expect(faults(widget(0, 0, 24, [[{ expression: 'FILL(a,0)+b', id: 'e' }], ['NS', 'M', 'D', '', { id: 'a' }]]))).toEqual(['T: nothing defines b', 'T: ["NS","M","D","",{"id":"a"}]']);
});

describe('An operations dashboard shows', () => {
  const { stack, body } = dashboard();

  test('the state of all alarms on top, incidents and those on the error budget first [A-37]', () => {
    const [, states] = body.widgets;
    expect(states).toMatchObject({ type: 'alarm', x: 0, y: 1, width: COLUMNS });
    const template = templateOf(stack);
    // Parts of others notify nobody and have no page.
    const watching = Object.keys(template.findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmDescription: Match.stringLikeRegexp('Runbook: ') } })).filter((id) => id.startsWith('Signals'));
    expect(states.properties.alarms).toHaveLength(watching.length + Object.keys(template.findResources('AWS::CloudWatch::CompositeAlarm')).length);
  });

  test('of a service the four signals, refusals, errors by reason, error budget, saturation and network [A-17, B-16, C-28, D-09, D-12]', () => {
    const from = body.widgets.findIndex(({ properties }) => properties.markdown === '## Shop/Api');
    expect(body.widgets.slice(from + 1, from + 13).map(({ properties }) => properties.title)).toEqual([
      'Response time', 'Requests in 5 minutes', 'Failed requests in 5 minutes', 'Failed requests in percent', 'Refused requests (4xx) in 5 minutes', 'Errors of the load balancer by reason',
      'Error budget left in 30 days (99.9 %)', 'Burn rate of the budget (99.9 %)', 'CPU and memory', 'Tasks', 'Network', 'Errors in the log',
    ]);
    expect(labels(titled(body, 'Tasks'))).toEqual(['Desired tasks', 'Running tasks', 'Healthy tasks', 'Unhealthy tasks']);
    expect(labels(titled(body, 'Errors of the load balancer by reason'))).toEqual(['502: a task closed the connection', '503: no healthy task', '504: a task answered too late']);
  });

  test('what is left of the error budget over the days of its objective, whatever the time of the dashboard [D-12]', () => {
    const { properties } = titled(body, 'Error budget left in 30 days (99.9 %)') as Widget & { properties: { start?: string } };
    expect(properties.start).toBe('-P30D');
    expect(properties.metrics!.map(optionsOf).flatMap(({ expression, visible }) => (visible === false ? [] : [expression]))).toEqual(['100*(1-RUNNING_SUM(failures)/(SUM(answers)*0.001))']);
  });

  test('errors and slow requests out of the logs, below the graphs of all sources [A-17]', () => {
    const titles = body.widgets.map(({ properties }) => properties.title);
    expect(titles.indexOf('Errors by context')).toBeGreaterThan(titles.lastIndexOf('Hits and misses a minute'));
    expect(titles.slice(titles.indexOf('Errors by context'))).toContain('Slowest requests');
  });

  test('firing alarms first, of those the newest first, however many there are', () => {
    body.widgets.filter(({ type }) => type === 'alarm').forEach(({ properties }) => expect(properties).toMatchObject({ sortBy: 'stateUpdatedTimestamp' }));
  });

  test('a service and its database within two screens of 900 pixels', () => {
    const one = dashboard((scope) => ({
      signals: everythingWatched(scope, { services: [watchedService(scope, 'One')], databases: [watchedDatabase(scope, 'Base')], caches: undefined, overrides: undefined }),
    })).body;
    const last = one.widgets.find(({ properties }) => properties.title === 'Storage that is left')!;
    expect(44 * (last.y + last.height)).toBeLessThanOrEqual(2 * 900);
  });

  test('of a database connections, CPU, memory, operations, latency, load and deadlocks [A-37, C-28, D-09]', () => {
    const from = body.widgets.findIndex(({ properties }) => properties.markdown === '## Shop/Orders');
    expect(body.widgets.slice(from + 1, from + 9).map(({ properties }) => properties.title)).toEqual([
      'Connections', 'CPU', 'Memory that is left', 'Operations a second', 'Time of a disk access', 'Sessions at work', 'Deadlocks and refused connections', 'Storage that is left',
    ]);
    expect(labels(titled(body, 'Deadlocks and refused connections'))).toEqual(['Deadlocks', 'Refused connections']);
  });

  test('of a serverless cluster its capacity [C-26, C-28]', () => {
    expect(titled(body, 'Capacity in use').properties.annotations!.horizontal).toEqual([expect.objectContaining({ value: 90 })]);
  });

  test('of a cache CPU, hits and misses [C-28]', () => {
    expect(labels(titled(body, 'Hits and misses a minute'))).toEqual(['Hits', 'Misses']);
  });

  test('business metrics, a graph each with the metric\'s label [A-18, B-16, D-09]', () => {
    const from = body.widgets.findIndex(({ properties }) => properties.markdown === '## Business');
    expect(body.widgets.slice(from + 1, from + 4).map(({ properties, width }) => [properties.title, width])).toEqual([
      ['Items created in an hour', 8], ['Duplicates detected in an hour', 8], ['Active users in an hour', 8],
    ]);
  });

  test('the history of deployments, and requests by target group [B-16]', () => {
    const history = titled(body, 'Deployments, the last first');
    expect(history.properties.query).toContain("SOURCE '<DashboardDeploymentsLog");
    expect(labels(titled(body, 'Api: who answers requests'))).toEqual(['Target group 1', 'Target group 2']);
  });

  test('thresholds as lines, with the caller\'s overrides', () => {
    expect(titled(body, 'Response time').properties.annotations!.horizontal).toEqual([
      expect.objectContaining({ value: 1, label: 'p50 warning above 1 s' }), expect.objectContaining({ value: 2 }), expect.objectContaining({ value: 5 }),
    ]);
    expect(titled(body, 'Connections').properties.annotations!.horizontal!.map(({ value, label }) => [value, label])).toEqual([
      [405, 'warning below 5 connections left of 410'], [328, 'error above 80 % of 410'],
    ]);
  });

  test('equal thresholds as one line, in the color of the worse severity', () => {
    expect(titled(body, 'CPU and memory').properties.annotations!.horizontal!.map(({ value, label, color }) => [value, label, color])).toEqual([
      [70, 'CPU warning above 70 %', '#ff7f0e'], [80, 'CPU error above 80 %, memory warning above 80 %', '#e45649'],
    ]);
  });

  test('no line for a band, nor for an alarm that a service doesn\'t have', () => {
    expect(titled(body, 'Requests in 5 minutes').properties.annotations).toBeUndefined();
    expect(titled(body, 'Tasks', 1).properties.annotations).toBeUndefined();
  });

  test('the metrics of the alarms', () => {
    const shown = titled(body, 'Response time').properties.metrics!.map(optionsOf).flatMap(({ expression }) => expression ?? []);
    const [judged] = Object.values(templateOf(stack).findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmDescription: Match.stringLikeRegexp('Shop/Api .*service-latency-p90') } }));
    const expressions = (judged.Properties.Metrics as Array<{ Expression?: string }>).flatMap(({ Expression }) => Expression ?? []);
    expect(shown).toEqual(expect.arrayContaining(expressions));
  });

  test('three hours, with the periods of the alarms at any zoom', () => {
    expect(body).toMatchObject({ start: '-PT3H', periodOverride: 'inherit' });
  });

  test('one unit on each axis', () => {
    const [percent, rest] = [/%/, /\((s|bytes|GiB|ms)\)|requests|tasks/i];
    const mixed = body.widgets.filter(({ type }) => type === 'metric').filter((widget) => [percent, rest].every((unit) => labels(widget).some((label) => unit.test(label ?? ''))));
    expect(mixed.map(({ properties }) => properties.title)).toEqual([]);
    expect(body.widgets.filter(({ properties }) => JSON.stringify(properties.metrics ?? []).includes('"yAxis":"right"'))).toEqual([]);
  });

  test(`its picture in ${PICTURE} is up to date: UPDATE_PICTURES=1 writes it`, () => {
    const picture = dashboardSvg(body);
    fs.mkdirSync('tmp', { recursive: true });
    fs.writeFileSync('tmp/dashboard.svg', picture);
    if (process.env.UPDATE_PICTURES) {
      fs.writeFileSync(PICTURE, picture);
    }
    expect(fs.readFileSync(PICTURE, 'utf8')).toBe(picture);
  });
});

describe('The history of deployments [B-16]', () => {
  test('is an encrypted log into which EventBridge writes the events of each service, without a function', () => {
    const { stack } = dashboard((scope) => ({ services: [watchedService(scope, 'Api'), watchedService(scope, 'Web')] }));
    const template = templateOf(stack);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    const [{ Properties: { EventPattern: pattern } }, ...others] = Object.values(template.findResources('AWS::Events::Rule'));
    expect(others).toEqual([]);
    expect(pattern['detail-type']).toEqual(['ECS Deployment State Change']);
    expect(pattern.resources.map((arn: unknown) => /service\/production\/(api|web)"/.exec(JSON.stringify(arn))?.[1])).toEqual(['api', 'web']);
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue(), RetentionInDays: 30 });
    const [{ Properties }] = Object.values(template.findResources('AWS::Logs::ResourcePolicy'));
    expect(JSON.stringify(Properties.PolicyDocument)).toMatch(/events\.amazonaws\.com.*logs:PutLogEvents|logs:PutLogEvents.*events\.amazonaws\.com/);
  });

  test('has another rule for each six services, because the pattern of a rule has at most 4,096 characters', () => {
    const names = Array.from({ length: 13 }, (_, index) => `Service${index + 10}${'x'.repeat(200)}`);
    const { stack } = dashboard((scope) => ({ services: names.map((name) => watchedService(scope, name)) }));
    const patterns = Object.values(templateOf(stack).findResources('AWS::Events::Rule')).map(({ Properties }) => Properties.EventPattern as { resources: string[] });
    expect(patterns.map(({ resources }) => resources.length)).toEqual([6, 6, 1]);
    patterns.forEach((pattern) => expect(JSON.stringify(pattern).length).toBeLessThan(4096));
  });

  test('has the log group\'s ARN without the star as target, and its policy before the rule', () => {
    const { stack } = dashboard((scope) => ({ services: [watchedService(scope, 'Api')] }));
    const [rule] = Object.values(templateOf(stack).findResources('AWS::Events::Rule'));
    const [{ Arn }] = rule.Properties.Targets;
    expect(JSON.stringify(Arn)).toMatch(/:log-group:",\{"Ref":"DashboardDeploymentsLog\w+"\}\]\]\}$/);
    expect(rule.DependsOn).toEqual([expect.stringMatching(/^DashboardDeploymentsPolicy/)]);
  });

  test('can be shared by several dashboards', () => {
    const { stack } = dashboard((scope) => {
      const services = [watchedService(scope, 'Api')];
      const { logGroup } = new DeploymentHistory(scope, 'History', { services });
      new OperationsDashboard(testStack({ app: testApp(), id: 'Other' }), 'Dashboard', { caches: [watchedCache(scope, 'Sessions')] });
      return { services, deploymentLog: logGroup };
    });
    templateOf(stack).resourceCountIs('AWS::Logs::ResourcePolicy', 1);
  });
});

test('a dashboard of a service in a lower stack closes no cycle and leaves no finding', () => {
  const { app, stack, web } = serviceFixture();
  const above = testStack({ app, id: 'Above' });
  new OperationsDashboard(above, 'Dashboard', { services: [web] });
  expect(dashboardBody(templateOf(above)).widgets.flatMap(faults)).toEqual([]);
  expect(above.dependencies).toContain(stack);
  expect(brokenRules(templateOf(above).toJSON())).toEqual([]);
  expect(unacknowledged(above)).toEqual([]);
});

describe('An operations dashboard refuses', () => {
  test.each<[string, (stack: Stack) => OperationsDashboardProps, RegExp]>([
    ['nothing to show', () => ({}), /^OperationsDashboard 'Shop\/Dashboard': signals is not given, expected something to show\. /],
    ['a field that would end a query', (stack) => ({ services: [watchedService(stack, 'Api')], fields: { level: "level' | x" } }), /fields\.level is "level' \| x", expected letters/],
    ['more metrics than a dashboard draws', (stack) => ({
      databases: Array.from({ length: 30 }, (_, index) => watchedDatabase(stack, `D${index}`, { instanceIdentifiers: Array.from({ length: 10 }, (__, place) => `d${index}-${place}`) })),
    }), /signals need \d+ metrics, and a dashboard accepts 2500\. Create several/],
    ['more widgets than a dashboard has', () => ({ business: Array.from({ length: 501 }, (_, index) => new Metric({ namespace: 'Shop', metricName: `M${index}` })) }), /signals need 502 widgets, and a dashboard accepts 500/],
    ['more metrics than a graph draws', () => ({
      business: [new MathExpression({ expression: 'SUM(METRICS())', label: 'All', usingMetrics: Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`m${index}`, new Metric({ namespace: 'Shop', metricName: `M${index}` })])) })],
    }), /business has 501 metrics in the graph 'All', and a graph accepts 500/],
  ])('%s', (_what, props, message) => {
    expect(refusal(() => dashboard(props))).toMatch(message);
  });
});

test('a metric and alarms alone are enough for a dashboard, and a repeated alarm is shown once', () => {
  const { body } = dashboard((stack) => {
    const metric = new Metric({ namespace: 'Shop', metricName: 'Registrations', period: Duration.hours(1) });
    const alarm = new Alarm(stack, 'Few', { metric, threshold: 1, evaluationPeriods: 1 });
    return { business: [metric], alarms: [alarm, alarm] };
  });
  expect(body.widgets.map(({ type }) => type)).toEqual(['text', 'alarm', 'text', 'metric']);
  expect(body.widgets[1].properties.alarms).toHaveLength(1);
});
