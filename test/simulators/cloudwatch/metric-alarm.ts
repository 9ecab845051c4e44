import { AnomalyBands } from './anomaly-bands';
import { MetricMaths, type Query } from './metric-maths';
import type { MetricStore } from './metric-store';
import { type AlarmRules, type AlarmState, DataPoint, evaluationRange, judge } from './missing-data';

/** Held here, because what is global is looked up slowly within a test. */
const { isNaN } = Number;

export type Comparison = keyof typeof COMPARISONS;

const COMPARISONS = {
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
  LessThanLowerThreshold: (value: number, lower: number, _: number) => value < lower,
  GreaterThanUpperThreshold: (value: number, _: number, upper: number) => value > upper,
  LessThanLowerOrGreaterThanUpperThreshold: (value: number, lower: number, upper: number) => value < lower || value > upper,
};

/** Evaluated hourly where a window is longer. */
const A_DAY = 24 * 60;

/** An alarm on a metric or on what is calculated from several. */
export interface MetricAlarmDefinition extends AlarmRules {
  readonly name: string;
  readonly queries: Query[];
  /** The query that it judges. */
  readonly judged: string;
  /** Minutes. */
  readonly period: number;
  readonly comparison: Comparison;
  /** A number, or the query that is the band. */
  readonly threshold: number | { readonly band: string };
  /** What a percentile needs to be judged: its state stays as it is while there are fewer samples. */
  readonly fewestSamples?: number;
  readonly actions: string[];
}

/** Where the data of an alarm come from. */
export interface MetricAlarmOptions {
  /** Minutes that data take to arrive. */
  readonly late: number;
  /** Bands that other alarms on the same data have learned. */
  readonly bands?: AnomalyBands;
  /**
   * First minute at whose end it is evaluated.
   * @default 0
   */
  readonly from?: number;
}

/** An alarm at work: it is asked minute by minute. */
export class MetricAlarm {
  private readonly maths: MetricMaths;
  private readonly samples?: MetricMaths;
  private readonly range: number;
  private readonly points: Uint8Array;
  private readonly hourly: boolean;
  private readonly from: number;
  /** Of all minutes, by age of the data point, where they can be judged one by one. */
  private judged?: Uint8Array[] | null;
  private state: AlarmState = 'INSUFFICIENT_DATA';

  public constructor(private readonly definition: MetricAlarmDefinition, store: MetricStore, { late, bands = new AnomalyBands(), from = 0 }: MetricAlarmOptions) {
    const { queries, period, evaluationPeriods } = definition;
    this.range = evaluationRange(definition);
    this.from = Math.max(0, from - (this.range - 1) * period);
    const props = { store, period, late, bands, from: this.from };
    this.maths = new MetricMaths(queries, props);
    this.points = new Uint8Array(this.range);
    this.hourly = period * evaluationPeriods > A_DAY;
    if (definition.fewestSamples !== undefined) {
      const counted = queries.map((query) => ({ ...query, metric: query.metric && { ...query.metric, statistic: 'SampleCount' } }));
      this.samples = new MetricMaths(counted, props);
    }
  }

  /** Its state after it has been evaluated at the end of a minute. */
  public evaluate(minute: number): AlarmState {
    if (!this.hourly || minute % 60 === 0) {
      this.state = this.tooFewSamples(minute) ? this.state : judge(this.dataPoints(minute), this.definition, this.state);
    }
    return this.state;
  }

  /** The value that is judged, of the window that ends with a minute. */
  public value(minute: number): number {
    return this.maths.series(this.definition.judged, minute, this.range)[this.range - 1];
  }

  private dataPoints(minute: number): Uint8Array {
    const { period } = this.definition;
    this.judged = this.judged === undefined ? this.judgeEveryMinute() : this.judged;
    if (this.judged === null) {
      return this.dataPointsOfRange(minute);
    }
    for (let age = 0; age < this.range; age++) {
      const end = minute - age * period;
      this.points[this.range - 1 - age] = end < 0 ? DataPoint.MISSING : this.judged[age < this.judged.length ? age : this.judged.length - 1][end - this.from];
    }
    return this.points;
  }

  /** Null where a data point depends on others, or its limits do. */
  private judgeEveryMinute(): Uint8Array[] | null {
    const { comparison, threshold, judged } = this.definition;
    const samples = typeof threshold === 'number' ? this.maths.everyMinute(judged) : undefined;
    if (typeof threshold !== 'number' || samples === undefined) {
      return null;
    }
    const breaches = COMPARISONS[comparison];
    return samples.map((values) => {
      const points = new Uint8Array(values.length);
      for (let index = 0; index < values.length; index++) {
        const value = values[index];
        points[index] = isNaN(value) ? DataPoint.MISSING : breaches(value, threshold, threshold) ? DataPoint.BREACHING : DataPoint.WITHIN;
      }
      return points;
    });
  }

  private dataPointsOfRange(minute: number): Uint8Array {
    const { comparison, threshold, judged } = this.definition;
    const breaches = COMPARISONS[comparison];
    const values = this.maths.series(judged, minute, this.range);
    const [lower, upper] = typeof threshold === 'number' ? [] : this.maths.band(threshold.band, minute, this.range);
    for (let index = 0; index < this.range; index++) {
      const low = lower ? lower[index] : threshold as number;
      const high = upper ? upper[index] : threshold as number;
      if (isNaN(values[index]) || isNaN(low)) {
        this.points[index] = DataPoint.MISSING;
      } else {
        this.points[index] = breaches(values[index], low, high) ? DataPoint.BREACHING : DataPoint.WITHIN;
      }
    }
    return this.points;
  }

  private tooFewSamples(minute: number): boolean {
    if (!this.samples) {
      return false;
    }
    const counts = this.samples.series(this.definition.judged, minute, this.definition.evaluationPeriods);
    return counts.reduce((all, count) => all + (isNaN(count) ? 0 : count), 0) < this.definition.fewestSamples!;
  }
}
