import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rollout, SecureLoadBalancer } from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import { templateOf } from '../../fixtures/test-stack';
import { certificate, serviceFixture } from '../../fixtures/web-service';
import { AlarmMaths, type Observed, type Series } from '../../simulators/alarm-maths';

interface Metric { readonly MetricName: string; readonly Dimensions: Array<{ readonly Name: string }> }

const MINUTES = 12;
const always = (value: number): Series => Array.from({ length: MINUTES }, () => value);
const from = (minute: number, value: number): Series => always(0).map((_, index) => (index >= minute ? value : 0));

/** Answers of a minute, of which some take longer than 2 s. */
const answers = (requests: Series, slow: Series) => ({
  'TargetResponseTime SampleCount': requests,
  'TargetResponseTime TC(:2)': requests.map((number, minute) => number! - slow[minute]!),
});

describe('The rollback alarms on the success rate', () => {
  let template: Template;
  const FAST = ['-success-rate-fast-1', '-success-rate-fast-2'] as const;
  const SLOW = ['-success-rate-slow-1', '-success-rate-slow-2'] as const;
  const firesAfter = (name: string, observed: Observed) => AlarmMaths.find(template, name).firesAfter(observed, MINUTES);

  beforeAll(() => {
    template = templateOf(serviceFixture({ rollout: Rollout.linear() }).stack);
  });

  test.each([...FAST, ...SLOW, '-load-balancer-errors'])('%s does not fire without requests (B-08)', (name) => {
    expect(firesAfter(name, {})).toBeUndefined();
    expect(AlarmMaths.find(template, name).values({}, 1)).toEqual([0]);
  });

  test('weigh a count against a share: two failures more than 0.5 % in a minute, twice (B-08)', () => {
    const blue = (requests: number, errors: Series) => firesAfter(FAST[0], { Blue: { RequestCount: always(requests), HTTPCode_Target_5XX_Count: errors } });
    expect(blue(1000, always(6))).toBeUndefined();
    expect(blue(1000, from(3, 7))).toBe(5);
    expect(blue(10, always(2))).toBeUndefined();
    expect(blue(10, always(3))).toBe(2);
    // A share alone would roll back for a single failure of a hundred requests.
    expect(blue(100, always(1))).toBeUndefined();
  });

  test('do not roll back a deployment for a single bad minute (B-08)', () => {
    const spike = always(0).map((_, minute) => (minute === 4 ? 500 : 0));
    expect(firesAfter(FAST[0], { Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: spike } })).toBeUndefined();
  });

  test('see a few failures that go on within two periods of five minutes (B-08)', () => {
    expect(firesAfter(SLOW[0], { Blue: { RequestCount: always(300), HTTPCode_Target_5XX_Count: always(4) } })).toBe(2);
    expect(firesAfter(SLOW[0], { Blue: { RequestCount: always(300), HTTPCode_Target_5XX_Count: always(3) } })).toBeUndefined();
  });

  test.each([[0, 'Blue', 'Green'], [1, 'Green', 'Blue']])('%s judges %s alone, whatever the other version does (B-08)', (index, own, other) => {
    const failing = { RequestCount: always(200), HTTPCode_Target_5XX_Count: always(20) };
    expect([FAST[index], SLOW[index]].map((name) => firesAfter(name, { [own]: failing }))).toEqual([2, 2]);
    expect([FAST[index], SLOW[index]].map((name) => firesAfter(name, { [other]: failing, [own]: { RequestCount: always(200) } }))).toEqual([undefined, undefined]);
  });

  test('see a new version that refuses connections (B-08)', () => {
    expect(firesAfter(FAST[1], { Blue: { RequestCount: always(900) }, Green: { TargetConnectionErrorCount: always(100) } })).toBe(2);
  });

  test('see a new version that answers nobody in time, which only the load balancer counts (B-08)', () => {
    expect(firesAfter('-load-balancer-errors', {
      LoadBalancer: { RequestCount: always(900), HTTPCode_ELB_5XX_Count: always(100) },
      Blue: { RequestCount: always(900) },
    })).toBe(2);
  });

  test('see a total outage, in which no target answers anything (B-08)', () => {
    expect(firesAfter('-load-balancer-errors', { LoadBalancer: { HTTPCode_ELB_5XX_Count: always(50) } })).toBe(2);
  });

  test('leave the errors of a shared load balancer out, because a neighbour may have caused them (B-08)', () => {
    const { stack, web } = serviceFixture(({ stack: scope, network }) => ({ loadBalancer: new SecureLoadBalancer(scope, 'Shared', { network, certificate: certificate(scope) }) }));
    expect(web.rollbackAlarms).toHaveLength(10);
    expect(JSON.stringify(web.rollbackAlarms.map((alarm) => stack.resolve((alarm.node.defaultChild as CfnAlarm).metrics)))).not.toContain('ELB_5XX');
  });

  test('have the rate of the prop, and treat missing data as not breaching (B-08)', () => {
    const strict = templateOf(serviceFixture({ successRatePercent: 99.9 }).stack);
    const [{ Properties }] = Object.values(strict.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties: { AlarmName } }) => AlarmName.endsWith(FAST[0]));
    expect(Properties).toMatchObject({ Threshold: 2, EvaluationPeriods: 6, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching', ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
    expect(JSON.stringify(Properties.Metrics)).toContain('-0.001*(');
  });

  test('read the errors of the load balancer itself without a target group, a dimension that they don\'t have (B-08)', () => {
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) => Properties.AlarmName.endsWith('-load-balancer-errors'));
    const metrics: Metric[] = alarm.Properties.Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: Metric } }) => MetricStat?.Metric ?? []);
    const own = metrics.filter(({ MetricName }) => MetricName === 'HTTPCode_ELB_5XX_Count');
    expect(own.map(({ Dimensions }) => Dimensions.map(({ Name }) => Name))).toEqual([['LoadBalancer']]);
  });

  test('use no more than the ten metrics that an alarm may have (B-08, A-13)', () => {
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

  test.each([['Blue', 1], ['Green', 2]])('roll back for two requests of %s beyond one in ten above 2 s, in three minutes (A-13)', (group, number) => {
    const slow = (times: Series) => firesAfter(`-response-time-fast-${number}`, { [group]: answers(always(100), times) });
    expect(slow(from(2, 13))).toBe(5);
    expect(slow(always(11))).toBeUndefined();
    expect(slow(always(0).map((_, minute) => (minute === 3 || minute === 4 ? 90 : 0)))).toBeUndefined();
  });

  test('see slow requests of few within two periods of five minutes (A-13)', () => {
    expect(firesAfter('-response-time-slow-2', { Green: answers(always(5), always(4)) })).toBe(2);
    expect(firesAfter('-response-time-slow-2', { Green: answers(always(20), always(4)) })).toBeUndefined();
  });

  test('judge each version alone (A-13)', () => {
    expect(firesAfter('-response-time-fast-1', { Blue: answers(always(100), always(0)), Green: answers(always(100), always(100)) })).toBeUndefined();
  });

  test('roll back a deployment for more than half of one group that fails its health checks for three minutes (A-13)', () => {
    const group = (healthy: number, unhealthy: number) => ({ HealthyHostCount: always(healthy), UnHealthyHostCount: always(unhealthy) });
    expect(firesAfter('-unhealthy-targets-2', { Blue: group(2, 0), Green: group(1, 2) })).toBe(3);
    expect(firesAfter('-unhealthy-targets-1', { Blue: group(2, 0), Green: group(1, 2) })).toBeUndefined();
    expect(firesAfter('-unhealthy-targets-2', { Blue: group(2, 0), Green: group(1, 1) })).toBeUndefined();
    expect(firesAfter('-unhealthy-targets-2', { Green: group(0, 2) })).toBe(3);
  });

  test.each(['-response-time-fast-1', '-response-time-slow-2', '-unhealthy-targets-1'])('%s does not fire without traffic and without targets (A-13)', (name) => {
    expect(firesAfter(name, {})).toBeUndefined();
  });

  test('roll back the service by all of them, by the limit of the prop, and by any critical alarm that is named (A-13)', () => {
    const { stack, web } = serviceFixture({ responseTimeLimit: Duration.seconds(10) });
    web.rollBackOn('orders-critical');
    const changed = templateOf(stack);
    const [service] = Object.values(changed.findResources('AWS::ECS::Service'));
    const ofGroup = (group: number) => ['success-rate-fast', 'response-time-fast', 'success-rate-slow', 'response-time-slow', 'unhealthy-targets'].map((name) => expect.stringMatching(new RegExp(`-${name}-${group}$`)));
    expect(service.Properties.DeploymentConfiguration.Alarms.AlarmNames).toEqual([...ofGroup(1), ...ofGroup(2), expect.stringMatching(/-load-balancer-errors$/), 'orders-critical']);
    const [{ Properties }] = Object.values(changed.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties: { AlarmName } }) => AlarmName.endsWith('-response-time-fast-1'));
    expect(JSON.stringify(Properties.Metrics)).toContain('TC(:10)');
  });

  test('tell a release which of them judge the version of which target group (A-13)', () => {
    const { stack, web } = serviceFixture();
    const { rollbackAlarmNames, targetGroupAlarms } = web.releaseTarget;
    const names: string[] = stack.resolve(rollbackAlarmNames);
    expect(targetGroupAlarms!.map(({ targetGroupArn }) => stack.resolve(targetGroupArn))).toEqual(web.targetGroups.map(({ targetGroupArn }) => stack.resolve(targetGroupArn)));
    expect(targetGroupAlarms!.map(({ alarmNames }) => alarmNames)).toEqual([names.filter((name) => name.endsWith('-1')), names.filter((name) => name.endsWith('-2'))]);
    // What judges no group alone is for every deployment.
    expect(names.filter((name) => !/-[12]$/.test(name))).toEqual([expect.stringMatching(/-load-balancer-errors$/)]);
  });
});

describe('The rollback alarms of a service with one target group', () => {
  let template: Template;
  const alarm = (suffix: string) => AlarmMaths.find(template, suffix);

  beforeAll(() => {
    template = templateOf(serviceFixture({ rollout: Rollout.rolling(), stickiness: Duration.hours(1) }).stack);
  });

  test('evaluate it minute by minute, because the maximum of a single series would be one number (A-13)', () => {
    expect(alarm('-response-time-fast').firesAfter({ Blue: answers(always(100), from(3, 50)) }, MINUTES)).toBe(6);
    expect(alarm('-unhealthy-targets').firesAfter({ Blue: { HealthyHostCount: always(1), UnHealthyHostCount: from(3, 3) } }, MINUTES)).toBe(6);
    expect(alarm('-success-rate-fast').firesAfter({ Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: from(3, 7) } }, MINUTES)).toBe(5);
    expect(['-response-time-slow', '-unhealthy-targets'].map((suffix) => alarm(suffix).firesAfter({}, MINUTES))).toEqual([undefined, undefined]);
    expect(brokenRules(template.toJSON())).toEqual([]);
  });
});
