import type { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';

/** Identity of a service for alarms and dashboards. */
export interface ServiceSignals {
  /**
   * Construct of the service.
   *
   * Messages show its path. Its stack determines which other stacks may refer to it.
   */
  readonly source: IConstruct;
  /** Name of the ECS cluster. */
  readonly clusterName: string;
  /** Name of the ECS service. */
  readonly serviceName: string;
  /** Load balancer as CloudWatch names it, `app/name/id`. */
  readonly loadBalancerFullName: string;
  /**
   * Construct of the load balancer. Its path appears in messages about all services that share it.
   * @default - `source`, as if the load balancer belonged to the service alone
   */
  readonly loadBalancer?: IConstruct;
  /** Target groups of production traffic, as CloudWatch names them, `targetgroup/name/id`. */
  readonly targetGroupFullNames: string[];
  /**
   * ARNs of the ACM certificates of the load balancer. An alarm fires before one of them ends.
   * @default - unknown; no alarm on them
   */
  readonly certificateArns?: string[];
  /**
   * Maximum number of tasks of auto scaling.
   * @default - unknown, or the service does not scale; no alarm on the maximum
   */
  readonly maxTasks?: number;
  /**
   * CPU utilization in percent at which auto scaling adds tasks. An alarm on CPU has room above it.
   * @default - unknown, or the service does not scale; the limits of the documents
   */
  readonly cpuTargetPercent?: number;
  /**
   * Memory utilization in percent at which auto scaling adds tasks. An alarm on memory has room above it.
   * @default - unknown, or the service does not scale; the limit of the documents
   */
  readonly memoryTargetPercent?: number;
  /**
   * Time in which a new task may fail its health checks. An alarm on unhealthy tasks waits for as long.
   * @default - tasks start within a minute
   */
  readonly startupTime?: Duration;
  /**
   * CodeDeploy deployment group of the service, whose deployments CodeDeploy reports instead of ECS.
   * @default - ECS deploys the service
   */
  readonly deploymentGroup?: IEcsDeploymentGroup;
  /** Log groups of the application, empty where it logs elsewhere. */
  readonly logGroups: ILogGroup[];
  /**
   * Backing services of the service.
   * @default - unknown
   */
  readonly stores?: IConstruct[];
}

/** Service that alarms and dashboards can monitor, whether this library defines it or not. */
export interface IMonitoredService {
  /** Identity of the service for alarms and dashboards. */
  readonly signals: ServiceSignals;

  /**
   * Adds an alarm that rolls back running deployments.
   *
   * Returns false where the service does not support it. Repeated calls with the same name return the same result.
   * Callers first ask whether the alarm needs a name, and then give the alarm.
   *
   * @param alarmName literal name of the alarm, so that no cycle between stacks arises
   * @param alarm the alarm itself, which is created before the service if both are in one stack
   */
  rollBackOn(alarmName: string, alarm?: IAlarm): boolean;
}

/** Family of a database engine. */
export enum DatabaseFamily {
  /** RDS for PostgreSQL and Aurora PostgreSQL. */
  POSTGRES = 'postgres',
  /** RDS for MySQL, RDS for MariaDB and Aurora MySQL. */
  MYSQL = 'mysql',
}

/** Identity and limits of a database for alarms and dashboards. */
export interface DatabaseSignals {
  /** Construct of the database, whose path appears in messages. */
  readonly source: IConstruct;
  /** Family of the engine. */
  readonly family: DatabaseFamily;
  /**
   * Identifier of the Aurora cluster.
   * @default - the database is an instance
   */
  readonly clusterIdentifier?: string;
  /**
   * Identifiers of all instances: the writer first, then replicas or readers.
   *
   * Empty where the members of a cluster are unknown.
   */
  readonly instanceIdentifiers: string[];
  /**
   * Maximum number of connections.
   * @default - unknown; no alarm on the remaining connections
   */
  readonly maxConnections?: number;
  /**
   * Nominal memory of the instance in bytes.
   * @default - unknown, or it scales
   */
  readonly memoryBytes?: number;
  /**
   * Number of virtual CPUs of the instance.
   * @default - unknown, or it scales
   */
  readonly vcpus?: number;
  /**
   * True where the instance class earns CPU credits.
   * @default false
   */
  readonly burstable?: boolean;
  /**
   * Maximum capacity units of an Aurora Serverless v2 cluster.
   * @default - the database is not serverless
   */
  readonly maxAcu?: number;
  /**
   * True where Performance Insights is enabled, which counts sessions.
   * @default true
   */
  readonly performanceInsights?: boolean;
  /** Log groups of the database, empty where they are unknown. */
  readonly logGroups: ILogGroup[];
  /**
   * ARNs of the rotated secrets of the database. A rotation that fails is announced.
   * @default - unknown; nothing is announced
   */
  readonly rotatedSecretArns?: string[];
  /**
   * Topic of RDS events.
   * @default - none
   */
  readonly events?: ITopic;
}

/** Database that alarms and dashboards can monitor, whether this library defines it or not. */
export interface IMonitoredDatabase {
  /** Identity and limits of the database for alarms and dashboards. */
  readonly signals: DatabaseSignals;
}

/** Identity of a cache for alarms and dashboards. */
export interface CacheSignals {
  /** Construct of the cache, whose path appears in messages. */
  readonly source: IConstruct;
  /**
   * Identifiers of the nodes as CloudWatch names them in `CacheClusterId`, for example `name-001`.
   *
   * Empty for a serverless cache.
   */
  readonly nodeIds: string[];
  /**
   * Name of a serverless cache, as CloudWatch names it in `clusterId`. The alarms refuse such a cache.
   * @default - the cache has nodes
   */
  readonly serverlessName?: string;
}

/** Cache that alarms and dashboards can monitor, whether this library defines it or not. */
export interface IMonitoredCache {
  /** Identity of the cache for alarms and dashboards. */
  readonly signals: CacheSignals;
}
