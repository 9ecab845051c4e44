import * as fc from 'fast-check';
import { MetricStore } from '../simulators/cloudwatch/metric-store';
import { Monitor } from '../simulators/cloudwatch/monitor';
import { alarmsOf, type TemplateJson } from '../simulators/cloudwatch/template-alarms';

const DIMENSIONS = [{ Name: 'Name', Value: { 'Fn::GetAtt': ['Thing', 'Name'] } }];
const METRIC = { namespace: 'Test', name: 'Value', dimensions: { Name: 'Thing.Name' } };
const PLAIN = { Namespace: 'Test', MetricName: 'Value', Dimensions: DIMENSIONS, Statistic: 'Sum', Period: 60, Threshold: 5, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 };

const alarm = (Properties: object) => ({ Type: 'AWS::CloudWatch::Alarm', Properties: { ...PLAIN, ...Properties } });
const composite = (AlarmRule: unknown, more: object = {}) => ({ Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmRule, ...more } });

/** Minutes at whose end alarms of a template begin to fire, as `Alarm@3`. */
function firings(resources: TemplateJson['Resources'], values: Array<number | undefined>, late = 0): string[] {
  const store = new MetricStore(values.length);
  const metric = store.declare(METRIC);
  values.forEach((value, minute) => value !== undefined && metric.observe(minute, value));
  return new Monitor(alarmsOf({ Resources: resources }), store, { late }).watch(0, values.length).map(({ alarm: name, minute }) => `${name}@${minute}`);
}

describe('An alarm of a template', () => {
  test('fires at the end of the first bad minute, once, and again after it was calm', () => {
    expect(firings({ High: alarm({}) }, [1, 9, 9, 1, 9])).toEqual(['High@1', 'High@4']);
  });

  test('needs M of N data points', () => {
    expect(firings({ High: alarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 }) }, [1, 9, 1, 9, 1, 1, 1])).toEqual(['High@3']);
    expect(firings({ High: alarm({ EvaluationPeriods: 2 }) }, [1, 9, 1, 9, 9])).toEqual(['High@4']);
  });

  test('adds up its period, a window that moves on every minute', () => {
    expect(firings({ High: alarm({ Period: 300 }) }, [1, 1, 1, 1, 1, 2, 1])).toEqual(['High@5']);
  });

  test('takes gaps for neighbours: two bad minutes with nothing between are two in a row', () => {
    const twice = { EvaluationPeriods: 2, TreatMissingData: 'notBreaching' };
    expect(firings({ High: alarm(twice) }, [9, undefined, 9])).toEqual(['High@2']);
    const filled = { ...twice, ...calculated('FILL(m, 0)') };
    expect(firings({ High: alarm(filled) }, [9, undefined, 9])).toEqual([]);
  });

  test('that fills the newest minute with what is fine never fires, as long as data arrive a minute late', () => {
    const filled = { EvaluationPeriods: 2, ...calculated('FILL(m, 0)') };
    expect(firings({ High: alarm(filled) }, [9, 9, 9, 9], 1)).toEqual([]);
    expect(firings({ High: alarm({ ...filled, EvaluationPeriods: 3, DatapointsToAlarm: 2 }) }, [9, 9, 9, 9], 1)).toEqual(['High@2']);
    expect(firings({ High: alarm({ EvaluationPeriods: 2, TreatMissingData: 'notBreaching' }) }, [9, 9, 9, 9], 1)).toEqual(['High@2']);
  });

  test('that fills what is not there yet needs as many minutes more as data are late', () => {
    const rates = (of: number, late: number) => firings({ High: alarm({ EvaluationPeriods: of, DatapointsToAlarm: 2, ...calculated('FILL(m, 0)') }) }, Array(12).fill(9), late);
    expect([rates(3, 1), rates(3, 2), rates(5, 3), rates(6, 4)]).toEqual([['High@2'], [], ['High@4'], ['High@5']]);
  });

  test('that treats missing data as breaching fires when they stop, once no old ones are in sight', () => {
    expect(firings({ Silent: alarm({ TreatMissingData: 'breaching' }) }, [1, 1, undefined, undefined, undefined, undefined])).toEqual(['Silent@4']);
  });

  test('over more than a day is evaluated once an hour', () => {
    const days = Array.from({ length: 50 * 60 }, (_, minute) => (minute > 2000 ? 1 : 0));
    expect(firings({ Slow: alarm({ Period: 2 * 86400, Threshold: 10 }) }, days)).toEqual(['Slow@2040']);
  });

  test('notifies nobody while its actions are disabled', () => {
    const set = alarmsOf({ Resources: { A: alarm({ AlarmActions: [{ Ref: 'Topic' }] }), B: alarm({ AlarmActions: [{ Ref: 'Topic' }], ActionsEnabled: false }) } });
    expect(set.metricAlarms.map(({ actions }) => actions)).toEqual([['Topic'], []]);
  });

  test('is judged by the samples that a percentile needs, where it says so', () => {
    const { metricAlarms: [{ fewestSamples }] } = alarmsOf({ Resources: { A: alarm({ ExtendedStatistic: 'p99', EvaluateLowSampleCountPercentile: 'ignore' }) } });
    expect(fewestSamples).toBeCloseTo(1000);
  });

  test('with a property that is not simulated is refused', () => {
    expect(() => firings({ A: alarm({ EvaluationWindow: {} }) }, [1])).toThrow('A: EvaluationWindow is not simulated');
    expect(() => firings({ A: alarm({ Period: 30 }) }, [1])).toThrow('one period of whole minutes');
  });

  test('with M of N is the brute-force definition, minute by minute', () => {
    const series = fc.array(fc.constantFrom(1, 9), { minLength: 12, maxLength: 30 });
    fc.assert(fc.property(series, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 }), (values, m, more) => {
      const n = m + more;
      const bad = values.map((_, minute) => minute + 1 >= n && values.slice(minute + 1 - n, minute + 1).filter((value) => value === 9).length >= m);
      const begins = bad.flatMap((now, minute) => (now && minute > n - 1 && !bad[minute - 1] ? [`A@${minute}`] : []));
      const found = firings({ A: alarm({ EvaluationPeriods: n, DatapointsToAlarm: m, TreatMissingData: 'notBreaching' }) }, values);
      // Before N minutes have passed, the minutes before the first are missing, which is fine here.
      expect(found.filter((firing) => Number(firing.slice(2)) > n - 1)).toEqual(begins);
    }));
  });
});

