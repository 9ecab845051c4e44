import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  CaCertificate,
  type Credentials,
  type DatabaseCluster,
  DatabaseInsightsMode,
  type DatabaseInstance,
  type DatabaseInstanceReadReplica,
  EngineLifecycleSupport,
  type IOptionGroup,
  type ParameterGroup,
  PerformanceInsightRetention,
  type SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret, ISecretAttachmentTarget } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { DatabaseSignals } from '../../contracts';
import type { ISecureVpc } from '../../network';
import type { BackupSettings } from '../backup/backup-policy';
import type { RestoreSettings } from '../restore/restore-settings';

/** Master user, as the server is created with. */
export interface MasterUser {
  /** User name, and a generated password where the secret exists before the server. */
  readonly credentials: Credentials;
  /** True if RDS creates and rotates the secret. An instance with read replicas does not support it. */
  readonly managedByRds: boolean;
}

/** Properties that instances and clusters share. All of them are checked. */
export interface DatabaseServerProps {
  /** Network of the server. */
  readonly network: ISecureVpc;
  /** Removal policy of the server. `DESTROY` also deletes RDS's automated backups. */
  readonly removalPolicy: RemovalPolicy;
  /** True if RDS refuses to delete the server. */
  readonly deletionProtection: boolean;
  /** Lower-case physical name, at most 50 characters. The names of the log groups contain it. */
  readonly identifier: string;
  /** Name of the database that is created with the server. A change replaces the server. */
  readonly databaseName: string;
  /** TCP port, 1150 to 65535, one of the network's `dataPorts`. */
  readonly port: number;
  /** Key of storage, backups and insights. */
  readonly key: Key;
  /** Security group without rules. Each client adds its own. */
  readonly securityGroup: ISecurityGroup;
  /** Subnets of the data tier in two or more Availability Zones. */
  readonly subnetGroup: SubnetGroup;
  /** Parameter group of the instance, or of the cluster. */
  readonly parameterGroup: ParameterGroup;
  /**
   * Option group of an instance.
   * @default - RDS's default group
   */
  readonly optionGroup?: IOptionGroup;
  /** Master user and password of the server. */
  readonly master: MasterUser;
  /** True if RDS installs minor versions in the maintenance window. */
  readonly autoMinorVersionUpgrade: boolean;
  /** Log types to export, as RDS names them. Their log groups exist before the server. */
  readonly logExports: string[];
  /** Interval of enhanced monitoring: 1, 5, 10, 15, 30 or 60 seconds. */
  readonly monitoringInterval: Duration;
  /** Role with which RDS writes the metrics of enhanced monitoring. */
  readonly monitoringRole: IRole;
  /** True if Database Insights runs in its advanced mode, with 15 months of retention. */
  readonly advancedInsights: boolean;
  /** Backup window and retention of the server. */
  readonly backup: BackupSettings;
  /** `ddd:hh:mm-ddd:hh:mm` in UTC, apart from the backup window and the two hours after it. */
  readonly maintenanceWindow: string;
  /**
   * Origin of the data.
   * @default - a new, empty database
   */
  readonly restore?: RestoreSettings;
}

/** Signals of a database that its server knows. */
export type ServerSignals = Pick<
  DatabaseSignals,
  'clusterIdentifier' | 'instanceIdentifiers' | 'memoryBytes' | 'vcpus' | 'burstable' | 'maxAcu'
>;

/** Server of a database: an instance with its replicas, or a cluster with its readers. */
export interface DatabaseServer extends IConstruct {
  /**
   * RDS instance.
   * @default - the server is a cluster
   */
  readonly instance?: DatabaseInstance;
  /** Read replicas of the instance. */
  readonly readReplicas: DatabaseInstanceReadReplica[];
  /**
   * Aurora cluster.
   * @default - the server is an instance
   */
  readonly cluster?: DatabaseCluster;
  /** Host that takes reads and writes, without the port. */
  readonly endpoint: string;
  /** Host for reads: the reader endpoint of a cluster, the first replica of an instance, else `endpoint`. */
  readonly readEndpoint: string;
  /** True if there are replicas or readers. Only then do clients get `readEndpoint`. */
  readonly hasReaders: boolean;
  /** ARN of the instance or cluster. */
  readonly arn: string;
  /** RDS resource ids (`db-...`, `cluster-...`), by which IAM names database users. Each replica has one of its own. */
  readonly resourceIds: string[];
  /** Secret of the master user, whoever manages it. */
  readonly masterSecret: ISecret;
  /** Target that secrets are attached to, which adds host and port to them. */
  readonly attachmentTarget: ISecretAttachmentTarget & IConstruct;
  /** Identifiers of the server by RDS's source types of events. An empty list means all of the account and region. */
  readonly eventSources: { [sourceType: string]: string[] };
  /** CloudWatch metric of free storage. */
  readonly freeStorageMetric: string;
  /** Identifiers and sizes for alarms. */
  readonly signals: ServerSignals;
  /** Metric of the instance or cluster. */
  metric(metricName: string, options?: MetricOptions): Metric;
  /** Grants a role the sign-in as a database user. */
  grantConnect(grantee: IGrantable, userName: string): Grant;
}

/** Settings that instances, replicas and clusters share. */
export function sharedSettings(props: DatabaseServerProps) {
  return {
    iamAuthentication: true,
    copyTagsToSnapshot: true,
    autoMinorVersionUpgrade: props.autoMinorVersionUpgrade,
    engineLifecycleSupport: EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
    vpc: props.network.vpc,
    subnetGroup: props.subnetGroup,
    securityGroups: [props.securityGroup],
    parameterGroup: props.parameterGroup,
    port: props.port,
    cloudwatchLogsExports: props.logExports,
    monitoringInterval: props.monitoringInterval,
    monitoringRole: props.monitoringRole,
    preferredMaintenanceWindow: props.maintenanceWindow,
    deletionProtection: props.deletionProtection,
    // Automated backups outlive the server, except with DESTROY (requirement E-08).
    deleteAutomatedBackups: props.removalPolicy === RemovalPolicy.DESTROY,
    removalPolicy: props.removalPolicy,
  };
}

/** Settings with data, which a replica takes from its source. */
export function dataSettings(props: DatabaseServerProps) {
  return {
    credentials: props.master.credentials,
    manageMasterUserPassword: props.master.managedByRds || undefined,
    storageEncryptionKey: props.key,
  };
}

/** Certificate authority of the server, valid until 2061 and part of RDS's global bundle. */
export const CERTIFICATE_AUTHORITY = CaCertificate.RDS_CA_RSA2048_G1;

/** Database Insights with the database's key. The advanced mode keeps 15 months, the standard mode 7 days. */
export function insights(props: Pick<DatabaseServerProps, 'advancedInsights' | 'key'>) {
  return {
    enablePerformanceInsights: true,
    performanceInsightEncryptionKey: props.key,
    performanceInsightRetention: props.advancedInsights
      ? PerformanceInsightRetention.MONTHS_15
      : PerformanceInsightRetention.DEFAULT,
    databaseInsightsMode: props.advancedInsights ? DatabaseInsightsMode.ADVANCED : DatabaseInsightsMode.STANDARD,
  };
}
