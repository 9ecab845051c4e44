import type { IConstruct } from 'constructs';
import { type Conflict, PropError, type Refusal } from './prop-error';

/** Row of a table of validation rules: the error, and the condition under which it is thrown. */
export type Rule = (Refusal | Conflict) & {
  /** True where the rule is broken. */
  readonly condition: boolean;
};

/** Throws the error of the first rule that is broken. */
export function checkRules(scope: IConstruct, rules: readonly Rule[]): void {
  const broken = rules.find(({ condition }) => condition);
  if (broken) {
    throw new PropError(scope, broken);
  }
}
