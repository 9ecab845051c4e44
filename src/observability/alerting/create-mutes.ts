import { Duration } from 'aws-cdk-lib';
import { AlarmMuteRule, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { inParts } from '../../contracts/lists';
import { checkDuration, checkReason } from '../../validation/checks';
import type { AlarmMute } from './alarm-mute';

/** Alarms that one rule mutes. */
const MAX_ALARMS = 100;

/** Creates a rule for each window and each hundred alarms. Throws a PropError for a window without a reason. */
export function createMutes(scope: Construct, mutes: AlarmMute[], alarms: IAlarm[]): void {
  const parts = inParts(alarms, MAX_ALARMS);
  mutes.forEach(({ _props: { reason, schedule, duration } }, index) => {
    checkReason(scope, `mutes[${index}].reason`, reason);
    checkDuration(scope, `mutes[${index}].duration`, duration, {
      min: Duration.minutes(1),
      max: Duration.days(15),
      whole: 'minutes',
      fix: 'give the length of the window, for example Duration.hours(2)',
    });
    parts.forEach(
      (some, place) =>
        new AlarmMuteRule(scope, `Mute${index + 1}${place === 0 ? '' : `Part${place + 1}`}`, {
          description: reason,
          schedule,
          duration,
          alarms: some,
        }),
    );
  });
}
