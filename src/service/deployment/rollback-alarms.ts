import { type Duration, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import {
  LoadBalancerErrorsAlarm,
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
  /** Percent of requests that must succeed, above 0, up to 100. */
  readonly successRatePercent: number;
  /** Response time that nine of ten requests must not exceed. */
  readonly responseTimeLimit: Duration;
  /** Time in which a new task may fail its health checks. */
  readonly startupTime: Duration;
  /** True where no other service is behind the load balancer, whose own errors then belong to this one. */
  readonly dedicated: boolean;
  /** True where each target group gets alarms of its own. CodeDeploy names ten alarms at most. */
  readonly separate: boolean;
}

/** Alarms that roll back a deployment, and their names, which are known before the alarms are created. */
export interface RollbackAlarms {
  /** All of them. */
  readonly alarms: Alarm[];
  /** Names of all of them. */
  readonly alarmNames: string[];
  /** Names of those that judge one target group, group by group. Empty where they judge all groups together. */
  readonly ofTargetGroups: string[][];
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
 * Their names are known before they are created, so the service can name them without a dependency cycle. Each target
 * group has its own, so that a deployer can judge the new version by the alarms of its group alone.
 */
export function rollbackAlarms(scope: Construct, limits: RollbackLimits): RollbackAlarms {
  const { names, separate, dedicated } = limits;
  const { loadBalancerFullName, targetGroupFullNames } = names;
  const groups = separate
    ? targetGroupFullNames.map((name) => ({ loadBalancerFullName, targetGroupFullNames: [name] }))
    : [names];
  const perGroup = groups.map((group, index) =>
    groupAlarms(scope, limits, group, groups.length === 1 ? '' : `${index + 1}`),
  );
  const shared = dedicated ? [loadBalancerAlarm(scope, limits)] : [];
  const all = [...perGroup.flat(), ...shared];
  all.forEach(({ alarm }) =>
    acknowledgeInCompliancePacks(
      alarm,
      'CloudWatchAlarmAction',
      'ECS watches this alarm and rolls back the running deployment. The alarms of GoldenSignalAlarms notify people.',
    ),
  );
  return {
    alarms: all.map(({ alarm }) => alarm),
    alarmNames: all.map(({ alarmName }) => alarmName),
    ofTargetGroups: separate ? perGroup.map((ofGroup) => ofGroup.map(({ alarmName }) => alarmName)) : [],
  };
}

/** Alarm with its name before synthesis. */
interface NamedAlarm {
  readonly alarm: Alarm;
  readonly alarmName: string;
}

function groupAlarms(
  scope: Construct,
  { successRatePercent, responseTimeLimit, startupTime }: RollbackLimits,
  names: TargetGroupNames,
  suffix: string,
): NamedAlarm[] {
  const nameOf = (stem: string) => nameWith(scope, suffix === '' ? stem : `${stem}-${suffix}`);
  const threshold = responseTimeLimit.toMilliseconds() / 1000;
  return [
    ...(['fast', 'slow'] as const).flatMap((window) => {
      const [errors, times] = [`success-rate-${window}`, `response-time-${window}`].map(nameOf);
      const id = `${window === 'fast' ? 'Fast' : 'Slow'}${suffix}`;
      return [
        named(
          new SuccessRateAlarm(scope, `SuccessRate${id}`, {
            names,
            window,
            alarmName: errors,
            threshold: successRatePercent,
          }),
          errors,
        ),
        named(new ResponseTimeAlarm(scope, `ResponseTime${id}`, { names, window, alarmName: times, threshold }), times),
      ];
    }),
    named(
      new UnhealthyTargetsAlarm(scope, `UnhealthyTargets${suffix}`, {
        names,
        alarmName: nameOf('unhealthy-targets'),
        threshold: MAX_UNHEALTHY_PERCENT,
        startupTime,
      }),
      nameOf('unhealthy-targets'),
    ),
  ];
}

function loadBalancerAlarm(scope: Construct, { names, successRatePercent: threshold }: RollbackLimits): NamedAlarm {
  const alarmName = nameWith(scope, 'load-balancer-errors');
  return named(new LoadBalancerErrorsAlarm(scope, 'LoadBalancerErrors', { names, alarmName, threshold }), alarmName);
}

function named({ alarm }: { readonly alarm: Alarm }, alarmName: string): NamedAlarm {
  return { alarm, alarmName };
}

function nameWith(scope: Construct, suffix: string): string {
  return `${uniqueName(scope, { maxLength: 200, separator: '-' }).toLowerCase()}-${suffix}`;
}

/** Times of a deployment. The bake time is unset where CodeDeploy deploys. */
interface BakeTimes {
  readonly startupTime: Duration;
  readonly bakeTime?: Duration;
}

/**
 * Warns where the bake ends before the alarm on unhealthy targets can fire.
 *
 * The other alarms do not depend on the time that tasks take to start.
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
