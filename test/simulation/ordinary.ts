import { MetricStore } from '../simulators/cloudwatch/metric-store';
import { Monitor } from '../simulators/cloudwatch/monitor';
import type { AlarmSet } from '../simulators/cloudwatch/template-alarms';
import { CountedBalancer, factor, type Shape, type VersionFaults } from './model/counted-balancer';
import { Random } from './model/random';
import { DAY } from './model/time';
import type { WorldNames } from './model/world';

/** Time of a service that keeps its promise. */
export interface OrdinaryProps {
  readonly requestsPerMinute: number;
  readonly shape: Shape;
  readonly faults: VersionFaults;
  readonly late: number;
  /** Days that count. */
  readonly days: number;
  /** Days before, from which bands learn. */
  readonly past: number;
  readonly seed: number;
}

/** Messages by the severity of the channel that gets them, an entry each: the name of the alarm. */
export interface Messages { readonly critical: string[]; readonly error: string[]; readonly warning: string[] }

/** What the alarms of a service say in ordinary days. Tasks, database and cache are well; errors and times are counted. */
export function ordinaryDays(set: AlarmSet, names: WorldNames, props: OrdinaryProps): Messages {
  const minutes = (props.past + props.days) * DAY;
  const store = new MetricStore(minutes);
  const balancer = new CountedBalancer(store, names);
  const calm = calmMetrics(store, names);
  for (let minute = 0; minute < minutes; minute++) {
    const random = new Random(props.seed, minute);
    balancer.answer(minute, 0, random.poisson(props.requestsPerMinute * factor(props.shape, minute, props.seed)), props.faults, random);
    balancer.answer(minute, 1, 0, {}, random);
    calm.forEach(([metric, value]) => metric.observe(minute, value));
  }
  const begins = props.past * DAY;
  const from = Math.max(0, begins - 60);
  const firings = new Monitor(aboutRequests(set, store), store, { late: props.late, from }).watch(from, minutes).filter(({ minute }) => minute >= begins);
  const of = (severity: string) => firings.filter(({ actions }) => actions.some((action) => action.toLowerCase().includes(severity)))
    .map(({ alarm, because = [] }) => set.titles.get(because[0] ?? alarm)!);
  return { critical: of('critical'), error: of('error'), warning: of('warning') };
}

/** Metrics that stay what they are. */
function calmMetrics(store: MetricStore, names: WorldNames) {
  const declare = (namespace: string, name: string, dimensions: { [name: string]: string }) => store.declare({ namespace, name, dimensions });
  const service = { ClusterName: names.cluster, ServiceName: names.service };
  const [group, other] = names.targetGroups.map((TargetGroup) => ({ LoadBalancer: names.loadBalancer, TargetGroup }));
  ['HealthyHostCount', 'UnHealthyHostCount'].forEach((name) => declare('AWS/ApplicationELB', name, other));
  return [
    [declare('AWS/ApplicationELB', 'HealthyHostCount', group), 2],
    [declare('AWS/ApplicationELB', 'UnHealthyHostCount', group), 0],
    [declare('ECS/ContainerInsights', 'RunningTaskCount', service), 2],
    [declare('ECS/ContainerInsights', 'DesiredTaskCount', service), 2],
    [declare('AWS/RDS', 'DatabaseConnections', { DBInstanceIdentifier: names.database.instance }), 20],
  ] as const;
}

/** The alarms whose metrics are here, and composites of them. */
function aboutRequests(set: AlarmSet, store: MetricStore): AlarmSet {
  const metricAlarms = set.metricAlarms.filter(({ queries }) => queries.every(({ metric }) => metric === undefined || store.knows(metric)));
  const here = new Set(metricAlarms.map(({ name }) => name));
  const members = (all: string[]) => all.map((alias) => set.names.get(alias)!);
  const compositeAlarms = set.compositeAlarms.filter((composite) =>
    members(composite.members).every((name) => here.has(name) || set.compositeAlarms.some((other) => other.name === name)));
  return { ...set, metricAlarms, compositeAlarms };
}
