import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from './prop-error';

/** Range of whole numbers, both ends included. */
interface WholeNumberRange {
  readonly min: number;
  readonly max: number;
  /** Unit of the number, for the message: `seconds`, `tasks`. */
  readonly unit: string;
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
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw new PropError(scope, {
      prop,
      value,
      expected: `${range.min} to ${range.max} ${range.unit}, whole`,
      fix: range.fix,
    });
  }
}

/** Refuses a TCP port outside 1 to 65535. */
export function checkPort(scope: IConstruct, prop: string, value: number): void {
  checkWholeNumber(scope, prop, value, {
    min: 1,
    max: 65535,
    unit: 'as a TCP port',
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

/** True where two accounts or regions differ for certain. A token may turn out to be either. */
export function knownToDiffer(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}
