import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { LATE_MINUTES, TargetGroupMetrics, type TargetGroupNames } from './target-group-metrics';

/** What the alarms of a deployment watch, each in its own way. */
export interface WatchedTargets {
  /**
   * Known before the alarm is made, so that the service can name it without a cycle.
   * @default - nothing refers to it by name
   */
  readonly alarmName?: string;
  /** All groups between which production moves: each is judged by itself, and the worst counts. */
  readonly names: TargetGroupNames;
  /** Value beyond which a minute is bad, in the alarm's unit. */
  readonly threshold: number;
}

/** Bad minutes that take a deployment back (requirement A-13). */
const MINUTES = 3;

/** Fires when green or blue answers too slowly: nine of ten requests within the limit are enough (requirement A-13). No traffic is not slow. */
export class ResponseTimeAlarm extends Construct {
  public readonly alarm: Alarm;

  public constructor(scope: Construct, id: string, props: WatchedTargets) {
    super(scope, id);
    this.alarm = alarmOnWorst(
      this,
      props,
      (targets) => targets.responseTimes('p90'),
      `Requests to ${scope.node.path} take more than ${props.threshold} s: a running deployment goes back.`,
    );
  }
}

/** Fires when more than a share of one group's targets fail their health checks (requirement A-13). A group without targets is not ill. */
export class UnhealthyTargetsAlarm extends Construct {
  public readonly alarm: Alarm;

  public constructor(scope: Construct, id: string, props: WatchedTargets) {
    super(scope, id);
    this.alarm = alarmOnWorst(
      this,
      props,
      (targets) => targets.unhealthyPercents(),
      `More than ${props.threshold} % of the targets of ${scope.node.path} are unhealthy: a running deployment goes back.`,
    );
  }
}

function alarmOnWorst(
  scope: Construct,
  props: WatchedTargets,
  values: (targets: TargetGroupMetrics) => MathExpression[],
  alarmDescription: string,
): Alarm {
  const targets = new TargetGroupMetrics(props.names, { period: Duration.minutes(1) });
  return new Alarm(scope, 'Alarm', {
    alarmName: props.alarmName,
    alarmDescription,
    metric: targets.ofWorst('group', values(targets), (worst) => worst),
    threshold: props.threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: MINUTES + LATE_MINUTES,
    datapointsToAlarm: MINUTES,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