describe('An alarm on a band', () => {
  const WEEK = 7 * 24 * 60;
  const banded = (ComparisonOperator: string) => alarm({
    ...calculated('ANOMALY_DETECTION_BAND(m, 3)'), ComparisonOperator, Threshold: undefined, ThresholdMetricId: 'result',
  });
  const usual = Array.from({ length: 2 * WEEK + 180 }, (_, minute) => 100 + minute % 7);

  test('fires where the value leaves what was usual in the same hour of the two weeks before', () => {
    const drop = usual.map((value, minute) => (minute >= 2 * WEEK + 100 ? 10 : value));
    expect(firings({ Low: banded('LessThanLowerThreshold'), High: banded('GreaterThanUpperThreshold') }, drop)).toEqual([`Low@${2 * WEEK + 100}`]);
    const surge = usual.map((value, minute) => (minute >= 2 * WEEK + 100 ? 900 : value));
    expect(firings({ Either: banded('LessThanLowerOrGreaterThanUpperThreshold') }, surge)).toEqual([`Either@${2 * WEEK + 100}`]);
  });

  test('has no band in its first two weeks, and is quiet when all is as usual', () => {
    expect(firings({ Either: banded('LessThanLowerOrGreaterThanUpperThreshold') }, usual.map((value, minute) => (minute === 5000 ? 9999 : value)).slice(0, 2 * WEEK))).toEqual([]);
    expect(firings({ Either: banded('LessThanLowerOrGreaterThanUpperThreshold') }, usual)).toEqual([]);
  });
});

describe('A composite alarm', () => {
  const parts = { A: alarm({ Threshold: 5 }), B: alarm({ Threshold: 8, AlarmName: 'named-b' }), C: alarm({ Threshold: 100 }) };
  const minuteOf = (rule: unknown) => firings({ ...parts, Both: composite(rule) }, [1, 6, 9]).find((firing) => firing.startsWith('Both'));

  test.each<[unknown, string | undefined]>([
    ['ALARM(A)', 'Both@1'],
    ['ALARM("A") AND ALARM("named-b")', 'Both@2'],
    ['ALARM(A) AND NOT ALARM(B)', 'Both@1'],
    ['(ALARM(C) OR ALARM(B)) AND ALARM(A)', 'Both@2'],
    ['ALARM(C)', undefined],
    ['OK(C)', 'Both@0'],
    ['AT_LEAST(2, ALARM, (A, B, C))', 'Both@2'],
    ['AT_LEAST(50%, ALARM, (A, B, C))', 'Both@2'],
    ['AT_LEAST(3, NOT ALARM, (A, B, C))', 'Both@0'],
    ['FALSE OR TRUE', 'Both@0'],
    [{ 'Fn::Join': ['', ['ALARM("', { 'Fn::GetAtt': ['A', 'Arn'] }, '")']] }, 'Both@1'],
  ])('%j', (rule, expected) => {
    expect(minuteOf(rule)).toBe(expected);
  });

  test('can refer to other composites, in any order', () => {
    const found = firings({ Upper: composite('ALARM(Lower)'), Lower: composite('ALARM(B)'), ...parts }, [1, 6, 9]);
    expect(found.filter((firing) => firing.includes('er@')).sort()).toEqual(['Lower@2', 'Upper@2']);
  });

  const suppressed = { ActionsSuppressor: 'B', ActionsSuppressorWaitPeriod: 120, ActionsSuppressorExtensionPeriod: 60 };
  test.each([
    ['acts when nothing has suppressed it for as long as it waits', [1, 6, 6, 6, 6], ['Both@3']],
    ['does not act while another fires, and after its end by as much later', [1, 6, 9, 9, 6, 6, 6], ['Both@5']],
    ['does not act at all where it ends first', [1, 6, 9, 9, 1, 1, 1], []],
  ])('that is suppressed %s', (_, values, expected) => {
    expect(firings({ ...parts, Both: composite('ALARM(A)', suppressed) }, values).filter((firing) => firing.startsWith('Both'))).toEqual(expected);
  });

  test('that names no alarm of the template, or has a rule that cannot be read, is refused', () => {
    expect(() => minuteOf('ALARM(Z)')).toThrow('names Z, which is no alarm');
    expect(() => minuteOf('ALARM(A) AND')).toThrow('the end is not expected');
    expect(() => minuteOf('FIRING(A)')).toThrow('FIRING is no state of an alarm');
    expect(() => firings({ ...parts, Both: composite('TRUE', { Unknown: 'A' }) }, [1])).toThrow('Unknown is not simulated');
  });
});

/** `Metrics` of an alarm that judges an expression over the metric. */
function calculated(expression: string): object {
  return {
    Metrics: [
      { Id: 'm', MetricStat: { Metric: { Namespace: 'Test', MetricName: 'Value', Dimensions: DIMENSIONS }, Stat: 'Sum', Period: 60 }, ReturnData: expression.includes('BAND') },
      { Id: 'result', Expression: expression, ReturnData: true },
    ],
  };
}
