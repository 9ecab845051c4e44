import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Rollout } from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import { templateOf } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';
import { AlarmMaths, type Observed, type Series } from '../../simulators/alarm-maths';

interface Metric { readonly MetricName: string; readonly Dimensions: Array<{ readonly Name: string }> }

const MINUTES = 10;
const always = (value: number): Series => Array.from({ length: MINUTES }, () => value);
const from = (minute: number, value: number): Series => always(0).map((_, index) => (index >= minute ? value : 0));

describe('The rollback alarm on the success rate', () => {
  let template: Template;
  const firesAfter = (observed: Observed) => AlarmMaths.find(template, '-success-rate').firesAfter(observed, MINUTES);

  beforeAll(() => {
    template = templateOf(serviceFixture({ rollout: Rollout.linear() }).stack);
  });

  test('B-08: stays quiet while nothing is asked', () => {
    expect(firesAfter({})).toBeUndefined();
    expect(AlarmMaths.find(template, '-success-rate').values({}, 1)).toEqual([100]);
  });

  test('B-08: stays quiet at a success rate of 99.6 %', () => {
    expect(firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: always(4) } })).toBeUndefined();
  });

  test('B-08: fires two minutes after the success rate falls below 99.5 %', () => {
    expect(firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: from(3, 6) } })).toBe(5);
  });

  test('A-13: fires for more than 1 % of 5xx long before the five minutes of document A', () => {
    expect(firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: always(11) } })).toBe(2);
  });

  test('B-08: one bad minute alone does not take a deployment back', () => {
    const spike = always(0).map((_, minute) => (minute === 4 ? 500 : 0));
    expect(firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: spike } })).toBeUndefined();
  });

  test.each(['Blue', 'Green'])('B-08: sees the errors of %s while it serves alone', (active) => {
    expect(firesAfter({ [active]: { RequestCount: always(200), HTTPCode_Target_5XX_Count: always(20) } })).toBe(2);
  });

  test('B-08: sees 10 % errors in a canary that gets 1 % of the traffic', () => {
    expect(firesAfter({
      LoadBalancer: { RequestCount: always(1000) },
      Blue: { RequestCount: always(990), HTTPCode_Target_5XX_Count: always(0) },
      Green: { RequestCount: always(10), HTTPCode_Target_5XX_Count: always(1) },
    })).toBe(2);
  });

  test('B-08: sees a new version that refuses connections', () => {
    expect(firesAfter({
      Blue: { RequestCount: always(900) },
      Green: { TargetConnectionErrorCount: always(100) },
    })).toBe(2);
  });

  test('B-08: sees a new version that answers nobody in time, which only the load balancer counts', () => {
    expect(firesAfter({
      LoadBalancer: { RequestCount: always(900), HTTPCode_ELB_5XX_Count: always(100) },
      Blue: { RequestCount: always(900) },
    })).toBe(2);
  });

  test('B-08: sees a total outage, in which no target answers anything', () => {
    expect(firesAfter({ LoadBalancer: { HTTPCode_ELB_5XX_Count: always(50) } })).toBe(2);
  });

  test('B-08: its threshold follows the prop, and missing data is no failure', () => {
    const strict = templateOf(serviceFixture({ successRatePercent: 99.9 }).stack);
    strict.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 99.9, EvaluationPeriods: 6, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching', ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('B-08: the errors of the load balancer itself are asked for without a target group, a dimension that they don\'t have', () => {
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) => Properties.AlarmName.endsWith('-success-rate'));
    const metrics: Metric[] = alarm.Properties.Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: Metric } }) => MetricStat?.Metric ?? []);
    const own = metrics.filter(({ MetricName }) => MetricName === 'HTTPCode_ELB_5XX_Count');
    expect(own.map(({ Dimensions }) => Dimensions.map(({ Name }) => Name))).toEqual([['LoadBalancer']]);
  });

  test('B-08, A-13: use no more than the ten metrics that an alarm may have', () => {
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).forEach((alarm) =>
      expect(alarm.Properties.Metrics.filter((query: { MetricStat?: unknown }) => query.MetricStat).length).toBeLessThanOrEqual(10));
  });
});

