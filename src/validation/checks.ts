import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from './prop-error';

/** A range of whole numbers, both ends allowed. */
interface WholeNumberRange {
  readonly min: number;
  readonly max: number;
  /** What the number counts, for the message: `seconds`, `tasks`. */
  readonly unit: string;
  /** What the caller can do instead, for the end of the message. */
  readonly fix: string;
}

/** Refuses what is not a whole number of the range; a token passes, its value is unknown at synthesis. */
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

/** Refuses a reason that says nothing: it is what reviewers and auditors read. */
export function checkReason(scope: IConstruct, prop: string, reason: string | undefined): void {
  // Only the types of TypeScript, Java and Go see to it that one is given.
  if (!Token.isUnresolved(reason) && (reason ?? '').trim().length < 10) {
    throw new PropError(scope, {
      prop,
      value: reason,
      expected: 'a sentence of at least 10 characters',
      fix: 'say why this is acceptable here, and for how long; the sentence is shown in the validation report',
    });
  }
}

/** Whether two places (accounts, regions) are others, as far as synthesis can tell: a token may become either. */
export function knownToDiffer(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}
