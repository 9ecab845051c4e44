/** A state of the Amazon States Language, in JSONPath. */
export interface State {
  /** `Task`, `Choice`, `Pass` and so on: fields are spelled as the language has them. */
  readonly Type: string;
  readonly [field: string]: unknown;
}

/** States in the order in which they follow each other. */
export type States = Array<[name: string, state: State]>;

/** What has no way on by itself. */
const ENDS = ['Choice', 'Succeed', 'Fail'];

/**
 * A part of a state machine: each state goes on to the one that is written after it, unless it says where. The last one ends the part.
 * A choice without a default falls through in the same way.
 */
export function chart(states: States): { StartAt: string; States: { [name: string]: State } } {
  const linked = states.map(([name, state], index): [string, State] => {
    const next = states[index + 1]?.[0];
    if (state.Type === 'Choice') {
      return [name, state.Default === undefined ? { ...state, Default: next } : state];
    }
    const decided = ENDS.includes(state.Type) || state.Next !== undefined || state.End !== undefined;
    return [name, decided ? state : { ...state, ...(next === undefined ? { End: true } : { Next: next }) }];
  });
  return { StartAt: states[0][0], States: Object.fromEntries(linked) };
}

/** One condition of a choice; all of a list must hold. */
export type Condition = { readonly [field: string]: unknown };

/** Goes to `next` when all conditions hold, else on to the following state, or to `otherwise`. */
export function choice(conditions: Condition[], next: string, otherwise?: string): State {
  const [only] = conditions;
  const rule = conditions.length === 1 ? only : { And: conditions };
  return { Type: 'Choice', Choices: [{ ...rule, Next: next }], ...(otherwise !== undefined && { Default: otherwise }) };
}

export const present = (path: string): Condition => ({ Variable: path, IsPresent: true });
/** Not `IsPresent: false`, which means the same and which local interpreters read differently. */
export const absent = (path: string): Condition => ({ Not: present(path) });

/** Present, and neither null nor anything else that can't be told. */
export const text = (path: string): Condition => ({ And: [present(path), { Variable: path, IsString: true }] });

/** Writes one thing at `path`: a constant, or with names that end in `.$` what paths and functions give. */
export function put(path: string, parameters: { [name: string]: unknown }): State {
  return { Type: 'Pass', Parameters: parameters, ResultPath: path };
}

/** Copies what is at one path to another. */
export function copy(from: string, to: string): State {
  return { Type: 'Pass', InputPath: from, ResultPath: to };
}

/** Ends with a reason that the people who are notified can read. `reason` may be a format of the intrinsic function, with its arguments. */
export function refuse(name: string, error: string, reason: string, ...args: string[]): States {
  if (args.length === 0) {
    return [[name, { Type: 'Fail', Error: error, Cause: reason }]];
  }
  return [
    [name, put('$.refusal', { 'cause.$': `States.Format('${reason}', ${args.join(', ')})` })],
    [`${name}, ended`, { Type: 'Fail', Error: error, CausePath: '$.refusal.cause' }],
  ];
}

/** How a part is run for each item. */
interface MapOptions {
  /** One by one. */
  readonly inOrder?: boolean;
  /** What each gets; the item itself without it. */
  readonly selector?: { [name: string]: unknown };
  /** Further fields of the state. */
  readonly rest?: { [field: string]: unknown };
}

/** Runs a part for each item, all at once or, with `inOrder`, one by one. What it gives back are the outputs. */
export function forEach(items: string, part: States, options: MapOptions = {}): State {
  return {
    Type: 'Map',
    ItemsPath: items,
    MaxConcurrency: options.inOrder ? 1 : 0,
    ...(options.selector && { ItemSelector: options.selector }),
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...chart(part) },
    ...options.rest,
  };
}

/** Runs a part for each item in turn, and for none after one that fails. Its outputs are dropped. */
export function inTurn(name: string, items: string, part: States): States {
  return [
    [`${name}: begin`, put('$.turn', { 'index': 0, 'count.$': `States.ArrayLength(${items})` })],
    [`${name}: which`, put('$.current', { 'item.$': `States.ArrayGetItem(${items}, $.turn.index)` })],
    [name, { Type: 'Parallel', InputPath: '$.current.item', Branches: [chart(part)], ResultPath: null }],
    [`${name}: count`, put('$.turn', { 'index.$': 'States.MathAdd($.turn.index, 1)', 'count.$': '$.turn.count' })],
    [`${name}: more?`, choice([{ Variable: '$.turn.index', NumericLessThanPath: '$.turn.count' }], `${name}: which`)],
  ];
}

/**
 * Finds the item of a list that has a name, and goes on with it in `$.find.item`, else to `otherwise`. A path with a filter can't: it takes constants, and
 * where it finds nothing interpreters differ.
 */
export function findByName(name: string, list: string, wanted: string, otherwise: string): States {
  return [
    [`${name}: begin`, put('$.find', { 'index': 0, 'count.$': `States.ArrayLength(${list})` })],
    [
      `${name}: more?`,
      choice([{ Variable: '$.find.index', NumericLessThanPath: '$.find.count' }], `${name}: which`, otherwise),
    ],
    [
      `${name}: which`,
      put('$.find', {
        'index.$': '$.find.index',
        'count.$': '$.find.count',
        'item.$': `States.ArrayGetItem(${list}, $.find.index)`,
      }),
    ],
    [
      `${name}: this?`,
      choice(
        [present('$.find.item.name'), present(wanted), { Variable: '$.find.item.name', StringEqualsPath: wanted }],
        `${name}: found`,
      ),
    ],
    [
      `${name}: count`,
      {
        ...put('$.find', { 'index.$': 'States.MathAdd($.find.index, 1)', 'count.$': '$.find.count' }),
        Next: `${name}: more?`,
      },
    ],
    [`${name}: found`, { Type: 'Pass' }],
  ];
}

/** Runs a part as one: whatever fails in it is caught in one place. Its output is that of the part. */
export function together(part: States, caught: { readonly next: string; readonly at?: string }): State {
  return {
    Type: 'Parallel',
    Branches: [chart(part)],
    OutputPath: '$[0]',
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: caught.at ?? '$.failure', Next: caught.next }],
  };
}
