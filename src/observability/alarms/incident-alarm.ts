import { Duration } from 'aws-cdk-lib';
import { AlarmRule, CompositeAlarm, type IAlarm, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { uniqueName } from '../../text/stack-path';
import type { AlertRouting } from '../alerting/alert-routing';
import { type AlarmText, describeAlarm } from './alarm-description';

/** Properties of an {@link IncidentAlarm}. All but the explanation are required. */
export interface IncidentAlarmProps extends AlarmText {
  /** Alarms that make up the incident, any of which is enough. */
  readonly rules: IAlarmRule[];
  /** Routing with the topic of the severity. */
  readonly alertRouting: AlertRouting;
  /**
   * Alarm that explains the incident and notifies instead of it.
   * @default - nothing explains it
   */
  readonly explanation?: Explanation;
}

/** Alarm that explains another. */
export interface Explanation {
  /** The alarm, which suppresses the notifications of what it explains. */
  readonly alarm: IAlarm;
  /** Time that it may take longer to fire. */
  readonly wait: Duration;
}

/** Time after which what an explanation explained has to have ended, too. Windows of 5 minutes look back ten. */
const EXTENSION = Duration.minutes(15);

/**
 * Composite alarm that notifies once for all critical alarms of one source.
 *
 * The message of CloudWatch names the alarms that fire. Its end is always notified, because there is one for each
 * source.
 */
export class IncidentAlarm extends Construct {
  public readonly alarm: CompositeAlarm;

  public constructor(scope: Construct, id: string, props: IncidentAlarmProps) {
    super(scope, id);
    const { rules, alertRouting, explanation, severity } = props;
    this.alarm = new CompositeAlarm(this, 'Alarm', {
      compositeAlarmName: uniqueName(this, { maxLength: 255 }),
      alarmDescription: describeAlarm(this, props),
      alarmRule: anyOf(rules),
      ...(explanation && {
        actionsSuppressor: explanation.alarm,
        actionsSuppressorWaitPeriod: explanation.wait,
        actionsSuppressorExtensionPeriod: EXTENSION,
      }),
    });
    const action = new SnsAction(alertRouting.topicFor(severity));
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
  }
}

/** Rule that any of these fulfils. CDK takes no single one. */
export function anyOf(rules: IAlarmRule[]): IAlarmRule {
  return rules.length === 1 ? rules[0] : AlarmRule.anyOf(...rules);
}
