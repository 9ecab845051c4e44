import { type NamedState, type Part, part, put, type Step } from './asl';
import { choice } from './conditions';
import { add } from './intrinsics';
import type { State } from './state';

/** Options of {@link PollingIntervals.poll}. */
export interface PollOptions {
  /** Prefix of the names of its states. */
  readonly name: string;
  /** Longest time that it polls. */
  readonly timeoutSeconds: number;
  /** Seconds between two polls, if the history of the execution has room for them. */
  readonly intervalSeconds: number;
  /** State to go to after the last poll. */
  readonly onTimeout: string;
  /**
   * Waits before the first poll, too.
   * @default false
   */
  readonly waitFirst?: boolean;
  /**
   * Number of times that one execution runs it, for example once for each service.
   * @default 1
   */
  readonly times?: number;
}

/** Counter of the poll that runs: there is one at a time. */
const COUNTER = '$.poll';
/** An execution may have 25,000 events. The rest is for what runs once for each service, and for retries. */
const EVENTS_FOR_POLLING = 21_000;
const EVENTS_OF_SERVICE = 1_820;
/** For the revision of a task that has a family of its own. */
const EVENTS_OF_TASK = 500;
/** Events in the history of an execution: a task is entered, scheduled, started, succeeded and left. */
const EVENTS: { readonly [type: string]: number } = { Task: 5, Map: 16 };
const OTHER_EVENTS = 2;

/** Polling intervals of a definition. Each poll gets the one that it asks for, while the events suffice. */
export class PollingIntervals {
  /**
   * Writes a definition twice: once to count the events that its polls need, and once to share them out.
   *
   * Every part of the definition runs twice and must be idempotent. {@link AwsCalls} keeps each permission once.
   */
  public static share<T>(
    services: number,
    write: (intervals: PollingIntervals) => T,
    tasks = 0,
  ): { readonly written: T; readonly maxInterval: number } {
    const wanted = new PollingIntervals();
    write(wanted);
    const intervals = new PollingIntervals(
      sharesOf(wanted.events, EVENTS_FOR_POLLING - services * EVENTS_OF_SERVICE - tasks * EVENTS_OF_TASK),
    );
    return { written: write(intervals), maxInterval: Math.max(0, ...intervals.seconds) };
  }

  /** Events that each poll needs for the interval that it asks for. */
  private readonly events = new Map<string, number>();
  private readonly seconds: number[] = [];

  private constructor(private readonly shares: ReadonlyMap<string, number> = new Map()) {}

  /**
   * Runs a part again and again. Its entry is the state that resets the counter. The part ends the polling by going
   * to a state of its caller; where it continues, it is run again. It gets the name of the state that polls again.
   */
  public poll(options: PollOptions, once: (again: string) => Part): Part {
    const { name, timeoutSeconds, intervalSeconds, times = 1 } = options;
    const body = once(`${name}: count polls`);
    const eventsOfPoll = times * eventsOf(pollStates(options, body, { seconds: 1, polls: 1 }).states);
    const share = this.shares.get(name) ?? Infinity;
    const seconds = Math.max(
      intervalSeconds,
      Math.ceil(timeoutSeconds / Math.max(1, Math.floor(share / eventsOfPoll))),
    );
    const polls = Math.ceil(timeoutSeconds / seconds);
    this.events.set(name, polls * eventsOfPoll);
    this.seconds.push(seconds);
    const loop = pollStates(options, body, { seconds, polls });
    return part([`${name}: begin polling`, put(COUNTER, { polls: 0 })], loop);
  }
}

/** Waits for a time. */
export function wait(seconds: number): State {
  return { Type: 'Wait', Seconds: seconds };
}

/** How often one poll runs its part. */
interface Polls {
  readonly seconds: number;
  readonly polls: number;
}

function pollStates(options: PollOptions, body: Part, { seconds, polls }: Polls): Part {
  const { name, onTimeout, waitFirst = false } = options;
  const waiting: NamedState = [`${name}: wait`, { ...wait(seconds), ...(!waitFirst && { Next: body.entry }) }];
  const counting: Step[] = [
    [`${name}: count polls`, put(COUNTER, { 'polls.$': add(`${COUNTER}.polls`, 1) })],
    [
      `${name}: is the time up?`,
      choice([{ Variable: `${COUNTER}.polls`, NumericGreaterThanEquals: polls }], onTimeout, `${name}: wait`),
    ],
  ];
  return waitFirst ? part(waiting, body, ...counting) : part(body, ...counting, waiting);
}

function eventsOf(states: readonly NamedState[]): number {
  return states.reduce((sum, [, { Type }]) => sum + (EVENTS[Type] ?? OTHER_EVENTS), 0);
}

/** Small needs are met in full; the others share the rest in equal parts. */
function sharesOf(needed: ReadonlyMap<string, number>, all: number): Map<string, number> {
  let left = all;
  const ascending = [...needed].sort(([, one], [, other]) => one - other);
  return new Map(
    ascending.map(([name, events], index) => {
      const share = Math.min(events, left / (ascending.length - index));
      left -= share;
      return [name, share];
    }),
  );
}
