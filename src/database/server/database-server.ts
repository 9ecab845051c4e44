import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  CaCertificate,
  type Credentials,
  DatabaseInsightsMode,
  EngineLifecycleSupport,
  type IOptionGroup,
  type IParameterGroup,
  PerformanceInsightRetention,
  type SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret, ISecretAttachmentTarget } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { DatabaseSignals } from '../../contracts';
import type { EnvironmentProfile } from '../../environment';
import type { ISecureVpc } from '../../network';
import type { PlannedBackups } from '../backup/backup-policy';

/** What an instance and a cluster are both made from, all of it checked. */
export interface DatabaseServerProps {
  /** The server stands in its data tier. */
  readonly network: ISecureVpc;
  /** Answers deletion protection, size and standby where the capacity left them open. */
  readonly profile: EnvironmentProfile;
  /** `DESTROY` takes RDS's own backups along; a replica never takes a last snapshot. */
  readonly removalPolicy: RemovalPolicy;
  /** Lower-case physical name, at most 50 characters; the log groups are named after it beforehand. */
  readonly identifier: string;
  /** Created with the server; RDS replaces the server when it changes. */
  readonly databaseName: string;
  /** TCP, 1150 to 65535, one of the network's `dataPorts`. */
  readonly port: number;
  /** For storage, backups and insights. */
  readonly key: Key;
  /** Made by the database and without a rule: each client brings its own. */
  readonly securityGroup: ISecurityGroup;
  /** The data tier in two zones or more. */
  readonly subnetGroup: SubnetGroup;
  /** Of the instance, or of the whole cluster. */
  readonly parameterGroup: IParameterGroup;
  /**
   * Instances only, for engines that audit by an option.
   * @default - RDS's default group
   */
  readonly optionGroup?: IOptionGroup;
  /** The master user: with a secret made here, or by name alone where RDS keeps it. */
  readonly credentials: Credentials;
  /** Whether RDS keeps and rotates the master user's secret: then an instance can have no read replicas. */
  readonly masterManaged: boolean;
  /** Kinds of logs as RDS names them; their groups exist before the server. */
  readonly logExports: string[];
  /** Between samples of enhanced monitoring: 1, 5, 10, 15, 30 or 60 seconds. */
  readonly monitoringInterval: Duration;
  /** Which RDS becomes to write those samples. */
  readonly monitoringRole: IRole;
  /** 15 months of insights at a price, instead of the days that are free. */
  readonly advancedInsights: boolean;
  /** The server takes window and retention; AWS Backup has the rest. */
  readonly backups: PlannedBackups;
  /** `ddd:hh:mm-ddd:hh:mm` in UTC, apart from the backup's and the two hours after it. */
  readonly maintenanceWindow: string;
}

/** The part of a database's signals that its servers know. */
export type ServerSignals = Pick<
  DatabaseSignals,
  'clusterIdentifier' | 'instanceIdentifiers' | 'memoryBytes' | 'vcpus' | 'burstable' | 'maxAcu'
>;

/** What runs the database: an instance with its replicas, or a cluster with its readers. */
export interface DatabaseServer extends IConstruct {
  /** Host that takes reads and writes, without the port. */
  readonly endpoint: string;
  /** Host for reads. An instance without replicas gives its `endpoint`, a cluster its reader address even without readers. */
  readonly readEndpoint: string;
  /** Whether `readEndpoint` leads elsewhere: only then do clients learn of it. */
  readonly hasReaders: boolean;
  /** Of the instance or the cluster: what AWS Backup selects. */
  readonly arn: string;
  /** RDS's own id, by which IAM names database users. */
  readonly resourceId: string;
  /** Made here or by RDS, whoever keeps it. */
  readonly masterSecret: ISecret;
  /** Where a secret is attached, so that it learns host and port. */
  readonly attachmentTarget: ISecretAttachmentTarget & IConstruct;
  /** Names of all instances, replicas and readers included, for event subscriptions. */
  readonly instanceIdentifiers: string[];
  /** Most connections at the engine's default setting, before `max_connections` of the caller. */
  readonly connectionCeiling: number;
  /** CloudWatch's name for it, which instances and Aurora don't share. */
  readonly freeStorageMetric: string;
  /** What alarms have to know of servers and sizes. */
  readonly signals: ServerSignals;
  metric(metricName: string, options?: MetricOptions): Metric;
  grantConnect(grantee: IGrantable, userName: string): Grant;
}

/** Settings that every server shares and that nobody may weaken. */
export const ALWAYS = {
  iamAuthentication: true,
  copyTagsToSnapshot: true,
  autoMinorVersionUpgrade: true,
  engineLifecycleSupport: EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
};

/** Automated backups outlive the server, but where nothing shall (requirement E-08). */
export function backupsEndWithIt(props: Pick<DatabaseServerProps, 'removalPolicy'>): boolean {
  return props.removalPolicy === RemovalPolicy.DESTROY;
}

/** Signed by RDS's own authority, valid until 2061; every application that has the global bundle knows it. */
export const AUTHORITY = CaCertificate.RDS_CA_RSA2048_G1;

/** Insights with the database's own key; the advanced mode keeps 15 months, the other what is free. */
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
