import type { RecordedMetric } from './metric-store';

/** Held here, because what is global is looked up slowly within a test. */
const { max } = Math;
const { NaN: NONE, isFinite } = Number;
const known = new WeakMap<RecordedMetric, Map<string, Known>>();

/** Which window of a metric a value is made from. */
export interface WindowProps {
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, `p99`, `TC(:2)`, `PR(0.5:2)`. */
  readonly statistic: string;
  /** Minutes. */
  readonly period: number;
  /** Minutes at the end of the window whose data have not arrived yet. */
  readonly late: number;
  /**
   * First minute that anyone asks for. What is before it is not calculated, and reads as if there were no data.
   * @default 0
   */
  readonly from?: number;
}

/** A statistic, and from which minute on it has been calculated. */
interface Known { readonly from: number; readonly values: Float64Array }

/**
 * A statistic of a metric over the window that ends with each minute; NaN where the window has no data point. CloudWatch moves the windows
 * of an alarm on with each evaluation, whatever their length.
 */
export function slidingStatistic(metric: RecordedMetric, { statistic, period, late, from: first = 0 }: WindowProps): Float64Array {
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(statistic);
  if (percentile) {
    return distributionOf(metric, statistic).sliding({ period, late, from: first }, (window) => window.percentile(Number(percentile[1]) / 100));
  }
  const between = /^(TC|PR)\(([\d.]*):([\d.]*)\)$/.exec(statistic);
  if (between) {
    const [, kind, from, to] = between;
    const limits = [from === '' ? -Infinity : Number(from), to === '' ? Infinity : Number(to)] as const;
    return distributionOf(metric, statistic).sliding({ period, late, from: first }, (window) =>
      window.countBetween(...limits) * (kind === 'PR' ? 100 / window.total : 1));
  }
  switch (statistic) {
    case 'Sum': return totals(metric, { period, late, from: first }, (sum) => sum);
    case 'SampleCount': return totals(metric, { period, late, from: first }, (_, count) => count);
    case 'Average': return totals(metric, { period, late, from: first }, (sum, count) => sum / count);
    case 'Minimum': return extreme(metric.min, { period, late, from: first }, (a, b) => a <= b);
    case 'Maximum': return extreme(metric.max, { period, late, from: first }, (a, b) => a >= b);
    default: throw new Error(`the statistic ${statistic} of ${metric.label} is not simulated`);
  }
}

/** The same, made once for all alarms that ask: of a metric of which everything has been observed. */
export function statisticOf(metric: RecordedMetric, props: WindowProps): Float64Array {
  const ofMetric = known.get(metric) ?? new Map<string, Known>();
  known.set(metric, ofMetric);
  const { statistic, period, late, from = 0 } = props;
  const key = [statistic, period, late].join();
  const before = ofMetric.get(key);
  if (before && before.from <= from) {
    return before.values;
  }
  const values = slidingStatistic(metric, props);
  ofMetric.set(key, { from, values });
  return values;
}

function distributionOf(metric: RecordedMetric, statistic: string) {
  if (!metric.distribution) {
    throw new Error(`the model keeps no distribution of ${metric.label}, which ${statistic} needs`);
  }
  return metric.distribution;
}

/** Minutes of a window, and the first that is asked for. */
type Span = Required<Pick<WindowProps, 'period' | 'late' | 'from'>>;

/** Made of the sum and the number of samples of each window, as differences of running sums: exact where the values are whole numbers. */
function totals(metric: RecordedMetric, { period, late, from }: Span, statistic: (sum: number, count: number) => number): Float64Array {
  const { sums, counts } = runningOf(metric);
  const result = new Float64Array(metric.sum.length).fill(NONE);
  const first = max(period, late);
  for (let minute = from; minute < result.length; minute++) {
    const [end, begin] = [max(0, minute + 1 - late), max(0, minute + 1 - first)];
    const count = counts[end] - counts[begin];
    if (count > 0) {
      result[minute] = statistic(sums[end] - sums[begin], count);
    }
  }
  return result;
}

/** What a metric had before each minute, and before the end of the last. */
interface Running { readonly sums: Float64Array; readonly counts: Float64Array }
const running = new WeakMap<RecordedMetric, Running>();

function runningOf(metric: RecordedMetric): Running {
  const before = running.get(metric);
  if (before) {
    return before;
  }
  const made = { sums: runningSum(metric.sum), counts: runningSum(metric.count) };
  running.set(metric, made);
  return made;
}

function runningSum(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let minute = 0; minute < values.length; minute++) {
    sums[minute + 1] = sums[minute] + values[minute];
  }
  return sums;
}

/** The smallest or largest value of each window; the queue holds the minutes that may still become it. */
function extreme(values: Float64Array, { period, late, from }: Span, beats: (a: number, b: number) => boolean): Float64Array {
  const result = new Float64Array(values.length).fill(NONE);
  const queue = new Int32Array(values.length);
  const first = max(period, late);
  let head = 0;
  let tail = 0;
  for (let minute = max(0, from - first); minute < values.length; minute++) {
    const arriving = minute - late;
    if (arriving >= 0 && isFinite(values[arriving])) {
      while (tail > head && beats(values[arriving], values[queue[tail - 1]])) {
        tail--;
      }
      queue[tail++] = arriving;
    }
    while (tail > head && queue[head] <= minute - first) {
      head++;
    }
    if (tail > head && minute >= from) {
      result[minute] = values[queue[head]];
    }
  }
  return result;
}
