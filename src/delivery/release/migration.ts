import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IReleasedService } from '../../contracts';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { MaintenanceWindow } from './maintenance-window';

/** What a {@link Migration} may be told. */
export interface MigrationOptions {
  /**
   * A command that prints what the migration would do, the SQL, and changes nothing. It runs before the approval, with the new image.
   * @default - the approval shows no plan
   */
  readonly plan?: string[];
  /**
   * A command that ends with 0 when the schema is as the new version needs it. It runs right after the migration.
   * @default - the migration's own exit code decides
   */
  readonly verify?: string[];
  /**
   * How long each command may run, 1 minute to 24 hours. After it the task is stopped and the release fails.
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
  /**
   * When the migration may run (requirement A-08).
   * @default - at any time
   */
  readonly window?: MaintenanceWindow;
  /**
   * Environment variables of the one-off tasks besides those of the service; nothing secret.
   * @default - those of the service
   */
  readonly environment?: { [name: string]: string };
}

/**
 * A migration of the schema as a task that runs once with the new image, before the new version gets any traffic. The version that serves
 * goes on with the new schema, and so it does when the release is taken back: a migration has to suit both.
 */
export class Migration {
  /** Runs a command in the container of a service: with its image, its variables, its secrets and its network. */
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
    const { source, stores } = this._service.releaseTarget;
    if (!services.includes(this._service)) {
      throw new PropError(scope, {
        prop: 'migration',
        value: source.node.path,
        expected: 'one of the services of this release',
        fix: 'add the service to services, or migrate with one of them',
      });
    }
    if (
      stores !== undefined &&
      !stores.some((store) => (store as Partial<{ databaseName: string }>).databaseName !== undefined)
    ) {
      throw new PropError(scope, {
        prop: 'migration',
        value: source.node.path,
        expected: 'a service that has a database',
        fix: 'give it the database with backingServices, or migrate with the service that has it',
      });
    }
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
    checkWholeNumber(scope, 'migration.timeout', this._timeout.toMinutes({ integral: false }), {
      min: 1,
      max: 1440,
      unit: 'minutes',
      fix: 'give Duration.minutes(n) with a whole n',
    });
    this._options.window?._check(scope);
  }
}
