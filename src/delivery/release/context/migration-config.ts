import type { IReleasedService, ReleaseTarget } from '../../../contracts';

/** Release that a migration is bound to. */
export interface MigrationContext {
  /** Services of the release. */
  readonly services: IReleasedService[];
}

/** Checked settings of a migration. */
export interface MigrationConfig {
  /** Service whose image, variables, secrets and network the migration uses. */
  readonly target: ReleaseTarget;
  /** Command that migrates. */
  readonly command: string[];
  /**
   * Dry-run command.
   * @default - no dry run
   */
  readonly plan?: string[];
  /**
   * Command that verifies the schema.
   * @default - the exit code of the migration decides
   */
  readonly verify?: string[];
  /** Environment variables of the tasks, next to those of the service. */
  readonly environment: { readonly [name: string]: string };
  /** Longest time of each command. */
  readonly timeoutSeconds: number;
  /**
   * Time in which the migration may run.
   * @default - any time
   */
  readonly window?: WindowTimes;
}

/** Times of a maintenance window: a start and an end, or a calendar. */
export interface WindowTimes {
  /**
   * Start of the window in UTC, as `HH:MM`.
   * @default - the calendar decides
   */
  readonly startAt?: string;
  /**
   * End of the window in UTC, as `HH:MM`.
   * @default - the calendar decides
   */
  readonly endAt?: string;
  /**
   * ARN of the change calendar.
   * @default - start and end decide
   */
  readonly calendarArn?: string;
}
