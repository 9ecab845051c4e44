import * as fs from 'fs';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, AlarmRule, AnomalyDetectionAlarm, CompositeAlarm, Dashboard, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { type Line, observabilityCost, total, usdOf } from '../../scripts/cost/estimate';
import { partsOf } from '../../scripts/cost/examples';
import { costPage, figures, printed } from '../../scripts/cost/page';
import { type Price, PRICES } from '../../scripts/cost/price-list';

const PAGE = 'docs/cost.md';
const metric = (metricName: string, period = Duration.minutes(1)): Metric => new Metric({ namespace: 'Test', metricName, period });
const alarmOf = { threshold: 1, evaluationPeriods: 1 };

function costOf(make: (stack: Stack) => void): Line[] {
  const stack = new Stack(new App(), 'Test', { env: { account: '111111111111', region: 'eu-central-1' } });
  make(stack);
  return observabilityCost([Template.fromStack(stack).toJSON()]);
}

describe('The cost of a template', () => {
  test('counts an alarm by its metrics, one below a minute at its price, and a band with its edges', () => {
    expect(costOf((stack) => {
      new Alarm(stack, 'One', { metric: metric('a'), ...alarmOf });
      new Alarm(stack, 'Two', { metric: new MathExpression({ expression: 'a+b', usingMetrics: { a: metric('a'), b: metric('b') }, period: Duration.minutes(1) }), ...alarmOf });
      new Alarm(stack, 'Fast', { metric: metric('a', Duration.seconds(10)), ...alarmOf });
      new AnomalyDetectionAlarm(stack, 'Band', { metric: metric('a'), evaluationPeriods: 1 });
    })).toEqual([{ price: 'alarm', units: 6 }, { price: 'fastAlarm', units: 1 }]);
  });

  test('has composites, dashboards and the metrics of filters', () => {
    const lines = costOf((stack) => {
      const alarm = new Alarm(stack, 'One', { metric: metric('a'), ...alarmOf });
      new CompositeAlarm(stack, 'All', { alarmRule: AlarmRule.allOf(alarm) });
      new Dashboard(stack, 'Dashboard');
      new MetricFilter(stack, 'Filter', { logGroup: LogGroup.fromLogGroupName(stack, 'Log', 'log'), metricName: 'a', metricNamespace: 'b', filterPattern: FilterPattern.allEvents() });
    });
    expect(lines.map(({ price, units }) => [price, units])).toEqual([['alarm', 1], ['composite', 1], ['metric', 1], ['dashboard', 1]]);
    expect(total(lines)).toBeCloseTo(0.1 + 0.5 + 0.3 + 3);
  });

  test.each([
    [ContainerInsights.ENABLED, [{ price: 'insights', units: 10 }]],
    [ContainerInsights.ENHANCED, [{ price: 'enhancedInsights', units: undefined }]],
    [ContainerInsights.DISABLED, []],
  ])('of a cluster with insights that are %s', (containerInsightsV2, expected) => {
    expect(costOf((stack) => new Cluster(stack, 'Cluster', { containerInsightsV2 })).filter(({ price }) => price !== 'logs')).toEqual(expected);
  });

  test('shows what no template knows as unknown, and does not add it up', () => {
    const lines = costOf((stack) => {
      new Cluster(stack, 'Cluster', { containerInsightsV2: ContainerInsights.ENHANCED });
      new Dashboard(stack, 'Dashboard');
    });
    expect(usdOf(lines.find(({ price }) => price === 'enhancedInsights')!)).toBeUndefined();
    expect(printed(lines)).toMatch(/enhanced observability: unknown × 0\.07 = unknown/);
    expect(printed(lines)).toMatch(/known a month: 3\.00 USD/);
  });
});

test('each price has a source and the day on which it was read, and none is missing without saying so', () => {
  (Object.values(PRICES) as Price[]).forEach(({ item, unit, source, readOn, usd }) => {
    expect([item, unit, source].every((text) => text !== '')).toBe(true);
    expect(Date.parse(readOn)).not.toBeNaN();
    expect(usd ?? 1).toBeGreaterThan(0);
  });
});

describe('The defaults', () => {
  const of = figures();

  test(`cost what ${PAGE} says: UPDATE_COST=1 writes it`, () => {
    const page = costPage(of);
    if (process.env.UPDATE_COST) {
      fs.writeFileSync(PAGE, page);
    }
    expect(fs.readFileSync(PAGE, 'utf8')).toBe(page);
  });

  test('leave no price of a service unknown, so no cluster has metrics of each task', () => {
    const unknown = Object.values(of).flatMap((parts) => Object.values(parts)).flat().filter((line) => usdOf(line) === undefined).map(({ price }) => price);
    expect([...new Set(unknown)]).toEqual(['logs']);
  });

  test('make a service in a shared cluster cheaper than one in its own', () => {
    Object.values(of).forEach((parts) => expect(total(parts['service in a shared cluster'])).toBeLessThan(total(parts.service)));
  });

  test('roll back on as many alarms in staging as in production (A-10, C-23)', () => {
    const rollsBackOn = (environment: 'production' | 'staging') => Object.values(partsOf(environment).service.Resources!)
      .filter(({ Type }) => Type === 'AWS::ECS::Service').flatMap(({ Properties }) => Properties.DeploymentConfiguration.Alarms.AlarmNames.map((name: { Ref: string }) => name.Ref));
    expect(rollsBackOn('production').length).toBeGreaterThan(2);
    expect(rollsBackOn('staging')).toEqual(rollsBackOn('production'));
  });
});
