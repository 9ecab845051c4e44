import { Duration, Token } from 'aws-cdk-lib';
import {
  Color,
  type GraphWidgetProps,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  Shading,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheSignals, DatabaseSignals, ServiceSignals } from '../../contracts';
import { judgedMetric } from '../alarms/threshold-alarm';
import type { LogQuery, ServiceQueries } from '../logs/log-queries';
import { CacheMetrics } from '../metrics/cache-metrics';
import { DatabaseMetrics } from '../metrics/database-metrics';
import { ServiceMetrics } from '../metrics/service-metrics';
import { graph, heading, type Limits, rowOf, rowsOf, type Sized, table } from './dashboard-widgets';

type Names = { readonly [key: string]: string };
type Lines = Pick<GraphWidgetProps, 'leftAnnotations'>;

const PERCENT = { max: 100, label: '%', showUnits: false };
const GROUP_COLOURS = [Color.BLUE, Color.GREEN];

/**
 * The four signals of a service, its saturation and its log (requirements A-17, B-16, C-28, D-09).
 *
 * @param queries what is asked of its log; nothing where logs stay closed
 */
export function serviceSection(
  { source, logGroups, ...rest }: ServiceSignals,
  limits: Limits,
  queries?: ServiceQueries,
): IWidget[] {
  const metrics = new ServiceMetrics({ source, logGroups, ...rest });
  const inLog = limits.of(source, 'service-log-errors');
  const lines = (names: Names): Lines => ({ leftAnnotations: limits.lines(source, names) });
  const signals = [
    graph('Response time', {
      left: [50, 90, 99].map((percentile) => metrics.latency(percentile)),
      leftYAxis: { label: 'seconds', showUnits: false },
      ...lines({ 'service-latency-p50': 'p50', 'service-latency-p90': 'p90', 'service-latency-p99': 'p99' }),
    }),
    graph('Requests in 5 minutes', { left: [metrics.requests()], leftYAxis: { label: 'requests', showUnits: false } }),
    graph('Failed requests in 5 minutes', {
      left: [metrics.errors(), metrics.loadBalancerErrors()],
      leftYAxis: { label: 'requests', showUnits: false },
      ...lines({ 'service-errors-many': '' }),
    }),
    graph('Failed requests in percent', {
      left: [new ServiceMetrics({ source, logGroups, ...rest }, { period: Duration.minutes(1) }).errorPercent()],
      leftYAxis: { label: '%', showUnits: false },
      ...lines({ 'service-error-rate': '' }),
    }),
    graph('CPU and memory', {
      left: [metrics.cpu(), metrics.memory()],
      leftYAxis: PERCENT,
      ...lines({ 'service-cpu': 'CPU', 'service-memory': 'memory' }),
    }),
    graph('Tasks', {
      left: [metrics.desiredTasks(), metrics.runningTasks(), metrics.healthyTasks(), metrics.unhealthyTasks()],
      leftYAxis: { label: 'tasks', showUnits: false },
      ...lines({ 'service-tasks-at-ceiling': 'desired' }),
    }),
    graph('Network', { left: metrics.network() }),
    ...(inLog === undefined
      ? []
      : [
        graph('Errors in the log', {
          left: [judgedMetric(inLog)],
          leftYAxis: { label: 'errors', showUnits: false },
          ...lines({ 'service-log-errors': '' }),
        }),
      ]),
  ];
  const names = logGroups.map(({ logGroupName }) => logGroupName);
  const asked: LogQuery[] =
    queries === undefined || names.length === 0 ? [] : [queries.errorsByContext(), queries.slowestRequests()];
  return [
    heading(`## ${source.node.path}`),
    ...rowsOf(signals),
    ...(asked.length === 0 ? [] : [rowOf(asked.map((query) => table(query.title, query, names)))]),
  ];
}

/** A database: connections, processor, memory, operations, latency, deadlocks (requirements A-37, C-28, D-09). */
export function databaseSection(signals: DatabaseSignals, limits: Limits): IWidget[] {
  const metrics = new DatabaseMetrics(signals);
  const { source } = signals;
  const lines = (names: Names): Lines => ({ leftAnnotations: limits.lines(source, names) });
  const counted = ['database-deadlocks', 'database-connection-failures']
    .flatMap((key) => limits.of(source, key) ?? [])
    .map(judgedMetric);
  return [
    heading(`## ${source.node.path}`),
    ...rowsOf([
      graph('Connections', {
        left: [metrics.connections()],
        leftYAxis: { label: 'connections', showUnits: false },
        leftAnnotations: connectionLines(signals, limits),
      }),
      graph('CPU', {
        left: [metrics.cpu()],
        leftYAxis: PERCENT,
        ...lines({ 'database-cpu': '', 'database-idle': 'idle' }),
      }),
      signals.memoryBytes === undefined
        ? graph('Memory that is left', { left: [metrics.freeableMemory()] })
        : graph('Memory that is left', {
          left: [metrics.freeableMemoryShare()],
          leftYAxis: PERCENT,
          ...lines({ 'database-memory': '' }),
        }),
      graph('Operations a second', {
        left: [metrics.operations()],
        leftYAxis: { label: 'operations', showUnits: false },
      }),
      graph('Time of a disk access', { left: [metrics.readLatency(), metrics.writeLatency()] }),
      ...(!metrics.countsSessions
        ? []
        : [
          graph('Sessions at work', {
            left: [metrics.load()],
            leftYAxis: { label: 'sessions', showUnits: false },
            leftAnnotations: processorLine(signals),
          }),
        ]),
      ...(counted.length === 0
        ? []
        : [
          graph('Deadlocks and refused connections', {
            left: counted,
            leftYAxis: { label: 'in 5 minutes', showUnits: false },
            ...lines({ 'database-deadlocks': '', 'database-connection-failures': '' }),
          }),
        ]),
      roomToGrow(signals, metrics, lines),
    ]),
  ];
}

