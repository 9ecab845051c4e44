import { binOf } from '../../simulators/cloudwatch/distribution';
import type { MetricStore, RecordedMetric } from '../../simulators/cloudwatch/metric-store';
import type { Ailment } from './conditions';
import type { GroupState } from './deployments';
import type { Random } from './random';

/** Names of what is simulated, as the template has them. */
export interface LoadBalancerNames {
  readonly loadBalancer: string;
  readonly targetGroups: readonly string[];
}

/** One target group's minute. */
export interface GroupMinute extends GroupState {
  readonly requests: number;
  readonly ailment: Ailment;
  /** Tasks of this version. */
  readonly size: number;
  /** Tasks that were added in this minute. */
  readonly added: number;
}

/** Held here, because what is global is looked up slowly within a test. */
const { exp } = Math;
/** Half of all answers come within it, in seconds. */
const MEDIAN = 0.12;
const SPREAD = 0.7;
/** Share of requests that fail when all is well. */
const BACKGROUND_ERRORS = 0.0002;
const BACKGROUND_CLIENT_ERRORS = 0.02;
const SLOWEST_ANSWER = 60;

const COUNTS = [
  'RequestCount', 'HTTPCode_Target_2XX_Count', 'HTTPCode_Target_4XX_Count', 'HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount',
  'HTTPCode_ELB_5XX_Count', 'HTTPCode_ELB_502_Count', 'HTTPCode_ELB_503_Count', 'HTTPCode_ELB_504_Count',
] as const;
const OF_GROUPS_TOO: readonly string[] = COUNTS.filter((name) => !name.startsWith('HTTPCode_ELB'));

type Count = typeof COUNTS[number];
type Counts = { -readonly [name in Count]?: RecordedMetric };

/** An application load balancer's metrics, emitted as AWS does: a count of nothing is no data point, health only where targets are registered. */
export class LoadBalancer {
  private readonly total: Counts;
  private readonly time: RecordedMetric;
  private readonly groups: Array<{ readonly counts: Counts; readonly time: RecordedMetric; readonly healthy: RecordedMetric; readonly unhealthy: RecordedMetric }>;

  /** @param refusedCount whether RequestCount holds requests whose connection was refused: the user guide can be read either way */
  public constructor(store: MetricStore, names: LoadBalancerNames, private readonly refusedCount: boolean) {
    const declare = (name: string, dimensions: { [dimension: string]: string }, distributed = false) =>
      store.declare({ namespace: 'AWS/ApplicationELB', name, dimensions }, { distributed });
    const counts = (chosen: readonly string[], dimensions: { [dimension: string]: string }) =>
      Object.fromEntries(chosen.map((name) => [name, declare(name, dimensions)])) as Counts;
    const whole = { LoadBalancer: names.loadBalancer };
    this.total = counts(COUNTS, whole);
    this.time = declare('TargetResponseTime', whole, true);
    this.groups = names.targetGroups.map((TargetGroup) => {
      const dimensions = { ...whole, TargetGroup };
      return {
        counts: counts(OF_GROUPS_TOO, dimensions),
        time: declare('TargetResponseTime', dimensions, true),
        healthy: declare('HealthyHostCount', dimensions),
        unhealthy: declare('UnHealthyHostCount', dimensions),
      };
    });
  }

  /** Answers the requests of a minute. Returns how many the application answered with an error. */
  public serve(minute: number, groups: GroupMinute[], random: Random): number {
    return groups.map((group, index) => {
      this.reportHealth(minute, index, group);
      return group.requests === 0 ? 0 : this.answer(minute, index, group, random);
    }).reduce((all, errors) => all + errors, 0);
  }

  private answer(minute: number, index: number, { requests, ailment, tasks }: GroupMinute, random: Random): number {
    if (tasks === 'none') {
      this.count(minute, index, { HTTPCode_ELB_5XX_Count: requests, HTTPCode_ELB_503_Count: requests });
      return 0;
    }
    const refused = random.binomial(requests, ailment.refused ?? 0);
    const hanging = random.binomial(requests - refused, ailment.hanging ?? 0);
    const answered = requests - refused - hanging;
    const errors = random.binomial(answered, BACKGROUND_ERRORS + (ailment.errors ?? 0));
    const clientErrors = random.binomial(answered - errors, BACKGROUND_CLIENT_ERRORS + (ailment.unauthorized ?? 0));
    this.count(minute, index, {
      RequestCount: answered + (this.refusedCount ? refused : 0),
      HTTPCode_Target_2XX_Count: answered - errors - clientErrors,
      HTTPCode_Target_4XX_Count: clientErrors,
      HTTPCode_Target_5XX_Count: errors,
      TargetConnectionErrorCount: refused,
      HTTPCode_ELB_5XX_Count: refused + hanging,
      HTTPCode_ELB_502_Count: refused,
      HTTPCode_ELB_504_Count: hanging,
    });
    const { time } = this.groups[index];
    for (let request = 0; request < answered; request++) {
      const seconds = MEDIAN * exp(SPREAD * random.normal());
      const slower = ailment.slower !== undefined && (ailment.slowShare === undefined || random.next() < ailment.slowShare) ? ailment.slower : 1;
      const taken = seconds * slower < SLOWEST_ANSWER ? seconds * slower : SLOWEST_ANSWER;
      const bin = binOf(taken);
      this.time.observe(minute, taken, bin);
      time.observe(minute, taken, bin);
    }
    return errors;
  }

  private count(minute: number, index: number, counts: { readonly [name in Count]?: number }): void {
    Object.entries(counts).forEach(([name, times]) => {
      this.total[name as Count]?.happened(minute, times);
      this.groups[index].counts[name as Count]?.happened(minute, times);
    });
  }

  /** A target that is starting counts as unhealthy until it has passed a check. Where the number changes, a minute has samples of both. */
  private reportHealth(minute: number, index: number, { tasks, size, added, ailment }: GroupMinute): void {
    const { healthy, unhealthy } = this.groups[index];
    const report = (well: number, ill: number) => {
      healthy.observe(minute, well);
      unhealthy.observe(minute, ill);
    };
    switch (tasks) {
      case 'none': return;
      case 'starting': return report(0, size);
      case 'leaving':
        report(size, 0);
        return report(0, 0);
      case 'ready': {
        const ill = Math.min(size, Math.round(size * (ailment.unhealthy ?? 0)) + added);
        return report(size - ill, ill);
      }
    }
  }
}
