import { Duration, Token } from 'aws-cdk-lib';
import { Color, type HorizontalAnnotation, type IWidget, Shading } from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheSignals, DatabaseSignals } from '../../contracts';
import { stackPath } from '../../text/stack-path';
import { alarmMetric } from '../alarms/threshold-alarm';
import { CacheMetrics } from '../metrics/cache-metrics';
import { DatabaseMetrics } from '../metrics/database-metrics';
import { graph, heading, PERCENT_AXIS, rowsOf, type Sized } from './dashboard-widgets';
import type { ThresholdLines } from './threshold-lines';

/** Connections, CPU, memory, operations and headroom of a database. Source: requirements A-37, C-28 and D-09. */
export function databaseSection(signals: DatabaseSignals, thresholds: ThresholdLines): IWidget[] {
  const metrics = new DatabaseMetrics(signals);
  const { source } = signals;
  const counted = ['database-deadlocks', 'database-connection-failures']
    .flatMap((key) => thresholds.definition(source, key) ?? [])
    .map(alarmMetric);
  return [
    heading(`## ${stackPath(source)}`),
    ...rowsOf([
      graph('Connections', {
        left: [metrics.connections()],
        leftYAxis: { label: 'connections', showUnits: false },
        leftAnnotations: connectionLines(signals, thresholds),
      }),
      graph('CPU', {
        left: [metrics.cpu()],
        leftYAxis: PERCENT_AXIS,
        ...thresholds.lines(source, { 'database-cpu': '', 'database-idle': 'idle' }),
      }),
      signals.memoryBytes === undefined
        ? graph('Memory that is left', { left: [metrics.freeableMemory()] })
        : graph('Memory that is left', {
          left: [metrics.freeableMemoryShare()],
          leftYAxis: PERCENT_AXIS,
          ...thresholds.lines(source, { 'database-memory': '' }),
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
            leftAnnotations: vcpuLine(signals),
          }),
        ]),
      ...(counted.length === 0
        ? []
        : [
          graph('Deadlocks and refused connections', {
            left: counted,
            leftYAxis: { label: 'in 5 minutes', showUnits: false },
            ...thresholds.lines(source, { 'database-deadlocks': '', 'database-connection-failures': '' }),
          }),
        ]),
      headroom(signals, metrics, thresholds),
    ]),
  ];
}

/** The thresholds are connections left, or a percentage. The axis is connections. */
function connectionLines(
  { source, maxConnections: ceiling }: DatabaseSignals,
  thresholds: ThresholdLines,
): HorizontalAnnotation[] {
  if (ceiling === undefined || Token.isUnresolved(ceiling)) {
    return [];
  }
  const left = thresholds
    .annotations(source, { 'database-connections-left': '' })
    .map((line) => ({ ...line, value: ceiling - line.value, label: `${line.label} left of ${ceiling}` }));
  const share = thresholds
    .annotations(source, { 'database-connections-share': '' })
    .map((line) => ({ ...line, value: (ceiling * line.value) / 100, label: `${line.label} of ${ceiling}` }));
  return left.length + share.length > 0
    ? [...left, ...share]
    : [{ value: ceiling, label: `${ceiling}: more it doesn't take`, color: Color.GREY, fill: Shading.NONE }];
}

function vcpuLine({ vcpus }: DatabaseSignals): HorizontalAnnotation[] {
  return vcpus === undefined || Token.isUnresolved(vcpus)
    ? []
    : [{ value: vcpus, label: `${vcpus} processors: above it they queue`, color: Color.GREY, fill: Shading.NONE }];
}

/** Disk of an instance, capacity of a serverless cluster, replica lag of other clusters. */
function headroom(signals: DatabaseSignals, metrics: DatabaseMetrics, thresholds: ThresholdLines): Sized {
  const { source } = signals;
  if (signals.clusterIdentifier === undefined) {
    return graph('Storage that is left', {
      left: [metrics.freeStorage()],
      leftYAxis: { label: 'GiB', showUnits: false },
      ...thresholds.lines(source, { 'database-storage': '' }),
    });
  }
  return signals.maxAcu === undefined
    ? graph('How far readers are behind', {
      left: [metrics.replicaLag()!],
      leftYAxis: { label: 'seconds', showUnits: false },
      ...thresholds.lines(source, { 'database-replica-lag': '' }),
    })
    : graph('Capacity in use', {
      left: [metrics.capacityShare()],
      leftYAxis: PERCENT_AXIS,
      ...thresholds.lines(source, { 'database-capacity': '' }),
    });
}

/** CPU, lookups, memory and evictions of a cache. Source: requirement C-28. */
export function cacheSection(signals: CacheSignals, thresholds: ThresholdLines): IWidget[] {
  const metrics = new CacheMetrics(signals);
  const { source } = signals;
  return [
    heading(`## ${stackPath(source)}`),
    ...rowsOf([
      graph('CPU', {
        left: [metrics.engineCpu()],
        leftYAxis: PERCENT_AXIS,
        ...thresholds.lines(source, { 'cache-cpu': '' }),
      }),
      graph('Hits and misses a minute', {
        left: [metrics.hits(), metrics.misses()],
        leftYAxis: { label: 'lookups', showUnits: false },
      }),
      graph('Memory', {
        left: [metrics.memoryShare()],
        leftYAxis: PERCENT_AXIS,
        ...thresholds.lines(source, { 'cache-memory': '' }),
      }),
      graph('Entries dropped in 5 minutes', {
        left: [metrics.evictions({ period: Duration.minutes(5) })],
        leftYAxis: { label: 'entries', showUnits: false },
        ...thresholds.lines(source, { 'cache-evictions': '' }),
      }),
    ]),
  ];
}
