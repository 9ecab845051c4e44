import { Distribution } from './distribution';

/** A metric as an alarm names it; dimensions match exactly or not at all. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: { readonly [dimension: string]: string };
}

/** What was observed of one metric, minute by minute, as CloudWatch keeps it: no sample, no data point. */
export class RecordedMetric {
  public readonly sum: Float64Array;
  public readonly count: Float64Array;
  public readonly min: Float64Array;
  public readonly max: Float64Array;
  public readonly distribution?: Distribution;

  public constructor(public readonly label: string, minutes: number, distributed: boolean) {
    this.sum = new Float64Array(minutes);
    this.count = new Float64Array(minutes);
    this.min = new Float64Array(minutes).fill(Infinity);
    this.max = new Float64Array(minutes).fill(-Infinity);
    this.distribution = distributed ? new Distribution(minutes) : undefined;
  }

  /** One sample. `bin` is the value's, where it is known. */
  public observe(minute: number, value: number, bin?: number): void {
    this.sum[minute] += value;
    this.count[minute]++;
    if (value < this.min[minute]) {
      this.min[minute] = value;
    }
    if (value > this.max[minute]) {
      this.max[minute] = value;
    }
    this.distribution?.add(minute, value, 1, bin);
  }

  /** So many samples alike. */
  public observeMany(minute: number, value: number, times: number): void {
    if (times > 0) {
      this.sum[minute] += value * times;
      this.count[minute] += times;
      this.min[minute] = Math.min(this.min[minute], value);
      this.max[minute] = Math.max(this.max[minute], value);
      this.distribution?.add(minute, value, times);
    }
  }

  /** A number of events, one sample of 1 each: none, and there is no data point. */
  public happened(minute: number, times: number): void {
    if (times > 0) {
      this.sum[minute] += times;
      this.count[minute] += times;
      this.min[minute] = 1;
      this.max[minute] = 1;
    }
  }

  /** Takes over what another one saw in its first minutes. */
  public continueFrom(past: RecordedMetric, minutes: number): void {
    (['sum', 'count', 'min', 'max'] as const).forEach((part) => this[part].set(past[part].subarray(0, minutes)));
    if (past.distribution) {
      this.distribution?.continueFrom(past.distribution, minutes);
    }
  }
}

/** All metrics that the simulated account has, whether or not they have data points. */
export class MetricStore {
  private readonly metrics = new Map<string, RecordedMetric>();

  public constructor(public readonly minutes: number) {}

  /** Makes a metric known. `distributed`: percentiles can be asked for. */
  public declare(metric: MetricName, options: { readonly distributed?: boolean } = {}): RecordedMetric {
    const label = labelOf(metric);
    const known = this.metrics.get(label);
    if (known) {
      return known;
    }
    const made = new RecordedMetric(label, this.minutes, options.distributed ?? false);
    this.metrics.set(label, made);
    return made;
  }

  /** Whether a metric is known. */
  public knows(metric: MetricName): boolean {
    return this.metrics.has(labelOf(metric));
  }

  /** Throws for a metric that nothing emits: an alarm on it would be as silent as the simulation. */
  public find(metric: MetricName): RecordedMetric {
    const label = labelOf(metric);
    const found = this.metrics.get(label);
    if (!found) {
      throw new Error(`the model emits no ${label}`);
    }
    return found;
  }

  /** Starts with what another store saw in its first minutes. */
  public continueFrom(past: MetricStore, minutes: number): void {
    this.metrics.forEach((metric, label) => {
      const before = past.metrics.get(label);
      if (before) {
        metric.continueFrom(before, minutes);
      }
    });
  }
}

function labelOf({ namespace, name, dimensions }: MetricName): string {
  const named = Object.entries(dimensions).map(([dimension, value]) => `${dimension}=${value}`).sort();
  return `${namespace} ${name} {${named.join(', ')}}`;
}
