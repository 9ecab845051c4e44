import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';

/** What a {@link SuccessRateAlarm} watches. */
export interface SuccessRateAlarmProps {
  /** Known beforehand, so that the service can name the alarm without a cycle. */
  readonly alarmName: string;
  /** Its own errors count, too: a total outage has no target that could answer. */
  readonly loadBalancer: ApplicationLoadBalancer;
  /** Each is judged by itself, and the worst counts. */
  readonly targetGroups: ApplicationTargetGroup[];
  /** Percent of requests that must succeed. */
  readonly threshold: number;
}

/**
 * Fires when too few requests succeed (requirement B-08). Production moves between the target groups, so each is judged
 * by itself and the worst counts: at a canary of 10 % one rate over both would need ten times the errors. RequestCount
 * holds only what a target answered; errors that the load balancer makes itself stand beside it, so that a total outage
 * is seen too. No traffic is no failure.
 */
export class SuccessRateAlarm extends Construct {
  public readonly alarm: Alarm;

  public constructor(scope: Construct, id: string, props: SuccessRateAlarmProps) {
    super(scope, id);
    const shares = [this.loadBalancerErrorShare(props.loadBalancer), ...props.targetGroups.map((group, index) => this.targetErrorShare(props.loadBalancer, group, index))];
    const ids = shares.map((_, index) => `share${index}`);
    this.alarm = new Alarm(this, 'Alarm', {
      alarmName: props.alarmName,
      alarmDescription: `Fewer than ${props.threshold} % of requests succeed: a running deployment of ${scope.node.path} goes back.`,
      metric: new MathExpression({
        expression: `100*(1-MAX([${ids.join(',')}]))`,
        usingMetrics: Object.fromEntries(ids.map((shareId, index) => [shareId, shares[index]])),
        period: Duration.minutes(1),
        label: 'Success rate (%)',
      }),
      threshold: props.threshold,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private loadBalancerErrorShare(loadBalancer: ApplicationLoadBalancer): IMetric {
    const dimensions = { LoadBalancer: loadBalancer.loadBalancerFullName };
    return errorShare('l', 'Errors of the load balancer', {
      answered: sum('RequestCount', dimensions), failed: [sum('HTTPCode_ELB_5XX_Count', dimensions)],
    });
  }

  private targetErrorShare(loadBalancer: ApplicationLoadBalancer, group: ApplicationTargetGroup, index: number): IMetric {
    const dimensions = { LoadBalancer: loadBalancer.loadBalancerFullName, TargetGroup: group.targetGroupFullName };
    return errorShare(`t${index}`, `Errors of ${group.node.id}`, {
      answered: sum('RequestCount', dimensions),
      failed: [sum('TargetConnectionErrorCount', dimensions), sum('HTTPCode_Target_5XX_Count', dimensions)],
    });
  }
}

interface Counts {
  readonly answered: IMetric;
  /** Failures; the first of them is not among the answered. */
  readonly failed: IMetric[];
}

function errorShare(prefix: string, label: string, counts: Counts): IMetric {
  const failedIds = counts.failed.map((_, index) => `${prefix}f${index}`);
  const answered = `FILL(${prefix}a,0)`;
  const unanswered = `FILL(${failedIds[0]},0)`;
  const failed = failedIds.map((id) => `FILL(${id},0)`).join('+');
  return new MathExpression({
    expression: `IF(${answered}+${unanswered}>0,(${failed})/(${answered}+${unanswered}),0)`,
    usingMetrics: { [`${prefix}a`]: counts.answered, ...Object.fromEntries(failedIds.map((id, index) => [id, counts.failed[index]])) },
    period: Duration.minutes(1),
    label,
  });
}

function sum(metricName: string, dimensionsMap: { [name: string]: string }): Metric {
  return new Metric({ namespace: 'AWS/ApplicationELB', metricName, dimensionsMap, statistic: 'Sum', period: Duration.minutes(1) });
}
