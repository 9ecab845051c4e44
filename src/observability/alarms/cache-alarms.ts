import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheSignals } from '../../contracts';
import { CacheMetrics } from '../metrics/cache-metrics';
import { type AlarmDefinition, SPARE_MINUTES } from './alarm-definition';
import { watchable } from './metric-limit';

/** Most connections to one node (ElastiCache user guide, CurrConnections). */
const MAX_CLIENTS = 65_000;

/** The alarms of a cache. Replication lag only where there is a replica. Hits and misses are for the dashboard (requirement C-28): a cold cache is no incident. */
export function cacheAlarms(signals: CacheSignals): AlarmDefinition[] {
  const metrics = new CacheMetrics({ ...signals, nodeIds: watchable(signals.source, signals.nodeIds, 'nodes') });
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
          // Ours: what a failover would lose; a reader of the cache sees values of so long ago.
          ...common,
          key: 'cache-replication-lag',
          metric: metrics.replicationLag(),
          thresholds: { warning: 10 },
          unit: 's',
          onlyInFullSet: true,
          happened: 'has a replica that is behind',
          first:
              'Look for a burst of writes or a full copy to the replica; a failover now would lose what it has not got.',
        },
      ];
  return [
    {
      // 90 % is what the ElastiCache user guide proposes (which metrics should I monitor); the engine has one processor, and the error is near the end of it.
      ...common,
      key: 'cache-cpu',
      metric: metrics.engineCpu(),
      thresholds: { warning: 80, error: 90 },
      unit: '%',
      happened: 'has an engine near the end of its one processor',
      first:
        'Look for slow commands (SLOWLOG GET) and keys that everybody reads; then take a larger node or more shards.',
    },
    {
      // Ours: above it entries go, or with noeviction writes fail.
      ...common,
      key: 'cache-memory',
      metric: metrics.memoryShare(),
      thresholds: { warning: 80, error: 95 },
      unit: '%',
      happened: 'is nearly full',
      first: 'Check that keys have an expiry; then take a larger node.',
    },
    {
      // Ours. A pure cache evicts by design; one that holds sessions loses them: the caller of the first kind leaves this alarm out, with that reason.
      ...common,
      key: 'cache-evictions',
      metric: metrics.evictions({ period: Duration.minutes(5) }),
      thresholds: { warning: 1000 },
      unit: 'entries',
      period: Duration.minutes(5),
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      onlyInFullSet: true,
      happened: 'drops entries for want of memory',
      first: 'Check that keys have an expiry; then take a larger node.',
    },
    ...replicated,
    {
      ...common,
      key: 'cache-connections',
      metric: metrics.connections(),
      thresholds: { warning: 0.8 * MAX_CLIENTS },
      unit: 'connections',
      onlyInFullSet: true,
      happened: 'has most of the connections that it takes',
      first: 'Look for clients that open a connection for each request instead of keeping one.',
    },
  ];
}
