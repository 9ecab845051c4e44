import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/**
 * When a release may migrate (requirement A-08). A release that comes earlier waits for it, up to a day, before it looks at anything.
 */
export class MaintenanceWindow {
  /** Every day from one time to another, UTC, as `HH:MM`. It may pass midnight. */
  public static daily(startAt: string, endAt: string): MaintenanceWindow {
    return new MaintenanceWindow({ startAt, endAt });
  }

  /**
   * While a change calendar of Systems Manager is open: week days and holidays are entered there, without a deployment.
   *
   * @param calendarArn ARN of the document of the type ChangeCalendar, of this account and region
   */
  public static calendar(calendarArn: string): MaintenanceWindow {
    return new MaintenanceWindow({ calendarArn });
  }

  private constructor(
    /** @internal */
    public readonly _times: { readonly startAt?: string; readonly endAt?: string; readonly calendarArn?: string },
  ) {}

  /**
   * @internal
   */
  public _check(scope: IConstruct): void {
    const { startAt, endAt, calendarArn } = this._times;
    const wrong = [startAt, endAt].find(
      (time) => time !== undefined && !Token.isUnresolved(time) && !/^([01]\d|2[0-3]):[0-5]\d$/.test(time),
    );
    if (wrong !== undefined || (startAt !== undefined && startAt === endAt)) {
      throw new PropError(scope, {
        prop: 'migration.window',
        value: wrong ?? startAt,
        expected: 'two different times of the day in UTC, as HH:MM',
        fix: "write MaintenanceWindow.daily('02:00', '04:00')",
      });
    }
    if (
      calendarArn !== undefined &&
      !Token.isUnresolved(calendarArn) &&
      !/^arn:[^:]+:ssm:[^:]+:\d{12}:document\/.+/.test(calendarArn)
    ) {
      throw new PropError(scope, {
        prop: 'migration.window',
        value: calendarArn,
        expected: 'the ARN of a document of Systems Manager',
        fix: 'make a change calendar and give arn:aws:ssm:REGION:ACCOUNT:document/NAME',
      });
    }
  }
}
