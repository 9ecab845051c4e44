import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IReleasedService } from '../../contracts';
import type { MigrationConfig, TaskContext } from './context/migration-config';
import type { MigrationOptions } from './migration-options';
import { migrationTargets } from './migration-targets';
import { validateMigration } from './validate-migration';

/**
 * Migration of the schema by a task that runs once with the new image, before its version gets traffic.
 *
 * Its task definition is its own, with its own roles. It signs in as the owner of the schemas, whose secret no other
 * task gets. The running version continues with the new schema, also after a rollback. A migration must therefore suit
 * both versions.
 *
 * @example
 * new Release(this, 'Release', {
 *   stageName: 'production',
 *   services: [api],
 *   migrations: [Migration.command(api, ['npm', 'run', 'migrate'])],
 * });
 */
export class Migration {
  /**
   * Command in the image of a service, which signs in to the database as the owner of its schemas.
   *
   * It has the plain variables, the network and the log group of the service.
   *
   * Throws a PropError at the release for a service without a database, or with several and none named. Throws one for
   * an existing database without `ownerSecret`.
   */
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

  /**
   * Checks the migration, creates its task definitions, and returns its settings.
   * @internal
   */
  public _bind(scope: IConstruct, context: TaskContext): MigrationConfig {
    const { verify, environment = {}, timeout = Duration.minutes(30), window, plan: planCommand } = this._options;
    validateMigration(scope, this, context);
    const { target, plan } = migrationTargets(scope, this, context.prop);
    const timeoutSeconds = timeout.toSeconds();
    return {
      target,
      ownFamily: true,
      command: this._command,
      plan: plan && { target: plan, command: planCommand!, environment, timeoutSeconds },
      verify,
      environment,
      timeoutSeconds,
      window: window?._bind(scope, `${context.prop}.window`),
    };
  }
}
