import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IReleasedService } from '../../contracts';
import { checkRules } from '../../validation/rules';
import type { TaskConfig, TaskContext } from './context/migration-config';
import type { Migration } from './migration';
import { checkTaskEnvironment } from './validate-environment';
import { checkCommands, checkTimeout, serviceRule } from './validate-migration';

/** Options of {@link ReleaseTask.command}. None is required. */
export interface ReleaseTaskOptions {
  /**
   * Longest time of the command, 1 minute to 24 hours. After it the task is stopped and has failed.
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
  /**
   * Environment variables of the task, next to those of the service. None may be secret, or be set already: `PORT`,
   * the variables of backing services, and names of secrets.
   * @default - those of the service
   */
  readonly environment?: { [name: string]: string };
}

/**
 * Task that runs once after a release, when the new version serves and its monitoring has passed.
 *
 * A task that fails is reported and rolls nothing back. It fails the execution, so that a pipeline stops before its
 * next stage.
 *
 * @example
 * new Release(this, 'Release', {
 *   stageName: 'production',
 *   services: [api],
 *   afterRelease: [ReleaseTask.command(api, ['npm', 'run', 'cache:warm'])],
 * });
 */
export class ReleaseTask {
  /**
   * Command in the released container of a service, for example to warm up a cache.
   *
   * It has the roles, the variables and the secrets of the service.
   */
  public static command(
    service: IReleasedService,
    command: string[],
    options: ReleaseTaskOptions = {},
  ): ReleaseTask {
    return new ReleaseTask((scope, context) => bindCommand(scope, context, { service, command, options }));
  }

  /**
   * Migration that removes what only the previous version needed.
   *
   * It has neither a dry run nor a window. After it, a rollback returns to a version that the schema may not suit.
   */
  public static migration(migration: Migration): ReleaseTask {
    return new ReleaseTask((scope, context) => bindMigration(scope, context, migration));
  }

  private constructor(private readonly bind: (scope: IConstruct, context: TaskContext) => TaskConfig) {}

  /**
   * Checks the task against the services of a release, and returns its settings.
   * @internal
   */
  public _bind(scope: IConstruct, context: TaskContext): TaskConfig {
    return this.bind(scope, context);
  }
}

/** Command of a task that runs as its service. */
interface ServiceCommand {
  readonly service: IReleasedService;
  readonly command: string[];
  readonly options: ReleaseTaskOptions;
}

function bindCommand(
  scope: IConstruct,
  context: TaskContext,
  { service, command, options }: ServiceCommand,
): TaskConfig {
  const { timeout = Duration.minutes(30), environment = {} } = options;
  checkRules(scope, [serviceRule({ _service: service }, context)]);
  checkCommands(scope, context.prop, { command });
  checkTimeout(scope, context.prop, timeout);
  checkTaskEnvironment(scope, { prop: `${context.prop}.environment`, service, environment });
  return { target: service.releaseTarget, ownFamily: false, command, environment, timeoutSeconds: timeout.toSeconds() };
}

function bindMigration(scope: IConstruct, context: TaskContext, migration: Migration): TaskConfig {
  const { plan, window } = migration._options;
  checkRules(
    scope,
    Object.entries({ plan, window }).map(([name, value]) => ({
      condition: value !== undefined,
      prop: `${context.prop}.${name}`,
      problem: 'is not supported after a release: the approval and the window are before it',
      fix: `remove ${name}, or give the migration to migrations`,
    })),
  );
  return migration._bind(scope, context);
}
