import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { unhealthyMinutes } from '../../metrics/target-group-alarm';
import { LATE_MINUTES } from '../../metrics/target-group-metrics';
import type { LogErrors } from '../logs/log-errors';
import { ServiceMetrics } from '../metrics/service-metrics';
import type { AlarmDefinition, AlarmRow } from './alarm-definition';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const TEN_MINUTES = Duration.minutes(10);
const BELOW = ComparisonOperator.LESS_THAN_THRESHOLD;

/**
 * Documented alarms of a service.
 *
 * Thresholds and windows are those of the documents where they name one. Alarms on the ECS service itself (CPU, memory,
 * tasks) roll back no deployment, because they can't exist before the service that would refer to them.
 *
 * @param logErrors metric of errors in the log; without it that alarm is missing
 */
export function serviceAlarms(signals: ServiceSignals, logErrors?: LogErrors): AlarmDefinition[] {
  const rows = [
    ...latency(signals),
    ...traffic(signals),
    ...errors(signals),
    ...health(signals),
    ...saturation(signals),
    ...log(logErrors),
  ];
  return rows.map((row) => ({
    source: signals.source,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    period: FIVE_MINUTES,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    missing: TreatMissingData.NOT_BREACHING,
    ...row,
  }));
}

/** Documented alarm of a load balancer. It rolls back no deployment, because several services may share it. */
export function loadBalancerAlarms(signals: ServiceSignals): AlarmDefinition[] {
  return [
    {
      // 10 in 5 minutes: requirement A-21, for all server errors that a client sees. A total outage has no others.
      key: 'load-balancer-errors',
      source: signals.loadBalancer ?? signals.source,
      metric: new ServiceMetrics(signals).loadBalancerErrors(),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      thresholds: { critical: 10 },
      unit: 'errors',
      period: FIVE_MINUTES,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      missing: TreatMissingData.NOT_BREACHING,
      happened: 'answers requests with errors of the load balancer, because no task answers them',
      firstAction:
        'See which target group has no healthy targets, then what became of its tasks; ' +
        '504 are tasks that answer too late.',
    },
  ];
}

function latency(signals: ServiceSignals): AlarmRow[] {
  const metrics = new ServiceMetrics(signals);
  // 2 s in 5 minutes: requirement A-21. D-08 waits 15 minutes. The documents have no other percentile.
  return [{ percentile: 50 }, { percentile: 90, warning: 2 }, { percentile: 99 }].map(({ percentile, warning }) => ({
    key: `service-latency-p${percentile}`,
    metric: metrics.latency(percentile),
    thresholds: warning === undefined ? {} : { warning },
    unit: 's',
    rollsBackWhenCritical: true,
    onlyWithAllAlarms: true,
    happened: `answers slowly (p${percentile})`,
    firstAction:
      'Compare the time with CPU, connections of the database and the last release; ' +
      'a slow trace tells which call takes it.',
  }));
}

/**
 * Alarms on unusual traffic.
 *
 * Requirement A-17 names traffic without a limit, so the limits are ours. Periods are the 5 minutes of requirement
 * In shorter ones, minutes that arrive late would look like a drop.
 *
 * CloudWatch learns a band from up to two weeks. Until then the band is missing or wide.
 */
function traffic(signals: ServiceSignals): AlarmRow[] {
  const row = {
    metric: new ServiceMetrics(signals).requests(),
    thresholds: { warning: 4 },
    unit: 'standard deviations',
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    rollsBackWhenCritical: true,
    onlyWithAllAlarms: true,
  };
  return [
    {
      // Ours: three deviations would report a day with 10 % fewer users. Four still report the loss of half of all
      // traffic after 15 minutes.
      ...row,
      key: 'service-traffic-drop',
      comparison: ComparisonOperator.LESS_THAN_LOWER_THRESHOLD,
      happened: 'gets fewer requests than usual',
      firstAction: 'Open the service from outside: name, certificate, CDN and firewall come before the load balancer.',
    },
    {
      ...row,
      key: 'service-traffic-surge',
      comparison: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
      happened: 'gets more requests than usual',
      firstAction:
        'See who asks for what in the access log; let the firewall limit one that asks too much, ' +
        'and check that tasks can still be added.',
    },
  ];
}

function errors(signals: ServiceSignals): AlarmRow[] {
  const perMinute = (period: Duration) => new ServiceMetrics(signals, { period }).errorsPerMinute();
  return [
    {
      // 10 in 5 minutes, critical: requirement A-21. Rollback: A-13.
      key: 'service-errors-many',
      metric: new ServiceMetrics(signals).errors(),
      thresholds: { critical: 10 },
      unit: 'errors',
      rollsBackWhenCritical: true,
      happened: 'answers many requests with an error',
      firstAction:
        'If a release was made within the last hour, roll back to the one before; ' +
        'else group the errors in the log.',
    },
    {
      // 1 % for 5 minutes: requirements A-13 and B-12. One error among few requests at night is no rate.
      key: 'service-error-rate',
      metric: new ServiceMetrics(signals, { period: MINUTE }).errorPercent(),
      thresholds: { error: 1 },
      unit: '%',
      period: MINUTE,
      evaluationPeriods: 5 + LATE_MINUTES,
      datapointsToAlarm: 5,
      rollsBackWhenCritical: true,
      onlyWithAllAlarms: true,
      happened: 'answers a share of requests with an error',
      firstAction:
        'See in the log which route and which target group the errors come from; ' +
        'of a new version alone they end with its rollback.',
    },
    {
      // More than 5 over 10 minutes, P1: requirement D-08. Its condition is an average over the window: 5 a minute.
      key: 'service-errors-sustained',
      metric: perMinute(TEN_MINUTES),
      metricOver: perMinute,
      thresholds: { critical: 5 },
      unit: 'errors a minute',
      period: TEN_MINUTES,
      rollsBackWhenCritical: true,
      onlyWithAllAlarms: true,
      happened: 'goes on answering requests with an error',
      firstAction: 'Look for what lasts: a store that is away, a credential that has run out, a quota that is used up.',
    },
  ];
}

