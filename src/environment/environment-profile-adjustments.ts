import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { LogKeys } from './log-keys';

/** Properties of {@link EnvironmentProfile.adjust}. None is required. */
export interface EnvironmentProfileAdjustments {
  /**
   * Name of the environment, as it appears in tags and log groups.
   * @default - unchanged
   */
  readonly name?: string;
  /**
   * Removal policy of resources that hold data.
   *
   * `RETAIN` becomes `RETAIN_ON_UPDATE_OR_DELETE`, so that a failed first deployment can be repeated.
   * @default - unchanged; retained in production and staging, destroyed in development
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Deletion protection of databases and load balancers.
   * @default - unchanged; true in production and staging
   */
  readonly deletionProtection?: boolean;
  /**
   * Standby of each store in another Availability Zone, and a NAT gateway in each zone.
   *
   * Source: requirement A-32.
   * @default - unchanged; true in production and staging
   */
  readonly multiAz?: boolean;
  /**
   * Minimum number of tasks of a service, 0 to 5000.
   *
   * Source: requirement A-33.
   * @default - unchanged; 2 in production and staging, 1 in development
   */
  readonly minTasks?: number;
  /**
   * Maximum number of tasks of a service, 1 to 5000.
   *
   * Source: requirement C-05.
   * @default - unchanged; 8 in production, 4 in staging, 2 in development
   */
  readonly maxTasks?: number;
  /**
   * CPU units of a task, 256 to 16384, with 1024 for one vCPU.
   * @default - unchanged; 512 in production, 256 elsewhere
   */
  readonly taskCpu?: number;
  /**
   * Memory of a task in MiB.
   * @default - unchanged; 1024 in production, 512 elsewhere
   */
  readonly taskMemoryMiB?: number;
  /**
   * Retention of the logs of applications and networks.
   *
   * Source: requirements A-15 and E-11.
   * @default - unchanged; 30 days in production and staging, 7 in development
   */
  readonly logRetention?: RetentionDays;
  /**
   * KMS keys of log groups.
   *
   * A change takes effect in place. Events that were written before need the former key for as long as they are kept.
   * @default - unchanged; `LogKeys.onePerStack()` everywhere
   */
  readonly logKeys?: LogKeys;
  /**
   * Retention of automated backups, 1 to 35 days.
   *
   * Source: requirement A-05.
   * @default - unchanged; 7 days in production and staging, 1 in development
   */
  readonly backupRetention?: Duration;
  /**
   * RDS instance class without the prefix `db.`, for example `t4g.medium`.
   *
   * Source: requirement A-03.
   * @default - unchanged; `t4g.medium` in production, `t4g.small` in staging, `t4g.micro` in development
   */
  readonly databaseSize?: string;
  /**
   * Minimum capacity of serverless databases in Aurora capacity units, 0.5 to 256 in steps of 0.5.
   *
   * AWS advises at least 2 with Performance Insights, which is on.
   * @default - unchanged; 2 in production, 0.5 elsewhere
   */
  readonly databaseMinAcu?: number;
  /**
   * ElastiCache node type without the prefix `cache.`, for example `t4g.small`.
   *
   * Source: requirement C-10.
   * @default - unchanged; `t4g.small` in production, `t4g.micro` elsewhere
   */
  readonly cacheSize?: string;
  /**
   * True where database logs contain the text of queries.
   *
   * It is the default of the prop `queryText` of databases: `QueryText.SLOW` where true, `QueryText.NEVER` where false.
   * Source: requirement A-31.
   * @default - unchanged; false in production alone
   */
  readonly queryLogging?: boolean;
  /**
   * True where a service may only run images whose tags are immutable.
   * @default - unchanged; true in production and staging
   */
  readonly immutableImageTags?: boolean;
  /**
   * True where each severity of alerts requires a channel.
   *
   * Source: requirement A-22.
   * @default - unchanged; true in production alone
   */
  readonly requireAlertChannels?: boolean;
  /**
   * True for all alarms, false for those that report an outage.
   *
   * Source: requirement E-09.
   * @default - unchanged; true in production and staging, false in development
   */
  readonly allAlarms?: boolean;
}
