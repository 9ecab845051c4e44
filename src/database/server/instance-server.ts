import { RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  DatabaseInstance,
  DatabaseInstanceReadReplica,
  type IDatabaseInstance,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { DEFAULT_STORAGE_GIB, defaultMaxStorage, type InstancePlan } from '../capacity/instance-capacity';
import { type ConnectionRule, instanceCeiling, memoryGiB, processors } from '../capacity/max-connections';
import {
  ALWAYS,
  AUTHORITY,
  backupsEndWithIt,
  type DatabaseServer,
  type DatabaseServerProps,
  insights,
  type ServerSignals,
} from './database-server';

/** What an {@link InstanceServer} is made from. */
export interface InstanceServerProps extends DatabaseServerProps {
  /** What the caller's capacity asked for; defaults are filled in from it and the profile. */
  readonly plan: InstancePlan;
  /** Physical names of the read replicas, one for each; none makes none. */
  readonly replicaIdentifiers: string[];
  /** Turns the memory of the chosen class into the ceiling that the alarms measure against. */
  readonly connections: ConnectionRule;
  /** Whether the engine has insights on the smallest classes. */
  readonly insightsOnSmall: boolean;
}

/** An RDS instance, its standby and its read replicas. */
export class InstanceServer extends Construct implements DatabaseServer {
  public readonly instance: DatabaseInstance;
  public readonly replicas: DatabaseInstanceReadReplica[];
  public readonly endpoint: string;
  public readonly readEndpoint: string;
  public readonly hasReaders: boolean;
  public readonly arn: string;
  public readonly resourceId: string;
  public readonly masterSecret: ISecret;
  public readonly attachmentTarget: DatabaseInstance;
  public readonly instanceIdentifiers: string[];
  public readonly connectionCeiling: number;
  public readonly freeStorageMetric = 'FreeStorageSpace';
  public readonly signals: ServerSignals;
  private readonly instanceType: InstanceType;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: InstanceServerProps,
  ) {
    super(scope, id);
    this.instanceType = props.plan.props.instanceType ?? new InstanceType(props.profile.databaseSize);
    const memory = memoryGiB(scope, this.instanceType);
    this.connectionCeiling = instanceCeiling(props.connections, memory);
    this.instance = this.createInstance();
    this.replicas = props.replicaIdentifiers.map((identifier, index) =>
      this.createReplica(`Replica${index + 1}`, identifier),
    );
    this.endpoint = this.instance.dbInstanceEndpointAddress;
    this.hasReaders = this.replicas.length > 0;
    this.readEndpoint = this.hasReaders ? this.replicas[0].dbInstanceEndpointAddress : this.endpoint;
    this.arn = this.instance.instanceArn;
    this.resourceId = this.instance.instanceResourceId!;
    this.masterSecret = this.instance.secret!;
    this.attachmentTarget = this.instance;
    this.instanceIdentifiers = [this.instance, ...this.replicas].map(({ instanceIdentifier }) => instanceIdentifier);
    this.signals = {
      instanceIdentifiers: this.instanceIdentifiers,
      memoryBytes: memory * 1024 ** 3,
      vcpus: processors(this.instanceType),
      burstable: this.instanceType.isBurstable(),
    };
    this.acknowledgeWhatCannotHold();
  }

  public metric(metricName: string, options?: MetricOptions): Metric {
    return this.instance.metric(metricName, options);
  }

  public grantConnect(grantee: IGrantable, userName: string): Grant {
    return this.instance.grantConnect(grantee, userName);
  }

  private createInstance(): DatabaseInstance {
    const { props } = this;
    const { engine, props: capacity } = props.plan;
    return new DatabaseInstance(this, 'Instance', {
      ...this.shared(props.identifier),
      engine,
      databaseName: props.databaseName,
      credentials: props.credentials,
      storageEncryptionKey: props.key,
      manageMasterUserPassword: props.masterManaged || undefined,
      optionGroup: props.optionGroup,
      allocatedStorage: capacity.storageGiB ?? DEFAULT_STORAGE_GIB,
      multiAz: capacity.multiAz ?? props.profile.multiAz,
      backupRetention: props.backups.retention,
      preferredBackupWindow: props.backups.window,
      // A new major version is the caller's own edit, and a snapshot comes before it.
      allowMajorVersionUpgrade: true,
    });
  }

  private createReplica(id: string, identifier: string): DatabaseInstanceReadReplica {
    const replica = new DatabaseInstanceReadReplica(this, id, {
      ...this.shared(identifier),
      sourceDatabaseInstance: this.instance as IDatabaseInstance,
      multiAz: false,
      // RDS takes no last snapshot of a replica.
      removalPolicy:
        this.props.removalPolicy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : this.props.removalPolicy,
    });
    const inherited =
      'In one region a replica is encrypted with the key of its source; CloudFormation refuses the property here.';
    acknowledge(replica, 'AwsSolutions-RDS2', inherited);
    acknowledgeInCompliancePacks(replica, 'RDSStorageEncrypted', inherited);
    const elsewhere = 'A replica holds what its source holds: the source is backed up.';
    acknowledgeInCompliancePacks(replica, 'RDSInBackupPlan', elsewhere);
    const standby = 'The source has the standby; a lost replica is made again from it.';
    acknowledge(replica, 'AwsSolutions-RDS3', standby);
    acknowledgeInCompliancePacks(replica, 'RDSMultiAZSupport', standby);
    return replica;
  }

  /** A replica that could not grow with its source, or was slower, would stop or fall behind. */
  private shared(instanceIdentifier: string) {
    const { props } = this;
    const { storageGiB, maxStorageGiB, iops, storageThroughputMiB } = props.plan.props;
    const small = /\.(micro|small)$/.test(this.instanceType.toString());
    return {
      ...ALWAYS,
      deleteAutomatedBackups: backupsEndWithIt(props),
      ...(!small || props.insightsOnSmall ? insights(props) : {}),
      instanceIdentifier,
      instanceType: this.instanceType,
      vpc: props.network.vpc,
      subnetGroup: props.subnetGroup,
      securityGroups: [props.securityGroup],
      parameterGroup: props.parameterGroup,
      port: props.port,
      // Written out: without it, engines that read the template take the default for public.
      publiclyAccessible: false,
      storageType: StorageType.GP3,
      maxAllocatedStorage: maxStorageGiB ?? defaultMaxStorage(storageGiB ?? DEFAULT_STORAGE_GIB),
      iops,
      storageThroughput: storageThroughputMiB,
      cloudwatchLogsExports: props.logExports,
      monitoringInterval: props.monitoringInterval,
      monitoringRole: props.monitoringRole,
      caCertificate: AUTHORITY,
      preferredMaintenanceWindow: props.maintenanceWindow,
      deletionProtection: props.profile.deletionProtection,
      removalPolicy: props.removalPolicy,
    };
  }

  private acknowledgeWhatCannotHold(): void {
    if (!(this.props.plan.props.multiAz ?? this.props.profile.multiAz)) {
      const reason =
        'One zone was asked for, by the environment or by multiAz: a standby would double the price of what may be away for an hour.';
      acknowledge(this.instance, 'AwsSolutions-RDS3', reason);
      acknowledgeInCompliancePacks(this.instance, 'RDSMultiAZSupport', reason);
    }
  }
}
