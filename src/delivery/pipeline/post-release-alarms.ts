import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmRule,
  AlarmState,
  type CfnAlarm,
  ComparisonOperator,
  CompositeAlarm,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { ResponseTimeAlarm, SuccessRateAlarm } from '../../metrics/target-group-alarm';
import { type AlertRouting, Severity } from '../../observability';
import { describeAlarm } from '../../observability/alarms/alarm-description';
import type { ProductionWebService } from '../../service';
import type { Release } from '../release/release';
import { RELEASED } from '../release/service-facts';
import type { PostReleaseAlarmsProps } from './deploy-stage';

/** What a {@link PostReleaseAlarms} is made from, all of it checked. */
export interface PostReleaseAlarmsParts {
  /** Each of its releases that ends well begins the watch anew. */
  readonly release: Release;
  /** Two tighter alarms each: success rate and response time. */
  readonly services: ProductionWebService[];
  /** Tells who hears of errors, and knows where the page is. */
  readonly routing: AlertRouting;
  /** For how long, and within which limits. */
  readonly watch: PostReleaseAlarmsProps;
}

const PERIOD = Duration.hours(1);
const WHY_SILENT = 'It is a part of the composite alarm beside it, which tells people.';

/**
 * Tighter alarms for a time after a release (requirement A-10), by alarms alone: a release that ends well counts itself, and an alarm
 * that looks back over that time is on for as long. A composite alarm fires while it is on and a tighter alarm is. The release itself has
 * ended by then, so that the next one need not wait.
 */
export class PostReleaseAlarms extends Construct {
  public readonly alarm: CompositeAlarm;

  public constructor(
    scope: Construct,
    id: string,
    private readonly parts: PostReleaseAlarmsParts,
  ) {
    super(scope, id);
    const released = this.createReleasedAlarm();
    const tighter = parts.services.flatMap((service, index) => this.createTighterAlarms(service, index));
    [released, ...tighter].forEach((alarm) => acknowledgeInCompliancePacks(alarm, 'CloudWatchAlarmAction', WHY_SILENT));
    this.alarm = new CompositeAlarm(this, 'Alarm', {
      alarmDescription: this.describe(),
      alarmRule: AlarmRule.allOf(
        AlarmRule.fromAlarm(released, AlarmState.ALARM),
        AlarmRule.anyOf(...tighter.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
      ),
    });
    const action = new SnsAction(parts.routing.topicFor(Severity.ERROR));
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
  }

  private describe(): string {
    const { release, routing } = this.parts;
    const { hours, successRatePercent, seconds } = this.limits;
    return describeAlarm(this, {
      source: release,
      happened: `brought out services that do worse than after a good release: within ${hours} hours of it fewer than ${successRatePercent} % of requests succeed, or more than one in ten takes longer than ${seconds} s`,
      first:
        'Compare errors and response times with those before the release; if they began with it, take the release back: nothing goes back by itself any more.',
      key: 'release-close-watch',
      severity: Severity.ERROR,
      runbooks: routing._runbooks,
    });
  }

  private get limits(): { readonly hours: number; readonly successRatePercent: number; readonly seconds: number } {
    const {
      duration = Duration.hours(24),
      successRatePercent = 99.9,
      responseTimeLimit = Duration.seconds(1),
    } = this.parts.watch;
    return { hours: duration.toHours(), successRatePercent, seconds: responseTimeLimit.toMilliseconds() / 1000 };
  }

  /** On from a release's end for as long as the hour of its end is among those looked at. */
  private createReleasedAlarm(): Alarm {
    const { release } = this.parts;
    const { hours } = this.limits;
    return new Metric({
      namespace: RELEASED.namespace,
      metricName: RELEASED.metricName,
      dimensionsMap: { [RELEASED.dimension]: release.stateMachine.stateMachineArn },
      statistic: 'Sum',
      period: PERIOD,
    }).createAlarm(this, 'Released', {
      alarmDescription: `Something was released to ${release.stageName} within ${hours} hours, which is no fault: a part of the alarm that tells people.`,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: hours,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private createTighterAlarms({ node, signals: names }: ProductionWebService, index: number): Alarm[] {
    const { successRatePercent, seconds } = this.limits;
    const alarms = [
      new SuccessRateAlarm(this, `SuccessRate${index + 1}`, { names, threshold: successRatePercent }).alarm,
      new ResponseTimeAlarm(this, `ResponseTime${index + 1}`, { names, threshold: seconds }).alarm,
    ];
    // They watch what takes deployments back, which these don't.
    alarms
      .map((alarm) => alarm.node.defaultChild as CfnAlarm)
      .forEach((resource) => {
        resource.alarmDescription = `${node.path} does worse than after a good release: a part of the alarm that tells people.`;
      });
    return alarms;
  }
}
