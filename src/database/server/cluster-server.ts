import { type CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  type CfnDBCluster,
  ClusterInstance,
  DatabaseCluster,
  type DatabaseInstanceReadReplica,
  type IClusterInstance,
  InstanceUpdateBehaviour,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { createLate } from '../../environment/created-late';
import { SubnetTier } from '../../network';
import { ScheduledCapacity } from '../capacity/scheduled-capacity';
import type { ServerlessSettings } from '../capacity/serverless-capacity';
import { restoreCluster } from '../restore/restored-server';
import {
  CERTIFICATE_AUTHORITY,
  type DatabaseServer,
  type DatabaseServerProps,
  dataSettings,
  insights,
  type ServerSignals,
  sharedSettings,
} from './database-server';

/** Properties of a {@link ClusterServer}. */
export interface ClusterServerProps extends DatabaseServerProps {
  /** Capacity limits, readers, pause and schedule. */
  readonly settings: ServerlessSettings;
}

/** Aurora Serverless v2 cluster: a writer, and readers in the other Availability Zones. */
export class ClusterServer extends Construct implements DatabaseServer {
  public readonly cluster: DatabaseCluster;
  public readonly readReplicas: DatabaseInstanceReadReplica[] = [];
  public readonly endpoint: string;
  public readonly readEndpoint: string;
  public readonly hasReaders: boolean;
  public readonly arn: string;
  public readonly resourceIds: string[];
  public readonly masterSecret: ISecret;
  public readonly attachmentTarget: DatabaseCluster;
  public readonly eventSources: { [sourceType: string]: string[] };
  public readonly freeStorageMetric = 'FreeLocalStorage';
  public readonly signals: ServerSignals;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterServerProps,
  ) {
    super(scope, id);
    this.cluster = this.createCluster();
    this.restore();
    this.pauseWithoutConnections();
    this.keepOneMember();
    if (props.deletionProtection) {
      createLate(this.cluster.node.defaultChild!);
    }
    this.endpoint = this.cluster.clusterEndpoint.hostname;
    this.readEndpoint = this.cluster.clusterReadEndpoint.hostname;
    this.hasReaders = props.settings.bounds.readers > 0;
    this.arn = this.cluster.clusterArn;
    this.resourceIds = [this.cluster.clusterResourceIdentifier];
    this.masterSecret = this.cluster.secret!;
    this.attachmentTarget = this.cluster;
    const { instanceIdentifiers } = this.cluster;
    // RDS has no events of a single cluster parameter group, so that those of all groups arrive.
    this.eventSources = {
      'db-instance': instanceIdentifiers,
      'db-security-group': [],
      'db-cluster': [this.cluster.clusterIdentifier],
      'db-parameter-group': [],
    };
    this.signals = {
      clusterIdentifier: props.identifier,
      instanceIdentifiers,
      maxAcu: props.settings.bounds.maxAcu,
    };
    this.scheduleCapacity();
    this.acknowledgeFindings();
  }

  public metric(metricName: string, options?: MetricOptions): Metric {
    return this.cluster.metric(metricName, options);
  }

  public grantConnect(grantee: IGrantable, userName: string): Grant {
    return this.cluster.grantConnect(grantee, userName);
  }

  private createCluster(): DatabaseCluster {
    const { props } = this;
    const { engine, bounds } = props.settings;
    return new DatabaseCluster(this, 'Cluster', {
      ...sharedSettings(props),
      ...dataSettings(props),
      ...insights(props),
      clusterIdentifier: props.identifier,
      engine,
      defaultDatabaseName: props.databaseName,
      writer: this.member(0),
      readers: Array.from({ length: this.permanentReaders }, (_, index) => this.member(index + 1)),
      serverlessV2MinCapacity: bounds.minAcu,
      serverlessV2MaxCapacity: bounds.maxAcu,
      instanceUpdateBehaviour: InstanceUpdateBehaviour.ROLLING,
      backup: { retention: props.backup.retention, preferredWindow: props.backup.window },
    });
  }

  private restore(): void {
    if (this.props.restore) {
      restoreCluster(this.cluster, this.props.restore);
    }
  }

  /** CDK's class refuses a pause with a major version, of which Aurora chooses a minor one that can pause. */
  private pauseWithoutConnections(): void {
    const { autoPauseAfter } = this.props.settings;
    if (autoPauseAfter) {
      (this.cluster.node.defaultChild as CfnDBCluster).addPropertyOverride(
        'ServerlessV2ScalingConfiguration.SecondsUntilAutoPause',
        autoPauseAfter.toSeconds(),
      );
    }
  }

  /** Members are spread over the zones explicitly, because Aurora only tries to. Source: requirement C-08. */
  private member(index: number): IClusterInstance {
    const zones = this.zones();
    const { enablePerformanceInsights, performanceInsightEncryptionKey, performanceInsightRetention } = insights(
      this.props,
    );
    const shared = {
      availabilityZone: zones.length > 0 ? zones[index % zones.length] : undefined,
      publiclyAccessible: false,
      enablePerformanceInsights,
      performanceInsightEncryptionKey,
      performanceInsightRetention,
      preferredMaintenanceWindow: this.props.maintenanceWindow,
      caCertificate: CERTIFICATE_AUTHORITY,
      autoMinorVersionUpgrade: this.props.autoMinorVersionUpgrade,
    };
    return index === 0
      ? ClusterInstance.serverlessV2('Member1', shared)
      : ClusterInstance.serverlessV2(`Member${index + 1}`, { ...shared, scaleWithWriter: true });
  }

  /**
   * Retains the first member with a retained cluster, which nobody could reach without one.
   *
   * CDK deletes members. The protection of a cluster doesn't cover them. After a failover, Aurora promotes this member.
   * A reader that leaves the template is deleted, because it holds nothing of its own.
   */
  private keepOneMember(): void {
    if (this.props.removalPolicy === RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE) {
      const member = this.cluster.node.findChild('Member1').node.defaultChild as CfnResource;
      member.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
  }

  /** Availability Zones of the data tier, empty while the lookup of the network is pending. */
  private zones(): string[] {
    const { network } = this.props;
    const selected = network.vpc.selectSubnets(network.subnets(SubnetTier.DATA));
    return selected.isPendingLookup ? [] : [...new Set(selected.availabilityZones)];
  }

  /** Readers in the template. A schedule adds the others by day, so that a deployment at night does not miss them. */
  private get permanentReaders(): number {
    const { hours, bounds } = this.props.settings;
    return hours?.nightReaders ?? bounds.readers;
  }

  private scheduleCapacity(): void {
    const { hours, bounds, autoPauseAfter } = this.props.settings;
    if (hours) {
      const schedules = new ScheduledCapacity(this, 'Clock', {
        hours,
        bounds,
        autoPauseAfter,
        clusterIdentifier: this.props.identifier,
        clusterArn: this.arn,
      });
      schedules.node.addDependency(this.cluster);
    }
  }

  private acknowledgeFindings(): void {
    this.cluster.node.children
      .filter(({ node }) => /^Member\d+$/.test(node.id))
      .forEach((member) =>
        acknowledgeInCompliancePacks(member, 'RDSInBackupPlan', 'Aurora backs up the cluster, not its members.'),
      );
  }
}
