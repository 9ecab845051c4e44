import type { AnomalyBands } from './anomaly-bands';
import { type Expression, parseExpression } from './expression';
import type { MetricName, MetricStore } from './metric-store';
import {
  aggregate, AGGREGATES, at, choose, differences, eachSeries, interpolated, operate, POINTWISE, repeated, type Series, type Value,
} from './series-operations';
import { statisticOf } from './statistics';

/** Held here, because what is global is looked up slowly within a test. */
const { isNaN } = Number;

/** One of an alarm's `Metrics`. */
export interface Query {
  readonly id: string;
  /** A metric, or */
  readonly metric?: MetricName & { readonly statistic: string };
  /** what is calculated. */
  readonly expression?: string;
}

/** Where the numbers come from. */
export interface MathsProps {
  readonly store: MetricStore;
  /** Minutes. */
  readonly period: number;
  /** Minutes that data take to arrive. */
  readonly late: number;
  readonly bands: AnomalyBands;
  /**
   * First minute with which a data point ends that is asked for: nothing before it is calculated.
   * @default 0
   */
  readonly from?: number;
}

interface Fetch {
  /** Minute with which the newest data point ends. */
  readonly minute: number;
  readonly points: number;
  readonly results: Map<string, Value>;
  /** All minutes at once, the points being minutes: as data points that are so many periods older than the newest. */
  readonly everyMinute?: number;
}

/** For all minutes from the first at once, by age: the newest data points, those one period older, and so on. The last are settled: so are all that are older. */
type Samples = Float64Array[];

/** Functions whose value at a point needs no other point of what they are given. */
const OF_ONE_POINT = ['IF', 'FILL', 'PERIOD', 'METRICS', 'METRIC_COUNT', 'FIRST', 'LAST', ...Object.keys(POINTWISE)];

/** The queries of one alarm, evaluated on as many data points as CloudWatch fetches. */
export class MetricMaths {
  private readonly expressions = new Map<string, Expression>();
  private readonly samples = new Map<string, Samples>();
  /** Minutes of a data point's window that have not arrived yet, by its age. */
  private readonly missing: number[];
  private readonly from: number;

  public constructor(private readonly queries: Query[], private readonly props: MathsProps) {
    const { store, period, late, from = 0 } = props;
    this.from = from;
    this.missing = Array.from({ length: 1 + Math.ceil(late / period) }, (_, age) => Math.max(0, late - age * period));
    queries.forEach(({ id, metric, expression }) => {
      if (expression !== undefined) {
        this.expressions.set(id, parseExpression(expression));
      }
      if (metric) {
        const recorded = store.find(metric);
        const { statistic } = metric;
        this.samples.set(id, this.missing.map((minutes) => statisticOf(recorded, { statistic, period, late: minutes, from }).subarray(from)));
      }
    });
  }

  /** The series of one query, its newest data point that of the window that ends with the minute. */
  public series(id: string, minute: number, points: number): Series {
    this.everyMinute(id);
    const value = this.result(id, { minute, points, results: new Map() });
    if (typeof value === 'number' || Array.isArray(value)) {
      throw new Error(`${id} is not a single time series`);
    }
    return value;
  }

  /** The limits of a band, lower and upper. */
  public band(id: string, minute: number, points: number): [Series, Series] {
    const value = this.result(id, { minute, points, results: new Map() });
    if (!Array.isArray(value) || value.length !== 2) {
      throw new Error(`${id} is not a band`);
    }
    return [value[1], value[0]];
  }

  /** What needs one point at a time is calculated for all minutes at once, by age of the data points. Undefined for what needs several. */
  public everyMinute(id: string): Samples | undefined {
    if (!this.samples.has(id) && this.isOfOnePoint(this.expressionOf(id))) {
      this.samples.set(id, this.calculated(id));
    }
    return this.samples.get(id);
  }

  private calculated(id: string): Samples {
    return this.missing.map((_, everyMinute) => {
      const value = this.value(this.expressionOf(id), { minute: NaN, points: this.props.store.minutes - this.from, results: new Map(), everyMinute });
      if (!(value instanceof Float64Array)) {
        throw new Error(`${id} is not a single time series`);
      }
      return value;
    });
  }

  private isOfOnePoint(expression: Expression): boolean {
    const all = (parts: Expression[]) => parts.every((part) => this.isOfOnePoint(part));
    switch (expression.kind) {
      case 'number':
      case 'text': return true;
      case 'name': return this.samples.has(expression.name) || (this.expressions.has(expression.name) && this.isOfOnePoint(this.expressionOf(expression.name)));
      case 'list': return all(expression.items);
      case 'negated': return this.isOfOnePoint(expression.operand);
      case 'operation': return all([expression.left, expression.right]);
      case 'call': return (OF_ONE_POINT.includes(expression.name) || (AGGREGATES[expression.name] !== undefined && expression.args[0]?.kind === 'list')) && all(expression.args);
    }
  }

  private result(id: string, fetch: Fetch): Value {
    const known = fetch.results.get(id);
    if (known !== undefined) {
      return known;
    }
    const value = this.samples.has(id) ? this.fetched(id, fetch) : this.value(this.expressionOf(id), fetch);
    fetch.results.set(id, value);
    return value;
  }

  private expressionOf(id: string): Expression {
    const expression = this.expressions.get(id);
    if (!expression) {
      throw new Error(`nothing has the id ${id}`);
    }
    return expression;
  }

