import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { ClusterInstance, DatabaseCluster, type IClusterInstance, InstanceUpdateBehaviour } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { SubnetTier } from '../../network';
import { CapacityTimer } from '../capacity/scheduled-capacity';
import type { ServerlessBounds, ServerlessPlan } from '../capacity/serverless-capacity';
import {
  ALWAYS,
  AUTHORITY,
  backupsEndWithIt,
  type DatabaseServer,
  type DatabaseServerProps,
  insights,
  type ServerSignals,
} from './database-server';

/** What a {@link ClusterServer} is made from. */
export interface ClusterServerProps extends DatabaseServerProps {
  /** What the caller's capacity asked for; pausing and the clock are read from it. */
  readonly plan: ServerlessPlan;
  /** The same capacity with its defaults, checked. */
  readonly bounds: ServerlessBounds;
  /** From the engine's formula over the bounds; the alarms measure against it. */
  readonly connectionCeiling: number;
}

/** An Aurora Serverless v2 cluster: a writer, and readers in the other zones. */
export class ClusterServer extends Construct implements DatabaseServer {
  public readonly cluster: DatabaseCluster;
  public readonly endpoint: string;
  public readonly readEndpoint: string;
  public readonly hasReaders: boolean;
  public readonly arn: string;
  public readonly resourceId: string;
  public readonly masterSecret: ISecret;
  public readonly attachmentTarget: DatabaseCluster;
  public readonly instanceIdentifiers: string[];
  public readonly connectionCeiling: number;
  public readonly freeStorageMetric = 'FreeLocalStorage';
  public readonly signals: ServerSignals;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterServerProps,
  ) {
    super(scope, id);
    this.cluster = this.createCluster();
    this.endpoint = this.cluster.clusterEndpoint.hostname;
    this.readEndpoint = this.cluster.clusterReadEndpoint.hostname;
    this.hasReaders = props.bounds.readers > 0;
    this.arn = this.cluster.clusterArn;
    this.resourceId = this.cluster.clusterResourceIdentifier;
    this.masterSecret = this.cluster.secret!;
    this.attachmentTarget = this.cluster;
    this.instanceIdentifiers = this.cluster.instanceIdentifiers;
    this.connectionCeiling = props.connectionCeiling;
    this.signals = {
      clusterIdentifier: props.identifier,
      instanceIdentifiers: this.instanceIdentifiers,
      maxAcu: props.bounds.maxAcu,
    };
    this.followTheClock();
    this.acknowledgeWhatCannotHold();
  }

  public metric(metricName: string, options?: MetricOptions): Metric {
    return this.cluster.metric(metricName, options);
  }

  public grantConnect(grantee: IGrantable, userName: string): Grant {
    return this.cluster.grantConnect(grantee, userName);
  }

  private createCluster(): DatabaseCluster {
    const { props } = this;
    const { minAcu, maxAcu } = props.bounds;
    return new DatabaseCluster(this, 'Cluster', {
      ...ALWAYS,
      deleteAutomatedBackups: backupsEndWithIt(props),
      ...insights(props),
      clusterIdentifier: props.identifier,
      engine: props.plan.engine,
      defaultDatabaseName: props.databaseName,
      credentials: props.credentials,
      manageMasterUserPassword: props.masterManaged || undefined,
      writer: this.member(0),
      readers: Array.from({ length: this.standingReaders }, (_, index) => this.member(index + 1)),
      serverlessV2MinCapacity: minAcu,
      serverlessV2MaxCapacity: maxAcu,
      serverlessV2AutoPauseDuration: props.plan.props.autoPauseAfter,
      instanceUpdateBehaviour: InstanceUpdateBehaviour.ROLLING,
      vpc: props.network.vpc,
      subnetGroup: props.subnetGroup,
      securityGroups: [props.securityGroup],
      parameterGroup: props.parameterGroup,
      port: props.port,
      storageEncryptionKey: props.key,
      cloudwatchLogsExports: props.logExports,
      monitoringInterval: props.monitoringInterval,
      monitoringRole: props.monitoringRole,
      backup: { retention: props.backups.retention, preferredWindow: props.backups.window },
      preferredMaintenanceWindow: props.maintenanceWindow,
      deletionProtection: props.profile.deletionProtection,
      removalPolicy: props.removalPolicy,
    });
  }

  /** Each member has a zone of its own, in turns; Aurora alone would promise no more than to try (requirement C-08). */
  private member(index: number): IClusterInstance {
    const zones = this.zones();
    const shared = {
      availabilityZone: zones.length > 0 ? zones[index % zones.length] : undefined,
      publiclyAccessible: false,
      enablePerformanceInsights: true,
      caCertificate: AUTHORITY,
      autoMinorVersionUpgrade: true,
    };
    return index === 0
      ? ClusterInstance.serverlessV2('Member1', shared)
      : ClusterInstance.serverlessV2(`Member${index + 1}`, { ...shared, scaleWithWriter: true });
  }

  /** None where the network is looked up and not known yet. */
  private zones(): string[] {
    const { network } = this.props;
    const selected = network.vpc.selectSubnets(network.subnets(SubnetTier.DATA));
    return selected.isPendingLookup ? [] : [...new Set(selected.availabilityZones)];
  }

  /** Readers that go overnight aren't in the template: what a schedule takes away, a deployment must not miss. */
  private get standingReaders(): number {
    const nightReaders = this.props.plan.props.schedule?._hours.nightReaders;
    return nightReaders ?? this.props.bounds.readers;
  }

  private followTheClock(): void {
    const { plan, bounds, identifier } = this.props;
    if (plan.props.schedule) {
      const timer = new CapacityTimer(this, 'Clock', {
        hours: plan.props.schedule._hours,
        bounds,
        autoPauseAfter: plan.props.autoPauseAfter,
        clusterIdentifier: identifier,
        clusterArn: this.arn,
      });
      timer.node.addDependency(this.cluster);
    }
  }

  private acknowledgeWhatCannotHold(): void {
    this.cluster.node.children
      .filter(({ node }) => /^Member\d+$/.test(node.id))
      .forEach((member) =>
        acknowledgeInCompliancePacks(member, 'RDSInBackupPlan', 'Aurora backs up the cluster, not its members.'),
      );
  }
}
