import { DatabaseFamily, type DatabaseSignals } from '../../contracts';
import type { DatabaseMetrics } from '../metrics/database-metrics';
import type { AlarmRow } from './alarm-definition';

/** Documented alarms on readers that are behind, and on replication slots. */
export function replicationAlarms(signals: DatabaseSignals, metrics: DatabaseMetrics): AlarmRow[] {
  const lag = metrics.replicaLag();
  const ofReaders =
    lag === undefined
      ? []
      : [
        {
          key: 'database-replica-lag',
          metric: lag,
          thresholds: { warning: maxLag(signals) },
          unit: 's',
          onlyWithAllAlarms: true,
          happened: 'has a reader that is behind',
          firstAction:
              'Look for a long transaction or statement on the reader, and at the load that the writer sends it.',
        },
      ];
  return [...ofReaders, ...slots(signals, metrics)];
}

/**
 * Alarm on a replication slot that nobody reads.
 *
 * It keeps the log until the disk is full. The limit is ours.
 */
function slots(
  { family, clusterIdentifier, instanceIdentifiers }: DatabaseSignals,
  metrics: DatabaseMetrics,
): AlarmRow[] {
  return family !== DatabaseFamily.POSTGRES || clusterIdentifier !== undefined || instanceIdentifiers.length === 0
    ? []
    : [
      {
        key: 'database-slot-lag',
        metric: metrics.slotLag(),
        thresholds: { warning: 5 },
        unit: 'GiB',
        onlyWithAllAlarms: true,
        happened: 'keeps its log for a replication slot that is behind',
        firstAction: 'Find the slot that is not active: start what reads it, or drop it before the disk is full.',
      },
    ];
}

/**
 * Aurora's readers share the volume and lag by much less than 100 ms (Aurora user guide, replication). A PostgreSQL
 * read replica of an idle instance reports up to five minutes (RDS user guide, read replicas of PostgreSQL).
 */
function maxLag({ clusterIdentifier, family }: DatabaseSignals): number {
  return clusterIdentifier !== undefined ? 2 : family === DatabaseFamily.POSTGRES ? 600 : 60;
}
