import { type NamedState, type Part, part, put, type Step } from './asl';
import { branches } from './conditions';
import { eventsOf, eventsOfItem } from './execution-events';
import { add } from './intrinsics';
import type { State } from './state';

/** Options of {@link PollingIntervals.poll}. */
export interface PollOptions {
  /** Prefix of the names of its states. */
  readonly name: string;
  /** Longest time that it polls. */
  readonly timeoutSeconds: number;
  /**
   * Seconds between two polls. Where the history of the execution has no room for so many, only the first ones keep to
   * it, and the others are slower.
   */
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
  /**
   * Items of the maps of the part.
   * @default - the part has no map
   */
  readonly items?: PolledItems;
}

/** Items of the maps in a part that is polled. */
export interface PolledItems {
  /** Number of items, all times together. */
  readonly number: number;
  /** States that an item passes in a poll that finds nothing new. */
  readonly states: readonly string[];
}

/** Events that a poll needs. */
interface Need {
  /** For the interval that it asks for. */
  readonly most: number;
  /** For the longest interval. */
  readonly least: number;
}

/** Counter of the poll that runs: there is one at a time. */
const COUNTER = '$.poll';
/** Longest polling interval. */
export const MAX_INTERVAL_SECONDS = 3600;
/**
 * An execution may have 25,000 events. The rest is for what runs once for each service, for retries, and for revisions
 * that are registered again.
 */
const EVENTS_FOR_POLLING = 20_800;
const EVENTS_OF_SERVICE = 1_090;
/** For the revision of a task that has a family of its own. */
const EVENTS_OF_TASK = 500;

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
      sharesOf(wanted.needs, EVENTS_FOR_POLLING - services * EVENTS_OF_SERVICE - tasks * EVENTS_OF_TASK),
    );
    return { written: write(intervals), maxInterval: Math.max(0, ...intervals.seconds) };
  }

  private readonly needs = new Map<string, Need>();
  private readonly seconds: number[] = [];

  private constructor(private readonly shares: ReadonlyMap<string, number> = new Map()) {}

  /**
   * Runs a part again and again. Its entry is the state that resets the counter. The part ends the polling by going
   * to a state of its caller; where it continues, it is run again. It gets the name of the state that polls again.
   */
  public poll(options: PollOptions, once: (again: string) => Part): Part {
    const { name, timeoutSeconds, intervalSeconds, times = 1, items } = options;
    const body = once(`${name}: count polls`);
    const { states } = pollStates(options, body, { fast: 1, polls: 1, slowSeconds: 1 });
    const eventsOfPoll = times * eventsOf(states) + (items ? items.number * eventsOfItem(states, items.states) : 0);
    const most = Math.max(2, Math.floor((this.shares.get(name) ?? Infinity) / eventsOfPoll));
    const pace = paceOf(timeoutSeconds, intervalSeconds, most);
    this.needs.set(name, {
      most: pace.polls * eventsOfPoll,
      least: Math.ceil(timeoutSeconds / MAX_INTERVAL_SECONDS) * eventsOfPoll,
    });
    this.seconds.push(pace.slowSeconds);
    const loop = pollStates(options, body, pace);
    return part([`${name}: begin polling`, put(COUNTER, { polls: 0 })], loop);
  }
}

/** Waits for a time. */
export function wait(seconds: number): State {
  return { Type: 'Wait', Seconds: seconds };
}

/** How often one poll runs its part: the first times at its own interval, then at a slower one. */
interface Pace {
  /** Number of polls before the slower ones. */
  readonly fast: number;
  /** Number of all polls. */
  readonly polls: number;
  readonly slowSeconds: number;
}

/** Half of the polls that there is room for are fast. Fewer are where the others would be an hour apart. */
function paceOf(timeoutSeconds: number, intervalSeconds: number, most: number): Pace {
  const wanted = Math.ceil(timeoutSeconds / intervalSeconds);
  if (wanted <= most) {
    return { fast: wanted, polls: wanted, slowSeconds: intervalSeconds };
  }
  const hourly = Math.floor((MAX_INTERVAL_SECONDS * most - timeoutSeconds) / (MAX_INTERVAL_SECONDS - intervalSeconds));
  const fast = Math.max(0, Math.min(Math.floor(most / 2), hourly));
  const slow = most - fast;
  return { fast, polls: most, slowSeconds: Math.ceil((timeoutSeconds - fast * intervalSeconds) / slow) };
}

function pollStates(options: PollOptions, body: Part, { fast, polls, slowSeconds }: Pace): Part {
  const { name, onTimeout, intervalSeconds, waitFirst = false } = options;
  const [fastWait, slowWait] = [`${name}: wait`, `${name}: wait longer`];
  const atLeast = (number: number) => ({ Variable: `${COUNTER}.polls`, NumericGreaterThanEquals: number });
  const counting: Step[] = [
    [`${name}: count polls`, put(COUNTER, { 'polls.$': add(`${COUNTER}.polls`, 1) })],
    [
      `${name}: is the time up?`,
      branches(
        [
          { when: atLeast(polls), next: onTimeout },
          ...(fast < polls ? [{ when: atLeast(fast), next: slowWait }] : []),
        ],
        fastWait,
      ),
    ],
  ];
  const slowly: NamedState[] = fast < polls ? [[slowWait, { ...wait(slowSeconds), Next: body.entry }]] : [];
  const waiting: NamedState = [fastWait, { ...wait(intervalSeconds), Next: body.entry }];
  return waitFirst ? part(waiting, body, ...counting, ...slowly) : part(body, ...counting, waiting, ...slowly);
}

/**
 * Shares of the events. Each poll gets what it needs least. Small wishes beyond that are met in full, and the others
 * share the rest in equal parts.
 */
function sharesOf(needs: ReadonlyMap<string, Need>, all: number): Map<string, number> {
  const least = [...needs.values()].reduce((sum, need) => sum + need.least, 0);
  const scale = Math.min(1, Math.max(0, all) / least);
  let left = Math.max(0, all - least);
  const wishes = [...needs].map(([name, need]) => ({
    name,
    least: need.least * scale,
    wish: Math.max(0, need.most - need.least),
  }));
  const ascending = wishes.sort((one, other) => one.wish - other.wish);
  return new Map(
    ascending.map(({ name, least: own, wish }, index) => {
      const share = Math.min(wish, left / (ascending.length - index));
      left -= share;
      return [name, own + share];
    }),
  );
}
