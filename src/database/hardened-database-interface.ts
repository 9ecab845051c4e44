import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConnectable, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { DatabaseCluster, DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { IBackingService, IMonitoredDatabase, ISnapshotSource } from '../contracts';
import type { DatabaseVariables } from './credentials/database-variables';

/** The one face of a database, whatever engine and capacity are behind it. */
export interface IHardenedDatabase
  extends IConstruct, IConnectable, IBackingService, IMonitoredDatabase, ISnapshotSource {
  /** Address that takes reads and writes. */
  readonly endpoint: string;
  /** Address for reads: the readers of a cluster, the first replica of an instance, else `endpoint`. */
  readonly readEndpoint: string;
  /** TCP port. */
  readonly port: number;
  /** Name of the database inside the server. */
  readonly databaseName: string;
  /** Name of the instance or cluster, as RDS and CloudWatch know it. */
  readonly identifier: string;
  /**
   * The secret that a client gets, by ARN.
   * @default - none with IAM authentication
   */
  readonly secret?: ISecret;
  /** The secret of the master user: for migrations and one-off statements, never for an application. */
  readonly masterSecret: ISecret;
  /** The key that encrypts storage, backups, secrets, logs and insights. */
  readonly key: Key;
  /** The group of the servers. */
  readonly securityGroup: SecurityGroup;
  /**
   * The instance, where the capacity is one.
   * @default - none where the capacity is serverless
   */
  readonly instance?: DatabaseInstance;
  /**
   * The cluster, where the capacity is one.
   * @default - none where the capacity is an instance
   */
  readonly cluster?: DatabaseCluster;
  /** The most connections that the server takes. Alarms measure against it. */
  readonly connectionCeiling: number;

  /** Lets somebody sign in with a token of their role as a database user (the application's unless named), who needs the role `rds_iam`. */
  grantConnect(grantee: IGrantable, userName?: string): Grant;

  /** The same database under other names of environment variables (requirement E-04). */
  withVariables(names?: DatabaseVariables): IBackingService;

  /** A metric of the instance or cluster by its CloudWatch name, for example `ReadLatency`. */
  metric(metricName: string, options?: MetricOptions): Metric;

  /** Connections in use. */
  metricConnections(options?: MetricOptions): Metric;

  /** Percent of the processor in use. */
  metricCpuUtilization(options?: MetricOptions): Metric;

  /** Bytes of memory free. */
  metricFreeableMemory(options?: MetricOptions): Metric;

  /** Bytes of storage free: of an instance; Aurora grows its storage by itself and reports its local one. */
  metricFreeStorage(options?: MetricOptions): Metric;
}
