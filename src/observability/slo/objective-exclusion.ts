import type { Duration } from 'aws-cdk-lib';

/** Properties of an {@link ObjectiveExclusion}. A reason and a duration are required. */
export interface ObjectiveExclusionProps {
  /** Reason in the report: a sentence of at least 10 characters. */
  readonly reason: string;
  /** Length of the window, in whole minutes. */
  readonly duration: Duration;
  /**
   * Start of the first window, as `2027-01-01T02:00:00Z`.
   * @default - the time of the deployment
   */
  readonly start?: string;
  /**
   * Schedule of further windows, as a rate or cron expression in UTC.
   *
   * Examples are `rate(7 day)` and `cron(0 2 ? * SUN *)`.
   * @default - no further windows
   */
  readonly recurrence?: string;
}

/**
 * Maintenance window whose failures the record of an objective doesn't count. Alarms ignore it.
 *
 * @example
 * ServiceObjective.availability(99.9).recorded({
 *   exclusions: [
 *     ObjectiveExclusion.of({
 *       reason: 'Weekly patching of the payment provider',
 *       duration: Duration.hours(1),
 *       recurrence: 'cron(0 2 ? * SUN *)',
 *     }),
 *   ],
 * });
 */
export class ObjectiveExclusion {
  /**
   * Window by its length and schedule.
   *
   * @param props reason, duration and schedule
   */
  public static of(props: ObjectiveExclusionProps): ObjectiveExclusion {
    return new ObjectiveExclusion(props);
  }

  private constructor(
    /** @internal */
    public readonly _props: ObjectiveExclusionProps,
  ) {}
}
