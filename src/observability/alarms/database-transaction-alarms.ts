import { Duration } from 'aws-cdk-lib';
import type { IMetric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { DatabaseFamily, type DatabaseSignals } from '../../contracts';
import type { DatabaseLogMetrics } from '../logs/database-log-metrics';
import type { DatabaseMetrics } from '../metrics/database-metrics';
import type { AlarmRow } from './alarm-definition';

/** Metric of Aurora, or of metric filters on a known log. */
interface Counted {
  readonly metric?: IMetric;
  readonly createMetricFilters?: () => void;
}

const FIVE_MINUTES = Duration.minutes(5);
const BY_FIVE: MetricOptions = { period: FIVE_MINUTES };

/**
 * Documented alarms on the age of transactions, on refused connections and on deadlocks.
 *
 * @param logs metrics of the logs, where Aurora has no metric
 */
export function transactionAlarms(
  signals: DatabaseSignals,
  metrics: DatabaseMetrics,
  logs?: DatabaseLogMetrics,
): AlarmRow[] {
  const aurora = signals.clusterIdentifier !== undefined;
  const failures: Counted =
    aurora && signals.family === DatabaseFamily.MYSQL
      ? { metric: metrics.countOfRate('LoginFailures', 'Refused connections', BY_FIVE) }
      : { metric: logs?.connectionFailures(), createMetricFilters: () => logs?.countConnectionFailures() };
  const deadlocks: Counted = aurora
    ? { metric: metrics.countOfRate('Deadlocks', 'Deadlocks', BY_FIVE) }
    : { metric: logs?.deadlocks(), createMetricFilters: () => logs?.countDeadlocks() };
  return [
    ...(signals.family !== DatabaseFamily.POSTGRES
      ? []
      : [
        {
          // Half of the 2 146 483 648 at which PostgreSQL stops accepting writes (Aurora, MaximumUsedTransactionIDs).
          key: 'database-transaction-age',
          metric: metrics.transactionAge(BY_FIVE),
          thresholds: { error: 1_000_000_000 },
          unit: 'transactions',
          period: FIVE_MINUTES,
          evaluationPeriods: 3,
          datapointsToAlarm: 3,
          happened: 'has rows that no vacuum has frozen for very long, and stops taking writes at twice that',
          firstAction:
              'Find what keeps vacuum back: an open transaction, a prepared one, a replication slot; ' +
              'end it and vacuum the oldest tables.',
        },
      ]),
    ...(failures.metric === undefined
      ? []
      : [
        {
          // Requirement E-09 names no number. Ours is that of the errors in A-21.
          key: 'database-connection-failures',
          metric: failures.metric,
          createMetricFilters: failures.createMetricFilters,
          thresholds: { warning: 10 },
          unit: 'connections',
          period: FIVE_MINUTES,
          evaluationPeriods: 1,
          datapointsToAlarm: 1,
          happened: 'turned connections down',
          firstAction:
              'Read the log: a wrong password points to a rotation that tasks have not followed, ' +
              'too many clients to the pools, a missing entry to TLS.',
        },
      ]),
    ...(deadlocks.metric === undefined
      ? []
      : [
        {
          // Ours: an application retries a few. More mean that two code paths take locks in different orders.
          key: 'database-deadlocks',
          metric: deadlocks.metric,
          createMetricFilters: deadlocks.createMetricFilters,
          thresholds: { warning: 10 },
          unit: 'deadlocks',
          period: FIVE_MINUTES,
          evaluationPeriods: 1,
          datapointsToAlarm: 1,
          onlyWithAllAlarms: true,
          happened: 'ended transactions that waited for each other',
          firstAction: 'Find the two statements in the log and make them take their locks in the same order.',
        },
      ]),
  ];
}
