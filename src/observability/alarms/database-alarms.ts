import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { DatabaseSignals } from '../../contracts';
import type { DatabaseLogMetrics } from '../logs/database-log-metrics';
import { DatabaseMetrics } from '../metrics/database-metrics';
import type { AlarmDefinition, AlarmRow } from './alarm-definition';
import { replicationAlarms } from './database-replication-alarms';
import { transactionAlarms } from './database-transaction-alarms';
import { SPARE_MINUTES } from './late-data';
import { withinMetricLimit } from './metric-limit';

const ABOVE = ComparisonOperator.GREATER_THAN_THRESHOLD;
const BELOW = ComparisonOperator.LESS_THAN_THRESHOLD;
const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/**
 * Documented alarms of a database that its kind supports.
 *
 * Connections need a known maximum. Storage and disk are those of instances, capacity that of serverless clusters.
 * A paused or stopped database reports no data, which is treated as not breaching.
 *
 * @param logs metrics of the logs; without them those alarms are missing, except where Aurora has a metric
 */
export function databaseAlarms(signals: DatabaseSignals, logs?: DatabaseLogMetrics): AlarmDefinition[] {
  const instanceIdentifiers = withinMetricLimit(signals.source, signals.instanceIdentifiers, 'instances');
  const metrics = new DatabaseMetrics({ ...signals, instanceIdentifiers });
  const rows = [
    ...connections(signals, metrics),
    ...processor(signals, metrics),
    ...memoryAndDisk(signals, metrics),
    ...replicationAlarms(signals, metrics),
    ...transactionAlarms(signals, metrics, logs),
    ...capacity(signals, metrics),
  ];
  return rows.map((row) => ({
    source: signals.source,
    comparison: ABOVE,
    period: MINUTE,
    evaluationPeriods: 5 + SPARE_MINUTES,
    datapointsToAlarm: 5,
    missing: TreatMissingData.NOT_BREACHING,
    ...row,
  }));
}

function connections(signals: DatabaseSignals, metrics: DatabaseMetrics): AlarmRow[] {
  return signals.maxConnections === undefined
    ? []
    : [
      {
        // Fewer than 5: requirement A-21. So close to the maximum, three minutes are enough evidence.
        key: 'database-connections-left',
        metric: metrics.connectionsLeft(),
        comparison: BELOW,
        thresholds: { warning: 5 },
        unit: 'connections',
        evaluationPeriods: 3 + SPARE_MINUTES,
        datapointsToAlarm: 3,
        happened: 'takes hardly any more connections',
        firstAction:
          'Find out who holds connections, idle ones above all, and end those before new tasks fail to start.',
      },
      {
        // 80 %: requirements C-26, D-08 (there P2, over 5 minutes) and E-09.
        key: 'database-connections-share',
        metric: metrics.connectionShare(),
        thresholds: { error: 80 },
        unit: '%',
        happened: 'uses most of the connections that it takes',
        firstAction:
            'Compare the tasks that run times the size of their pool with the most that the database takes, ' +
            'and make the pools smaller.',
      },
    ];
}

function processor(signals: DatabaseSignals, metrics: DatabaseMetrics): AlarmRow[] {
  return [
    {
      // 70 % over 5 minutes: requirement C-26; E-09 has 80 %.
      key: 'database-cpu',
      metric: metrics.cpu(),
      thresholds: { warning: 70 },
      unit: '%',
      happened: 'has a busy processor',
      firstAction: 'Look at the statements that load the database most, in Database Insights.',
    },
    // The ratio is a metric of RDS. The vCPUs of a serverless member change, so CPU and capacity are its alarms.
    ...(signals.maxAcu !== undefined || !metrics.countsSessions
      ? []
      : [
        {
          // Above 1, sessions wait for a vCPU (RDS user guide, DB load and Max vCPU). A job of ten minutes may do so.
          key: 'database-load',
          metric: metrics.loadPerProcessor(),
          thresholds: { warning: 1 },
          unit: 'sessions for each vCPU',
          evaluationPeriods: 15,
          datapointsToAlarm: 10,
          onlyWithAllAlarms: true,
          happened: 'has more sessions at work than processors',
          firstAction: 'Look at what the sessions wait for, in Database Insights: a lock, the disk or the processor.',
        },
      ]),
    {
      // 15 minutes: requirement C-26, which names no threshold. Nights are often idle, so it alarms by override only.
      key: 'database-idle',
      metric: metrics.cpu(),
      comparison: BELOW,
      thresholds: {},
      unit: '%',
      evaluationPeriods: 15 + SPARE_MINUTES,
      datapointsToAlarm: 15,
      onlyWithAllAlarms: true,
      happened: 'has had little to do for a while',
      firstAction: 'Check that the service still reaches it; if this lasts for days, take a smaller one.',
    },
    ...(signals.burstable
      ? [
        {
          /*
             * RDS reports credits every 5 minutes. T3 and T4g instances start with none and run at full speed without
             * any, for extra money. Two hours distinguish a lasting lack from a fresh start (RDS user guide,
             * CPUCreditBalance; EC2 user guide, unlimited mode).
             */
          key: 'database-cpu-credits',
          metric: metrics.cpuCredits(),
          comparison: BELOW,
          thresholds: { warning: 10 },
          unit: 'credits',
          period: FIVE_MINUTES,
          evaluationPeriods: 24,
          datapointsToAlarm: 24,
          onlyWithAllAlarms: true,
          happened: 'has used up its processor credits and goes on for extra money, or slower',
          firstAction:
              'Look at what keeps the processor busy; if it is the normal load, take a class that is not burstable.',
        },
      ]
      : []),
  ];
}

