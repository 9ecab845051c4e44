import type { Duration } from 'aws-cdk-lib';
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { Waiver } from '../../compliance';
import type { IReleasedService } from '../../contracts';
import type { DatabaseConnectionOptions, IMigratableDatabase } from '../../database';
import type { ServiceSecret } from '../../service';
import type { MaintenanceWindow } from './maintenance-window';

/** Options of a {@link Migration}. None is required. */
export interface MigrationOptions {
  /**
   * Database that the commands sign in to, as the user that owns its schemas and tables.
   *
   * It is one of the service's backing services. An existing one needs its `ownerSecret`.
   * @default - the only database among the service's backing services; several are refused
   */
  readonly database?: IMigratableDatabase;
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
   * no other secret, and reaches only the database and the endpoints that start its task. An existing database needs
   * its `readOnlySecret`.
   * @default - the approval shows no plan
   */
  readonly plan?: string[];
  /**
   * Reason to let the dry run reach the internet on port 443. Required for `plan` in a network with NAT, where images
   * come through it, and in an adopted VPC, whose endpoints may admit strangers.
   *
   * Code that nobody has approved can then send away what it reads in the database.
   * @default - a dry run in a network with NAT, or in an adopted VPC, is refused
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

/** Service, command and options of a migration, as its checks and its tasks see them. */
export interface MigrationRequest {
  /** Service that the migration belongs to. */
  readonly _service: IReleasedService;
  /** Command that migrates. */
  readonly _command: string[];
  /** Options as the caller gave them. */
  readonly _options: MigrationOptions;
}
