import { Duration, TimeZone } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { EnvironmentProfile, type ProductionWebServiceProps, Rollout, ServiceCluster, ServiceImage, ServiceScaling } from '../../../src';
import { templateOf, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';
import { AlarmMaths, type Observed, type Series } from '../../simulators/alarm-maths';

const scaled = (scaling: ServiceScaling, props: Partial<ProductionWebServiceProps> = {}, profile = EnvironmentProfile.production()): Template =>
  templateOf(serviceFixture({ scaling, ...props }, (app) => profile.applyTo(app)).stack);

/** Properties of the only scaling policy whose logical id contains a text. */
function policy(template: Template, part: string): { [prop: string]: any } { // eslint-disable-line @typescript-eslint/no-explicit-any
  const [[, { Properties }]] = Object.entries(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).filter(([id]) => id.includes(part));
  return Properties;
}

describe('Target tracking', () => {
  test('cools down for 300 s both ways by props, and for 60 and 300 s by default (D-13)', () => {
    const calm = scaled(ServiceScaling.targetTracking({ scaleOutCooldown: Duration.seconds(300), scaleInCooldown: Duration.seconds(300) }));
    calm.allResourcesProperties('AWS::ApplicationAutoScaling::ScalingPolicy', { TargetTrackingScalingPolicyConfiguration: { ScaleOutCooldown: 300, ScaleInCooldown: 300 } });
    scaled(ServiceScaling.targetTracking()).allResourcesProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: { ScaleOutCooldown: 60, ScaleInCooldown: 300 },
    });
  });

  test('scales between 1 and 4 small tasks at 70 % CPU (E-06)', () => {
    const template = scaled(ServiceScaling.targetTracking({ minTasks: 1, maxTasks: 4 }), { cpu: 256, memoryMiB: 512 });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 4 });
    expect(policy(template, 'Cpu').TargetTrackingScalingPolicyConfiguration.TargetValue).toBe(70);
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
  });
});

describe('Requests per task', () => {
  const MINUTES = 1;
  const now = (value: number): Series => [value];
  let template: Template;

  beforeAll(() => {
    template = scaled(ServiceScaling.targetTracking({ requestsPerMinute: 1000 }));
  });

  const perTask = (observed: Observed, of = template) => {
    const { Metrics } = policy(of, 'Requests').TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification;
    return new AlarmMaths({ Metrics }).values(observed, MINUTES)[0];
  };

  test('stay at the target, by a policy that is deployed after the scalable target (A-33, C-06)', () => {
    expect(policy(template, 'Requests')).toMatchObject({ PolicyType: 'TargetTrackingScaling', ScalableDimension: 'ecs:service:DesiredCount', ServiceNamespace: 'ecs' });
    expect(policy(template, 'Requests').TargetTrackingScalingPolicyConfiguration.TargetValue).toBe(1000);
    const [[, resource]] = Object.entries(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).filter(([id]) => id.includes('Requests'));
    expect((resource.DependsOn as string[]).some((id) => id.includes('TaskCountTarget'))).toBe(true);
  });

  test.each(['Blue', 'Green'])('are the same whether blue or green is active: %s (A-33)', (active) => {
    expect(perTask({ [active]: { RequestCount: now(4000) }, Service: { RunningTaskCount: now(2) } })).toBe(2000);
  });

  test('count both groups during the shift, over the tasks of both versions (A-33)', () => {
    expect(perTask({ Blue: { RequestCount: now(3600) }, Green: { RequestCount: now(400) }, Service: { RunningTaskCount: now(4) } })).toBe(1000);
  });

  test('are 0 without requests, and 0 without tasks (A-33)', () => {
    expect(perTask({ Service: { RunningTaskCount: now(2) } })).toBe(0);
    expect(perTask({ Blue: { RequestCount: now(50) }, Service: { RunningTaskCount: now(0) } })).toBe(0);
  });

  test('count the single target group of a rolling rollout with stickiness (E-14)', () => {
    const rolling = scaled(ServiceScaling.targetTracking({ requestsPerMinute: 1000 }), { rollout: Rollout.rolling(), stickiness: Duration.hours(1) });
    expect(perTask({ Blue: { RequestCount: now(4000) }, Service: { RunningTaskCount: now(2) } }, rolling)).toBe(2000);
  });

  test('scale a service only by a prop, because no number is right for every application (A-33)', () => {
    expect(Object.keys(scaled(ServiceScaling.targetTracking()).findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))).toHaveLength(2);
  });
});

