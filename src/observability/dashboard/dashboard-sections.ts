import { Duration } from 'aws-cdk-lib';
import { Color, type IMetric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { stackPath } from '../../text/stack-path';
import { alarmMetric } from '../alarms/threshold-alarm';
import type { LogQuery, ServiceQueries } from '../logs/log-queries';
import { ServiceMetrics } from '../metrics/service-metrics';
import { graph, heading, PERCENT_AXIS, rowOf, rowsOf, table } from './dashboard-widgets';
import type { ThresholdLines } from './threshold-lines';

const GROUP_COLOURS = [Color.BLUE, Color.GREEN];

/**
 * Golden signals of a service, with its saturation and its log. Source: requirements A-17, B-16, C-28 and D-09.
 *
 * @param queries queries of its log; without them there are no tables
 */
export function serviceSection(
  { source, logGroups, ...rest }: ServiceSignals,
  thresholds: ThresholdLines,
  queries?: ServiceQueries,
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
  const names = logGroups.map(({ logGroupName }) => logGroupName);
  const tables: LogQuery[] =
    queries === undefined || names.length === 0 ? [] : [queries.errorsByContext(), queries.slowestRequests()];
  return [
    heading(`## ${stackPath(source)}`),
    ...rowsOf(signals),
    ...(tables.length === 0 ? [] : [rowOf(tables.map((query) => table(query.title, query, names)))]),
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
