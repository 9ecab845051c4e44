import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';

/** What the alarms of a deployment watch, each in its own way. */
export interface WatchedTargets {
  /** Known before the alarm is made, so that the service can name it without a cycle. */
  readonly alarmName: string;
  /** The load balancer, one of the two dimensions that target groups report by. */
  readonly loadBalancer: ApplicationLoadBalancer;
  /** All groups between which production moves: each is judged by itself, and the worst counts. */
  readonly targetGroups: ApplicationTargetGroup[];
  /** Value above which a minute is bad, in the alarm's unit. */
  readonly threshold: number;
}

/** Bad minutes in a row that take a deployment back (requirement A-13). */
const MINUTES = 3;

/** Fires when green or blue answers too slowly: nine of ten requests within the limit are enough (requirement A-13). No traffic is not slow. */
export class ResponseTimeAlarm extends Construct {
  public readonly alarm: Alarm;

  public constructor(scope: Construct, id: string, props: WatchedTargets) {
    super(scope, id);
    const times = props.targetGroups.map((group, index) => new MathExpression({
      expression: `FILL(time${index},0)`,
      usingMetrics: { [`time${index}`]: ofGroup(props, group, 'TargetResponseTime', 'p90') },
      period: Duration.minutes(1),
    }));
    this.alarm = worstOf(this, times, props, `Requests to ${scope.node.path} take more than ${props.threshold} s: a running deployment goes back.`);
  }
}

/** Fires when more than a share of one group's targets fail their health checks (requirement A-13). A group without targets is not ill. */
export class UnhealthyTargetsAlarm extends Construct {
  public readonly alarm: Alarm;

  public constructor(scope: Construct, id: string, props: WatchedTargets) {
    super(scope, id);
    const shares = props.targetGroups.map((group, index) => new MathExpression({
      expression: `IF(FILL(well${index},0)+FILL(ill${index},0)>0,100*FILL(ill${index},0)/(FILL(well${index},0)+FILL(ill${index},0)),0)`,
      usingMetrics: {
        [`well${index}`]: ofGroup(props, group, 'HealthyHostCount', 'Minimum'),
        [`ill${index}`]: ofGroup(props, group, 'UnHealthyHostCount', 'Maximum'),
      },
      period: Duration.minutes(1),
    }));
    this.alarm = worstOf(this, shares, props, `More than ${props.threshold} % of the targets of ${scope.node.path} are unhealthy: a running deployment goes back.`);
  }
}

function ofGroup(props: WatchedTargets, group: ApplicationTargetGroup, metricName: string, statistic: string): Metric {
  const dimensionsMap = { LoadBalancer: props.loadBalancer.loadBalancerFullName, TargetGroup: group.targetGroupFullName };
  return new Metric({ namespace: 'AWS/ApplicationELB', metricName, dimensionsMap, statistic, period: Duration.minutes(1) });
}

function worstOf(scope: Construct, values: IMetric[], props: WatchedTargets, alarmDescription: string): Alarm {
  const ids = values.map((_, index) => `group${index}`);
  return new Alarm(scope, 'Alarm', {
    alarmName: props.alarmName,
    alarmDescription,
    metric: new MathExpression({
      expression: `MAX([${ids.join(',')}])`,
      usingMetrics: Object.fromEntries(ids.map((id, index) => [id, values[index]])),
      period: Duration.minutes(1),
    }),
    threshold: props.threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: MINUTES,
    datapointsToAlarm: MINUTES,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
