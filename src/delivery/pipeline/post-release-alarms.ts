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
import { stackPath, uniqueName } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { RELEASED } from '../release/context/service-facts';
import type { Release } from '../release/release';
import type { PostReleaseAlarmsProps } from './deploy-stage-props';

/** Parts of {@link PostReleaseAlarms}, checked. */
export interface PostReleaseAlarmsParts {
  /** Release whose successful executions start the monitoring. */
  readonly release: Release;
  /** Services, each with an alarm on its success rate and one on its response time. */
  readonly services: ProductionWebService[];
  /** Channels of the composite alarm, and the location of its runbook. */
  readonly alertRouting: AlertRouting;
  /** Duration and limits. */
  readonly settings: PostReleaseAlarmsProps;
}

interface Limits {
  readonly hours: number;
  readonly successRatePercent: number;
  readonly seconds: number;
}

const PERIOD = Duration.hours(1);
/** First sentence of the runbook page, too. */
const FIRST_ACTION =
  'Compare errors and response times with those before the release. ' +
  'If they began with it, roll the release back: automatic rollback has ended.';
const PART_OF_COMPOSITE = 'part of the composite alarm that notifies.';
const NO_ACTION_REASON = 'It is part of the composite alarm next to it, which notifies.';

/**
 * Stricter alarms for a time after a release, made of alarms alone. Source: requirement A-10.
 *
 * A release that succeeds publishes a metric. An alarm with as many evaluation periods as the monitoring has hours is
 * in ALARM for that time. A composite alarm combines it with the stricter alarms. The execution of the release has
 * ended by then, so that the next release doesn't wait.
 */
export class PostReleaseAlarms extends Construct {
  public readonly alarm: CompositeAlarm;
  private readonly limits: Limits;

  public constructor(
    scope: Construct,
    id: string,
    private readonly parts: PostReleaseAlarmsParts,
  ) {
    super(scope, id);
    this.limits = limitsOf(parts.settings);
    const released = this.createReleasedAlarm();
    const stricter = parts.services.flatMap((service, index) => this.createStricterAlarms(service, index));
    [released, ...stricter].forEach((alarm) =>
      acknowledgeInCompliancePacks(alarm, 'CloudWatchAlarmAction', NO_ACTION_REASON),
    );
    this.alarm = this.createCompositeAlarm(released, stricter);
    const action = new SnsAction(parts.alertRouting.topicFor(Severity.ERROR));
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
  }

  private createCompositeAlarm(released: Alarm, stricter: Alarm[]): CompositeAlarm {
    return new CompositeAlarm(this, 'Alarm', {
      compositeAlarmName: uniqueName(this, { maxLength: 255, child: 'Alarm' }),
      alarmDescription: this.describe(),
      alarmRule: AlarmRule.allOf(
        AlarmRule.fromAlarm(released, AlarmState.ALARM),
        AlarmRule.anyOf(...stricter.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
      ),
    });
  }

  private describe(): string {
    const { release, alertRouting } = this.parts;
    const { hours, successRatePercent, seconds } = this.limits;
    return describeAlarm(this, {
      source: release,
      happened:
        `released services that perform worse after a release: within ${hours} hours of it ` +
        `fewer than ${successRatePercent} % of requests succeed, ` +
        `or more than one in ten takes longer than ${seconds} s`,
      firstAction: FIRST_ACTION,
      key: 'post-release',
      severity: Severity.ERROR,
      runbooks: alertRouting._runbooks,
    });
  }

  /** In ALARM from the end of a release, for as long as the period of its end is evaluated. */
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
      alarmDescription:
        `A release to ${release.stageName} ended within ${hours} hours, which is no fault: ` + PART_OF_COMPOSITE,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: hours,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private createStricterAlarms(service: ProductionWebService, index: number): Alarm[] {
    const { successRatePercent, seconds } = this.limits;
    const { signals: names } = service;
    const alarms = [
      new SuccessRateAlarm(this, `SuccessRate${index + 1}`, { names, threshold: successRatePercent }).alarm,
      new ResponseTimeAlarm(this, `ResponseTime${index + 1}`, { names, threshold: seconds }).alarm,
    ];
    // Their own description says that they roll deployments back, which these don't.
    alarms
      .map((alarm) => alarm.node.defaultChild as CfnAlarm)
      .forEach((resource) => {
        resource.alarmDescription = textFor(
          'alarm',
          `${stackPath(service)} performs worse after a release: ${PART_OF_COMPOSITE}`,
        );
      });
    return alarms;
  }
}

function limitsOf(settings: PostReleaseAlarmsProps): Limits {
  const {
    duration = Duration.hours(24),
    successRatePercent = 99.9,
    responseTimeLimit = Duration.seconds(1),
  } = settings;
  return { hours: duration.toHours(), successRatePercent, seconds: responseTimeLimit.toMilliseconds() / 1000 };
}
