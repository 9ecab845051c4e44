/** Path into the input of a state, or with `$$` into the context of the execution. */
export type JsonPath = `$${string}`;

/** State of the Amazon States Language, in JSONPath. */
export interface State {
  /** `Task`, `Choice`, `Pass` and so on: fields are spelled as the language has them. */
  readonly Type: string;
  readonly [field: string]: unknown;
}
