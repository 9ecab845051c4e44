import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConnectable, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { DatabaseCluster, DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IBackingService, IMonitoredDatabase, ISnapshotSource } from '../contracts';
import type { DatabaseVariables } from './credentials/database-variables';
import type { DatabaseAccess } from './users/database-access';
import type { DatabaseConnectionOptions } from './users/database-connection-options';
import type { DatabaseUser, DatabaseUserOptions } from './users/database-user';
import type { IMigratableDatabase } from './users/migratable-database';

/** Database of any engine and capacity. */
export interface IHardenedDatabase
  extends IMigratableDatabase, IConnectable, IMonitoredDatabase, ISnapshotSource {
  /** Host for reads and writes. */
  readonly endpoint: string;
  /** Host for reads: the reader endpoint of a cluster, the first replica of an instance, else `endpoint`. */
  readonly readEndpoint: string;
  /** TCP port. */
  readonly port: number;
  /** Physical name of the instance or cluster. */
  readonly identifier: string;
  /**
   * Secret of the application's user, which clients get by its ARN.
   * @default - none with IAM authentication
   */
  readonly secret?: ISecret;
  /**
   * User that owns schemas and tables. Migrations sign in as it, and services never do.
   * @default - none with CredentialRotation.managedSecret(), where the master user owns them
   */
  readonly owner?: DatabaseUser;
  /** Secret of the master user, for the setup and emergencies, never for an application. */
  readonly masterSecret: ISecret;
  /** KMS key that encrypts storage, backups, secrets, logs, insights and events. */
  readonly key: Key;
  /** Security group of the servers. Bound clients get ingress, and there is no egress. */
  readonly securityGroup: SecurityGroup;
  /**
   * RDS instance.
   * @default - none where the capacity is serverless
   */
  readonly instance?: DatabaseInstance;
  /**
   * Aurora cluster.
   * @default - none where the capacity is an instance
   */
  readonly cluster?: DatabaseCluster;
  /** Maximum number of connections: `max_connections` of the parameters, or the engine's default. */
  readonly maxConnections: number;

  /**
   * Grants a role the sign-in with IAM database authentication.
   *
   * The user is the application's, unless named. Synthesis warns of a user whom the database does not create, and of a
   * role of another account.
   *
   * Throws a PropError for a user with a password, for a wildcard, and for a role of IAM Identity Center.
   */
  grantConnect(grantee: IGrantable, userName?: string): Grant;

  /**
   * Creates a user beside the application's, with its own sign-in and rotation.
   *
   * Bind it to a service with `withUser`. The setup creates the user in the server. It never drops a user.
   * Throws a PropError for a name that is taken or reserved.
   *
   * @param userName a lower-case letter, then letters, digits and `_`, at most 26 characters
   * @param access rights in all schemas and additional databases
   * @param options way to sign in
   */
  addUser(userName: string, access: DatabaseAccess, options?: DatabaseUserOptions): DatabaseUser;

  /**
   * Same database for a service that signs in as this user, or uses an additional database.
   *
   * Throws a PropError for a user of another database, and for a database that the server does not have. A service
   * refuses to sign in as `owner`, as only migrations do.
   */
  withUser(user: DatabaseUser, options?: DatabaseConnectionOptions): IBackingService;

  /**
   * Read-only user of dry runs of migrations, created at the first call.
   *
   * @internal
   */
  _planUser(): DatabaseUser;

  /** Same database with other names of environment variables. Source: requirement E-04. */
  withVariables(names?: DatabaseVariables): IBackingService;

  /**
   * Same database for a service whose tasks open at most this many connections each.
   *
   * The service gets the number as `DB_POOL_SIZE`. Synthesis warns where the pools of all services exceed the
   * connections of the server, because a deployment runs twice the tasks. With another user, state the size in the
   * options of `withUser`. Throws a PropError for a size that is not a whole number from 1 to 10000.
   *
   * @param size most connections of each task, 1 to 10000
   * @param names names of the environment variables
   */
  withPoolSize(size: number, names?: DatabaseVariables): IBackingService;

  /** Metric of the instance or cluster by its CloudWatch name, for example `ReadLatency`. */
  metric(metricName: string, options?: MetricOptions): Metric;

  /** Number of connections in use. */
  metricConnections(options?: MetricOptions): Metric;

  /** CPU utilization in percent. */
  metricCpuUtilization(options?: MetricOptions): Metric;

  /** Free memory in bytes. */
  metricFreeableMemory(options?: MetricOptions): Metric;

  /** Free storage in bytes. For Aurora, which grows by itself, it is the free local storage. */
  metricFreeStorage(options?: MetricOptions): Metric;
}
