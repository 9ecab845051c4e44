import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Waiver } from '../compliance';
import type { EnvironmentProfile } from '../environment';
import type { ISecureVpc } from '../network';
import type { BackupPolicy } from './backup/backup-policy';
import type { CredentialRotation } from './credentials/credential-rotation';
import type { DatabaseEvents } from './database-events';

/** What {@link HardenedPostgres} and {@link HardenedMysql} may both be told. The network is all that is needed. */
export interface HardenedDatabaseProps {
  /** The network whose data tier holds the servers. It can't be changed: RDS would replace the database. */
  readonly network: ISecureVpc;
  /**
   * Name of the database inside the server: a lower-case letter, then letters, digits and `_`. It can't be changed: RDS would replace the database.
   * @default 'application'
   */
  readonly databaseName?: string;
  /**
   * Name of the application's own user: a lower-case letter, then letters, digits and `_`, at most 26 characters.
   * It can't be changed: the secret would be written anew, for a user whom the server doesn't know.
   * @default 'application'
   */
  readonly userName?: string;
  /**
   * TCP port, 1150 to 65535, one of the network's `dataPorts`. It can't be changed for an instance: RDS would replace it.
   * @default - 5432 for PostgreSQL, 3306 for MySQL, as the documents have it (requirements A-25, C-13)
   */
  readonly port?: number;
  /**
   * Name of the instance or cluster: 1 to 50 lower-case letters, digits and single hyphens, beginning with a letter. It can't be changed: RDS would
   * replace the database. RDS puts it into the names of the log groups.
   * @default - from the path of this construct, ending in a hash of it
   */
  readonly identifier?: string;
  /**
   * Parameters of the server, as RDS takes them: plain values in the unit of the parameter. One that does not exist or fit is refused.
   * @default - those that docs/database.md lists
   */
  readonly parameters?: { [name: string]: string };
  /**
   * Why `parameters` may give up something that the construct promises.
   * @default - they may not
   */
  readonly parameterWaiver?: Waiver;
  /**
   * Who signs in with what, and how often that changes.
   * @default CredentialRotation.alternatingUsers() - every 30 days, without locking anyone out (requirements)
   */
  readonly credentials?: CredentialRotation;
  /**
   * How the database is backed up.
   * @default BackupPolicy.daily()
   */
  readonly backup?: BackupPolicy;
  /**
   * When RDS may maintain the server, `ddd:hh:mm-ddd:hh:mm` in UTC, at least 30 minutes, outside the backup's window and the two hours after it.
   * @default 'sun:05:30-sun:06:30'
   */
  readonly maintenanceWindow?: string;
  /**
   * How often enhanced monitoring looks: 1, 5, 10, 15, 30 or 60 seconds (requirement C-09).
   * @default Duration.seconds(60)
   */
  readonly monitoringInterval?: Duration;
  /**
   * Whether Database Insights runs in its advanced mode and keeps 15 months, which costs by vCPU or capacity unit.
   * @default false - the standard mode, 7 days (requirement C-09)
   */
  readonly advancedInsights?: boolean;
  /**
   * How long the server's log is kept.
   * @default RetentionDays.ONE_WEEK - requirement A-15
   */
  readonly logRetention?: RetentionDays;
  /**
   * Where events of the database go, shared with other databases: an account has 20 subscriptions for each region.
   * @default - a topic of its own, with four subscriptions
   */
  readonly events?: DatabaseEvents;
  /**
   * What happens to the database when it leaves the template: retained, destroyed, or deleted after a last snapshot (`SNAPSHOT`).
   * @default - by environment: retained in production and staging, destroyed in development (requirement E-08)
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Absolute path at which the application's image has AWS's bundle of certificate authorities; it is handed over with the address.
   * @default '/etc/ssl/certs/rds-global-bundle.pem'
   */
  readonly authorityBundlePath?: string;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}
