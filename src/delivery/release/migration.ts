import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IReleasedService } from '../../contracts';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { MaintenanceWindow } from './maintenance-window';

/** Options of a {@link Migration}. None is required. */
export interface MigrationOptions {
  /**
   * Dry-run command that prints the SQL and changes nothing.
   *
   * It runs with the new image, before the approval.
   * @default - the approval shows no plan
   */
  readonly plan?: string[];
  /**
   * Command that ends with 0 if the schema suits the new version. It runs right after the migration.
   * @default - the exit code of the migration decides
   */
  readonly verify?: string[];
  /**
   * Longest time of each command, 1 minute to 24 hours. After it the task is stopped and the release fails.
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
  /**
   * Time in which the migration may run. Source: requirement A-08.
   * @default - any time
   */
  readonly window?: MaintenanceWindow;
  /**
   * Environment variables of the tasks, next to those of the service. None may be secret.
   * @default - those of the service
   */
  readonly environment?: { [name: string]: string };
}

/**
 * Migration of the schema: a task that runs once with the new image, before its version gets traffic.
 *
 * The running version continues with the new schema, also after a rollback. A migration must therefore suit both
 * versions.
 *
 * @example
 * new Release(this, 'Release', {
 *   stageName: 'production',
 *   services: [api],
 *   migration: Migration.command(api, ['npm', 'run', 'migrate']),
 * });
 */
export class Migration {
  /** Command in the container of a service, with its image, its variables, its secrets and its network. */
  public static command(service: IReleasedService, command: string[], options: MigrationOptions = {}): Migration {
    return new Migration(service, command, options);
  }

  private constructor(
    /** @internal */
    public readonly _service: IReleasedService,
    /** @internal */
    public readonly _command: string[],
    /** @internal */
    public readonly _options: MigrationOptions,
  ) {}

  /** @internal */
  public get _timeout(): Duration {
    return this._options.timeout ?? Duration.minutes(30);
  }

  /**
   * @internal
   */
  public _check(scope: IConstruct, services: IReleasedService[]): void {
    this.checkService(scope, services);
    this.checkCommands(scope);
    checkWholeNumber(scope, 'migration.timeout', this._timeout.toMinutes({ integral: false }), {
      min: 1,
      max: 1440,
      unit: 'minutes',
      fix: 'give Duration.minutes(n) with a whole n',
    });
    this._options.window?._check(scope);
  }

  private checkService(scope: IConstruct, services: IReleasedService[]): void {
    const { source, stores } = this._service.releaseTarget;
    if (!services.includes(this._service)) {
      throw new PropError(scope, {
        prop: 'migration',
        problem: `runs in ${source.node.path}, which is not a service of this release`,
        fix: 'add the service to services, or migrate with one of them',
      });
    }
    if (stores && !stores.some((store) => (store as Partial<{ databaseName: string }>).databaseName !== undefined)) {
      throw new PropError(scope, {
        prop: 'migration',
        problem: `runs in ${source.node.path}, which has no database`,
        fix: 'add the database to its backingServices, or migrate with a service that uses it',
      });
    }
  }

  private checkCommands(scope: IConstruct): void {
    const { plan, verify } = this._options;
    Object.entries({ command: this._command, plan, verify }).forEach(([prop, command]) => {
      if (command?.length === 0) {
        throw new PropError(scope, {
          prop: `migration.${prop}`,
          value: command,
          expected: 'a command with at least one word',
          fix: "write ['npm', 'run', 'migrate']",
        });
      }
    });
  }
}
