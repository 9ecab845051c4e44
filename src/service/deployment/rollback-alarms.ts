import { type Duration, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import {
  ResponseTimeAlarm,
  SuccessRateAlarm,
  unhealthyMinutes,
  UnhealthyTargetsAlarm,
} from '../../metrics/target-group-alarm';
import { LATE_MINUTES, type TargetGroupNames } from '../../metrics/target-group-metrics';
import { uniqueName } from '../../text/stack-path';

/** Limits beyond which a deployment rolls back. All are checked. */
interface RollbackLimits {
  /** Names by which CloudWatch counts the traffic of the service. */
  readonly names: TargetGroupNames;
  /** Percent of requests that must succeed in each minute, above 0, up to 100. */
  readonly successRatePercent: number;
  /** Response time that the 90th percentile of each minute must not exceed. */
  readonly responseTimeLimit: Duration;
  /** Time in which a new task may fail its health checks. */
  readonly startupTime: Duration;
}

/**
 * Percent of the targets of one group that may be starting or failing.
 *
 * Source: requirement A-13.
 */
const MAX_UNHEALTHY_PERCENT = 50;

/**
 * Alarms of a service that roll back its deployment.
 *
 * Their names are known before they are created, so the service can name them without a dependency cycle.
 */
export function rollbackAlarms(
  scope: Construct,
  { names, successRatePercent, responseTimeLimit, startupTime }: RollbackLimits,
): { readonly alarms: Alarm[]; readonly alarmNames: string[] } {
  const prefix = uniqueName(scope, { maxLength: 200, separator: '-' }).toLowerCase();
  const [successRate, responseTime, unhealthyTargets] = ['success-rate', 'response-time', 'unhealthy-targets'].map(
    (name) => `${prefix}-${name}`,
  );
  const alarms = [
    new SuccessRateAlarm(scope, 'SuccessRate', { names, alarmName: successRate, threshold: successRatePercent }),
    new ResponseTimeAlarm(scope, 'ResponseTime', {
      names,
      alarmName: responseTime,
      threshold: responseTimeLimit.toMilliseconds() / 1000,
    }),
    new UnhealthyTargetsAlarm(scope, 'UnhealthyTargets', {
      names,
      alarmName: unhealthyTargets,
      threshold: MAX_UNHEALTHY_PERCENT,
      startupTime,
    }),
  ].map(({ alarm }) => alarm);
  alarms.forEach((alarm) =>
    acknowledgeInCompliancePacks(
      alarm,
      'CloudWatchAlarmAction',
      'ECS watches this alarm and rolls back the running deployment. The alarms of GoldenSignalAlarms notify people.',
    ),
  );
  return { alarms, alarmNames: [successRate, responseTime, unhealthyTargets] };
}

/** Times of a deployment. The bake time is unset where CodeDeploy deploys. */
interface BakeTimes {
  readonly startupTime: Duration;
  readonly bakeTime?: Duration;
}

/**
 * Warns where the bake ends before the alarm on unhealthy targets can fire.
 *
 * The other two alarms do not depend on the time that tasks take to start.
 */
export function warnOfShortBake(scope: Construct, { startupTime, bakeTime }: BakeTimes): void {
  if (!bakeTime || bakeTime.isUnresolved() || startupTime.isUnresolved()) {
    return;
  }
  const needed = unhealthyMinutes(startupTime) + LATE_MINUTES;
  if (unhealthyMinutes(startupTime) > unhealthyMinutes(undefined) && bakeTime.toMinutes({ integral: false }) < needed) {
    Validations.of(scope).addWarning(
      '@org/prod-constructs:shortBakeTime',
      `The alarm on unhealthy targets fires up to ${needed} minutes after the shift, because tasks take ` +
        `${startupTime.toHumanString()} to start, and the bake ends after ${bakeTime.toHumanString()}. ` +
        `Give the rollout a bakeTime of Duration.minutes(${needed}).`,
    );
  }
}