describe('Scaling in steps', () => {
  let template: Template;
  const alarm = (part: string) => Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([id]) => id.includes(part)).map(([, { Properties }]) => Properties)[0];
  const adjustments = (part: string, of = template) => policy(of, part).StepScalingPolicyConfiguration;

  beforeAll(() => {
    template = scaled(ServiceScaling.stepScaling({ minTasks: 3, maxTasks: 12, requestsPerMinute: 1000 }));
  });

  test('scales out above 70 % CPU for two minutes, and in below 30 % for five (C-05)', () => {
    expect(alarm('CpuHigh')).toMatchObject({ Threshold: 70, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 2, Namespace: 'AWS/ECS', Period: 60 });
    expect(alarm('CpuLow')).toMatchObject({ Threshold: 30, ComparisonOperator: 'LessThanThreshold', EvaluationPeriods: 5, Period: 60 });
  });

  test('waits 60 s between two actions, or another time by a prop (C-05)', () => {
    expect(adjustments('CpuOut').Cooldown).toBe(60);
    expect(adjustments('CpuOut', scaled(ServiceScaling.stepScaling({ cooldown: Duration.minutes(3) }))).Cooldown).toBe(180);
  });

  test('adds one task, then two, and removes one (C-07)', () => {
    expect(adjustments('CpuOut').StepAdjustments).toEqual([
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 15, ScalingAdjustment: 1 }, { MetricIntervalLowerBound: 15, ScalingAdjustment: 2 },
    ]);
    expect(adjustments('CpuIn').StepAdjustments).toEqual([{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }]);
  });

  test('scales out above 80 % memory, and above 1000 requests per minute and task (C-06, C-07)', () => {
    expect(alarm('MemoryHigh')).toMatchObject({ Threshold: 80, EvaluationPeriods: 2 });
    const observed = (requests: number): Observed => ({ Green: { RequestCount: [requests, requests] }, Service: { RunningTaskCount: [3, 3] } });
    expect(new AlarmMaths(alarm('RequestsHigh')).values(observed(3300), 1)).toEqual([1100]);
    expect(alarm('RequestsHigh')).toMatchObject({ Threshold: 1000, ComparisonOperator: 'GreaterThanThreshold', DatapointsToAlarm: 2, EvaluationPeriods: 6 });
    expect(adjustments('RequestsOut').StepAdjustments[1]).toEqual({ MetricIntervalLowerBound: 500, ScalingAdjustment: 2 });
  });

  test('has one action for each alarm, the policy of its metric (C-07)', () => {
    ['CpuHigh', 'CpuLow', 'MemoryHigh', 'RequestsHigh'].forEach((part) => expect(alarm(part).AlarmActions).toHaveLength(1));
    expect(alarm('MemoryHigh').AlarmActions[0].Ref).toContain('MemoryOut');
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 3, MaxCapacity: 12 });
  });
});

describe('A pause at night', () => {
  const berlin = { timeZone: TimeZone.EUROPE_BERLIN };
  const actions = (template: Template) => {
    const [{ Properties }] = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalableTarget'));
    return Properties.ScheduledActions;
  };

  test('stops development at 19:00 and starts it at 07:00, in the time zone of the prop (C-19)', () => {
    expect(actions(scaled(ServiceScaling.targetTracking({ nightPause: berlin }), {}, EnvironmentProfile.development()))).toEqual([
      expect.objectContaining({ Schedule: 'cron(0 19 * * ? *)', Timezone: 'Europe/Berlin', ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 0 } }),
      expect.objectContaining({ Schedule: 'cron(0 7 * * ? *)', Timezone: 'Europe/Berlin', ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 2 } }),
    ]);
  });

  test('stops and starts at other times by props, and not at weekends (C-19)', () => {
    const [stop, start] = actions(scaled(ServiceScaling.targetTracking({ nightPause: { ...berlin, stopAt: '22:30', startAt: '05:45', weekends: false } }), {}, EnvironmentProfile.development()));
    expect([stop.Schedule, start.Schedule]).toEqual(['cron(30 22 * * ? *)', 'cron(45 5 ? * MON-FRI *)']);
  });

  test('starts no task in the morning before the first release (C-19)', () => {
    const { stack } = serviceFixture(({ images }) => ({
      image: ServiceImage.released(images), scaling: ServiceScaling.targetTracking({ nightPause: berlin, withoutTasks: { reason: 'Only used in office hours' } }),
    }));
    const [, start] = actions(templateOf(stack));
    expect(start.ScalableTargetAction.MinCapacity).toEqual({ 'Fn::If': [expect.any(String), 0, 2] });
  });

  test('may leave production without tasks for a reason (C-19)', () => {
    const reason = { reason: 'A report that runs in office hours' };
    expect(actions(scaled(ServiceScaling.targetTracking({ nightPause: berlin, withoutTasks: reason })))).toHaveLength(2);
    scaled(ServiceScaling.targetTracking({ minTasks: 0, withoutTasks: reason })).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 0 });
  });
});

describe('A Spot share', () => {
  test('runs a share on Spot above a base on demand, in a cluster that has both providers (B-13)', () => {
    const { stack } = serviceFixture({ scaling: ServiceScaling.targetTracking({ spot: { percent: 75, onDemandTasks: 2 } }) });
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::ECS::Service', {
      LaunchType: Match.absent(),
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Base: 2, Weight: 25 }, { CapacityProvider: 'FARGATE_SPOT', Weight: 75 }],
    });
    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    const [association] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(service.DependsOn).toContain(association);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('works in a shared ServiceCluster (B-13)', () => {
    const template = templateOf(serviceFixture(({ stack, network }) => ({
      cluster: new ServiceCluster(stack, 'Shared', { network }).cluster, scaling: ServiceScaling.targetTracking({ spot: { percent: 50 } }),
    })).stack);
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 1);
    template.hasResourceProperties('AWS::ECS::Service', { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Base: 1, Weight: 50 }, Match.anyValue()] });
  });

  test('leaves a service without one at its launch type, and its cluster without capacity providers (B-13)', () => {
    const template = templateOf(serviceFixture().stack);
    template.hasResourceProperties('AWS::ECS::Service', { LaunchType: 'FARGATE', CapacityProviderStrategy: Match.absent() });
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
  });
});
