import { Duration, Token } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { ProductionWebServiceProps } from '../../../src';
import { expectRefusedValue } from '../../fixtures/refusals';
import { containersOf } from '../../fixtures/task-definition';
import { refusal, templateOf } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';
import { AlarmMaths } from '../../simulators/alarm-maths';

type Props = Partial<ProductionWebServiceProps>;
const template = (props: Props = {}): Template => templateOf(serviceFixture(props).stack);
const longest = (props: Props = {}): number => serviceFixture(props).web.releaseTarget.longestDeployment.toSeconds();

const drains = (of: Template, seconds: number): void => of.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
  TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) }]),
});

describe('A task that starts', () => {
  test.each<[string, Props, number]>([
    ['a minute', {}, 60],
    ['the time of a slow start', { startupTime: Duration.minutes(5) }, 300],
    ['two hours at most', { startupTime: Duration.hours(2) }, 7200],
  ])('may fail its health checks for %s', (_, props, seconds) => {
    template(props).hasResourceProperties('AWS::ECS::Service', { HealthCheckGracePeriodSeconds: seconds });
  });

  test.each<[Duration | undefined, number | undefined]>([[undefined, undefined], [Duration.minutes(2), 120], [Duration.minutes(20), 300]])(
    'may fail the check in its container for as long, which ECS allows for five minutes: %s', (startupTime, seconds) => {
      const made = template({ startupTime, healthCheck: { containerCommand: ['CMD', '/live'] } });
      expect(containersOf(made).web.HealthCheck.StartPeriod).toBe(seconds);
    });

  test('slowly rolls no deployment back by the alarm on unhealthy targets, and never healthy it does (A-13)', () => {
    const startupTime = Duration.minutes(10);
    const made = template({ startupTime });
    const firesAfter = (unhealthyMinutes: number) => AlarmMaths.find(made, '-unhealthy-targets-2').firesAfter({
      Blue: { HealthyHostCount: Array.from({ length: 30 }, () => 2), UnHealthyHostCount: Array.from({ length: 30 }, () => 0) },
      Green: {
        HealthyHostCount: Array.from({ length: 30 }, (_, minute) => (minute < unhealthyMinutes ? 0 : 2)),
        UnHealthyHostCount: Array.from({ length: 30 }, (_, minute) => (minute < unhealthyMinutes ? 2 : 0)),
      },
    }, 30);
    expect(firesAfter(10)).toBeUndefined();
    expect(firesAfter(30)).toBe(12);
  });

  test('leaves the alarm on unhealthy targets as it is within a usual time', () => {
    expect(template({ startupTime: Duration.minutes(1) }).findResources('AWS::CloudWatch::Alarm')).toEqual(template().findResources('AWS::CloudWatch::Alarm'));
  });

  test('slowly gives the release as much more time', () => {
    expect(longest({ startupTime: Duration.minutes(5) }) - longest()).toBe(240);
    expect(longest({ startupTime: Duration.seconds(10) })).toBe(longest());
  });
});

describe('A task that stops', () => {
  test.each<[string, Props, number]>([
    ['the 30 s that it has until it is killed (C-03)', {}, 30],
    ['as long as it has until it is killed', { stopTimeout: Duration.seconds(120) }, 120],
    ['the time that the service asks for', { stopTimeout: Duration.seconds(120), deregistrationDelay: Duration.seconds(90) }, 90],
    ['no time, where requests are short', { deregistrationDelay: Duration.seconds(0) }, 0],
    ['an hour at most', { deregistrationDelay: Duration.hours(1) }, 3600],
  ])('is drained for %s', (_, props, seconds) => drains(template(props), seconds));

  test('has times that only CloudFormation knows', () => {
    const token = (name: string) => Duration.seconds(Token.asNumber({ Ref: name }));
    const made = template({ stopTimeout: token('AWS::AccountId'), startupTime: token('AWS::Region') });
    made.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: { Ref: 'AWS::AccountId' } }]),
    });
    made.hasResourceProperties('AWS::ECS::Service', { HealthCheckGracePeriodSeconds: { Ref: 'AWS::Region' } });
    expect(longest({ stopTimeout: token('AWS::AccountId'), startupTime: token('AWS::Region') })).toBe(longest());
  });

  test('slowly gives the release as much more time', () => {
    expect(longest({ deregistrationDelay: Duration.minutes(30) }) - longest()).toBe(1770);
  });
});

test.each<[string, Props, string, string, string]>([
  ['a start of more than two hours', { startupTime: Duration.hours(3) }, 'startupTime', '3 hours', 'to 2 hours'],
  ['a start in fractions of a second', { startupTime: Duration.millis(1500) }, 'startupTime', '1 second 500 milliseconds', 'in whole seconds'],
  ['draining of more than an hour', { deregistrationDelay: Duration.minutes(61) }, 'deregistrationDelay', '1 hour 1 minute', 'to 1 hour'],
])('A service refuses %s', (_, props, prop, value, expected) => {
  expectRefusedValue(refusal(() => serviceFixture(props)), prop, value, expected);
});
