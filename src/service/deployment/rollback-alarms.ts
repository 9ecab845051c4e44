import { type Duration, Names } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { ResponseTimeAlarm, SuccessRateAlarm, UnhealthyTargetsAlarm } from '../../metrics/target-group-alarm';
import type { TargetGroupNames } from '../../metrics/target-group-metrics';

/** What takes a deployment back, all of it checked. */
interface RollbackLimits {
  /** Where the service's traffic is counted. */
  readonly names: TargetGroupNames;
  /** Above 0, up to 100: below it a minute is bad. */
  readonly successRatePercent: number;
  /** Of nine requests of ten: above it a minute is bad. */
  readonly responseTimeLimit: Duration;
}

/** Half of one group's targets may be starting or failing; more is no hiccup (requirement A-13). */
const MOST_UNHEALTHY_PERCENT = 50;

/** The alarms of a service that take its deployment back, with names that are known beforehand, so that the service can name them without a cycle. */
export function rollbackAlarms(
  scope: Construct,
  { names, successRatePercent, responseTimeLimit }: RollbackLimits,
): { readonly alarms: Alarm[]; readonly alarmNames: string[] } {
  const prefix = Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' }).toLowerCase();
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
      threshold: MOST_UNHEALTHY_PERCENT,
    }),
  ].map(({ alarm }) => alarm);
  alarms.forEach((alarm) =>
    acknowledgeInCompliancePacks(
      alarm,
      'CloudWatchAlarmAction',
      'ECS watches this alarm and takes the running deployment back; people are told by the alarms of GoldenSignalAlarms.',
    ),
  );
  return { alarms, alarmNames: [successRate, responseTime, unhealthyTargets] };
}
