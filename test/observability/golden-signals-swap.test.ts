import type { Template } from 'aws-cdk-lib/assertions';
import { AlarmOverride, GoldenSignalAlarms } from '../../src';
import { mailRouting } from '../fixtures/signals';
import { templateOf } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';
import { AlarmMaths, type Observed, type Series } from '../simulators/alarm-maths';

const PERIODS = 12;
const always = (value: number): Series => Array.from({ length: PERIODS }, () => value);
const nothing: Series = Array.from({ length: PERIODS }, () => undefined);
/** One value until production has moved, another (or none) after. */
const then = (before: number | undefined, after: number | undefined): Series => Array.from({ length: PERIODS }, (_, period) => (period < PERIODS / 2 ? before : after));

describe('The golden signals of a blue/green deployment', () => {
  let template: Template;
  /** Periods after which an alarm fires. */
  const firesAfter = (id: string, observed: Observed) => AlarmMaths.of(template, id).firesAfter(observed, PERIODS);
  const values = (id: string, observed: Observed) => AlarmMaths.of(template, id).values(observed, PERIODS);

  beforeAll(() => {
    const { stack, web } = serviceFixture();
    new GoldenSignalAlarms(stack, 'Signals', {
      services: [web],
      alertRouting: mailRouting(stack),
      overrides: [AlarmOverride.of('service-latency-p50', { warningThreshold: 1 }), AlarmOverride.of('service-latency-p99', { warningThreshold: 5 })],
    });
    template = templateOf(stack);
  });

  test.each(['Blue', 'Green'])('alarm on 11 errors while %s serves, and not on 10 [A-21]', (group) => {
    expect(firesAfter('service-errors-many-critical', { [group]: { HTTPCode_Target_5XX_Count: always(11) } })).toBe(1);
    expect(firesAfter('service-errors-many-critical', { [group]: { HTTPCode_Target_5XX_Count: always(10) } })).toBeUndefined();
  });

  test('add the errors of both target groups, and refused connections [A-21]', () => {
    expect(firesAfter('service-errors-many-critical', { Blue: { HTTPCode_Target_5XX_Count: always(6) }, Green: { TargetConnectionErrorCount: always(5) } })).toBe(1);
    expect(values('service-errors-many-critical', {})).toEqual(always(0));
  });

  test('leave out twice the errors that the objective allows, so that a busy service which meets it pages nobody [A-21]', () => {
    const busy = (errors: number) => ({ Blue: { RequestCount: always(30_000), HTTPCode_Target_5XX_Count: always(errors) } });
    expect(values('service-errors-many-critical', busy(60))).toEqual(always(0));
    expect(firesAfter('service-errors-many-critical', busy(70))).toBeUndefined();
    expect(firesAfter('service-errors-many-critical', busy(71))).toBe(1);
  });

  test('count the same errors before and after production has moved [A-21]', () => {
    const moved = { Blue: { HTTPCode_Target_5XX_Count: then(7, undefined) }, Green: { HTTPCode_Target_5XX_Count: then(undefined, 7) } };
    expect(values('service-errors-many-critical', moved)).toEqual(always(7));
  });

  test('alarm on more than 1 % of errors in a canary with a hundredth of the traffic [A-13]', () => {
    const canary = { Blue: { RequestCount: always(9900) }, Green: { RequestCount: always(100), HTTPCode_Target_5XX_Count: always(6) } };
    expect(firesAfter('service-error-rate-error', canary)).toBe(1);
    expect(firesAfter('service-error-rate-error', { Blue: { RequestCount: always(1000), HTTPCode_Target_5XX_Count: always(14) } })).toBeUndefined();
  });

  test('don\'t alarm on one error among few requests at night [A-13]', () => {
    const once = always(0).map((_, minute) => (minute === 3 ? 1 : 0));
    expect(firesAfter('service-error-rate-error', { Blue: { RequestCount: always(2), HTTPCode_Target_5XX_Count: once } })).toBeUndefined();
  });

  test('continue the rate when production moves between two bad minutes [A-13]', () => {
    const moved = {
      Blue: { RequestCount: then(100, undefined), HTTPCode_Target_5XX_Count: then(5, undefined) },
      Green: { RequestCount: then(undefined, 100), HTTPCode_Target_5XX_Count: then(undefined, 5) },
    };
    expect(values('service-error-rate-error', moved)).toEqual(always(4));
  });

  test('average the sustained errors per minute over ten minutes [D-08]', () => {
    expect(values('service-errors-sustained-critical', { Green: { HTTPCode_Target_5XX_Count: always(60) } })).toEqual(always(6));
    expect(firesAfter('service-errors-sustained-critical', { Green: { HTTPCode_Target_5XX_Count: always(50) } })).toBeUndefined();
  });

  test.each([['p50', 1.1, 2, 1], ['p90', 2.1, 10, 1], ['p95', 2.1, 20, 2], ['p99', 5.1, 100, 1]])('alarm by %s on one slow target group, but not for fewer requests than it needs [A-21]', (percentile, seconds, fewest, periods) => {
    const observed = (requests: number) => ({
      Blue: { TargetResponseTime: always(0.1), RequestCount: always(10_000) }, Green: { TargetResponseTime: always(seconds), RequestCount: always(requests) },
    });
    expect(firesAfter(`service-latency-${percentile}-warning`, observed(fewest))).toBe(periods);
    expect(firesAfter(`service-latency-${percentile}-warning`, observed(fewest - 1))).toBeUndefined();
    expect(firesAfter(`service-latency-${percentile}-warning`, {})).toBeUndefined();
  });

  test('see healthy tasks during a shift of traffic, and an end of all within five minutes [A-21, D-08]', () => {
    const moved = { Blue: { HealthyHostCount: then(2, undefined) }, Green: { HealthyHostCount: then(undefined, 2) } };
    expect(values('service-healthy-tasks-critical', moved)).toEqual(always(2));
    expect(firesAfter('service-healthy-tasks-critical', { Blue: { HealthyHostCount: then(2, 0) }, Green: { HealthyHostCount: nothing } })).toBe(PERIODS / 2 + 3);
  });

  test('don\'t alarm on a service without a release or at rest [A-21]', () => {
    expect(values('service-healthy-tasks-critical', {})).toEqual(always(1));
    expect(firesAfter('service-tasks-missing-critical', {})).toBeUndefined();
    expect(firesAfter('service-tasks-missing-critical', { Service: { DesiredTaskCount: always(0), RunningTaskCount: always(0) } })).toBeUndefined();
  });

  test('alarm after five minutes without the desired tasks, also where some start and end again [A-21]', () => {
    const restless = always(0).map((_, minute) => (minute % 3 === 2 ? 1 : 0));
    expect(firesAfter('service-tasks-missing-critical', { Service: { DesiredTaskCount: always(2), RunningTaskCount: always(0) } })).toBe(5);
    expect(firesAfter('service-tasks-missing-critical', { Service: { DesiredTaskCount: always(2), RunningTaskCount: restless } })).toBe(7);
    expect(firesAfter('service-tasks-missing-critical', { Service: { DesiredTaskCount: always(2), RunningTaskCount: then(0, 2).map((tasks, minute) => (minute < 3 ? tasks : 2)) } })).toBeUndefined();
  });

  test('alarm on tasks that fail in three of seven minutes in either group, not on tasks that start [C-14]', () => {
    const failing = (...minutes: number[]): Series => always(0).map((_, minute) => (minutes.includes(minute) ? 1 : 0));
    expect(firesAfter('service-unhealthy-tasks-error', { Green: { UnHealthyHostCount: failing(0, 2, 4) } })).toBe(5);
    expect(firesAfter('service-unhealthy-tasks-error', { Blue: { UnHealthyHostCount: failing(0) }, Green: { UnHealthyHostCount: failing(2, 4) } })).toBe(5);
    expect(firesAfter('service-unhealthy-tasks-error', { Green: { UnHealthyHostCount: failing(0, 1, 7) } })).toBeUndefined();
    expect(firesAfter('service-unhealthy-tasks-error', {})).toBeUndefined();
  });

  test('add the traffic of both groups, and alarm on its end [A-17]', () => {
    const band = AlarmMaths.of(template, 'service-traffic-drop-warning');
    const moved = { Blue: { RequestCount: then(500, undefined) }, Green: { RequestCount: then(undefined, 500) } };
    expect(band.values(moved, PERIODS, 'm0')).toEqual(always(500));
    expect(band.values({}, PERIODS, 'm0')).toEqual(always(0));
  });
});
