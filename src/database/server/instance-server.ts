import { RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  type CfnDBInstance,
  DatabaseInstance,
  DatabaseInstanceReadReplica,
  type IDatabaseInstance,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { createLate } from '../../environment/created-late';
import { replicateBackups } from '../backup/backup-replication';
import type { InstanceSettings } from '../capacity/instance-capacity';
import { processors } from '../capacity/max-connections';
import { restoreInstance } from '../restore/restored-server';
import {
  CERTIFICATE_AUTHORITY,
  type DatabaseServer,
  type DatabaseServerProps,
  dataSettings,
  insights,
  type ServerSignals,
  sharedSettings,
} from './database-server';

/** Properties of an {@link InstanceServer}. */
export interface InstanceServerProps extends DatabaseServerProps {
  /** Instance class, storage and standby. */
  readonly settings: InstanceSettings;
  /** Physical names of the read replicas. */
  readonly replicaIdentifiers: string[];
}

/** RDS instance with its standby and read replicas. */
export class InstanceServer extends Construct implements DatabaseServer {
  public readonly instance: DatabaseInstance;
  public readonly readReplicas: DatabaseInstanceReadReplica[];
  public readonly endpoint: string;
  public readonly readEndpoint: string;
  public readonly hasReaders: boolean;
  public readonly arn: string;
  public readonly resourceIds: string[];
  public readonly masterSecret: ISecret;
  public readonly attachmentTarget: DatabaseInstance;
  public readonly eventSources: { [sourceType: string]: string[] };
  public readonly freeStorageMetric = 'FreeStorageSpace';
  public readonly signals: ServerSignals;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: InstanceServerProps,
  ) {
    super(scope, id);
    this.instance = this.createInstance();
    this.restore();
    replicateBackups(this.instance, props.backup);
    if (props.deletionProtection) {
      createLate(this.instance.node.defaultChild!);
    }
    this.readReplicas = props.replicaIdentifiers.map((identifier, index) =>
      this.createReplica(`Replica${index + 1}`, identifier),
    );
    this.endpoint = this.instance.dbInstanceEndpointAddress;
    this.hasReaders = this.readReplicas.length > 0;
    this.readEndpoint = this.hasReaders ? this.readReplicas[0].dbInstanceEndpointAddress : this.endpoint;
    this.arn = this.instance.instanceArn;
    this.resourceIds = [this.instance, ...this.readReplicas].map(({ instanceResourceId }) => instanceResourceId!);
    this.masterSecret = this.instance.secret!;
    this.attachmentTarget = this.instance;
    const instanceIdentifiers = [this.instance, ...this.readReplicas].map((server) => server.instanceIdentifier);
    this.eventSources = {
      'db-instance': instanceIdentifiers,
      'db-security-group': [],
      'db-parameter-group': [props.parameterGroup.dbParameterGroupRef.dbParameterGroupName],
    };
    this.signals = {
      instanceIdentifiers,
      memoryBytes: props.settings.memoryGiB * 1024 ** 3,
      vcpus: processors(props.settings.instanceType),
      burstable: props.settings.instanceType.isBurstable(),
    };
    this.acknowledgeFindings();
  }

  public metric(metricName: string, options?: MetricOptions): Metric {
    return this.instance.metric(metricName, options);
  }

  public grantConnect(grantee: IGrantable, userName: string): Grant {
    return [this.instance, ...this.readReplicas]
      .map((server) => server.grantConnect(grantee, userName))
      .reduce((all, each) => all.combine(each));
  }

  private createInstance(): DatabaseInstance {
    const { props } = this;
    const { engine, storageGiB, multiAz } = props.settings;
    return new DatabaseInstance(this, 'Instance', {
      ...this.shared(props.identifier),
      ...dataSettings(props),
      engine,
      databaseName: props.databaseName,
      optionGroup: props.optionGroup,
      allocatedStorage: storageGiB,
      multiAz,
      backupRetention: props.backup.retention,
      preferredBackupWindow: props.backup.window,
      allowMajorVersionUpgrade: props.settings.allowMajorVersionUpgrade,
    });
  }

  private restore(): void {
    if (this.props.restore) {
      restoreInstance(this.instance, this.props.restore);
    }
  }

  private createReplica(id: string, identifier: string): DatabaseInstanceReadReplica {
    const { iops, storageThroughputMiB, storageGiB } = this.props.settings;
    const provisioned = iops !== undefined || storageThroughputMiB !== undefined;
    const replica = new DatabaseInstanceReadReplica(this, id, {
      ...this.shared(identifier),
      sourceDatabaseInstance: this.instance as IDatabaseInstance,
      // A replica keeps its size when the source grows, and RDS refuses IOPS and throughput below 400 GiB.
      // Without them it takes the size of the source at its creation, which may have grown by itself.
      allocatedStorage: provisioned ? storageGiB : undefined,
      multiAz: false,
      // A replica holds nothing of its own. A retained or protected one would keep its name from the next one.
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // CDK's class has no version. Without one, RDS would upgrade a pinned source before its replicas, and refuses to.
    (replica.node.defaultChild as CfnDBInstance).engineVersion = this.props.settings.replicaVersion;
    const inherited =
      'In one region a replica is encrypted with the key of its source; CloudFormation refuses the property here.';
    acknowledge(replica, 'AwsSolutions-RDS2', inherited);
    acknowledgeInCompliancePacks(replica, 'RDSStorageEncrypted', inherited);
    const elsewhere = 'A replica holds what its source holds: the source is backed up.';
    acknowledgeInCompliancePacks(replica, 'RDSInBackupPlan', elsewhere);
    const unprotected = 'A replica holds nothing of its own, and is deleted when the number of replicas is lowered.';
    acknowledge(replica, 'AwsSolutions-RDS10', unprotected);
    acknowledgeInCompliancePacks(replica, 'RDSInstanceDeletionProtectionEnabled', unprotected);
    const standby = 'The source has the standby; a lost replica is made again from it.';
    acknowledge(replica, 'AwsSolutions-RDS3', standby);
    acknowledgeInCompliancePacks(replica, 'RDSMultiAZSupport', standby);
    return replica;
  }

  /** Properties of the instance and its replicas: a slower or smaller replica would fall behind or stop. */
  private shared(instanceIdentifier: string) {
    const { props } = this;
    const { instanceType, maxStorageGiB, iops, storageThroughputMiB, performanceInsights } = props.settings;
    return {
      ...sharedSettings(props),
      ...(performanceInsights ? insights(props) : {}),
      instanceIdentifier,
      instanceType,
      // Explicit, because policy engines that read the template assume public otherwise.
      publiclyAccessible: false,
      storageType: StorageType.GP3,
      maxAllocatedStorage: maxStorageGiB,
      iops,
      storageThroughput: storageThroughputMiB,
      caCertificate: CERTIFICATE_AUTHORITY,
    };
  }

  private acknowledgeFindings(): void {
    if (!this.props.settings.multiAz) {
      const reason =
        'One zone was asked for, by the environment or by multiAz: ' +
        'a standby would double the price of what may be away for an hour.';
      acknowledge(this.instance, 'AwsSolutions-RDS3', reason);
      acknowledgeInCompliancePacks(this.instance, 'RDSMultiAZSupport', reason);
    }
  }
}
