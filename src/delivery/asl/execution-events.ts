import type { Chart, NamedState } from './asl';
import type { State } from './state';

/**
 * Events of a state in the history of an execution, without those of its parts. A task is entered, scheduled, started,
 * succeeded and left.
 */
const EVENTS: { readonly [type: string]: number } = { Task: 5, Map: 4, Parallel: 4, Fail: 1 };
const OTHER_EVENTS = 2;
/** Begin and end of an iteration. */
const ITERATION_EVENTS = 2;

/** Events of states that all run once, without the items of maps. */
export function eventsOf(states: readonly NamedState[]): number {
  return states.reduce((sum, [, state]) => sum + ownEvents(state), 0);
}

/**
 * Events of an item of the maps among states that passes the named ones. The others are passed seldom, and are part of
 * what is reserved for each service.
 */
export function eventsOfItem(states: readonly NamedState[], passed: readonly string[]): number {
  return states.reduce((sum, [, { ItemProcessor }]) => {
    const { States = {} } = (ItemProcessor ?? {}) as Partial<Chart>;
    const way = Object.entries(States).filter(([name]) => passed.includes(name));
    return sum + (ItemProcessor ? ITERATION_EVENTS + eventsOf(way) : 0);
  }, 0);
}

function ownEvents({ Type }: State): number {
  return EVENTS[Type] ?? OTHER_EVENTS;
}
