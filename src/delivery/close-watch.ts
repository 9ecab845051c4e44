import { Duration } from 'aws-cdk-lib';
import { type Alarm, AlarmRule, AlarmState, type CfnAlarm, ComparisonOperator, CompositeAlarm, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../acknowledgement/acknowledge';
import type { ProductionWebService } from '../service';
import { SuccessRateAlarm } from '../service/success-rate-alarm';
import { ResponseTimeAlarm } from '../service/target-group-alarm';
import type { CloseWatchProps } from './deploy-stage';
import type { Release } from './release';
import { RELEASED } from './release-facts';

/** What a {@link CloseWatch} is made from, all of it checked. */
export interface CloseWatchParts {
  /** Each of its releases that ends well begins the watch anew. */
  readonly release: Release;
  /** Two tighter alarms each: success rate and response time. */
  readonly services: ProductionWebService[];
  /** Is told. */
  readonly topic: ITopic;
  /** For how long, and within which limits. */
  readonly watch: CloseWatchProps;
}

const PERIOD = Duration.hours(1);
const WHY_SILENT = 'It is a part of the composite alarm beside it, which tells people.';

/**
 * Tighter alarms for a time after a release (requirement A-10), by alarms alone: a release that ends well counts itself, and an alarm
 * that looks back over that time is on for as long. A composite alarm fires while it is on and a tighter alarm is. The release itself has
 * ended by then, so that the next one need not wait.
 */
export class CloseWatch extends Construct {
  public readonly alarm: CompositeAlarm;

  public constructor(scope: Construct, id: string, private readonly parts: CloseWatchParts) {
    super(scope, id);
    const released = this.createReleasedAlarm();
    const tighter = parts.services.flatMap((service, index) => this.createTighterAlarms(service, index));
    [released, ...tighter].forEach((alarm) => acknowledgeInCompliancePacks(alarm, 'CloudWatchAlarmAction', WHY_SILENT));
    this.alarm = new CompositeAlarm(this, 'Alarm', {
      alarmDescription: `Since the last release to ${parts.release.stageName} its services do worse than after a good one. Nothing is taken back by itself any more.`,
      alarmRule: AlarmRule.allOf(AlarmRule.fromAlarm(released, AlarmState.ALARM), AlarmRule.anyOf(...tighter.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)))),
    });
    this.alarm.addAlarmAction(new SnsAction(parts.topic));
    this.alarm.addOkAction(new SnsAction(parts.topic));
  }

  /** On from a release's end for as long as the hour of its end is among those looked at. */
  private createReleasedAlarm(): Alarm {
    const { release, watch: { duration = Duration.hours(24) } } = this.parts;
    return new Metric({
      namespace: RELEASED.namespace, metricName: RELEASED.metricName, dimensionsMap: { [RELEASED.dimension]: release.stateMachine.stateMachineArn }, statistic: 'Sum', period: PERIOD,
    }).createAlarm(this, 'Released', {
      alarmDescription: `Something was released to ${release.stageName} within ${duration.toHours()} hours: no fault.`,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: duration.toHours(),
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private createTighterAlarms({ node, signals: names }: ProductionWebService, index: number): Alarm[] {
    const { successRatePercent = 99.9, responseTimeLimit = Duration.seconds(1) } = this.parts.watch;
    const alarms = [
      new SuccessRateAlarm(this, `SuccessRate${index + 1}`, { names, threshold: successRatePercent }).alarm,
      new ResponseTimeAlarm(this, `ResponseTime${index + 1}`, { names, threshold: responseTimeLimit.toMilliseconds() / 1000 }).alarm,
    ];
    // They watch what takes deployments back, which these don't.
    alarms.map((alarm) => alarm.node.defaultChild as CfnAlarm).forEach((resource) => {
      resource.alarmDescription = `${node.path} does worse than after a good release: a part of the alarm that tells people.`;
    });
    return alarms;
  }
}
