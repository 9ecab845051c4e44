import type { JsonPath } from './state';

/** Context of the execution: who runs, and when. */
export const CONTEXT = {
  executionId: '$$.Execution.Id',
  executionName: '$$.Execution.Name',
  executionStart: '$$.Execution.StartTime',
  stateMachineArn: '$$.StateMachine.Id',
  stateEntered: '$$.State.EnteredTime',
  mapItem: '$$.Map.Item.Value',
} as const satisfies { readonly [name: string]: JsonPath };

/** Text with a value for each `{}`: paths or other intrinsic functions. Every other brace is escaped. */
export function format(text: string, ...values: string[]): string {
  const escaped = text.replace(/'/g, "\\'").replace(/\{\}|[{}]/g, (brace) => (brace === '{}' ? brace : `\\${brace}`));
  return `States.Format('${escaped}', ${values.join(', ')})`;
}

export function toJson(value: string): string {
  return `States.JsonToString(${value})`;
}

export function fromJson(value: string): string {
  return `States.StringToJson(${value})`;
}

/** Object with the fields of both; the second one's win. */
export function merge(one: string, other: string): string {
  return `States.JsonMerge(${one}, ${other}, false)`;
}

export function array(...values: string[]): string {
  return `States.Array(${values.join(', ')})`;
}

export function arrayLength(list: string): string {
  return `States.ArrayLength(${list})`;
}

export function arrayItem(list: string, index: string | number): string {
  return `States.ArrayGetItem(${list}, ${index})`;
}

/** True if a list has a value: a path, a quoted text or a boolean. */
export function contains(list: string, value: string | boolean): string {
  return `States.ArrayContains(${list}, ${value})`;
}

export function add(value: string, summand: number): string {
  return `States.MathAdd(${value}, ${summand})`;
}

export function split(text: string, separator: string): string {
  return `States.StringSplit(${text}, '${separator}')`;
}

export function hash(text: string, algorithm: 'MD5' | 'SHA-256'): string {
  return `States.Hash(${text}, '${algorithm}')`;
}

/** Literal text as an argument of an intrinsic function. */
export function quoted(text: string): string {
  return `'${text.replace(/'/g, "\\'")}'`;
}
