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

  test('does not fire without requests (B-08)', () => {
    expect(firesAfter({})).toBeUndefined();
    expect(AlarmMaths.find(template, '-success-rate').values({}, 1)).toEqual([100]);
  });

  test('does not fire at a success rate of 99.6 % (B-08)', () => {
    expect(firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: always(4) } })).toBeUndefined();
  });

  test('fires two minutes after the success rate falls below 99.5 % (B-08)', () => {
    expect(firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: from(3, 6) } })).toBe(5);
  });

  test('fires for more than 1 % of 5xx long before the five minutes of document A (A-13)', () => {
    expect(firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: always(11) } })).toBe(2);
  });

  test('does not roll back a deployment for a single bad minute (B-08)', () => {
    const spike = always(0).map((_, minute) => (minute === 4 ? 500 : 0));
    expect(firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: spike } })).toBeUndefined();
  });

  test.each(['Blue', 'Green'])('sees the errors of %s while it serves alone (B-08)', (active) => {
    expect(firesAfter({ [active]: { RequestCount: always(200), HTTPCode_Target_5XX_Count: always(20) } })).toBe(2);
  });

  test('sees 10 % errors in a canary that gets 1 % of the traffic (B-08)', () => {
    expect(firesAfter({
      LoadBalancer: { RequestCount: always(1000) },
      Blue: { RequestCount: always(990), HTTPCode_Target_5XX_Count: always(0) },
      Green: { RequestCount: always(10), HTTPCode_Target_5XX_Count: always(1) },
    })).toBe(2);
  });

  test('sees a new version that refuses connections (B-08)', () => {
    expect(firesAfter({
      Blue: { RequestCount: always(900) },
      Green: { TargetConnectionErrorCount: always(100) },
    })).toBe(2);
  });

  test('sees a new version that answers nobody in time, which only the load balancer counts (B-08)', () => {
    expect(firesAfter({
      LoadBalancer: { RequestCount: always(900), HTTPCode_ELB_5XX_Count: always(100) },
      Blue: { RequestCount: always(900) },
    })).toBe(2);
  });

  test('sees a total outage, in which no target answers anything (B-08)', () => {
    expect(firesAfter({ LoadBalancer: { HTTPCode_ELB_5XX_Count: always(50) } })).toBe(2);
  });

  test('has the threshold of the prop, and treats missing data as not breaching (B-08)', () => {
    const strict = templateOf(serviceFixture({ successRatePercent: 99.9 }).stack);
    strict.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 99.9, EvaluationPeriods: 6, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching', ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('reads the errors of the load balancer itself without a target group, a dimension that they don\'t have (B-08)', () => {
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) => Properties.AlarmName.endsWith('-success-rate'));
    const metrics: Metric[] = alarm.Properties.Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: Metric } }) => MetricStat?.Metric ?? []);
    const own = metrics.filter(({ MetricName }) => MetricName === 'HTTPCode_ELB_5XX_Count');
    expect(own.map(({ Dimensions }) => Dimensions.map(({ Name }) => Name))).toEqual([['LoadBalancer']]);
  });

  test('uses no more than the ten metrics that an alarm may have (B-08, A-13)', () => {
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

  test.each(['Blue', 'Green'])('roll back a deployment for response times above 2 s for three minutes, whether %s serves or its canary (A-13)', (group) => {
    expect(firesAfter('-response-time', { [group]: { TargetResponseTime: from(2, 2.1) } })).toBe(5);
    expect(firesAfter('-response-time', { [group]: { TargetResponseTime: always(2) } })).toBeUndefined();
  });

  test('see a slow canary next to a fast majority, and do not roll back for two slow minutes (A-13)', () => {
    expect(firesAfter('-response-time', { Blue: { TargetResponseTime: always(0.1) }, Green: { TargetResponseTime: always(5) } })).toBe(3);
    expect(firesAfter('-response-time', { Green: { TargetResponseTime: always(0).map((_, minute) => (minute === 3 || minute === 4 ? 9 : 0.1)) } })).toBeUndefined();
  });

  test('roll back a deployment for more than half of one group that fails its health checks for three minutes (A-13)', () => {
    const group = (healthy: number, unhealthy: number) => ({ HealthyHostCount: always(healthy), UnHealthyHostCount: always(unhealthy) });
    expect(firesAfter('-unhealthy-targets', { Blue: group(2, 0), Green: group(1, 2) })).toBe(3);
    expect(firesAfter('-unhealthy-targets', { Blue: group(2, 0), Green: group(1, 1) })).toBeUndefined();
    expect(firesAfter('-unhealthy-targets', { Green: group(0, 2) })).toBe(3);
  });

  test('do not fire without traffic and without targets (A-13)', () => {
    expect(['-response-time', '-unhealthy-targets'].map((name) => firesAfter(name, {}))).toEqual([undefined, undefined]);
  });

  test('roll back the service by all three, by the limit of the prop, and by any critical alarm that is named (A-13)', () => {
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
    template = templateOf(serviceFixture({ rollout: Rollout.rolling(), stickiness: Duration.hours(1) }).stack);
  });

  test('evaluate it minute by minute, because the maximum of a single series would be one number (A-13)', () => {
    expect(alarm('-response-time').firesAfter({ Blue: { TargetResponseTime: from(3, 2.5) } }, MINUTES)).toBe(6);
    expect(alarm('-unhealthy-targets').firesAfter({ Blue: { HealthyHostCount: always(1), UnHealthyHostCount: from(3, 3) } }, MINUTES)).toBe(6);
    expect(alarm('-success-rate').firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: from(3, 6) } }, MINUTES)).toBe(5);
    expect(['-response-time', '-unhealthy-targets'].map((suffix) => alarm(suffix).firesAfter({}, MINUTES))).toEqual([undefined, undefined]);
    expect(brokenRules(template.toJSON())).toEqual([]);
  });
});
