/** Held here, because what is global is looked up slowly within a test. */
const { isNaN } = Number;
const { sqrt, max, floor, ceil } = Math;
const HOUR = 60;
const HOURS_OF_WEEK = 7 * 24;
const WEEK = HOURS_OF_WEEK * HOUR;

/** What a metric usually is at each minute. */
export interface AnomalyBand {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * A model of anomaly detection, not CloudWatch's own, which is not documented. What is usual in an hour of the week is the mean of the same hour in
 * the two weeks before; it varies as the minutes of that hour did, and as much as the same hours of the two weeks differ in general. Before there are
 * two weeks nothing is known.
 */
export class AnomalyBands {
  private readonly learned = new Map<string, AnomalyBand>();

  /** The band of a series that is described by a text, learned once. */
  public of(description: string, series: () => Float64Array): AnomalyBand {
    const known = this.learned.get(description);
    if (known) {
      return known;
    }
    const band = learn(series());
    this.learned.set(description, band);
    return band;
  }
}

/** Sums over one hour. */
interface Hours { readonly count: Float64Array; readonly sum: Float64Array; readonly squares: Float64Array }

function learn(series: Float64Array): AnomalyBand {
  const hours = sumsByHour(series);
  const drift = driftByHour(hours);
  const band = { mean: new Float64Array(series.length).fill(NaN), deviation: new Float64Array(series.length).fill(NaN) };
  for (let minute = 2 * WEEK; minute < series.length; minute++) {
    const hour = floor(minute / HOUR);
    const [last, before] = [hour - HOURS_OF_WEEK, hour - 2 * HOURS_OF_WEEK];
    const samples = hours.count[last] + hours.count[before];
    if (samples > 0) {
      const mean = (hours.sum[last] + hours.sum[before]) / samples;
      const within = (hours.squares[last] + hours.squares[before]) / samples - mean * mean;
      band.mean[minute] = mean;
      band.deviation[minute] = sqrt(max(0, within) + drift[hour] * mean * mean);
    }
  }
  return band;
}

function sumsByHour(series: Float64Array): Hours {
  const [count, sum, squares] = [0, 1, 2].map(() => new Float64Array(ceil(series.length / HOUR)));
  series.forEach((value, minute) => {
    if (!isNaN(value)) {
      const hour = floor(minute / HOUR);
      count[hour]++;
      sum[hour] += value;
      squares[hour] += value * value;
    }
  });
  return { count, sum, squares };
}

/** At each hour, how far a week is from the mean of two others, squared and in proportion to it, as the two weeks before tell. */
function driftByHour({ count, sum }: Hours): Float64Array {
  const mean = sum.map((total, hour) => (count[hour] > 0 ? total / count[hour] : 0));
  return mean.map((_, hour) => {
    let differences = 0;
    let squares = 0;
    for (let back = 1; back <= HOURS_OF_WEEK && hour - back - HOURS_OF_WEEK >= 0; back++) {
      const [last, before] = [mean[hour - back], mean[hour - back - HOURS_OF_WEEK]];
      differences += (last - before) ** 2 / 2;
      squares += ((last + before) / 2) ** 2;
    }
    return squares > 0 ? 1.5 * differences / squares : 0;
  });
}
