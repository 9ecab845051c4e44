import { chart, CONTINUE, LABEL, part, type Part, put } from './asl';
import { choice, type Condition, equalsPath, present } from './conditions';
import { add, arrayItem, arrayLength, format } from './intrinsics';
import type { JsonPath, State } from './state';

/** Error and cause of a caught failure. */
export const FAILURE = '$.failure';

/** Fails with a reason for people. `{}` in it stand for the arguments, which are paths or intrinsic functions. */
export function refuse(name: string, error: string, reason: string, ...args: string[]): Part {
  if (args.length === 0) {
    return part([name, { Type: 'Fail', Error: error, Cause: reason }]);
  }
  return part(
    [name, put('$.refusal', { 'cause.$': format(reason, ...args) })],
    [`${name}: fail`, { Type: 'Fail', Error: error, CausePath: '$.refusal.cause' }],
  );
}

/** Runs a part unless a condition holds. */
export function unless(name: string, condition: Condition, skipped: Part): Part {
  const end = `${name}: end`;
  return part([`${name}: skip?`, choice([condition], end)], skipped, [end, LABEL]);
}

/** Options of {@link forEach}. */
interface MapOptions {
  /**
   * Runs the part for one item after another.
   * @default false
   */
  readonly inOrder?: boolean;
  /**
   * Input of the part.
   * @default - the item itself
   */
  readonly selector?: { readonly [name: string]: unknown };
  /**
   * Further fields of the state.
   * @default - none
   */
  readonly fields?: { readonly [field: string]: unknown };
}

/** Runs a part for each item of a list. The result is the list of its outputs. */
export function forEach(items: JsonPath, each: Part, options: MapOptions = {}): State {
  return {
    Type: 'Map',
    ItemsPath: items,
    MaxConcurrency: options.inOrder ? 1 : 0,
    ...(options.selector && { ItemSelector: options.selector }),
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...chart(each) },
    ...options.fields,
  };
}

/** Position in a list, and the item there. */
const LOOP = '$.loop';
/** Current item of {@link iterate}, and the item that {@link findByName} found. */
export const ITEM = `${LOOP}.item` as const;

/** Runs a part for one item of a list after another, on the same data. The part finds its item at {@link ITEM}. */
export function iterate(name: string, items: JsonPath, each: Part, afterwards: string = CONTINUE): Part {
  const anyLeft = `${name}: any left?`;
  return part(
    [`${name}: begin`, put(LOOP, { 'index': 0, 'count.$': arrayLength(items) })],
    [
      anyLeft,
      choice(
        [{ Variable: `${LOOP}.index`, NumericLessThanPath: `${LOOP}.count` }],
        `${name}: take the next`,
        afterwards === CONTINUE ? `${name}: none left` : afterwards,
      ),
    ],
    [
      `${name}: take the next`,
      put(LOOP, {
        'index.$': `${LOOP}.index`,
        'count.$': `${LOOP}.count`,
        'item.$': arrayItem(items, `${LOOP}.index`),
      }),
    ],
    each,
    [
      `${name}: count`,
      {
        ...put(LOOP, { 'index.$': add(`${LOOP}.index`, 1), 'count.$': `${LOOP}.count` }),
        Next: anyLeft,
      },
    ],
    ...(afterwards === CONTINUE ? [[`${name}: none left`, LABEL] as const] : []),
  );
}

/** Runs a part for one item after another, and for none after one that fails. The outputs are dropped. */
export function oneByOne(name: string, items: JsonPath, each: Part): Part {
  return iterate(
    name,
    items,
    part([name, { Type: 'Parallel', InputPath: ITEM, Branches: [chart(each)], ResultPath: null }]),
  );
}

/**
 * Finds the item of a list by its name and continues with it at {@link ITEM}, else at `otherwise`. A path with a
 * filter can't do that: it takes constants, and interpreters differ where it finds nothing.
 */
export function findByName(name: string, list: JsonPath, wanted: JsonPath, otherwise: string): Part {
  const itemName: JsonPath = `${ITEM}.name`;
  const found = `${name}: found`;
  return part(
    iterate(
      name,
      list,
      part([
        `${name}: is it this one?`,
        choice([present(itemName), present(wanted), equalsPath(itemName, wanted)], found),
      ]),
      otherwise,
    ),
    [found, LABEL],
  );
}

/** Runs a part whose failures are all caught in one place. The output is that of the part. */
export function catchAll(attempt: Part, caught: { readonly next: string; readonly resultPath?: JsonPath }): State {
  return {
    Type: 'Parallel',
    Branches: [chart(attempt)],
    OutputPath: '$[0]',
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: caught.resultPath ?? FAILURE, Next: caught.next }],
  };
}
