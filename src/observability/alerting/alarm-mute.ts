import type { Duration } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-cloudwatch';

/** Properties of an {@link AlarmMute}. All are required. */
export interface AlarmMuteProps {
  /** Reason in the description of the rule: a sentence of at least 10 characters. */
  readonly reason: string;
  /** Start of the window, once or again and again, in a time zone. */
  readonly schedule: ScheduleExpression;
  /** Length of the window, 1 minute to 15 days, in whole minutes. */
  readonly duration: Duration;
}

/**
 * Window in which alarms notify nobody, for a migration or another maintenance.
 *
 * Alarms keep their states: a muted alarm still rolls back a deployment and refuses a release. An alarm that fires when
 * the window ends notifies then.
 *
 * @example
 * new GoldenSignalAlarms(this, 'Alarms', {
 *   services: [api],
 *   alertRouting,
 *   mutes: [
 *     AlarmMute.of({
 *       reason: 'The archive is rebuilt each Sunday',
 *       schedule: ScheduleExpression.cron({ minute: '0', hour: '2', weekDay: 'SUN' }),
 *       duration: Duration.hours(2),
 *     }),
 *   ],
 * });
 */
export class AlarmMute {
  /**
   * Window by its schedule and length.
   *
   * @param props reason, schedule and duration
   */
  public static of(props: AlarmMuteProps): AlarmMute {
    return new AlarmMute(props);
  }

  private constructor(
    /** @internal */
    public readonly _props: AlarmMuteProps,
  ) {}
}
