import { MetricStore, type RecordedMetric } from '../simulators/cloudwatch/metric-store';
import { Monitor } from '../simulators/cloudwatch/monitor';
import type { AlarmSet } from '../simulators/cloudwatch/template-alarms';
import type { LoadBalancerNames } from './model/load-balancer';
import { Random } from './model/random';

/** What goes wrong with the requests of one version: shares of 0 to 1. */
export interface VersionFaults {
  readonly errors?: number;
  readonly refused?: number;
  /** Never answered: an error of the load balancer alone. */
  readonly hanging?: number;
  readonly slow?: number;
}

/** How requests are spread over time. */
export type Shape = 'flat' | 'daily' | 'bursty';

/** Releases of one kind. */
export interface ReleaseProps {
  readonly requestsPerMinute: number;
  readonly shape?: Shape;
  /** Of the new version. */
  readonly fresh: VersionFaults;
  /** Of the version before, which still serves until the shift and what the canary leaves it. */
  readonly former: VersionFaults;
  /** Share of the requests that the new version gets first, for the first minutes of the shift. */
  readonly canary?: { readonly share: number; readonly minutes: number };
  /** Minutes that data take to arrive. */
  readonly late: number;
  readonly runs: number;
  readonly seed: number;
}

/** What became of them. */
export interface ReleaseOutcome {
  readonly rolledBack: number;
  /** Minutes from the shift to the rollback, of those that were rolled back, the fastest first. */
  readonly minutes: number[];
}

/** Minutes before the shift, in which the alarms find their state: they see 17 minutes at most. */
const BEFORE = 22;
/** Minutes in which a release can be rolled back: shift and bake. */
const RELEASE = 34;
const FAST_ANSWER = 0.1;
const SLOW_ANSWER = 5;

/**
 * Makes one release after another and sees which of the alarms would have rolled it back. Only the load balancer is simulated: its counts are
 * Poisson and binomial. Each release moves traffic from the first target group to the second; the minutes before it belong to the first.
 */
export function makeReleases(set: AlarmSet, names: LoadBalancerNames, props: ReleaseProps): ReleaseOutcome {
  const length = BEFORE + RELEASE;
  const store = new MetricStore(props.runs * length);
  const balancer = new CountedBalancer(store, names);
  for (let minute = 0; minute < props.runs * length; minute++) {
    const since = minute % length - BEFORE;
    const random = new Random(props.seed, minute);
    const requests = random.poisson(props.requestsPerMinute * factor(props.shape ?? 'flat', minute, props.seed));
    const share = since < 0 ? 0 : props.canary && since < props.canary.minutes ? props.canary.share : 1;
    const toFresh = random.binomial(requests, share);
    balancer.answer(minute, 0, requests - toFresh, props.former, random);
    balancer.answer(minute, 1, toFresh, props.fresh, random);
  }
  const monitor = new Monitor(judges(set), store, { late: props.late });
  const found: number[] = [];
  let started: string[] = [];
  let ended = false;
  for (let minute = 0; minute < props.runs * length; minute++) {
    const since = minute % length - BEFORE;
    monitor.watch(minute, minute + 1);
    const firing = monitor.firing();
    if (since === -1) {
      started = firing;
      ended = false;
    }
    // ECS ignores an alarm that fires when the deployment starts.
    if (since >= 0 && !ended && firing.some((alarm) => !started.includes(alarm))) {
      found.push(since + 1);
      ended = true;
    }
  }
  return { rolledBack: found.length, minutes: found.sort((a, b) => a - b) };
}

/** The alarms that roll back and judge requests. What they say of targets is another matter. */
function judges(set: AlarmSet): AlarmSet {
  return {
    ...set,
    metricAlarms: set.metricAlarms.filter(({ name, queries }) =>
      set.rollback.includes(name) && queries.every(({ metric }) => metric === undefined || !metric.name.includes('HostCount'))),
    compositeAlarms: [],
  };
}

/** A day of 24 hours in a sine, or ten times as much in one minute of ten. On average as much as flat. */
function factor(shape: Shape, minute: number, seed: number): number {
  switch (shape) {
    case 'flat': return 1;
    case 'daily': return 1 + 0.9 * Math.sin(2 * Math.PI * minute / 1440);
    case 'bursty': return new Random(seed + 1, minute).next() < 0.1 ? 5.5 : 0.5;
  }
}

/** The metrics of a load balancer that depend on requests, counted and not drawn one by one. */
class CountedBalancer {
  private readonly totals: { readonly [name: string]: RecordedMetric };
  private readonly groups: Array<{ readonly [name: string]: RecordedMetric }>;

  public constructor(store: MetricStore, { loadBalancer, targetGroups }: LoadBalancerNames) {
    const declare = (dimensions: { [name: string]: string }, counts: string[]) => ({
      ...Object.fromEntries(counts.map((name) => [name, store.declare({ namespace: 'AWS/ApplicationELB', name, dimensions })])),
      TargetResponseTime: store.declare({ namespace: 'AWS/ApplicationELB', name: 'TargetResponseTime', dimensions }, { distributed: true }),
    });
    const counts = ['RequestCount', 'HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount'];
    this.totals = declare({ LoadBalancer: loadBalancer }, [...counts, 'HTTPCode_ELB_5XX_Count']);
    this.groups = targetGroups.map((TargetGroup) => declare({ LoadBalancer: loadBalancer, TargetGroup }, counts));
  }

  public answer(minute: number, group: number, requests: number, faults: VersionFaults, random: Random): void {
    const refused = random.binomial(requests, faults.refused ?? 0);
    const hanging = random.binomial(requests - refused, faults.hanging ?? 0);
    const answered = requests - refused - hanging;
    const slow = random.binomial(answered, faults.slow ?? 0);
    this.count(minute, group, 'RequestCount', answered);
    this.count(minute, group, 'HTTPCode_Target_5XX_Count', random.binomial(answered, faults.errors ?? 0));
    this.count(minute, group, 'TargetConnectionErrorCount', refused);
    this.totals.HTTPCode_ELB_5XX_Count.happened(minute, refused + hanging);
    [this.totals, this.groups[group]].forEach(({ TargetResponseTime }) => {
      TargetResponseTime.observeMany(minute, FAST_ANSWER, answered - slow);
      TargetResponseTime.observeMany(minute, SLOW_ANSWER, slow);
    });
  }

  private count(minute: number, group: number, name: string, times: number): void {
    this.totals[name].happened(minute, times);
    this.groups[group][name].happened(minute, times);
  }
}
