import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';

/** What alarms and dashboards have to know of a service. */
export interface ServiceSignals {
  /** The construct that it is: its path stands in messages, its stack decides what may refer to it. */
  readonly source: IConstruct;
  /** Name of its ECS cluster. */
  readonly clusterName: string;
  /** Name of its ECS service. */
  readonly serviceName: string;
  /** The load balancer as CloudWatch names it: `app/name/id`. */
  readonly loadBalancerFullName: string;
  /**
   * The load balancer's construct: its path stands in messages about what all services that share it have in common.
   * @default - `source`, as if it were the service's own
   */
  readonly loadBalancer?: IConstruct;
  /** All target groups between which production moves, as CloudWatch names them: `targetgroup/name/id`. */
  readonly targetGroupFullNames: string[];
  /**
   * Most tasks to which the service scales.
   * @default - not known, or it doesn't scale: nothing tells when it can't grow any more
   */
  readonly maxTasks?: number;
  /**
   * What CodeDeploy deploys it by: then CodeDeploy tells of its deployments, and ECS nothing.
   * @default - ECS deploys it
   */
  readonly deploymentGroup?: IEcsDeploymentGroup;
  /** Where the application logs; empty where its log is elsewhere. */
  readonly logGroups: ILogGroup[];
  /**
   * The stores that were given to it.
   * @default - not known
   */
  readonly stores?: IConstruct[];
}

/** A service that can be watched, whoever made it. */
export interface IMonitoredService {
  /** What alarms and dashboards have to know of it. */
  readonly signals: ServiceSignals;

  /**
   * Takes running deployments back when an alarm fires, and tells whether the service can. Asked again about the same name, it gives the same
   * answer: once to learn whether the alarm needs a name, once with the alarm.
   *
   * @param alarmName the alarm's literal name, so that no cycle closes
   * @param alarm deployed before the service, where it stands in its stack
   */
  rollBackOn(alarmName: string, alarm?: IAlarm): boolean;
}

/** The two families of databases that are told apart. */
export enum DatabaseFamily {
  /** RDS and Aurora PostgreSQL. */
  POSTGRES = 'postgres',
  /** RDS and Aurora MySQL, RDS MariaDB. */
  MYSQL = 'mysql',
}

/** What alarms and dashboards have to know of a database. */
export interface DatabaseSignals {
  /** The construct that it is: its path stands in messages. */
  readonly source: IConstruct;
  /** The engine's family. */
  readonly family: DatabaseFamily;
  /**
   * Identifier of the Aurora cluster.
   * @default - it is an instance
   */
  readonly clusterIdentifier?: string;
  /** Identifiers of all instances, the one that takes writes first, then replicas or readers; none where the members of a cluster are not known. */
  readonly instanceIdentifiers: string[];
  /**
   * The most connections that it takes.
   * @default - not known: no alarm on those that are left
   */
  readonly connectionCeiling?: number;
  /**
   * Nominal memory of the instance in bytes.
   * @default - not known, or it changes by itself
   */
  readonly memoryBytes?: number;
  /**
   * Virtual processors of the instance.
   * @default - not known, or they change by themselves
   */
  readonly vcpus?: number;
  /**
   * Whether its processor lives on credits.
   * @default false
   */
  readonly burstable?: boolean;
  /**
   * Most capacity units of an Aurora Serverless v2 cluster.
   * @default - it is not serverless
   */
  readonly maxAcu?: number;
  /**
   * Whether its sessions are counted, which Performance Insights does.
   * @default true
   */
  readonly performanceInsights?: boolean;
  /** Its log groups; empty where they are not known. */
  readonly logGroups: ILogGroup[];
  /**
   * The topic of what happens to it.
   * @default - none
   */
  readonly events?: ITopic;
}

/** A database that can be watched, whoever made it. */
export interface IMonitoredDatabase {
  /** What alarms and dashboards have to know of it. */
  readonly signals: DatabaseSignals;
}

/** What alarms and dashboards have to know of a cache. */
export interface CacheSignals {
  /** The construct that it is: its path stands in messages. */
  readonly source: IConstruct;
  /** Identifiers of the nodes, as CloudWatch names them in `CacheClusterId`: `name-001`, `name-002`. */
  readonly nodeIds: string[];
}

/** A cache that can be watched, whoever made it. */
export interface IMonitoredCache {
  /** What alarms and dashboards have to know of it. */
  readonly signals: CacheSignals;
}
