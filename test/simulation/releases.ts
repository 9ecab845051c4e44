import { MetricStore } from '../simulators/cloudwatch/metric-store';
import { Monitor } from '../simulators/cloudwatch/monitor';
import type { AlarmSet } from '../simulators/cloudwatch/template-alarms';
import { CountedBalancer, factor, type Shape, type VersionFaults } from './model/counted-balancer';
import type { LoadBalancerNames } from './model/load-balancer';
import { Random } from './model/random';

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
