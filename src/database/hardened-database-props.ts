import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Waiver } from '../compliance';
import type { EnvironmentProfile } from '../environment';
import type { ISecureVpc } from '../network';
import type { BackupPolicy } from './backup/backup-policy';
import type { CredentialRotation } from './credentials/credential-rotation';
import type { DatabaseEvents } from './database-events';
import type { QueryText } from './parameters/query-text';
import type { RestoreSource } from './restore/restore-source';

/** Properties that {@link HardenedPostgres} and {@link HardenedMysql} share. `network` is required. */
export interface HardenedDatabaseProps {
  /** Network whose data tier holds the servers. A change replaces the database. */
  readonly network: ISecureVpc;
  /**
   * Name of the database inside the server.
   * It has a lower-case letter, then letters, digits and `_`, at most 63 characters.
   * It can't be changed: RDS would replace the database.
   * @default 'application'
   */
  readonly databaseName?: string;
  /**
   * Name of the application's user.
   * It has a lower-case letter, then letters, digits and `_`, at most 26 characters.
   * A change makes another user with a secret of its own. The former one stays in the server and keeps its password.
   * @default 'application'
   */
  readonly userName?: string;
  /**
   * Name of the user that owns schemas and tables, which migrations sign in as.
   * It has a lower-case letter, then letters, digits and `_`, at most 26 characters.
   * A change makes another owner with a secret of its own, who gets the schemas and tables of the former one.
   * Throws a PropError with CredentialRotation.managedSecret(), where the master user owns the tables.
   * @default 'owner'
   */
  readonly ownerName?: string;
  /**
   * Names of databases in the same server, beside `databaseName`, with the same users and rights.
   * The setup creates them, and never drops one.
   * @default - none
   */
  readonly additionalDatabases?: string[];
  /**
   * Setup of users, grants, schemas, extensions and additional databases at deployment.
   *
   * It runs again when one of them changes. A Lambda function behind a custom resource runs the statements, and
   * services wait for it (docs/adr/0007-database-setup.md).
   * Without it, run `bootstrapSql` before the first service starts, and never change `identifier`.
   * @default true
   */
  readonly setup?: boolean;
  /**
   * TCP port, 1150 to 65535, one of the network's `dataPorts`.
   * It can't be changed for an instance: RDS would replace the database. Source: requirements A-25, C-13.
   * @default - 5432 for PostgreSQL, 3306 for MySQL
   */
  readonly port?: number;
  /**
   * Name of the instance or cluster.
   * It has 1 to 50 lower-case letters, digits and single hyphens, and begins with a letter.
   * It can't be changed: RDS would replace the database, and the setup refuses the empty one that comes.
   * The names of the log groups contain it.
   * @default - from the path of this construct, with a hash of it at the end
   */
  readonly identifier?: string;
  /**
   * Snapshot or point in time that the new server is restored from. It needs an `identifier` of its own.
   *
   * It can't be added, changed or removed later, because CloudFormation restores into a new server.
   * Leave it in place for as long as the server lives. docs/recovery.md has the procedure.
   * Source: requirements A-07, D-12.
   * @default - a new, empty database
   */
  readonly restoreFrom?: RestoreSource;
  /**
   * Engine parameters, as plain values in the unit of the parameter.
   * A parameter that does not exist or whose value does not fit is refused.
   * A change of any parameter restarts PostgreSQL servers within the deployment, because their group holds static
   * parameters. MySQL servers restart where a static parameter is set.
   * @default - those that docs/database.md lists
   */
  readonly parameters?: { [name: string]: string };
  /**
   * Waiver for `parameters` that break a guarantee of the construct.
   * @default - no guarantee may be broken
   */
  readonly parameterWaiver?: Waiver;
  /**
   * Text of queries in the server's log. Less text makes an incident harder to explain.
   * No choice logs a password that a statement changes, unless that statement fails or is slow.
   * A change restarts PostgreSQL servers, as a change of `parameters` does. Source: requirement A-31.
   * @default - by the profile's `queryLogging`: QueryText.NEVER in production, QueryText.SLOW elsewhere
   */
  readonly queryText?: QueryText;
  /**
   * Application authentication and credential rotation. Source: requirements.
   * @default CredentialRotation.alternatingUsers() - every 30 days, without locking anyone out
   */
  readonly credentials?: CredentialRotation;
  /**
   * Automated backups, snapshots and copies.
   * @default BackupPolicy.daily()
   */
  readonly backup?: BackupPolicy;
  /**
   * Weekly maintenance window, `ddd:hh:mm-ddd:hh:mm` in UTC, at least 30 minutes.
   * It lies outside the backup window and the two hours after it.
   * @default 'sun:05:30-sun:06:30'
   */
  readonly maintenanceWindow?: string;
  /**
   * Interval of enhanced monitoring: 1, 5, 10, 15, 30 or 60 seconds. Source: requirement C-09.
   * @default Duration.seconds(60)
   */
  readonly monitoringInterval?: Duration;
  /**
   * Enables the advanced mode of Database Insights, with 15 months of retention.
   * It is billed by vCPU or capacity unit. Source: requirement C-09.
   * @default false - the standard mode with 7 days
   */
  readonly advancedInsights?: boolean;
  /**
   * Retention of the server's log groups.
   * @default RetentionDays.ONE_WEEK - requirement A-15
   */
  readonly logRetention?: RetentionDays;
  /**
   * Topic and subscriptions of RDS events, shared with other databases.
   * RDS allows 20 event subscriptions per account and region.
   * @default - a new topic with four subscriptions
   */
  readonly events?: DatabaseEvents;
  /**
   * Removal policy of the database: retained, destroyed, or deleted after a final snapshot (`SNAPSHOT`).
   * Source: requirement E-08.
   * @default - by environment: retained in production and staging, destroyed in development
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Absolute path of RDS's certificate bundle in the application's image. Clients get it as a variable.
   * @default '/etc/ssl/certs/rds-global-bundle.pem'
   */
  readonly caBundlePath?: string;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
