import * as fc from 'fast-check';
import { MetricStore, type RecordedMetric } from '../simulators/cloudwatch/metric-store';
import { slidingStatistic } from '../simulators/cloudwatch/statistics';

const NAME = { namespace: 'Test', name: 'Time', dimensions: {} };

function recorded(samples: number[][]): RecordedMetric {
  const metric = new MetricStore(samples.length).declare(NAME, { distributed: true });
  samples.forEach((values, minute) => values.forEach((value) => metric.observe(minute, value)));
  return metric;
}

describe('A statistic over the window that ends with each minute', () => {
  const sparse = recorded([[1, 3], [], [], [8], [2]]);
  const over = (statistic: string, period: number, late = 0) =>
    Array.from(slidingStatistic(sparse, { statistic, period, late }), (value) => (Number.isNaN(value) ? undefined : value));

  test.each([
    ['Sum', [4, 4, undefined, 8, 10]],
    ['Average', [2, 2, undefined, 8, 5]],
    ['SampleCount', [2, 2, undefined, 1, 2]],
    ['Minimum', [1, 1, undefined, 8, 2]],
    ['Maximum', [3, 3, undefined, 8, 8]],
  ])('%s of two minutes: all samples count alike, and without any there is no data point', (statistic, expected) => {
    expect(over(statistic, 2)).toEqual(expected);
  });

  test('lacks the minutes that have not arrived', () => {
    expect(over('Sum', 2, 1)).toEqual([undefined, 4, undefined, undefined, 8]);
    expect(over('Maximum', 2, 1)).toEqual([undefined, 3, undefined, undefined, 8]);
    expect(over('SampleCount', 1, 1).every((value) => value === undefined)).toBe(true);
  });

  test('is that of all samples of the window, whatever they are', () => {
    const samples = fc.array(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 5 }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(samples, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 2 }), (given, period, late) => {
      const metric = recorded(given);
      const brute = (statistic: (values: number[]) => number) => given.map((_, minute) => {
        const values = given.slice(Math.max(0, minute + 1 - period), Math.max(0, minute + 1 - late)).flat();
        return values.length === 0 ? NaN : statistic(values);
      });
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      expect(Array.from(slidingStatistic(metric, { statistic: 'Sum', period, late }))).toEqual(brute(sum));
      expect(Array.from(slidingStatistic(metric, { statistic: 'Minimum', period, late }))).toEqual(brute((values) => Math.min(...values)));
      expect(Array.from(slidingStatistic(metric, { statistic: 'Maximum', period, late }))).toEqual(brute((values) => Math.max(...values)));
      expect(Array.from(slidingStatistic(metric, { statistic: 'Average', period, late }))).toEqual(brute((values) => sum(values) / values.length));
    }));
  });

  test('has percentiles of the window to five percent, not the mean of those of its minutes', () => {
    const minutes = recorded([Array.from({ length: 95 }, () => 0.1), [...Array.from({ length: 3 }, () => 4), 8, 8]]);
    const last = (statistic: string) => slidingStatistic(minutes, { statistic, period: 2, late: 0 })[1];
    expect(last('p90')).toBeCloseTo(0.1, 2);
    expect(last('p97')).toBeGreaterThan(3.8);
    expect(last('p97')).toBeLessThan(4.3);
    expect(last('p99.5')).toBeGreaterThan(7.6);
    expect(last('TC(:2)')).toBe(95);
    expect(last('TC(2:)')).toBe(5);
    expect(last('PR(:2)')).toBe(95);
  });

  test('is refused where it is not simulated', () => {
    expect(() => over('tm99', 1)).toThrow('the statistic tm99 of Test Time {} is not simulated');
    const plain = new MetricStore(1).declare(NAME);
    expect(() => slidingStatistic(plain, { statistic: 'p90', period: 1, late: 0 })).toThrow('keeps no distribution');
  });
});

test('a metric that nothing emits is an error, not silence', () => {
  expect(() => new MetricStore(1).find({ ...NAME, dimensions: { A: '1' } })).toThrow('the model emits no Test Time {A=1}');
});
