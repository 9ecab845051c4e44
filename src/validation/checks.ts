import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from './prop-error';

/** Range of whole numbers, both ends included. */
interface WholeNumberRange {
  readonly min: number;
  readonly max: number;
  /**
   * Unit of the number, for the message: `percent`, `tasks`.
   * @default - a number without a unit
   */
  readonly unit?: string;
  /** Next step for the caller, in the imperative. */
  readonly fix: string;
}

/** Refuses a number that is not whole or out of range. A token passes. */
export function checkWholeNumber(
  scope: IConstruct,
  prop: string,
  value: number | undefined,
  range: WholeNumberRange,
): void {
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  const { min, max, unit, fix } = range;
  if (!Number.isInteger(value) || value < min || value > max) {
    const expected = `a whole number from ${min} to ${max}${unit === undefined ? '' : ` ${unit}`}`;
    throw new PropError(scope, { prop, value, expected, fix });
  }
}

/** Range of durations, both ends included. */
interface DurationRange {
  readonly min: Duration;
  readonly max: Duration;
  /**
   * Unit in which the duration must be a whole number.
   * @default - any fraction is accepted
   */
  readonly whole?: 'seconds' | 'minutes' | 'hours' | 'days';
  /** Next step for the caller, in the imperative. */
  readonly fix: string;
}

const UNIT = {
  seconds: Duration.seconds(1),
  minutes: Duration.minutes(1),
  hours: Duration.hours(1),
  days: Duration.days(1),
};

/** Refuses a duration that is out of range or not whole in its unit. A token passes. */
export function checkDuration(
  scope: IConstruct,
  prop: string,
  value: Duration | undefined,
  { min, max, whole, fix }: DurationRange,
): void {
  if (value === undefined) {
    return;
  }
  if (typeof value?.isUnresolved !== 'function') {
    throw new PropError(scope, { prop, value, expected: 'a Duration', fix });
  }
  if (value.isUnresolved()) {
    return;
  }
  const inRange = milliseconds(value) >= milliseconds(min) && milliseconds(value) <= milliseconds(max);
  const isWhole = whole === undefined || Number.isInteger(milliseconds(value) / milliseconds(UNIT[whole]));
  if (!inRange || !isWhole) {
    const expected = `${readable(min)} to ${readable(max)}${whole === undefined ? '' : `, in whole ${whole}`}`;
    throw new PropError(scope, { prop, problem: `is ${readable(value)}, expected ${expected}`, fix });
  }
}

/** True where both durations are known, and the first is at least as long as the other. */
export function knownToReach(one: Duration | undefined, other: Duration | undefined): boolean {
  const known = one && other && !one.isUnresolved() && !other.isUnresolved();
  return known === true && milliseconds(one) >= milliseconds(other);
}

function milliseconds(duration: Duration): number {
  return duration.toMilliseconds({ integral: false });
}

/** Duration for a message: `10 minutes`, `40 milliseconds`. CDK's text has two units, too few for 4000 seconds. */
function readable(duration: Duration): string {
  const seconds = milliseconds(duration) / 1000;
  if (seconds > 3600 && seconds % 60 !== 0) {
    return `${seconds} seconds`;
  }
  return duration.toHumanString().replace(/\bmilli(s?)\b/, 'millisecond$1');
}

/** Refuses a TCP port outside 1 to 65535. */
export function checkPort(scope: IConstruct, prop: string, value: number): void {
  checkWholeNumber(scope, prop, value, {
    min: 1,
    max: 65535,
    fix: 'give the port that the process listens on',
  });
}

/** Refuses a reason that is missing or too short for reviewers and auditors. */
export function checkReason(scope: IConstruct, prop: string, reason: string | undefined): void {
  // Python does not check that it is given.
  if (!Token.isUnresolved(reason) && (reason ?? '').trim().length < 10) {
    throw new PropError(scope, {
      prop,
      value: reason,
      expected: 'a sentence of at least 10 characters',
      fix: 'say why this is acceptable here, and for how long',
    });
  }
}

/** Refuses a single value where a list is expected. Languages without types let it pass. */
export function checkList(scope: IConstruct, prop: string, value: unknown[] | undefined): void {
  if (value === undefined || Array.isArray(value)) {
    return;
  }
  // An object may hold half of an app.
  const single = value as unknown;
  throw new PropError(
    scope,
    typeof single === 'object'
      ? { prop, problem: 'is a single object, expected a list', fix: `write ${prop}: [...]` }
      : { prop, value, expected: 'a list', fix: `write [${JSON.stringify(value)}]` },
  );
}

/** Refuses a value that an enum does not have. */
export function checkMember(scope: IConstruct, prop: string, value: unknown, members: object): void {
  const names = Object.keys(members);
  if (value !== undefined && !Object.values(members).includes(value)) {
    throw new PropError(scope, { prop, value, expected: names.join(', '), fix: 'give a member of the enum' });
  }
}

/** True where two accounts or regions differ for certain. A token may turn out to be either. */
export function knownToDiffer(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}

/** The first value that stands in a list a second time. */
export function repeatedIn<T>(values: readonly T[]): T | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
