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
   * Seconds between two polls. Where the history of the execution has no room for so many, the first ones keep to it,
   * and the later ones are slower.
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
const EVENTS_FOR_POLLING = 21_700;
const EVENTS_OF_SERVICE = 900;
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
    const { states } = pollStates(options, body, { polls: 1, intervals: [{ from: 0, seconds: 1 }] });
    const eventsOfPoll = times * eventsOf(states) + (items ? items.number * eventsOfItem(states, items.states) : 0);
    const most = Math.max(1, Math.floor((this.shares.get(name) ?? Infinity) / eventsOfPoll));
    const pace = paceOf(timeoutSeconds, intervalSeconds, most);
    this.needs.set(name, {
      most: pace.polls * eventsOfPoll,
      least: Math.ceil(timeoutSeconds / MAX_INTERVAL_SECONDS) * eventsOfPoll,
    });
    this.seconds.push(...pace.intervals.map(({ seconds }) => seconds));
    const loop = pollStates(options, body, pace);
    return part([`${name}: begin polling`, put(COUNTER, { polls: 0 })], loop);
  }
}

/** Waits for a time. */
export function wait(seconds: number): State {
  return { Type: 'Wait', Seconds: seconds };
}

/** How often one poll runs its part. */
interface Pace {
  /** Number of polls. */
  readonly polls: number;
  /** Intervals, each from a number of polls on. The first one is from the first poll on. */
  readonly intervals: ReadonlyArray<{ readonly from: number; readonly seconds: number }>;
}

/** Number of intervals of a poll that has no room for its own one all the time. */
const STEPS = 4;

/** Steps of the same number of polls, each slower than the one before by the same factor. */
function paceOf(timeoutSeconds: number, intervalSeconds: number, most: number): Pace {
  const wanted = Math.ceil(timeoutSeconds / intervalSeconds);
  if (wanted <= most) {
    return { polls: wanted, intervals: [{ from: 0, seconds: intervalSeconds }] };
  }
  const each = Math.floor(most / STEPS);
  const steps = (factor: number) =>
    Array.from({ length: STEPS }, (_, step) =>
      Math.min(MAX_INTERVAL_SECONDS, Math.ceil(intervalSeconds * factor ** step)),
    );
  const reach = (factor: number) => each * steps(factor).reduce((sum, seconds) => sum + seconds, 0);
  const factors = Array.from({ length: 600 }, (_, index) => 1 + index / 10);
  const factor = factors.find((one) => reach(one) >= timeoutSeconds);
  if (factor === undefined) {
    return { polls: most, intervals: [{ from: 0, seconds: Math.ceil(timeoutSeconds / most) }] };
  }
  const intervals = steps(factor)
    .map((seconds, step) => ({ from: step * each, seconds }))
    .filter(({ seconds }, step, all) => seconds !== all[step - 1]?.seconds);
  return { polls: STEPS * each, intervals };
}

function pollStates(options: PollOptions, body: Part, { polls, intervals }: Pace): Part {
  const { name, onTimeout, waitFirst = false } = options;
  const waitOf = (step: number) => (step === 0 ? `${name}: wait` : `${name}: wait ${intervals[step].seconds} seconds`);
  const atLeast = (number: number) => ({ Variable: `${COUNTER}.polls`, NumericGreaterThanEquals: number });
  const slower = intervals.map(({ from }, step) => ({ when: atLeast(from), next: waitOf(step) })).slice(1);
  const counting: Step[] = [
    [`${name}: count polls`, put(COUNTER, { 'polls.$': add(`${COUNTER}.polls`, 1) })],
    [
      `${name}: is the time up?`,
      branches([{ when: atLeast(polls), next: onTimeout }, ...slower.reverse()], waitOf(0)),
    ],
  ];
  const waiting = intervals.map(({ seconds }, step): NamedState => [
    waitOf(step),
    { ...wait(seconds), Next: body.entry },
  ]);
  const [first, ...others] = waiting;
  return waitFirst ? part(first, body, ...counting, ...others) : part(body, ...counting, first, ...others);
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