function memoryAndDisk(signals: DatabaseSignals, metrics: DatabaseMetrics): AlarmRow[] {
  return [
    ...(signals.memoryBytes === undefined
      ? []
      : [
        {
          // Ours. Freeable memory includes caches. MySQL's buffer pool takes 75 % by default; a healthy server has 10
          // %.
          key: 'database-memory',
          metric: metrics.freeableMemoryShare(),
          comparison: BELOW,
          thresholds: { warning: 5 },
          unit: '%',
          evaluationPeriods: 15,
          datapointsToAlarm: 10,
          happened: 'has hardly any memory left',
          firstAction:
              'Look for many connections or large sorts; then take a class with more memory, ' +
              'before the server is ended and starts anew.',
        },
      ]),
    ...(signals.clusterIdentifier !== undefined
      ? []
      : [
        {
          // 10 GB: requirement A-21. The error is ours: a full disk stops the database, and a warning may wait.
          key: 'database-storage',
          metric: metrics.freeStorage(),
          comparison: BELOW,
          thresholds: { warning: 10, error: 2 },
          unit: 'GiB',
          happened: 'runs out of storage',
          firstAction:
              'See why storage autoscaling did not help: it is off, at its maximum, ' +
              'or has enlarged the disk within the last six hours.',
        },
        {
          // Ours: at the 3000 IOPS that gp3 includes, the last of 64 requests waits for 20 ms.
          key: 'database-disk-queue',
          metric: metrics.diskQueue(),
          thresholds: { warning: 64 },
          unit: 'requests',
          evaluationPeriods: 15,
          datapointsToAlarm: 10,
          onlyWithAllAlarms: true,
          happened: 'has requests waiting for its disk',
          firstAction:
              'Look for statements that read whole tables; then take more memory, ' +
              'or 400 GiB and the operations that come with them.',
        },
        ...burstBalance(signals, metrics),
      ]),
  ];
}

/**
 * Alarm on the credits towards EBS.
 *
 * The limit is ours: at a fifth there are minutes left of the class's maximum.
 */
function burstBalance({ instanceIdentifiers }: DatabaseSignals, metrics: DatabaseMetrics): AlarmRow[] {
  return instanceIdentifiers.length === 0
    ? []
    : [
      {
        key: 'database-burst-balance',
        metric: metrics.burstBalance(),
        comparison: BELOW,
        thresholds: { warning: 20 },
        unit: '%',
        period: FIVE_MINUTES,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        onlyWithAllAlarms: true,
        happened: 'has hardly any credits left for its disk',
        firstAction:
            'Look for a job that reads or writes without pause; if it is the normal load, take a larger class.',
      },
    ];
}

function capacity(signals: DatabaseSignals, metrics: DatabaseMetrics): AlarmRow[] {
  return signals.maxAcu === undefined
    ? []
    : [
      {
        // Ours: near 100 % it can't scale up any more (Aurora user guide, ACUUtilization), and scaling takes minutes.
        key: 'database-capacity',
        metric: metrics.capacityShare(),
        thresholds: { warning: 90 },
        unit: '% of the most capacity units',
        evaluationPeriods: 15,
        datapointsToAlarm: 10,
        onlyWithAllAlarms: true,
        happened: 'has grown to nearly the most capacity that it may have',
        firstAction: 'Look at the statements that load it; if it is the normal load, raise maxAcu.',
      },
    ];
}
