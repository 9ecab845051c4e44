import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import type { WindowTimes } from './context/migration-config';

/**
 * Time in which a release may migrate. A release that starts earlier waits for it, up to a day, before it checks
 * anything. Source: requirement A-08.
 *
 * @example
 * Migration.command(api, ['npm', 'run', 'migrate'], { window: MaintenanceWindow.daily('22:00', '00:30') });
 */
export class MaintenanceWindow {
  /**
   * Daily window between two UTC times, `HH:MM`. The window may pass midnight.
   *
   * A release with a snapshot of an instance refuses a window that overlaps the windows of the database, or the hour
   * before them.
   */
  public static daily(startAt: string, endAt: string): MaintenanceWindow {
    return new MaintenanceWindow({ startAt, endAt });
  }

  /**
   * Window that is open while a Systems Manager change calendar is open.
   *
   * Entries of the calendar change without a deployment.
   *
   * @param calendarArn ARN of a document of type ChangeCalendar in this account and region
   */
  public static calendar(calendarArn: string): MaintenanceWindow {
    return new MaintenanceWindow({ calendarArn });
  }

  private constructor(private readonly times: WindowTimes) {}

  /**
   * Checks the times and returns them.
   * @internal
   */
  public _bind(scope: IConstruct, prop: string): WindowTimes {
    const { startAt, endAt, calendarArn } = this.times;
    const malformed = [startAt, endAt].find(
      (time) => time !== undefined && !Token.isUnresolved(time) && !/^([01]\d|2[0-3]):[0-5]\d$/.test(time),
    );
    if (malformed !== undefined || (startAt !== undefined && startAt === endAt)) {
      throw new PropError(scope, {
        prop,
        value: malformed ?? startAt,
        expected: 'two different times of day in UTC, as HH:MM',
        fix: "write MaintenanceWindow.daily('22:00', '00:30')",
      });
    }
    if (
      calendarArn !== undefined &&
      !Token.isUnresolved(calendarArn) &&
      !/^arn:[^:]+:ssm:[^:]+:\d{12}:document\/.+/.test(calendarArn)
    ) {
      throw new PropError(scope, {
        prop,
        value: calendarArn,
        expected: 'the ARN of a Systems Manager document',
        fix: 'create a change calendar and give arn:aws:ssm:REGION:ACCOUNT:document/NAME',
      });
    }
    return this.times;
  }
}
