import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheSignals } from '../../contracts';
import { CacheMetrics } from '../metrics/cache-metrics';
import type { AlarmDefinition } from './alarm-definition';
import { SPARE_MINUTES } from './late-data';
import { withinMetricLimit } from './metric-limit';

/** Connections that one node accepts (ElastiCache user guide, CurrConnections). */
const MAX_CLIENTS = 65_000;

/**
 * Documented alarms of a cache.
 *
 * Replication lag needs a replica. Hits and misses are on the dashboard alone, because a cold cache is no incident.
 * Source: requirement C-28.
 */
export function cacheAlarms(signals: CacheSignals): AlarmDefinition[] {
  const nodeIds = withinMetricLimit(signals.source, signals.nodeIds, 'nodes');
  const metrics = new CacheMetrics({ ...signals, nodeIds });
  const common = {
    source: signals.source,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    period: Duration.minutes(1),
    evaluationPeriods: 5 + SPARE_MINUTES,
    datapointsToAlarm: 5,
    missing: TreatMissingData.NOT_BREACHING,
  };
  const replicated: AlarmDefinition[] =
    signals.nodeIds.length < 2
      ? []
      : [
        {
          // Ours: a failover would lose as much, and readers see values that are as old.
          ...common,
          key: 'cache-replication-lag',
          metric: metrics.replicationLag(),
          thresholds: { warning: 10 },
          unit: 's',
          onlyWithAllAlarms: true,
          happened: 'has a replica that is behind',
          firstAction:
              'Look for a burst of writes or a full copy to the replica; ' +
              'a failover now would lose what it has not got.',
        },
      ];
  return [
    {
      // 90 % is the ElastiCache user guide's proposal (which metrics should I monitor): the engine uses one processor.
      ...common,
      key: 'cache-cpu',
      metric: metrics.engineCpu(),
      thresholds: { warning: 80, error: 90 },
      unit: '%',
      happened: 'has an engine near the end of its one processor',
      firstAction:
        'Look for slow commands (SLOWLOG GET) and keys that everybody reads; then take a larger node or more shards.',
    },
    {
      // A node of two processors or fewer is busy with connections and background work before its engine is (the
      // ElastiCache user guide's advice for small nodes). A larger node is not, so one limit serves all.
      ...common,
      key: 'cache-host-cpu',
      metric: metrics.hostCpu(),
      thresholds: { warning: 90 },
      unit: '%',
      onlyWithAllAlarms: true,
      happened: 'has a node whose processors are busy',
      firstAction:
        'Compare the host with its engine: if the engine is not busy, connections and TLS are, or a snapshot.',
    },
    {
      // Ours: above it entries are evicted, or writes fail with noeviction.
      ...common,
      key: 'cache-memory',
      metric: metrics.memoryShare(),
      thresholds: { warning: 80, error: 95 },
      unit: '%',
      happened: 'is nearly full',
      firstAction: 'Check that keys have an expiry; then take a larger node.',
    },
    {
      // Ours. A pure cache evicts by design, and its owner disables this alarm. A cache of sessions loses them.
      ...common,
      key: 'cache-evictions',
      metric: metrics.evictions({ period: Duration.minutes(5) }),
      thresholds: { warning: 1000 },
      unit: 'entries',
      period: Duration.minutes(5),
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      onlyWithAllAlarms: true,
      happened: 'drops entries for want of memory',
      firstAction: 'Check that keys have an expiry; then take a larger node.',
    },
    ...replicated,
    {
      ...common,
      key: 'cache-connections',
      metric: metrics.connections(),
      thresholds: { warning: 0.8 * MAX_CLIENTS },
      unit: 'connections',
      onlyWithAllAlarms: true,
      happened: 'has most of the connections that it takes',
      firstAction: 'Look for clients that open a connection for each request instead of keeping one.',
    },
  ];
}
