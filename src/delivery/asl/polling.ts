import { choice, put, type State, type States } from './asl';

/** What looks again and again until something ends. */
export interface Loop {
  /** Stands before the names of its states. */
  readonly name: string;
  /** Path of its counter. */
  readonly at: string;
  /** The longest that it goes on. */
  readonly seconds: number;
  /** Seconds between two looks, where there are events enough. */
  readonly pace: number;
  /**
   * How often one execution may run it: for each service, for example.
   * @default 1
   */
  readonly times?: number;
}

/** What a loop's states are written with. */
export interface Turn {
  /** Stands between two looks. */
  readonly wait: State;
  /** Ends a turn: on to `next`, or after the last to `tooLong`. */
  readonly count: (next: string, tooLong: string) => States;
}

/** An execution may have 25,000. What runs once takes some for each service; a good part is left for calls that are made again. */
const EVENTS_FOR_LOOPS = 21_000;
const EVENTS_OF_SERVICE = 1_675;
/** As the history of an execution has them; a task is entered, scheduled, started, succeeded and left. */
const EVENTS: { readonly [type: string]: number } = { Task: 5, Map: 16 };
const OTHER_EVENTS = 2;

/** How often the loops of a definition look: as often as they like while the events suffice for all of them, each for as long as it may go on. */
export class Paces {
  /** Writes a definition down twice: what its loops need is counted before they get their shares of it. */
  public static shared<T>(
    services: number,
    write: (paces: Paces) => T,
  ): { readonly written: T; readonly slowest: number } {
    const wanted = new Paces();
    write(wanted);
    const paces = new Paces(sharesOf(wanted.events, EVENTS_FOR_LOOPS - services * EVENTS_OF_SERVICE));
    return { written: write(paces), slowest: Math.max(0, ...paces.seconds) };
  }

  /** What each loop would need with the pace that it likes. */
  private readonly events = new Map<string, number>();
  private readonly seconds: number[] = [];

  private constructor(private readonly shares: Map<string, number> = new Map()) {}

  /** The states of a loop with its counter, from `turn`, which are those of one turn. */
  public loop(loop: Loop, turn: (parts: Turn) => States): States {
    const { name, at, seconds, times = 1 } = loop;
    const eventsOfTurn = times * eventsOf(turn(this.parts(loop, 1, 1)));
    const share = this.shares.get(name) ?? Infinity;
    const pace = Math.max(loop.pace, Math.ceil(seconds / Math.max(1, Math.floor(share / eventsOfTurn))));
    const turns = Math.ceil(seconds / pace);
    this.events.set(name, turns * eventsOfTurn);
    this.seconds.push(pace);
    return [[`${name}: begin`, put(at, { turns: 0 })], ...turn(this.parts(loop, pace, turns))];
  }

  private parts({ name, at }: Loop, pace: number, turns: number): Turn {
    return {
      wait: wait(pace),
      count: (next, tooLong) => [
        [`${name}: count`, put(at, { 'turns.$': `States.MathAdd(${at}.turns, 1)` })],
        [`${name}: too long?`, choice([{ Variable: `${at}.turns`, NumericGreaterThanEquals: turns }], tooLong, next)],
      ],
    };
  }
}

export function wait(seconds: number): State {
  return { Type: 'Wait', Seconds: seconds };
}

function eventsOf(states: States): number {
  return states.reduce((sum, [, { Type }]) => sum + (EVENTS[Type] ?? OTHER_EVENTS), 0);
}

/** Those that need little get it; the others share what is left in equal parts. */
function sharesOf(needed: Map<string, number>, all: number): Map<string, number> {
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