  private fetched(id: string, { minute, points, everyMinute }: Fetch): Series {
    const samples = this.samples.get(id)!;
    if (everyMinute !== undefined) {
      return samples[everyMinute];
    }
    const series = new Float64Array(points);
    for (let back = 0; back < points; back++) {
      const end = minute - back * this.props.period;
      series[points - 1 - back] = end < 0 ? NaN : this.sampleOf(samples, back, end);
    }
    return series;
  }

  private sampleOf(samples: Samples, age: number, end: number): number {
    if (end < this.from) {
      throw new Error(`minute ${end} is before the first that is calculated, ${this.from}`);
    }
    return samples[Math.min(age, samples.length - 1)][end - this.from];
  }

  private value(expression: Expression, fetch: Fetch): Value {
    switch (expression.kind) {
      case 'number': return expression.value;
      case 'name': return this.result(expression.name, fetch);
      case 'negated': return operate('*', -1, this.value(expression.operand, fetch));
      case 'operation': return operate(expression.operator, this.value(expression.left, fetch), this.value(expression.right, fetch));
      case 'list': return expression.items.flatMap((item) => this.seriesOf(item, fetch));
      case 'call': return this.call(expression.name, expression.args, fetch);
      case 'text': throw new Error(`a text stands where no function takes one: ${expression.value}`);
    }
  }

  private seriesOf(item: Expression, fetch: Fetch): Series[] {
    const value = this.value(item, fetch);
    return Array.isArray(value) ? value : [typeof value === 'number' ? new Float64Array(fetch.points).fill(value) : value];
  }

  private call(name: string, args: Expression[], fetch: Fetch): Value {
    const argument = (index: number): Value => {
      if (args[index] === undefined) {
        throw new Error(`${name} needs more than ${index} arguments`);
      }
      return this.value(args[index], fetch);
    };
    if (AGGREGATES[name]) {
      return aggregate(name, argument(0));
    }
    if (POINTWISE[name]) {
      return eachSeries(argument(0), (series) => series.map(POINTWISE[name]));
    }
    switch (name) {
      case 'IF': return choose(argument(0), argument(1), args.length > 2 ? argument(2) : undefined);
      case 'FILL': return this.fill(argument(0), args[1], fetch);
      case 'DIFF': return eachSeries(argument(0), (series) => differences(series, (difference) => difference));
      case 'RATE': return eachSeries(argument(0), (series) => differences(series, (difference, periods) => difference / (periods * this.props.period * 60)));
      case 'PERIOD': return this.props.period * 60;
      case 'TIME_SERIES': return new Float64Array(fetch.points).fill(argument(0) as number);
      case 'METRICS': return this.metrics(args[0], fetch);
      case 'METRIC_COUNT': return (argument(0) as Series[]).length;
      case 'FIRST': return (argument(0) as Series[])[0];
      case 'LAST': return (argument(0) as Series[]).at(-1)!;
      case 'MINUTE': return this.clock(fetch, (minute) => minute % 60);
      case 'HOUR': return this.clock(fetch, (minute) => Math.floor(minute / 60) % 24);
      // Monday is 1, and the first minute is a Monday's.
      case 'DAY': return this.clock(fetch, (minute) => Math.floor(minute / 1440) % 7 + 1);
      case 'ANOMALY_DETECTION_BAND': return this.anomalyBand(args, fetch);
      default: throw new Error(`the function ${name} is not simulated`);
    }
  }

  private fill(value: Value, filler: Expression | undefined, fetch: Fetch): Value {
    if (filler?.kind === 'name' && filler.name === 'REPEAT') {
      return eachSeries(value, repeated);
    }
    if (filler?.kind === 'name' && filler.name === 'LINEAR') {
      return eachSeries(value, interpolated);
    }
    const other = filler && this.value(filler, fetch);
    if (other === undefined || Array.isArray(other)) {
      throw new Error('FILL takes a number, a time series, REPEAT or LINEAR');
    }
    return eachSeries(value, (series) => series.map((sample, index) => (isNaN(sample) ? at(other, index) : sample)));
  }

  private metrics(part: Expression | undefined, fetch: Fetch): Series[] {
    const text = part?.kind === 'text' ? part.value : '';
    return this.queries.filter(({ id, metric }) => metric && id.includes(text)).map(({ id }) => this.result(id, fetch) as Series);
  }

  private clock({ minute, points }: Fetch, read: (minute: number) => number): Series {
    const { period } = this.props;
    return Float64Array.from({ length: points }, (_, index) => read(minute + 1 - period * (points - index)));
  }

  /** Upper, then lower limit. What is learned is the series of the whole past, one data point for each minute. */
  private anomalyBand([of, width]: Expression[], { minute, points }: Fetch): Series[] {
    const deviations = width === undefined ? 2 : width.kind === 'number' ? width.value : NaN;
    if (of?.kind !== 'name' || isNaN(deviations)) {
      throw new Error('ANOMALY_DETECTION_BAND takes an id and a number');
    }
    const { period, store } = this.props;
    const band = this.props.bands.of(JSON.stringify([period, of.name, this.queries]), () => {
      const settled = new MetricMaths(this.queries, { ...this.props, late: 0, from: 0 });
      const [series] = settled.everyMinute(of.name) ?? [Float64Array.from({ length: store.minutes }, (_, end) => settled.series(of.name, end, 1)[0])];
      return series;
    });
    return [1, -1].map((side) => Float64Array.from({ length: points }, (_, index) => {
      const end = minute - period * (points - 1 - index);
      return end < 0 ? NaN : band.mean[end] + side * deviations * band.deviation[end];
    }));
  }
}
