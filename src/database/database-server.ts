import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  CaCertificate, type Credentials, DatabaseInsightsMode, EngineLifecycleSupport, type IOptionGroup, type IParameterGroup, PerformanceInsightRetention, type SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret, ISecretAttachmentTarget } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../environment';
import type { ISecureVpc } from '../network';
import type { PlannedBackups } from './backup-policy';

/** What an instance and a cluster are both made from, all of it checked. */
export interface DatabaseServerProps {
  readonly network: ISecureVpc;
  readonly profile: EnvironmentProfile;
  readonly removalPolicy: RemovalPolicy;
  readonly identifier: string;
  readonly databaseName: string;
  readonly port: number;
  readonly key: Key;
  readonly securityGroup: ISecurityGroup;
  readonly subnetGroup: SubnetGroup;
  readonly parameterGroup: IParameterGroup;
  readonly optionGroup?: IOptionGroup;
  readonly credentials: Credentials;
  readonly masterManaged: boolean;
  readonly logExports: string[];
  readonly monitoringInterval: Duration;
  readonly monitoringRole: IRole;
  readonly advancedInsights: boolean;
  readonly backups: PlannedBackups;
  readonly maintenanceWindow: string;
}

/** What runs the database: an instance with its replicas, or a cluster with its readers. */
export interface DatabaseServer extends IConstruct {
  readonly endpoint: string;
  readonly readEndpoint: string;
  readonly hasReaders: boolean;
  readonly arn: string;
  readonly resourceId: string;
  readonly masterSecret: ISecret;
  readonly attachmentTarget: ISecretAttachmentTarget & IConstruct;
  /** Names of all instances, replicas and readers included, for event subscriptions. */
  readonly instanceIdentifiers: string[];
  readonly connectionCeiling: number;
  readonly freeStorageMetric: string;
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
    performanceInsightRetention: props.advancedInsights ? PerformanceInsightRetention.MONTHS_15 : PerformanceInsightRetention.DEFAULT,
    databaseInsightsMode: props.advancedInsights ? DatabaseInsightsMode.ADVANCED : DatabaseInsightsMode.STANDARD,
  };
}
