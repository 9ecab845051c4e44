import { AnomalyBands } from './anomaly-bands';
import { MetricAlarm } from './metric-alarm';
import type { MetricStore } from './metric-store';
import type { AlarmState } from './missing-data';
import { Suppression } from './suppression';
import type { AlarmSet } from './template-alarms';

/** An alarm that began to fire. */
export interface Firing {
  readonly alarm: string;
  /** Minute at whose end it was found. */
  readonly minute: number;
  readonly actions: string[];
  /** Of a composite: the alarms of its rule that fire, which its message names. */
  readonly because?: string[];
}

/** A composite alarm, and what its rule says of the states of others. */
interface SettledComposite {
  readonly name: string;
  readonly state: AlarmState;
  readonly actions: string[];
  readonly suppressor?: string;
  readonly members: string[];
}

/** What a monitor may be told. */
export interface MonitorOptions {
  /**
   * Minutes that data take to arrive.
   * @default 0
   */
  readonly late?: number;
  /**
   * First minute that it watches.
   * @default 0
   */
  readonly from?: number;
  /**
   * Bands that another monitor of the same data has learned.
   * @default - it learns its own
   */
  readonly bands?: AnomalyBands;
}

/** Evaluates all alarms of a template minute by minute: first those on metrics, then those on other alarms. */
export class Monitor {
  private readonly alarms: Array<{ readonly name: string; readonly actions: string[]; readonly alarm: MetricAlarm }>;
  private readonly states = new Map<string, AlarmState>();
  private readonly suppressions: Map<string, Suppression>;
  private settled?: SettledComposite[];

  public constructor(private readonly set: AlarmSet, store: MetricStore, options: MonitorOptions = {}) {
    const { late = 0, from, bands = new AnomalyBands() } = options;
    this.suppressions = new Map(set.compositeAlarms.flatMap(({ name, suppressor }) => (suppressor ? [[name, new Suppression(suppressor)]] : [])));
    this.alarms = set.metricAlarms.map((definition) => ({
      name: definition.name, actions: definition.actions, alarm: new MetricAlarm(definition, store, { late, from, bands }),
    }));
  }

  /** What begins to fire from one minute to before another. */
  public watch(from: number, to: number): Firing[] {
    const firings: Firing[] = [];
    for (let minute = from; minute < to; minute++) {
      this.alarms.forEach(({ name, actions, alarm }) => {
        const [before, state] = [this.states.get(name), alarm.evaluate(minute)];
        if (state === before) {
          return;
        }
        if (state === 'ALARM') {
          firings.push({ alarm: name, minute, actions });
        }
        this.states.set(name, state);
        this.settled = undefined;
      });
      // Rules know states alone: where none has changed, they say what they said.
      this.settled ??= this.settleComposites();
      this.settled.forEach(({ name, state, actions, suppressor, members }, _, all) => {
        const suppression = this.suppressions.get(name);
        const because = () => members.map((alias) => this.set.names.get(alias)!).filter((member) => this.states.get(member) === 'ALARM');
        if (!suppression) {
          if (state === 'ALARM' && this.states.get(name) !== 'ALARM') {
            firings.push({ alarm: name, minute, actions, because: because() });
          }
          this.states.set(name, state);
          return;
        }
        const by = this.set.names.get(suppressor!)!;
        this.states.set(name, state);
        if (suppression.acts(minute, state, all.find((other) => other.name === by)?.state ?? this.states.get(by) ?? 'OK')) {
          firings.push({ alarm: name, minute, actions, because: because() });
        }
      });
    }
    return firings;
  }

  /** Those that fire now. */
  public firing(): string[] {
    return [...this.states].filter(([, state]) => state === 'ALARM').map(([name]) => name);
  }

  /** A composite may stand on others, in any order: as many rounds as there are composites settle all. */
  private settleComposites(): SettledComposite[] {
    const next = new Map(this.states);
    const stateOf = (alias: string): AlarmState => {
      const name = this.set.names.get(alias);
      if (name === undefined) {
        throw new Error(`a composite names ${alias}, which is no alarm of the template`);
      }
      return next.get(name) ?? 'INSUFFICIENT_DATA';
    };
    for (let changed = true, round = 0; changed && round <= this.set.compositeAlarms.length; round++) {
      changed = false;
      this.set.compositeAlarms.forEach(({ name, rule }) => {
        const state = rule(stateOf) ? 'ALARM' : 'OK';
        changed = changed || next.get(name) !== state;
        next.set(name, state);
      });
    }
    return this.set.compositeAlarms.map(({ name, actions, suppressor, members }) => ({ name, actions, state: next.get(name)!, suppressor: suppressor?.alarm, members }));
  }
}
