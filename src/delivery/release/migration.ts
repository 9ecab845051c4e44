import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IReleasedService } from '../../contracts';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { MigrationConfig, MigrationContext } from './context/migration-config';
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
    private readonly service: IReleasedService,
    private readonly command: string[],
    private readonly options: MigrationOptions,
  ) {}

  /**
   * Checks the migration against the services of a release, and returns its settings.
   * @internal
   */
  public _bind(scope: IConstruct, { services }: MigrationContext): MigrationConfig {
    const { plan, verify, environment = {}, timeout = Duration.minutes(30), window } = this.options;
    this.checkService(scope, services);
    this.checkCommands(scope);
    checkWholeNumber(scope, 'migration.timeout', timeout.toMinutes({ integral: false }), {
      min: 1,
      max: 1440,
      unit: 'minutes',
      fix: 'give Duration.minutes(n) with a whole n',
    });
    return {
      target: this.service.releaseTarget,
      command: this.command,
      plan,
      verify,
      environment,
      timeoutSeconds: timeout.toSeconds(),
      window: window?._bind(scope),
    };
  }

  private checkService(scope: IConstruct, services: IReleasedService[]): void {
    const { source, stores } = this.service.releaseTarget;
    if (!services.includes(this.service)) {
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
    const { plan, verify } = this.options;
    Object.entries({ command: this.command, plan, verify }).forEach(([prop, command]) => {
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
