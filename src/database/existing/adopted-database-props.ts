import type { Duration } from 'aws-cdk-lib';
import type { InstanceType, ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IBackingService, IMonitoredDatabase } from '../../contracts';
import type { DatabaseVariables } from '../credentials/database-variables';
import type { DatabaseConnectionOptions } from '../users/database-connection-options';
import type { IMigratableDatabase } from '../users/migratable-database';

/**
 * Properties of {@link HardenedPostgres.fromExisting} and {@link HardenedMysql.fromExisting}.
 *
 * `identifier`, `endpoint`, `databaseName` and `securityGroup` are required, and `secret` or `userName`.
 */
export interface AdoptedDatabaseProps {
  /** Name of the instance or cluster, as RDS shows it. Alarms and dashboards use it. */
  readonly identifier: string;
  /** Host for reads and writes, without the port. */
  readonly endpoint: string;
  /**
   * Host for reads, without the port. Clients get it as a variable.
   * @default - none; clients get no host for reads
   */
  readonly readEndpoint?: string;
  /**
   * TCP port of the server, 1150 to 65535.
   * @default - 5432 for PostgreSQL, 3306 for MySQL
   */
  readonly port?: number;
  /** Name of the database inside the server. */
  readonly databaseName: string;
  /**
   * Security group of the server, which clients may reach on `port`.
   *
   * Each client adds its rule in its own stack. A group that is imported as immutable gets no rule.
   */
  readonly securityGroup: ISecurityGroup;
  /**
   * Secret with the fields `username` and `password` of the application's user, by its complete ARN.
   * @default - none; clients sign in as `userName` with IAM authentication
   */
  readonly secret?: ISecret;
  /**
   * Key that encrypts the secret.
   * @default - the key with which the secret was imported or created, else the AWS managed key of Secrets Manager
   */
  readonly secretKey?: IKey;
  /**
   * Secret of the user that owns schemas and tables, by its complete ARN.
   *
   * It has the fields `username` and `password`. Migrations of a release sign in with it, and services never do.
   * @default - none; a `Migration` of the database is refused
   */
  readonly ownerSecret?: ISecret;
  /**
   * Key that encrypts the owner's secret.
   * @default - the key with which the secret was imported or created, else the AWS managed key of Secrets Manager
   */
  readonly ownerSecretKey?: IKey;
  /**
   * Secret of a user who may only read, by its complete ARN.
   *
   * It has the fields `username` and `password`. Dry runs of migrations sign in with it, before anybody has approved
   * their code. The library does not look what the user can write. A query of docs/adopt-a-database.md shows it.
   * @default - none; the `plan` of a `Migration` is refused
   */
  readonly readOnlySecret?: ISecret;
  /**
   * Key that encrypts the secret of the user who may only read.
   * @default - the key with which the secret was imported or created, else the AWS managed key of Secrets Manager
   */
  readonly readOnlySecretKey?: IKey;
  /**
   * Time after which tasks that have read the secret are replaced, because it rotates. Source: requirement A-34.
   * @default - never: the secret does not rotate
   */
  readonly replaceTasksEvery?: Duration;
  /**
   * User that clients sign in as with IAM authentication. It requires `resourceId`, and excludes `secret`.
   * @default - the user of the secret
   */
  readonly userName?: string;
  /**
   * Resource id of the server (`db-...`, `cluster-...`), by which IAM names its users.
   * @default - none; required with `userName`
   */
  readonly resourceId?: string;
  /**
   * Resource id of the read replica behind `readEndpoint` (`db-...`).
   *
   * Each replica of an instance has its own, by which IAM names its users.
   * @default - none; required with `userName` and `readEndpoint` of an instance, and not used otherwise
   */
  readonly readResourceId?: string;
  /**
   * True for an Aurora cluster.
   * @default false - an instance
   */
  readonly cluster?: boolean;
  /**
   * Names of the members of a cluster, the writer first, or of an instance's read replicas.
   * @default - none; no alarms on them
   */
  readonly instanceIdentifiers?: string[];
  /**
   * Class of the instance, or of the smallest member of a cluster.
   * @default - unknown; no alarms on memory, CPU credits and load
   */
  readonly instanceType?: InstanceType;
  /**
   * Maximum capacity units of a serverless cluster, 1 to 256 in steps of 0.5.
   * @default - unknown, or the members are provisioned
   */
  readonly maxAcu?: number;
  /**
   * Value of `max_connections` on one member, 1 or more.
   * @default - the engine's formula, by `instanceType` or `maxAcu`; unknown without either
   */
  readonly maxConnections?: number;
  /**
   * True where Performance Insights is enabled.
   * @default true
   */
  readonly performanceInsights?: boolean;
  /**
   * Log groups of the server, for refused connections and deadlocks.
   * @default - none; no alarms on them
   */
  readonly logGroups?: ILogGroup[];
  /**
   * Topic of the server's RDS events.
   * @default - none
   */
  readonly events?: ITopic;
  /**
   * Absolute path of RDS's certificate bundle in the application's image. Clients get it as a variable.
   * @default '/etc/ssl/certs/rds-global-bundle.pem'
   */
  readonly caBundlePath?: string;
}

/** Existing database: a backing service with signals, whose server belongs to another stack or tool. */
export interface IAdoptedDatabase extends IMigratableDatabase, IMonitoredDatabase {
  /** Host for reads and writes. */
  readonly endpoint: string;
  /** Host for reads: `readEndpoint`, else `endpoint`. */
  readonly readEndpoint: string;
  /** TCP port. */
  readonly port: number;
  /** Name of the instance or cluster. */
  readonly identifier: string;
  /**
   * Secret of the application's user.
   * @default - none with IAM authentication
   */
  readonly secret?: ISecret;
  /** Security group of the server. */
  readonly securityGroup: ISecurityGroup;

  /** Same database with other names of environment variables. Source: requirement E-04. */
  withVariables(names?: DatabaseVariables): IBackingService;

  /**
   * Same database for a service whose tasks open at most this many connections each.
   *
   * The service gets the number as `DB_POOL_SIZE`. Synthesis warns where the pools of all services exceed
   * `maxConnections`, because a deployment runs twice the tasks. Throws a PropError for a size that is not a whole
   * number from 1 to 10000.
   *
   * @param size most connections of each task, 1 to 10000
   * @param names names of the environment variables
   */
  withPoolSize(size: number, names?: DatabaseVariables): IBackingService;

  /**
   * Same database for a service that signs in with another secret.
   *
   * The library does not create the user. The options may name another database in the server.
   * Throws a PropError for a secret that is known by a part of its ARN only.
   *
   * @param secret secret with the fields `username` and `password`; import it with its key, if it has one of its own
   * @param options database, size of the pool, and names of the environment variables
   */
  withSecret(secret: ISecret, options?: DatabaseConnectionOptions): IBackingService;
}
