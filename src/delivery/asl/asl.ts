import { createHash } from 'crypto';
import { repeatedIn } from '../../validation/checks';
import type { JsonPath, State } from './state';

/** State with its name. */
export type NamedState = readonly [name: string, state: State];

/** Named part of a state machine with one entry. Transitions to {@link CONTINUE} are its exit. */
export interface Part {
  /** Name of the first state. */
  readonly entry: string;
  /** States of the part, with their names. */
  readonly states: readonly NamedState[];
}

/** Element of a part: a state, or another part. */
export type Step = Part | NamedState;

/** Definition that a state machine, a map or a branch runs. */
export interface Chart {
  /** Name of the first state. */
  readonly StartAt: string;
  /** States by name. */
  readonly States: { readonly [name: string]: State };
}

/** Transition to the step that follows the part, which the part doesn't know. */
export const CONTINUE = '(continue)';

/** Longest name of a state that CloudFormation accepts. */
export const MAX_STATE_NAME = 80;

/** States that have no `Next`. */
const WITHOUT_NEXT = ['Choice', 'Succeed', 'Fail'];

/**
 * Joins steps. Each continues with the next one, unless its states say otherwise. A choice without a default continues
 * in the same way. The exit of the last step is the exit of the part.
 */
export function part(...steps: [Step, ...Step[]]): Part {
  const parts = steps.map((step) => ('entry' in step ? step : partOf(step)));
  return {
    entry: parts[0].entry,
    states: parts.flatMap(({ states }, index) =>
      states.map(([name, state]): NamedState => [name, redirect(state, parts[index + 1]?.entry ?? CONTINUE)]),
    ),
  };
}

/**
 * Completes steps to a definition that ends where its last step continues. Throws for a name that is used twice, at
 * any depth, or is too long, for a transition that leads nowhere, and for a state that nothing leads to.
 */
export function chart(...steps: [Step, ...Step[]]): Chart {
  const { entry, states } = part(...steps);
  const names = states.map(([name]) => name);
  const known = new Set(names);
  checkNames([...names, ...states.flatMap(([, state]) => nestedCharts(state).flatMap(namesIn))]);
  const ended = states.map(([name, state]): NamedState => {
    const end = state.Next === CONTINUE ? withoutNext(state) : state;
    const lost = targetsOf(end).find((target) => !known.has(target));
    if (lost !== undefined) {
      throw new Error(`The state '${name}' leads to '${lost}', which is not in this definition. Add that state.`);
    }
    return [name, end];
  });
  const definition = { StartAt: entry, States: Object.fromEntries(ended) };
  checkReachable(definition);
  return withoutLabels(definition);
}

/**
 * Name of a state about a construct, at most {@link MAX_STATE_NAME} characters long. A longer path keeps its end
 * and gets a hash, so that two of them stay different.
 */
export function stateNameFor(path: string, nameOf: (path: string) => string): string {
  const room = MAX_STATE_NAME - nameOf('').length;
  if (path.length <= room) {
    return nameOf(path);
  }
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return nameOf(`${hash}..${path.slice(-(room - hash.length - 2))}`);
}

/** Writes an object at a path. A name that ends in `.$` takes its value from a path or from an intrinsic function. */
export function put(path: JsonPath, parameters: { readonly [name: string]: unknown }): State {
  return { Type: 'Pass', Parameters: parameters, ResultPath: path };
}

/** Copies the value at one path to another. */
export function copy(from: JsonPath, to: JsonPath): State {
  return { Type: 'Pass', InputPath: from, ResultPath: to };
}

/** State with a comment, which the console shows. */
export function commented(comment: string, state: State): State {
  return { Comment: comment, ...state };
}

/** Named target without a state in the definition: a chart leads transitions on to the state behind it. */
export const LABEL: State = { Type: 'Pass' };

/** Ends the part with this output. */
export function output(parameters: { readonly [name: string]: unknown }): State {
  return { Type: 'Pass', Parameters: parameters, End: true };
}

function partOf([name, state]: NamedState): Part {
  return { entry: name, states: [[name, continuing(state)]] };
}

function continuing(state: State): State {
  if (state.Type === 'Choice') {
    return { ...state, Default: state.Default ?? CONTINUE };
  }
  const decided = WITHOUT_NEXT.includes(state.Type) || state.Next !== undefined || state.End !== undefined;
  return decided ? state : { ...state, Next: CONTINUE };
}

/** Transition of a state, of a rule of a choice, or of a catcher. */
interface Transition {
  readonly Next?: string;
  readonly [field: string]: unknown;
}

function transitionsOf(state: State): Transition[] {
  return [...((state.Choices ?? []) as Transition[]), ...((state.Catch ?? []) as Transition[])];
}

function redirect(state: State, next: string): State {
  return retarget(state, (target) => (target === CONTINUE ? next : target));
}

/** Replaces all targets of a state. */
function retarget(state: State, replace: (target: string) => string): State {
  const to = <T extends Transition>(transition: T): T =>
    transition.Next === undefined ? transition : { ...transition, Next: replace(transition.Next) };
  return {
    ...to(state as State & Transition),
    ...(state.Default !== undefined && { Default: replace(state.Default as string) }),
    ...(state.Choices !== undefined && { Choices: (state.Choices as Transition[]).map(to) }),
    ...(state.Catch !== undefined && { Catch: (state.Catch as Transition[]).map(to) }),
  };
}

/** Removes labels. One at the end stays, because what leads to it may be a choice, which can't end. */
function withoutLabels({ StartAt, States }: Chart): Chart {
  const isLabel = ({ Type, Next, ...others }: State) =>
    Type === LABEL.Type && Next !== undefined && Object.keys(others).length === 0;
  const behind = (name: string): string => (isLabel(States[name]) ? behind(States[name].Next as string) : name);
  return {
    StartAt: behind(StartAt),
    States: Object.fromEntries(
      Object.entries(States)
        .filter(([, state]) => !isLabel(state))
        .map(([name, state]) => [name, retarget(state, behind)]),
    ),
  };
}

function withoutNext({ Next: _next, ...state }: State): State {
  return { ...(state as State), End: true };
}

function targetsOf(state: State): string[] {
  return [state.Next, state.Default, ...transitionsOf(state).map(({ Next }) => Next)].filter(
    (target): target is string => target !== undefined,
  );
}

function nestedCharts(state: State): Chart[] {
  return [...((state.Branches ?? []) as Chart[]), ...(state.ItemProcessor ? [state.ItemProcessor as Chart] : [])];
}

function namesIn({ States }: Chart): string[] {
  return Object.entries(States).flatMap(([name, state]) => [name, ...nestedCharts(state).flatMap(namesIn)]);
}

function checkNames(names: string[]): void {
  const twice = repeatedIn(names);
  if (twice !== undefined) {
    throw new Error(`Two states are named '${twice}'. Give one of them another name.`);
  }
  const long = names.find((name) => name.length > MAX_STATE_NAME);
  if (long !== undefined) {
    throw new Error(`The state name '${long}' is longer than ${MAX_STATE_NAME} characters. Shorten it.`);
  }
}

function checkReachable({ StartAt, States }: Chart): void {
  const reached = new Set([StartAt]);
  reached.forEach((name) => targetsOf(States[name]).forEach((target) => reached.add(target)));
  const unreached = Object.keys(States).find((name) => !reached.has(name));
  if (unreached !== undefined) {
    throw new Error(`Nothing leads to the state '${unreached}'. Remove it, or add the transition.`);
  }
}
