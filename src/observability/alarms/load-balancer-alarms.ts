import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { daysToExpiry } from '../metrics/certificate-metrics';
import { ServiceMetrics } from '../metrics/service-metrics';
import type { AlarmDefinition } from './alarm-definition';
import { MAX_METRICS_PER_ALARM } from './metric-limit';
import { BEYOND_BUDGET, LOOKING_BACK, type ServiceAlarmOptions, USUAL_OBJECTIVE } from './service-alarms';

/** Requests and errors. The other metrics of the alarm count wanted tasks. */
const METRICS_OF_LOAD_BALANCER = 2;

/** First action on errors of a load balancer, for its alarm and for its incident. */
export const LOAD_BALANCER_FIRST_ACTION =
  'See which target group has no healthy targets, then what became of its tasks; 504 are tasks that answer too late.';

/**
 * Documented alarms of a load balancer. They roll back no deployment, because several services may share it.
 *
 * @param services all services behind the load balancer, the first of which names it
 */
export function loadBalancerAlarms(
  services: ServiceSignals[],
  { objectivePercent = USUAL_OBJECTIVE }: Pick<ServiceAlarmOptions, 'objectivePercent'> = {},
): AlarmDefinition[] {
  const [signals] = services;
  const certificateArns = [...new Set(services.flatMap(({ certificateArns: arns = [] }) => arns))];
  return [
    ...certificates(signals, certificateArns),
    {
      // 10 in 5 minutes: requirement A-21, for all server errors that a client sees. A total outage has no others.
      key: 'load-balancer-errors',
      source: signals.loadBalancer ?? signals.source,
      metric: new ServiceMetrics(signals).loadBalancerErrorsBeyondBudget(
        objectivePercent,
        services.slice(0, MAX_METRICS_PER_ALARM - METRICS_OF_LOAD_BALANCER),
      ),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      thresholds: { critical: 10 },
      unit: BEYOND_BUDGET,
      period: Duration.minutes(5),
      evaluationPeriods: LOOKING_BACK,
      datapointsToAlarm: 1,
      missing: TreatMissingData.NOT_BREACHING,
      happened: 'answers requests with errors of the load balancer, because no task answers them',
      firstAction: LOAD_BALANCER_FIRST_ACTION,
    },
  ];
}

/**
 * Alarm on a certificate that nobody has renewed.
 *
 * ACM renews its own from 60 days before their end. At 30 days that has failed for a month, or the certificate was
 * imported and is renewed by hand. The limits are ours.
 */
function certificates({ loadBalancer, source }: ServiceSignals, certificateArns: string[]): AlarmDefinition[] {
  return certificateArns.length === 0
    ? []
    : [
      {
        key: 'load-balancer-certificate',
        source: loadBalancer ?? source,
        metric: daysToExpiry(certificateArns.slice(0, MAX_METRICS_PER_ALARM)),
        comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
        thresholds: { warning: 30, error: 7 },
        unit: 'days',
        period: Duration.days(1),
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
        missing: TreatMissingData.NOT_BREACHING,
        happened: 'has a certificate that ends soon',
        firstAction: 'See why ACM did not renew it: mostly a DNS record of its validation is gone, or it was imported.',
      },
    ];
}
