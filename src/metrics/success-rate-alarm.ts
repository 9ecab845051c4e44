import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { WatchedTargets } from './target-group-alarm';
import { LATE_MINUTES, TargetGroupMetrics } from './target-group-metrics';

/** Bad minutes that take a deployment back (requirement B-08). */
const MINUTES = 2;

/**
 * Fires when too few requests succeed (requirement B-08): fewer percent than the threshold. Production moves between the target groups, so each is judged
 * by itself and the worst counts; errors that the load balancer makes itself stand beside them, so that a total outage is seen too. No traffic is no failure.
 */
export class SuccessRateAlarm extends Construct {
  public readonly alarm: Alarm;

  public constructor(scope: Construct, id: string, props: WatchedTargets) {
    super(scope, id);
    const targets = new TargetGroupMetrics(props.names, { period: Duration.minutes(1) });
    this.alarm = new Alarm(this, 'Alarm', {
      alarmName: props.alarmName,
      alarmDescription: `Fewer than ${props.threshold} % of requests succeed: a running deployment of ${scope.node.path} goes back.`,
      metric: targets.ofWorst(
        'share',
        [targets.loadBalancerErrorShare(), ...targets.errorShares()],
        (worst) => `100*(1-${worst})`,
        'Success rate (%)',
      ),
      threshold: props.threshold,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: MINUTES + LATE_MINUTES,
      datapointsToAlarm: MINUTES,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
