import * as fc from 'fast-check';
import { AnomalyBands } from '../simulators/cloudwatch/anomaly-bands';
import { MetricMaths } from '../simulators/cloudwatch/metric-maths';
import { MetricStore } from '../simulators/cloudwatch/metric-store';

type Sparse = Array<number | undefined>;

/** The value of an expression over metrics that are given minute by minute, the newest last. */
function calculate(expression: string, metrics: { [id: string]: Sparse }, { late = 0, period = 1 }: { late?: number; period?: number } = {}): Sparse {
  const minutes = Math.max(...Object.values(metrics).map(({ length }) => length));
  const store = new MetricStore(minutes);
  const queries = Object.entries(metrics).map(([id, values]) => {
    const metric = { namespace: 'Test', name: id, dimensions: {} };
    values.forEach((value, minute) => value !== undefined && store.declare(metric).observe(minute, value));
    store.declare(metric);
    return { id, metric: { ...metric, statistic: 'Average' } };
  });
  const maths = new MetricMaths([...queries, { id: 'result', expression }], { store, period, late, bands: new AnomalyBands() });
  return Array.from(maths.series('result', minutes - 1, minutes / period), (value) => (Number.isNaN(value) ? undefined : value));
}

const none = undefined;

describe('Metric maths, as the examples of CloudWatch\'s user guide have it', () => {
  const compared = { metric1: [30, 20, 0, 0], metric2: [20, none, 20, none] };

  test.each([
    ['metric1 < metric2', [0, 0, 1, 0]],
    ['metric1 >= 30', [1, 0, 0, 0]],
    ['metric1 > 15 AND metric2 > 15', [1, 0, 0, 0]],
    ['metric1 > 15 && metric2 > 15', [1, 0, 0, 0]],
  ])('%s', (expression, expected) => {
    expect(calculate(expression, compared)).toEqual(expected);
  });

  const chosen = { metric1: [1, 1, 0, 0, none], metric2: [30, none, 0, 0, 30], metric3: [0, 0, 20, none, 20] };

  test.each([
    ['IF(metric1, metric2, metric3)', [30, 0, 20, none, none]],
    ['IF(metric1, 5, metric3)', [5, 5, 20, none, none]],
    ['IF(metric1, metric2, 5)', [30, 0, 5, 5, none]],
    ['IF(metric1, metric2)', [30, 0, none, none, none]],
  ])('%s', (expression, expected) => {
    expect(calculate(expression, chosen)).toEqual(expected);
  });
});

describe('Metric maths', () => {
  const metrics = { a: [1, none, none, 4], b: [none, none, 2, 0] };

  test.each<[string, Sparse]>([
    ['a + b', [1, none, 2, 4]],
    ['a / b', [none, none, 0, none]],
    ['-a ^ 2', [-1, none, none, -16]],
    ['2 + 3 * a', [5, none, none, 14]],
    ['10 - 4 - a', [5, none, none, 2]],
    ['FILL(a, 0)', [1, 0, 0, 4]],
    ['FILL(a, b)', [1, none, 2, 4]],
    ['FILL(a, REPEAT)', [1, 1, 1, 4]],
    ['FILL(b, REPEAT)', [none, none, 2, 0]],
    ['FILL(a, LINEAR)', [1, 2, 3, 4]],
    ['FILL(b, LINEAR)', [none, none, 2, 0]],
    ['MAX([a, b])', [1, none, 2, 4]],
    ['MIN([a, b])', [1, none, 2, 0]],
    ['SUM(METRICS())', [1, none, 2, 4]],
    ['AVG([a, b])', [0.5, none, 1, 2]],
    ['MAX([a, 3])', [3, 3, 3, 4]],
    ['DATAPOINT_COUNT([a, b])', [1, none, 1, 2]],
    ['METRIC_COUNT(METRICS("a")) * b', [none, none, 2, 0]],
    ['DIFF(a)', [none, none, none, 3]],
    ['RATE(a) * PERIOD(a)', [none, none, none, 1]],
    ['a / MAX(a)', [0.25, none, none, 1]],
    ['ABS(b - a)', [1, none, 2, 4]],
    ['TIME_SERIES(7) + MINUTE(a)', [7, 8, 9, 10]],
    ['IF(HOUR(a) == 0 AND DAY(a) == 1, 1, 0)', [1, 1, 1, 1]],
    ['FIRST([a, b]) + LAST([a, b])', [1, none, 2, 4]],
  ])('%s', (expression, expected) => {
    expect(calculate(expression, metrics)).toEqual(expected);
  });

  test.each([
    ['MEDIAN([a])', /the function MEDIAN is not simulated/],
    ['SEARCH("x")', /the function SEARCH is not simulated/],
    ['a +', /the end is not expected/],
    ['a b', /b is not expected/],
    ['a # b', /# b can't be read/],
    ['c', /nothing has the id c/],
    ['MAX(a)', /not a single time series/],
  ])('refuses what it does not know: %s', (expression, message) => {
    expect(() => calculate(expression, metrics)).toThrow(message);
  });

  test('has no data point yet for what arrives late, and FILL makes one up', () => {
    expect(calculate('a', { a: [1, 2, 3] }, { late: 1 })).toEqual([1, 2, none]);
    expect(calculate('FILL(a, 0)', { a: [1, 2, 3] }, { late: 1 })).toEqual([1, 2, 0]);
    expect(calculate('a', { a: [1, 2, 3, 4] }, { late: 3 })).toEqual([1, none, none, none]);
    expect(calculate('FILL(a, 0)', { a: [1, 2, 3, 4] }, { late: 3 })).toEqual([1, 0, 0, 0]);
  });

  test('has older data points of longer periods with fewer minutes missing', () => {
    expect(calculate('a', { a: [1, 1, 3, 5, 7, 9] }, { late: 3, period: 2 })).toEqual([1, 3, none]);
    expect(calculate('DIFF(a)', { a: [1, 1, 3, 5, 7, 9] }, { late: 3, period: 2 })).toEqual([none, 2, none]);
  });

  test('agrees with JavaScript on whole numbers', () => {
    const expression = fc.letrec<{ sum: string; term: string }>((tie) => ({
      term: fc.oneof({ withCrossShrink: true }, fc.integer({ min: 0, max: 9 }).map(String), fc.constant('a'), tie('sum').map((sum) => `(${sum})`)),
      sum: fc.tuple(tie('term'), fc.constantFrom('+', '-', '*', '<', '>='), tie('term')).map((parts) => parts.join(' ')),
    })).sum;
    fc.assert(fc.property(expression, fc.integer({ min: -9, max: 9 }), (source, a) => {
      const [value] = calculate(`${source} + 0 * a`, { a: [a] });
      // The reference, of a source that is made here and holds digits, operators and one name.
      return value === Number(new Function('a', `return (${source} + 0 * a);`)(a)); // eslint-disable-line no-new-func
    }));
  });
});
