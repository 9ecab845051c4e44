import { Duration } from 'aws-cdk-lib';
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import type { IReleasedService } from '../../contracts';
import type { DatabaseConnectionOptions, IHardenedDatabase } from '../../database';
import type { ServiceSecret } from '../../service';
import type { MigrationConfig, TaskContext } from './context/migration-config';
import type { MaintenanceWindow } from './maintenance-window';
import { migrationTargets } from './migration-targets';
import { validateMigration } from './validate-migration';

/** Options of a {@link Migration}. None is required. */
export interface MigrationOptions {
  /**
   * Database that the commands sign in to, as the user that owns its schemas and tables.
   *
   * It is one of the service's backing services.
   * @default - the only database among the service's backing services; several are refused
   */
  readonly database?: IHardenedDatabase;
  /**
   * Database inside the server, and names of the variables with the connection.
   *
   * Required with `databaseName` for a service that uses several databases of the server.
   * @default - the database and the names of variables that the service has
   */
  readonly connection?: DatabaseConnectionOptions;
  /**
   * Secret variables of the migration and its verification, next to the owner's sign-in.
   *
   * The service's secrets reach them only if they are listed here. For one that the service generates, give the same
   * object to both. The dry run never gets any.
   * @default - none
   */
  readonly secrets?: ServiceSecret[];
  /**
   * Task definition of the migration, for a service that this library doesn't create. Required there.
   *
   * It names its family, its roles and its secrets. The release replaces the image of its default container. The task
   * runs in the cluster, the subnets and the security groups of the service.
   * @default - created in the stack of the service, for a `ProductionWebService`
   */
  readonly taskDefinition?: FargateTaskDefinition;
  /**
   * Dry-run command that prints the SQL and changes nothing.
   *
   * It runs with the new image, before the approval. It signs in as a user that may only read, has no task role and
   * no other secret, and reaches only the database and the endpoints that start its task.
   * @default - the approval shows no plan
   */
  readonly plan?: string[];
  /**
   * Reason to let the dry run reach the internet on port 443. Required for `plan` in a network with NAT, where images
   * come through it.
   *
   * Code that nobody has approved can then send away what it reads in the database.
   * @default - a dry run in a network with NAT is refused
   */
  readonly planInternetAccess?: Waiver;
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
   * Time in which the migration may run. The migrations of a release share one window. Source: requirement A-08.
   * @default - any time
   */
  readonly window?: MaintenanceWindow;
  /**
   * Environment variables of the tasks, next to those of the service. None may be secret, or be set already: `PORT`,
   * the variables of backing services, and names of secrets.
   * @default - those of the service
   */
  readonly environment?: { [name: string]: string };
}

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
   * Throws a PropError at the release for a service without a database, or with several and none named.
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
