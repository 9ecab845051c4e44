import type { MetricStore, RecordedMetric } from '../../simulators/cloudwatch/metric-store';
import type { LoadBalancerNames } from './load-balancer';
import { Random } from './random';

const FAST_ANSWER = 0.1;
const SLOW_ANSWER = 5;
const CLIENT_ERRORS = 0.02;

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

/** A day of 24 hours in a sine, or ten times as much in one minute of ten. On average as much as flat. */
export function factor(shape: Shape, minute: number, seed: number): number {
  switch (shape) {
    case 'flat': return 1;
    case 'daily': return 1 + 0.9 * Math.sin(2 * Math.PI * minute / 1440);
    case 'bursty': return new Random(seed + 1, minute).next() < 0.1 ? 5.5 : 0.5;
  }
}

/** The metrics of a load balancer that depend on requests, counted and not drawn one by one. */
export class CountedBalancer {
  private readonly totals: { readonly [name: string]: RecordedMetric };
  private readonly groups: Array<{ readonly [name: string]: RecordedMetric }>;

  public constructor(store: MetricStore, { loadBalancer, targetGroups }: LoadBalancerNames) {
    const declare = (dimensions: { [name: string]: string }, counts: string[]) => ({
      ...Object.fromEntries(counts.map((name) => [name, store.declare({ namespace: 'AWS/ApplicationELB', name, dimensions })])),
      TargetResponseTime: store.declare({ namespace: 'AWS/ApplicationELB', name: 'TargetResponseTime', dimensions }, { distributed: true }),
    });
    const counts = ['RequestCount', 'HTTPCode_Target_4XX_Count', 'HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount'];
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
    this.count(minute, group, 'HTTPCode_Target_4XX_Count', random.binomial(answered, CLIENT_ERRORS));
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