function health(signals: ServiceSignals): AlarmRow[] {
  const metrics = new ServiceMetrics(signals, { period: MINUTE });
  return [
    {
      // Fewer than 1: requirement A-21. D-08's average over 5 minutes is three bad minutes of production's two tasks.
      key: 'service-healthy-tasks',
      metric: metrics.healthyOfRegisteredTasks(),
      comparison: BELOW,
      thresholds: { critical: 1 },
      unit: 'healthy tasks',
      period: MINUTE,
      evaluationPeriods: 3 + LATE_MINUTES,
      datapointsToAlarm: 3,
      rollsBackWhenCritical: true,
      happened: 'has no task that passes its health check',
      firstAction:
        'Ask a task for its health check from within; ' +
        'an error there is mostly a store or a secret that it can no longer reach.',
    },
    {
      // Also "container down": tasks that end before they are registered are never unhealthy.
      key: 'service-tasks-missing',
      metric: metrics.runningOfDesiredTasks(),
      comparison: BELOW,
      thresholds: { critical: 1 },
      unit: 'running tasks',
      period: MINUTE,
      evaluationPeriods: 10,
      datapointsToAlarm: 5,
      happened: 'runs no task, although it should',
      firstAction:
        "Read why its last tasks stopped: an image that can't be pulled, a secret that can't be read, " +
        'a process that ends at once.',
    },
    {
      // More than 2 failures in 5 minutes: requirement C-14, in minutes, because CloudWatch counts no checks. B-12's
      // low healthy count, too. Tasks that start are unhealthy for a minute or two, so three minutes count, or more.
      key: 'service-unhealthy-tasks',
      metric: metrics.unhealthyTasks(),
      thresholds: { error: 0 },
      unit: 'unhealthy tasks',
      period: MINUTE,
      evaluationPeriods: unhealthyMinutes(signals.startupTime) + LATE_MINUTES,
      datapointsToAlarm: unhealthyMinutes(signals.startupTime),
      rollsBackWhenCritical: true,
      happened: 'has tasks that fail their health checks',
      firstAction: 'See whether it is one task or all: one is replaced by itself, all share a cause.',
    },
  ];
}

function saturation(signals: ServiceSignals): AlarmRow[] {
  const metrics = new ServiceMetrics(signals);
  return [
    {
      // 70 % over 5 minutes: requirement C-14. 80 %: E-09.
      key: 'service-cpu',
      metric: metrics.cpu(),
      thresholds: { warning: 70, error: 80 },
      unit: '%',
      onlyWithAllAlarms: true,
      happened: 'has busy tasks',
      firstAction:
        'See whether tasks are being added; if they are and it stays, raise maxTasks or give each task more CPU.',
    },
    {
      // 80 % over 5 minutes: requirement C-14.
      key: 'service-memory',
      metric: metrics.memory(),
      thresholds: { warning: 80 },
      unit: '%',
      onlyWithAllAlarms: true,
      happened: 'uses most of its memory',
      firstAction:
        'See whether it rises with traffic or with time: with traffic it needs more, with time it leaks, ' +
        'and new tasks buy hours.',
    },
    ...(signals.maxTasks === undefined
      ? []
      : [
        {
          // Ours: the desired count, because tasks of two versions run during a deployment.
          key: 'service-tasks-at-maximum',
          metric: metrics.desiredTasks(),
          comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          thresholds: { warning: signals.maxTasks },
          unit: 'tasks',
          evaluationPeriods: 3,
          datapointsToAlarm: 3,
          onlyWithAllAlarms: true,
          happened: 'has as many tasks as it may have',
          firstAction: 'Raise maxTasks if the load is real and the database has connections for them.',
        },
      ]),
  ];
}

/** The documents name no number. Ours is that of requirement A-21. */
function log(logErrors?: LogErrors): AlarmRow[] {
  return logErrors === undefined
    ? []
    : [
      {
        key: 'service-log-errors',
        metric: logErrors.metric,
        createMetricFilters: () => logErrors.createMetricFilters(),
        thresholds: { warning: 10 },
        unit: 'errors',
        rollsBackWhenCritical: true,
        onlyWithAllAlarms: true,
        happened: 'writes errors to its log',
        firstAction: 'Group them by message in the saved query; what is expected belongs on another level than error.',
      },
    ];
}
