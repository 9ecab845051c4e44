import { AnomalyBands } from '../simulators/cloudwatch/anomaly-bands';
import { type Firing, Monitor } from '../simulators/cloudwatch/monitor';
import { type AlarmSet, alarmsOf, type TemplateJson } from '../simulators/cloudwatch/template-alarms';
import { Schedule } from './model/deployments';
import { DAY, HOUR } from './model/time';
import { World, type WorldNames, type WorldProps } from './model/world';
import { ordinaryDeployments, type Scenario } from './scenarios';

const SEED = 20_240_101;
const PAST = 2 * 7 * DAY;
/** Two more weeks: the month with the two that are learned from. */
const STEADY = 14 * DAY;
/** Alarms are evaluated for so long before what is counted, so that each has found its state. */
const RUN_UP = 6 * HOUR;

/** Of messages, the most urgent first. */
const SEVERITIES = ['critical', 'error', 'warning'];

/** A set of alarms, and how soon it gets its data. */
export interface Contender {
  readonly template: TemplateJson;
  /** Minutes that data take to arrive; none unless said. */
  readonly late?: number;
}

/** An alarm, and when it came. */
export interface Notice {
  readonly alarm: string;
  readonly severity: string;
  /** Minutes from the moment that is counted from, the minute in which it happened included. */
  readonly minutes: number;
}

/** What alarms said of an incident. */
export interface Outcome {
  /** The first that told somebody, or took the running deployment back. */
  readonly first?: Notice;
  /** The first of the most urgent ones: its page is the one that people open. */
  readonly gravest?: Notice;
  /** The first that woke somebody. */
  readonly page?: Notice;
  /** How often somebody was woken. */
  readonly pages: number;
  /** The first that took the running deployment back. */
  readonly rollback?: Notice;
}

/** Incidents and quiet times, all with the same two weeks behind them. */
export class Simulation {
  private readonly histories = new Map<string, World>();

  public constructor(private readonly names: WorldNames) {}

  /** What each contender says of an incident. An alarm that would have come without it, for the deployment alone, doesn't count. */
  public incident(scenario: Scenario, contenders: Contender[]): Outcome[] {
    const told = this.play(scenario, contenders);
    const anyway = scenario.deployments ? this.play({ ...scenario, story: () => ({}) }, contenders) : [];
    const counted = scenario.begins + (scenario.crosses ?? 0);
    return told.map((all, index) => {
      const notices = all.filter(({ alarm }) => !anyway[index]?.some((usual) => usual.alarm === alarm)).map((notice) => ({ ...notice, minutes: notice.minute + 1 - counted }));
      return {
        first: notices[0],
        gravest: SEVERITIES.map((name) => notices.find(({ severity }) => severity === name)).find((notice) => notice !== undefined),
        page: notices.find(({ severity }) => severity === 'critical'),
        pages: notices.filter(({ severity }) => severity === 'critical').length,
        rollback: notices.find(({ rollsBack }) => rollsBack),
      };
    });
  }

  /** The false alarms of each contender in a time in which nothing happens that anyone must know. */
  public quiet(scenario: Scenario, contenders: Contender[]): string[][] {
    return this.play(scenario, contenders).map((all) => all.map(({ alarm }) => alarm));
  }

  /** The same for two weeks. */
  public steadyLoad(contenders: Contender[]): string[][] {
    return this.quiet({ name: 'steady load', what: '', begins: PAST, lasts: STEADY, story: () => ({}) }, contenders);
  }

  private play(scenario: Scenario, contenders: Contender[]) {
    const { begins, story } = scenario;
    const ends = begins + scenario.lasts;
    // What an incident tells must not depend on a deployment of the same day, unless it has one. Two weeks end as they begin: on the first target group.
    const deployments = [...ordinaryDeployments(scenario.within ? PAST / DAY : Math.ceil(ends / DAY)), ...scenario.deployments ?? []];
    const world = new World({ ...this.props(scenario), minutes: ends, deployments: scenario.young ? [] : deployments });
    (scenario.young ? world : world.continueFrom(this.history(scenario))).liveTo(ends, { from: begins, story });
    const schedule = new Schedule(deployments);
    const bands = new AnomalyBands();
    const from = Math.max(0, begins - RUN_UP);
    return contenders.map(({ template, late }) => {
      const set = alarmsOf(template);
      const firings = new Monitor(set, world.store, { late, from, bands }).watch(from, ends);
      return firings.filter(({ minute }) => minute >= begins).flatMap((firing) => heard(firing, set, schedule));
    });
  }

  private history(scenario: Scenario): World {
    // Refused connections of the past are too few for their count to matter.
    const key = [scenario.demand, scenario.emptyNights, scenario.cpuPerRequest, scenario.nightPause].join();
    const known = this.histories.get(key) ?? new World({ ...this.props(scenario), refusedCount: false, minutes: PAST, deployments: ordinaryDeployments(PAST / DAY) }).liveTo(PAST);
    this.histories.set(key, known);
    return known;
  }

  private props({ refusedCount, emptyNights, cpuPerRequest, nightPause, demand, unreleased }: Scenario): Omit<WorldProps, 'minutes' | 'deployments'> {
    return { names: this.names, seed: SEED, refusedCount, emptyNights, cpuPerRequest, nightPause, demand, unreleased };
  }
}

/** How an alarm reaches somebody: by the severity of what it acts on, or by taking back the deployment that runs. Else it doesn't. */
function heard({ alarm, minute, actions, because = [] }: Firing, set: AlarmSet, schedule: Schedule) {
  const severity = SEVERITIES.find((name) => actions.some((action) => action.toLowerCase().includes(name)));
  if (severity === undefined && actions.length > 0) {
    throw new Error(`${alarm} acts on ${actions.join(', ')}, which names no severity`);
  }
  const rollsBack = set.rollback.includes(alarm) && schedule.at(minute).deploying;
  return severity === undefined && !rollsBack ? [] : [{ alarm: titleOf(alarm, because, set), severity: severity ?? 'rollback', rollsBack, minute }];
}

/** An incident is called by the first alarm that its message names. */
function titleOf(alarm: string, because: string[], { titles }: AlarmSet): string {
  const title = titles.get(alarm)!;
  return title.endsWith('-incident') && because.length > 0 ? titles.get(because[0])! : title;
}