describe('The rollback alarms on response time and health', () => {
  let template: Template;
  const firesAfter = (name: string, observed: Observed) => AlarmMaths.find(template, name).firesAfter(observed, MINUTES);

  beforeAll(() => {
    template = templateOf(serviceFixture().stack);
  });

  test.each(['Blue', 'Green'])('A-13: response times above 2 s for three minutes take a deployment back, whether %s serves or its canary', (group) => {
    expect(firesAfter('-response-time', { [group]: { TargetResponseTime: from(2, 2.1) } })).toBe(5);
    expect(firesAfter('-response-time', { [group]: { TargetResponseTime: always(2) } })).toBeUndefined();
  });

  test('A-13: a slow canary shows beside a fast majority, and two slow minutes alone take nothing back', () => {
    expect(firesAfter('-response-time', { Blue: { TargetResponseTime: always(0.1) }, Green: { TargetResponseTime: always(5) } })).toBe(3);
    expect(firesAfter('-response-time', { Green: { TargetResponseTime: always(0).map((_, minute) => (minute === 3 || minute === 4 ? 9 : 0.1)) } })).toBeUndefined();
  });

  test('A-13: more than half of one group failing its health checks for three minutes takes a deployment back', () => {
    const group = (healthy: number, unhealthy: number) => ({ HealthyHostCount: always(healthy), UnHealthyHostCount: always(unhealthy) });
    expect(firesAfter('-unhealthy-targets', { Blue: group(2, 0), Green: group(1, 2) })).toBe(3);
    expect(firesAfter('-unhealthy-targets', { Blue: group(2, 0), Green: group(1, 1) })).toBeUndefined();
    expect(firesAfter('-unhealthy-targets', { Green: group(0, 2) })).toBe(3);
  });

  test('A-13: nothing fires without traffic and without targets', () => {
    expect(['-response-time', '-unhealthy-targets'].map((name) => firesAfter(name, {}))).toEqual([undefined, undefined]);
  });

  test('A-13: the service goes back on all three, on the limit that it is given, and on any critical alarm that is named', () => {
    const { stack, web } = serviceFixture({ responseTimeLimit: Duration.seconds(10) });
    web.rollBackOn('orders-critical');
    const changed = templateOf(stack);
    const [service] = Object.values(changed.findResources('AWS::ECS::Service'));
    expect(service.Properties.DeploymentConfiguration.Alarms.AlarmNames).toEqual([
      expect.stringMatching(/-success-rate$/), expect.stringMatching(/-response-time$/), expect.stringMatching(/-unhealthy-targets$/), 'orders-critical',
    ]);
    changed.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: Match.stringLikeRegexp('response-time$'), Threshold: 10 });
  });
});

describe('The rollback alarms of a service with one target group', () => {
  let template: Template;
  const alarm = (suffix: string) => AlarmMaths.find(template, suffix);

  beforeAll(() => {
    template = templateOf(serviceFixture({ rollout: Rollout.rolling() }).stack);
  });

  test('A-13: judge it by itself, minute by minute: the worst of a single series would be one number', () => {
    expect(alarm('-response-time').firesAfter({ Blue: { TargetResponseTime: from(3, 2.5) } }, MINUTES)).toBe(6);
    expect(alarm('-unhealthy-targets').firesAfter({ Blue: { HealthyHostCount: always(1), UnHealthyHostCount: from(3, 3) } }, MINUTES)).toBe(6);
    expect(alarm('-success-rate').firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: from(3, 6) } }, MINUTES)).toBe(5);
    expect(['-response-time', '-unhealthy-targets'].map((suffix) => alarm(suffix).firesAfter({}, MINUTES))).toEqual([undefined, undefined]);
    expect(brokenRules(template.toJSON())).toEqual([]);
  });
});
