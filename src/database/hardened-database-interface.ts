import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConnectable, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { DatabaseCluster, DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { IBackingService, IMonitoredDatabase, ISnapshotSource } from '../contracts';
import type { DatabaseVariables } from './credentials/database-variables';

/** Database of any engine and capacity. */
export interface IHardenedDatabase
  extends IConstruct, IConnectable, IBackingService, IMonitoredDatabase, ISnapshotSource {
  /** Host for reads and writes. */
  readonly endpoint: string;
  /** Host for reads: the reader endpoint of a cluster, the first replica of an instance, else `endpoint`. */
  readonly readEndpoint: string;
  /** TCP port. */
  readonly port: number;
  /** Name of the database inside the server. */
  readonly databaseName: string;
  /** Physical name of the instance or cluster. */
  readonly identifier: string;
  /**
   * Secret of the application's user, which clients get by its ARN.
   * @default - none with IAM authentication
   */
  readonly secret?: ISecret;
  /** Secret of the master user, for migrations and one-off statements, never for an application. */
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
   * The user is the application's, unless named. It needs the database role `rds_iam`.
   */
  grantConnect(grantee: IGrantable, userName?: string): Grant;

  /** Same database with other names of environment variables. Source: requirement E-04. */
  withVariables(names?: DatabaseVariables): IBackingService;

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
