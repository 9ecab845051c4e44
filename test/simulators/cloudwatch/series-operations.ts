import type { Operator } from './expression';

/** Held here, because what is global is looked up slowly within a test. */
const { isNaN } = Number;

/** Data points of one fetch, oldest first; NaN where there is none. */
export type Series = Float64Array;

/** What an expression gives: a number, a time series, or several. */
export type Value = number | Series | Series[];

const OPERATIONS: { [operator in Operator]: (left: number, right: number) => number } = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  // What would divide by zero is dropped.
  '/': (left, right) => (right === 0 ? NaN : left / right),
  '^': (left, right) => left ** right,
  '==': (left, right) => (left === right ? 1 : 0),
  '!=': (left, right) => (left !== right ? 1 : 0),
  '<=': (left, right) => (left <= right ? 1 : 0),
  '>=': (left, right) => (left >= right ? 1 : 0),
  '<': (left, right) => (left < right ? 1 : 0),
  '>': (left, right) => (left > right ? 1 : 0),
  'AND': (left, right) => (left !== 0 && right !== 0 ? 1 : 0),
  'OR': (left, right) => (left !== 0 || right !== 0 ? 1 : 0),
};

/** An operator between any two values. Where one of two series has no data point it counts as 0; where neither has, there is none. */
export function operate(operator: Operator, left: Value, right: Value): Value {
  const operation = OPERATIONS[operator];
  if (Array.isArray(left)) {
    return left.map((series, index) => operate(operator, series, Array.isArray(right) ? sameLength(left, right)[index] : right) as Series);
  }
  if (Array.isArray(right)) {
    return right.map((series) => operate(operator, left, series) as Series);
  }
  if (typeof left === 'number') {
    return typeof right === 'number' ? operation(left, right) : right.map((value) => (isNaN(value) ? NaN : operation(left, value)));
  }
  if (typeof right === 'number') {
    return left.map((value) => (isNaN(value) ? NaN : operation(value, right)));
  }
  return left.map((value, index) => {
    const other = right[index];
    return isNaN(value) && isNaN(other) ? NaN : operation(isNaN(value) ? 0 : value, isNaN(other) ? 0 : other);
  });
}

/** `IF` as documented: true without a value is 0, false without one is no data point, nor is an unknown condition. */
export function choose(condition: Value, yes: Value, no: Value | undefined): Value {
  if (Array.isArray(condition) || Array.isArray(yes) || Array.isArray(no)) {
    throw new Error('IF takes single time series');
  }
  if (typeof condition === 'number') {
    const chosen = condition === 0 ? no : yes;
    if (chosen === undefined) {
      throw new Error('IF of a number needs a value for either case');
    }
    return chosen;
  }
  return condition.map((value, index) => {
    if (isNaN(value)) {
      return NaN;
    }
    if (value === 0) {
      return no === undefined ? NaN : at(no, index);
    }
    const chosen = at(yes, index);
    return isNaN(chosen) ? 0 : chosen;
  });
}

/** `MAX`, `MIN`, `SUM`, `AVG`, `STDDEV`, `DATAPOINT_COUNT`: of one series a number, of several a series. */
export function aggregate(name: string, value: Value): Value {
  const combine = AGGREGATES[name];
  if (typeof value === 'number') {
    throw new Error(`${name} takes time series`);
  }
  if (!Array.isArray(value)) {
    return combine(Array.from(value));
  }
  if (value.length === 0) {
    throw new Error(`${name} of nothing`);
  }
  return value[0].map((_, index) => {
    const values = value.map((series) => series[index]);
    return values.every(isNaN) ? NaN : combine(values);
  });
}

/** Existing values count; only an average takes those that are missing as 0, as CloudWatch says of it. */
export const AGGREGATES: { readonly [name: string]: (values: number[]) => number } = {
  MAX: (values) => Math.max(...existing(values)),
  MIN: (values) => Math.min(...existing(values)),
  SUM: sum,
  AVG: average,
  STDDEV: (values) => Math.sqrt(average(existing(values).map((value) => (value - average(existing(values))) ** 2))),
  DATAPOINT_COUNT: (values) => existing(values).length,
};

/** Functions of each value by itself. */
export const POINTWISE: { readonly [name: string]: (value: number) => number } = {
  ABS: Math.abs, CEIL: Math.ceil, FLOOR: Math.floor, LOG: Math.log, LOG10: Math.log10,
};

/** Applies a function to one series or to each of several. */
export function eachSeries(value: Value, change: (series: Series) => Series): Value {
  if (typeof value === 'number') {
    throw new Error('a time series is needed');
  }
  return Array.isArray(value) ? value.map(change) : change(value);
}

/** `FILL(series, REPEAT)`: the last value goes on. Before the first there is none. */
export function repeated(series: Series): Series {
  let last = NaN;
  return series.map((value) => {
    last = isNaN(value) ? last : value;
    return last;
  });
}

/** `FILL(series, LINEAR)`: a line between two values; none before the first and after the last. */
export function interpolated(series: Series): Series {
  const known = Array.from(series.keys()).filter((index) => !isNaN(series[index]));
  return series.map((value, index) => {
    const next = known.find((candidate) => candidate > index);
    const last = known.filter((candidate) => candidate < index).at(-1);
    return !isNaN(value) || next === undefined || last === undefined
      ? value
      : series[last] + (series[next] - series[last]) * (index - last) / (next - last);
  });
}

/** `DIFF`: what a value is more than the one before it that exists, and how many periods lie between. */
export function differences(series: Series, combine: (difference: number, periods: number) => number): Series {
  let last = -1;
  return series.map((value, index) => {
    if (isNaN(value)) {
      return NaN;
    }
    const before = last;
    last = index;
    return before === -1 ? NaN : combine(value - series[before], index - before);
  });
}

/** The value of a number or of a series at one of its points. */
export function at(value: number | Series, index: number): number {
  return typeof value === 'number' ? value : value[index];
}

function sameLength(left: Series[], right: Series[]): Series[] {
  if (left.length !== right.length) {
    throw new Error('arrays of different lengths');
  }
  return right;
}

function existing(values: number[]): number[] {
  return values.filter((value) => !isNaN(value));
}

function sum(values: number[]): number {
  return existing(values).reduce((total, value) => total + value, 0);
}

function average(values: number[]): number {
  return sum(values) / values.length;
}
