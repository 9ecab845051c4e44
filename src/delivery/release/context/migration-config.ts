import type { IReleasedService, ReleaseTarget } from '../../../contracts';

/** Release that a migration or another task is bound to. */
export interface TaskContext {
  /** Services of the release. */
  readonly services: IReleasedService[];
  /** Prop and index of the task, for errors: `migrations[0]`. */
  readonly prop: string;
}

/** Checked settings of a command that runs once in a release. */
export interface TaskConfig {
  /** Service whose image and network the task uses, with the family, roles and groups of the task. */
  readonly target: ReleaseTarget;
  /** True for a family of its own. Otherwise the task runs the released revision of the service. */
  readonly ownFamily: boolean;
  /** Command that runs. */
  readonly command: string[];
  /**
   * Command that verifies what the first one has done.
   * @default - the exit code of the command decides
   */
  readonly verify?: string[];
  /** Environment variables of the tasks, next to those of the service. */
  readonly environment: { readonly [name: string]: string };
  /** Longest time of each command. */
  readonly timeoutSeconds: number;
}

/** Checked settings of the dry run of a migration. */
export interface PlanConfig {
  /** Service, with the family, the execution role and the groups of the dry run. */
  readonly target: ReleaseTarget;
  /** Dry-run command. */
  readonly command: string[];
  /** Environment variables of the task, next to those of the service. */
  readonly environment: { readonly [name: string]: string };
  /** Longest time of the command. */
  readonly timeoutSeconds: number;
}

/** Checked settings of a migration. */
export interface MigrationConfig extends TaskConfig {
  /**
   * Dry run, for the approval.
   * @default - no dry run
   */
  readonly plan?: PlanConfig;
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

/** Window that the migrations of a release share, undefined where they run at any time. */
export function windowOf(migrations: readonly MigrationConfig[]): WindowTimes | undefined {
  return migrations.find(({ window }) => window)?.window;
}
