import type { RecordedMetric } from './metric-store';

/** Held here, because what is global is looked up slowly within a test. */
const { max } = Math;
const { NaN: NONE, isFinite } = Number;
const known = new WeakMap<RecordedMetric, Map<string, Float64Array>>();

/** Which window of a metric a value is made from. */
export interface WindowProps {
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, `p99`, `TC(:2)`, `PR(0.5:2)`. */
  readonly statistic: string;
  /** Minutes. */
  readonly period: number;
  /** Minutes at the end of the window whose data have not arrived yet. */
  readonly late: number;
}

/**
 * A statistic of a metric over the window that ends with each minute; NaN where the window has no data point. CloudWatch moves the windows
 * of an alarm on with each evaluation, whatever their length.
 */
export function slidingStatistic(metric: RecordedMetric, { statistic, period, late }: WindowProps): Float64Array {
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(statistic);
  if (percentile) {
    return distributionOf(metric, statistic).sliding(period, late, (window) => window.percentile(Number(percentile[1]) / 100));
  }
  const between = /^(TC|PR)\(([\d.]*):([\d.]*)\)$/.exec(statistic);
  if (between) {
    const [, kind, from, to] = between;
    const limits = [from === '' ? -Infinity : Number(from), to === '' ? Infinity : Number(to)] as const;
    return distributionOf(metric, statistic).sliding(period, late, (window) =>
      window.countBetween(...limits) * (kind === 'PR' ? 100 / window.total : 1));
  }
  switch (statistic) {
    case 'Sum': return ratio(total(metric.sum, period, late), total(metric.count, period, late), (sum) => sum);
    case 'SampleCount': return ratio(total(metric.count, period, late), total(metric.count, period, late), (count) => count);
    case 'Average': return ratio(total(metric.sum, period, late), total(metric.count, period, late), (sum, count) => sum / count);
    case 'Minimum': return extreme(metric.min, period, late, (a, b) => a <= b);
    case 'Maximum': return extreme(metric.max, period, late, (a, b) => a >= b);
    default: throw new Error(`the statistic ${statistic} of ${metric.label} is not simulated`);
  }
}

/** The same, made once for all alarms that ask: of a metric of which everything has been observed. */
export function statisticOf(metric: RecordedMetric, props: WindowProps): Float64Array {
  const ofMetric = known.get(metric) ?? new Map<string, Float64Array>();
  known.set(metric, ofMetric);
  const key = Object.values(props).join();
  const values = ofMetric.get(key) ?? slidingStatistic(metric, props);
  ofMetric.set(key, values);
  return values;
}

function distributionOf(metric: RecordedMetric, statistic: string) {
  if (!metric.distribution) {
    throw new Error(`the model keeps no distribution of ${metric.label}, which ${statistic} needs`);
  }
  return metric.distribution;
}

/** Sums of the window that ends with each minute, as differences of running sums: exact where the values are whole numbers. */
function total(values: Float64Array, period: number, late: number): Float64Array {
  const before = new Float64Array(values.length + 1);
  values.forEach((value, minute) => {
    before[minute + 1] = before[minute] + value;
  });
  const first = max(period, late);
  return values.map((_, minute) => before[max(0, minute + 1 - late)] - before[max(0, minute + 1 - first)]);
}

function ratio(sums: Float64Array, counts: Float64Array, statistic: (sum: number, count: number) => number): Float64Array {
  return sums.map((sum, minute) => (counts[minute] > 0 ? statistic(sum, counts[minute]) : NONE));
}

/** The smallest or largest value of each window; the queue holds the minutes that may still become it. */
function extreme(values: Float64Array, period: number, late: number, beats: (a: number, b: number) => boolean): Float64Array {
  const result = new Float64Array(values.length).fill(NaN);
  const queue = new Int32Array(values.length);
  let head = 0;
  let tail = 0;
  for (let minute = 0; minute < values.length; minute++) {
    const arriving = minute - late;
    if (arriving >= 0 && isFinite(values[arriving])) {
      while (tail > head && beats(values[arriving], values[queue[tail - 1]])) {
        tail--;
      }
      queue[tail++] = arriving;
    }
    while (tail > head && queue[head] <= minute - max(period, late)) {
      head++;
    }
    if (tail > head) {
      result[minute] = values[queue[head]];
    }
  }
  return result;
}
