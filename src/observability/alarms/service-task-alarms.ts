import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { unhealthyMinutes } from '../../metrics/target-group-alarm';
import { LATE_MINUTES } from '../../metrics/target-group-metrics';
import { ServiceMetrics } from '../metrics/service-metrics';
import type { AlarmRow } from './alarm-definition';

const MINUTE = Duration.minutes(1);
const BELOW = ComparisonOperator.LESS_THAN_THRESHOLD;
/** Percent of CPU or memory that is as good as all. */
const CEILING = 95;
/** Minutes after which what scaling or a deployment began has ended. */
const LASTING_MINUTES = 15;
/** CPU and memory have no gaps to fill, but data that are late: 15 of 15 minutes would never fire. */
const LASTING = {
  period: MINUTE,
  evaluationPeriods: LASTING_MINUTES + LATE_MINUTES,
  datapointsToAlarm: LASTING_MINUTES,
};

/** Alarms on the tasks of a service that answer. */
export function health(signals: ServiceSignals): AlarmRow[] {
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
      // Ours: scaling and deployments have all tasks well within 15 minutes.
      key: 'service-tasks-lacking',
      metric: metrics.lackingTasks(),
      thresholds: { warning: 0 },
      unit: 'missing tasks',
      period: MINUTE,
      evaluationPeriods: LASTING_MINUTES + LATE_MINUTES,
      datapointsToAlarm: LASTING_MINUTES,
      onlyWithAllAlarms: true,
      happened: 'runs fewer tasks than it should',
      firstAction: 'Read why its last tasks stopped: what ends some of them ends all of them under more load.',
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

/** Percent above what scaling aims at that it does not reach by itself, up to what tasks can use. */
function above(targetPercent: number): number {
  return Math.min(targetPercent + 15, CEILING);
}

/** Alarms on the resources of a service that are used up. */
export function saturation(signals: ServiceSignals): AlarmRow[] {
  const metrics = new ServiceMetrics(signals);
  return [
    {
      // 70 % and 80 %: requirements C-14 and E-09. Scaling holds the CPU at its target, so the alarms are above it.
      ...LASTING,
      key: 'service-cpu',
      metric: metrics.cpu(),
      thresholds:
        signals.cpuTargetPercent === undefined
          ? { warning: 70, error: 80 }
          : { warning: above(signals.cpuTargetPercent), error: CEILING },
      unit: '%',
      onlyWithAllAlarms: true,
      happened: 'has busy tasks',
      firstAction:
        'See whether tasks are being added; if they are and it stays, raise maxTasks or give each task more CPU.',
    },
    {
      // 80 %: requirement C-14, where memory adds no tasks.
      ...LASTING,
      key: 'service-memory',
      metric: metrics.memory(),
      thresholds: { warning: signals.memoryTargetPercent === undefined ? 80 : above(signals.memoryTargetPercent) },
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