/** The limits count what is left, or a share; the axis counts connections. */
function connectionLines(
  { source, connectionCeiling: ceiling }: DatabaseSignals,
  limits: Limits,
): HorizontalAnnotation[] {
  if (ceiling === undefined || Token.isUnresolved(ceiling)) {
    return [];
  }
  const left = limits
    .lines(source, { 'database-connections-left': '' })
    .map((line) => ({ ...line, value: ceiling - line.value, label: `${line.label} left of ${ceiling}` }));
  const share = limits
    .lines(source, { 'database-connections-share': '' })
    .map((line) => ({ ...line, value: (ceiling * line.value) / 100, label: `${line.label} of ${ceiling}` }));
  return left.length + share.length > 0
    ? [...left, ...share]
    : [{ value: ceiling, label: `${ceiling}: more it doesn't take`, color: Color.GREY, fill: Shading.NONE }];
}

function processorLine({ vcpus }: DatabaseSignals): HorizontalAnnotation[] {
  return vcpus === undefined || Token.isUnresolved(vcpus)
    ? []
    : [{ value: vcpus, label: `${vcpus} processors: above it they queue`, color: Color.GREY, fill: Shading.NONE }];
}

/** What ends first: the disk of an instance, the capacity of a serverless cluster; other clusters have readers that may be behind. */
function roomToGrow(signals: DatabaseSignals, metrics: DatabaseMetrics, lines: (names: Names) => Lines): Sized {
  if (signals.clusterIdentifier === undefined) {
    return graph('Storage that is left', {
      left: [metrics.freeStorage()],
      leftYAxis: { label: 'GiB', showUnits: false },
      ...lines({ 'database-storage': '' }),
    });
  }
  return signals.maxAcu === undefined
    ? graph('How far readers are behind', {
      left: [metrics.replicaLag()!],
      leftYAxis: { label: 'seconds', showUnits: false },
      ...lines({ 'database-replica-lag': '' }),
    })
    : graph('Capacity in use', {
      left: [metrics.capacityShare()],
      leftYAxis: PERCENT,
      ...lines({ 'database-capacity': '' }),
    });
}

/** A cache (requirement C-28). */
export function cacheSection(signals: CacheSignals, limits: Limits): IWidget[] {
  const metrics = new CacheMetrics(signals);
  const { source } = signals;
  const lines = (names: Names): Lines => ({ leftAnnotations: limits.lines(source, names) });
  return [
    heading(`## ${source.node.path}`),
    ...rowsOf([
      graph('CPU', { left: [metrics.engineCpu()], leftYAxis: PERCENT, ...lines({ 'cache-cpu': '' }) }),
      graph('Hits and misses a minute', {
        left: [metrics.hits(), metrics.misses()],
        leftYAxis: { label: 'lookups', showUnits: false },
      }),
      graph('Memory', { left: [metrics.memoryShare()], leftYAxis: PERCENT, ...lines({ 'cache-memory': '' }) }),
      graph('Entries dropped in 5 minutes', {
        left: [metrics.evictions({ period: Duration.minutes(5) })],
        leftYAxis: { label: 'entries', showUnits: false },
        ...lines({ 'cache-evictions': '' }),
      }),
    ]),
  ];
}

/** What is written down of deployments, each in a line. */
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
 * Deployments: their history, and by which target group requests are answered (requirement B-16). A shift of traffic is two lines that cross.
 *
 * @param historyLog where the history is written down, if it is
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

/** What the team counts itself, a graph each: two units never share an axis (requirements A-18, D-09). */
export function businessSection(business: IMetric[]): IWidget[] {
  return [heading('## Business'), ...rowsOf(business.map((metric) => graph(titleOf(metric), { left: [metric] })))];
}

function titleOf(metric: IMetric): string {
  const { metricStat, renderingProperties } = metric.toMetricConfig();
  return (renderingProperties?.label as string | undefined) ?? metricStat?.metricName ?? 'Business metric';
}
