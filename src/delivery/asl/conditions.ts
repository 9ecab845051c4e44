import type { JsonPath, State } from './state';

/** Comparison of a choice. */
export interface Condition {
  readonly [field: string]: unknown;
}

/** Branch of a choice of several. */
export interface Branch {
  /** Condition of the branch. */
  readonly when: Condition;
  /** Name of the state where the branch continues. */
  readonly next: string;
}

/** Goes to `next` if all conditions hold, otherwise to `otherwise` or to the step that follows. */
export function choice(conditions: Condition[], next: string, otherwise?: string): State {
  return branches([{ when: allOf(...conditions), next }], otherwise);
}

/** Goes to the first branch whose condition holds, otherwise to `otherwise` or to the step that follows. */
export function branches(rules: Branch[], otherwise?: string): State {
  return {
    Type: 'Choice',
    Choices: rules.map(({ when, next }) => ({ ...when, Next: next })),
    ...(otherwise !== undefined && { Default: otherwise }),
  };
}

export function allOf(...conditions: Condition[]): Condition {
  return conditions.length === 1 ? conditions[0] : { And: conditions };
}

export function anyOf(...conditions: Condition[]): Condition {
  return conditions.length === 1 ? conditions[0] : { Or: conditions };
}

export function not(condition: Condition): Condition {
  return { Not: condition };
}

export function present(path: JsonPath): Condition {
  return { Variable: path, IsPresent: true };
}

/** `IsPresent: false` would mean the same, but local interpreters read it differently. */
export function absent(path: JsonPath): Condition {
  return not(present(path));
}

/** Present, and a text: null counts as present, too. */
export function isText(path: JsonPath): Condition {
  return allOf(present(path), { Variable: path, IsString: true });
}

export function equals(path: JsonPath, text: string): Condition {
  return { Variable: path, StringEquals: text };
}

export function equalsPath(path: JsonPath, other: JsonPath): Condition {
  return { Variable: path, StringEqualsPath: other };
}

/** Holds for one of several texts. */
export function isOneOf(path: JsonPath, texts: readonly string[]): Condition {
  return anyOf(...texts.map((text) => equals(path, text)));
}

/** Holds for a pattern with `*`. */
export function matches(path: JsonPath, pattern: string): Condition {
  return { Variable: path, StringMatches: pattern };
}

export function isTrue(path: JsonPath): Condition {
  return { Variable: path, BooleanEquals: true };
}

/** Holds where a value is there and true. */
export function isSet(path: JsonPath): Condition {
  return allOf(present(path), isTrue(path));
}
