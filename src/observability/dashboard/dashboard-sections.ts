import { Duration } from 'aws-cdk-lib';
import { Color, type IMetric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { stackPath } from '../../text/stack-path';
import { alarmMetric } from '../alarms/threshold-alarm';
import type { LogQuery, ServiceQueries } from '../logs/log-queries';
import { ServiceMetrics } from '../metrics/service-metrics';
import type { WatchedObjective } from '../slo/error-budget';
import { budgetGraphs } from './budget-graphs';
import { graph, heading, PERCENT_AXIS, rowOf, rowsOf, table } from './dashboard-widgets';
import { failureGraphs } from './failure-graphs';
import type { ThresholdLines } from './threshold-lines';

const GROUP_COLOURS = [Color.BLUE, Color.GREEN];

/**
 * Golden signals of a service, with its error budgets and its saturation. Source: requirements A-17, B-16, C-28 and
 * D-09.
 *
 * @param objectives objectives of this service
 */
export function serviceSection(
  { source, logGroups, ...rest }: ServiceSignals,
  thresholds: ThresholdLines,
  objectives: WatchedObjective[],
): IWidget[] {
  const metrics = new ServiceMetrics({ source, logGroups, ...rest });
  const inLog = thresholds.definition(source, 'service-log-errors');
  const signals = [
    graph('Response time', {
      left: [50, 90, 99].map((percentile) => metrics.latency(percentile)),
      leftYAxis: { label: 'seconds', showUnits: false },
      ...thresholds.lines(source, {
        'service-latency-p50': 'p50',
        'service-latency-p90': 'p90',
        'service-latency-p99': 'p99',
      }),
    }),
    graph('Requests in 5 minutes', { left: [metrics.requests()], leftYAxis: { label: 'requests', showUnits: false } }),
    graph('Failed requests in 5 minutes', {
      left: [metrics.errors(), metrics.loadBalancerErrors()],
      leftYAxis: { label: 'requests', showUnits: false },
      ...thresholds.lines(source, { 'service-errors-many': '' }),
    }),
    graph('Failed requests in percent', {
      left: [new ServiceMetrics({ source, logGroups, ...rest }, { period: Duration.minutes(1) }).errorPercent()],
      leftYAxis: { label: '%', showUnits: false },
    }),
    ...failureGraphs({ source, logGroups, ...rest }),
    ...objectives.flatMap(budgetGraphs),
    graph('CPU and memory', {
      left: [metrics.cpu(), metrics.memory()],
      leftYAxis: PERCENT_AXIS,
      ...thresholds.lines(source, { 'service-cpu': 'CPU', 'service-memory': 'memory' }),
    }),
    graph('Tasks', {
      left: [metrics.desiredTasks(), metrics.runningTasks(), metrics.healthyTasks(), metrics.unhealthyTasks()],
      leftYAxis: { label: 'tasks', showUnits: false },
      ...thresholds.lines(source, { 'service-tasks-at-maximum': 'desired' }),
    }),
    graph('Network', { left: metrics.network() }),
    ...(inLog === undefined
      ? []
      : [
        graph('Errors in the log', {
          left: [alarmMetric(inLog)],
          leftYAxis: { label: 'errors', showUnits: false },
          ...thresholds.lines(source, { 'service-log-errors': '' }),
        }),
      ]),
  ];
  return [heading(`## ${stackPath(source)}`), ...rowsOf(signals)];
}

/** Errors and slow requests in the log of a service. They read a page further down, after the graphs of all sources. */
export function logSection({ source, logGroups }: ServiceSignals, queries: ServiceQueries): IWidget[] {
  const names = logGroups.map(({ logGroupName }) => logGroupName);
  return names.length === 0
    ? []
    : [
      heading(`## ${stackPath(source)}: log`),
      rowOf([queries.errorsByContext(), queries.slowestRequests()].map((query) => table(query.title, query, names))),
    ];
}

/** Query of the deployment history, one line for each event. */
const HISTORY: LogQuery = {
  title: 'Deployments, the last first',
  query: {
    fields: ['@timestamp', 'detail.eventName as event', 'detail.reason as reason'],
    parseStatements: ['resources.0 ":service/*/*" as cluster, service'],
    sort: '@timestamp desc',
    limit: 100,
    display: '@timestamp, service, event, reason',
  },
};

/**
 * History of deployments, and requests by target group. A shift of traffic is two lines that cross.
 * Source: requirement B-16.
 *
 * @param historyLog name of the log group with the history, if there is one
 */
export function deploymentSection(services: ServiceSignals[], historyLog?: string): IWidget[] {
  const shifts = services.map((signals) =>
    graph(`${signals.source.node.id}: who answers requests`, {
      left: new ServiceMetrics(signals)
        .requestsByGroup()
        .map((metric, index) => metric.with({ color: GROUP_COLOURS[index] })),
      leftYAxis: { label: 'requests', showUnits: false },
    }),
  );
  const history = historyLog === undefined ? [] : [table(HISTORY.title, HISTORY, [historyLog])];
  return [
    heading('## Deployments'),
    ...(history.length > 0 && shifts.length <= 2
      ? [rowOf([...history, ...shifts], [shifts.length, ...shifts.map(() => 1)])]
      : [...history.map((one) => rowOf([one])), ...rowsOf(shifts)]),
  ];
}

/** Metrics of the team, a graph each, because two units never share an axis. Source: requirements A-18 and D-09. */
export function businessSection(business: IMetric[]): IWidget[] {
  return [heading('## Business'), ...rowsOf(business.map((metric) => graph(titleOf(metric), { left: [metric] })))];
}

function titleOf(metric: IMetric): string {
  const { metricStat, renderingProperties } = metric.toMetricConfig();
  return (renderingProperties?.label as string | undefined) ?? metricStat?.metricName ?? 'Business metric';
}
