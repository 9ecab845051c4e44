import { CrossStackReferences, Duration, Names, ReferenceStrength, RemovalPolicy } from 'aws-cdk-lib';
import type { BackupVault } from 'aws-cdk-lib/aws-backup';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { type Connections, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type DatabaseCluster,
  type DatabaseInstance,
  type DatabaseInstanceReadReplica,
  type IEngine,
  type IOptionGroup,
  ParameterGroup,
  SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type {
  ServiceBinding,
  DatabaseSignals,
  IBackingService,
  IBackingServiceClient,
  SnapshotTarget,
} from '../contracts';
import { EnvironmentProfile } from '../environment';
import { SubnetTier } from '../network';
import { closedSecurityGroup } from '../network/closed-security-group';
import { BackupPolicy, type PlannedBackups } from './backup/backup-policy';
import { DatabaseBackups } from './backup/database-backups';
import { type ServerlessBounds, serverlessBounds } from './capacity/serverless-capacity';
import { CredentialRotation } from './credentials/credential-rotation';
import { bind } from './credentials/database-binding';
import { DatabaseCredentials } from './credentials/database-credentials';
import type { DatabaseVariables } from './credentials/database-variables';
import { DatabaseEvents } from './database-events';
import type { DatabaseSetup } from './engine-config';
import type { IHardenedDatabase } from './hardened-database-interface';
import type { HardenedDatabaseProps } from './hardened-database-props';
import { checkedParameters } from './parameters/parameter-rules';
import { ClusterServer } from './server/cluster-server';
import { acknowledgeWhatCannotHold } from './server/database-acknowledgements';
import type { DatabaseServer, DatabaseServerProps } from './server/database-server';
import { InstanceServer } from './server/instance-server';
import { MonitoringRole } from './server/monitoring-role';
import { removalOfKey, removalOfServer, removalOfWhatItStandsOn } from './server/removal-policies';
import { createServerLogs } from './server/server-logs';
import { checkDatabase } from './validate-database';

/** The one construct behind {@link HardenedPostgres} and {@link HardenedMysql}, which are what an app makes. */
export abstract class HardenedDatabase extends Construct implements IHardenedDatabase {
  /** Address that takes reads and writes. */
  public readonly endpoint: string;
  /** Address for reads: the readers of a cluster, the first replica of an instance, else `endpoint`. */
  public readonly readEndpoint: string;
  /** TCP port. */
  public readonly port: number;
  /** Name of the database inside the server. */
  public readonly databaseName: string;
  /** Name of the instance or cluster, as RDS and CloudWatch know it. */
  public readonly identifier: string;
  /** Name of the application's own user. */
  public readonly userName: string;
  /** The secret that a client gets, by ARN; none with IAM authentication. */
  public readonly secret?: ISecret;
  /** The secret of the master user: for migrations and one-off statements, never for an application. */
  public readonly masterSecret: ISecret;
  /** The key that encrypts storage, backups, secrets, logs, insights and events. */
  public readonly key: Key;
  /** The group of the servers: in from whoever the database is given to, out nothing. */
  public readonly securityGroup: SecurityGroup;
  /** Who may connect. Prefer giving the database to a service: then the rules stand with the service. */
  public readonly connections: Connections;
  /** The subnets of the data tier. */
  public readonly subnetGroup: SubnetGroup;
  /** The parameters, of the instance or of the whole cluster. */
  public readonly parameterGroup: ParameterGroup;
  /** The server's log groups, by the names that RDS fixes. */
  public readonly logGroups: LogGroup[];
  /** The topic of what happens to the database. */
  public readonly events: DatabaseEvents;
  /** The instance, where the capacity is one. */
  public readonly instance?: DatabaseInstance;
  /** The instance's read replicas. */
  public readonly readReplicas: DatabaseInstanceReadReplica[];
  /** The cluster, where the capacity is one. */
  public readonly cluster?: DatabaseCluster;
  /** Where the snapshots of AWS Backup are; none where nothing is kept. */
  public readonly backupVault?: BackupVault;
  /** The role that takes the snapshots; a release takes its own with it (requirement A-06). */
  public readonly backupRole?: Role;
  /** The most connections that the server takes, or what `max_connections` sets. */
  public readonly connectionCeiling: number;
  /** How a release takes a snapshot of it; none where nothing is kept. */
  public readonly snapshotTarget?: SnapshotTarget;
  private readonly rotation: CredentialRotation;
  private readonly setup: DatabaseSetup;
  private readonly profile: EnvironmentProfile;
  private readonly removalPolicy: RemovalPolicy;
  private readonly planned: PlannedBackups;
  private readonly bounds?: ServerlessBounds;
  private readonly server: DatabaseServer;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: HardenedDatabaseProps,
  ) {
    super(scope, id);
    const setup = (this.setup = this._setup(props));
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.removalPolicy = removalOfServer(props.removalPolicy, this.profile);
    this.port = props.port ?? setup.defaultPort;
    this.databaseName = props.databaseName ?? 'application';
    this.userName = props.userName ?? 'application';
    this.identifier = props.identifier ?? this.ownIdentifier();
    this.rotation = props.credentials ?? CredentialRotation.alternatingUsers();
    this.planned = (props.backup ?? BackupPolicy.daily())._plan(
      this,
      this.profile,
      this.removalPolicy === RemovalPolicy.DESTROY,
    );
    checkDatabase(this, {
      props,
      setup,
      profile: this.profile,
      rotation: this.rotation,
      port: this.port,
      identifier: this.identifier,
      databaseName: this.databaseName,
      userName: this.userName,
      backupWindow: this.planned.window,
      maintenanceWindow: this.maintenanceWindow,
    });
    this.bounds = setup.capacity.serverless && serverlessBounds(this, setup.capacity.serverless, this.profile);

    this.key = this.createKey();
    this.securityGroup = this.createSecurityGroup();
    this.connections = this.securityGroup.connections;
    this.subnetGroup = this.createSubnetGroup();
    this.parameterGroup = this.createParameterGroup();
    this.logGroups = this.createLogGroups();
    const credentials = this.createCredentials();
    const server = (this.server = this.createServer(credentials));
    server.node.addDependency(...this.logGroups);
    this.instance = server instanceof InstanceServer ? server.instance : undefined;
    this.readReplicas = server instanceof InstanceServer ? server.replicas : [];
    this.cluster = server instanceof ClusterServer ? server.cluster : undefined;
    this.endpoint = server.endpoint;
    this.readEndpoint = server.readEndpoint;
    this.masterSecret = server.masterSecret;
    this.connectionCeiling = Number(props.parameters?.max_connections ?? NaN) || server.connectionCeiling;
    credentials.rotate(server);
    this.secret = credentials.applicationSecret;
    this.events =
      props.events ??
      new DatabaseEvents(this, 'Events', { key: this.key, profile: this.profile, sources: this.eventSources() });
    const backups = this.createBackups();
    this.backupVault = backups?.vault;
    this.backupRole = backups?.role;
    this.snapshotTarget = backups?.snapshotTarget;
    this.holdOnToReferences();
    this.acknowledgeWhatCannotHold();
  }

  /** What the engine brings. @internal */
  protected abstract _setup(props: HardenedDatabaseProps): DatabaseSetup;

  /** What alarms and dashboards have to know of it. */
  public get signals(): DatabaseSignals {
    const { connectionCeiling, logGroups } = this;
    const { family } = this.setup;
    return { source: this, family, connectionCeiling, logGroups, events: this.events.topic, ...this.server.signals };
  }

  public bind(client: IBackingServiceClient): ServiceBinding {
    return this.bindWith(client, {});
  }

  public withVariables(names: DatabaseVariables = {}): IBackingService {
    return { bind: (client) => this.bindWith(client, names) };
  }

  public grantConnect(grantee: IGrantable, userName: string = this.userName): Grant {
    return this.server.grantConnect(grantee, userName);
  }

  public metric(metricName: string, options?: MetricOptions): Metric {
    return this.server.metric(metricName, { period: Duration.minutes(1), statistic: 'Average', ...options });
  }

  public metricConnections(options?: MetricOptions): Metric {
    return this.metric('DatabaseConnections', options);
  }

  public metricCpuUtilization(options?: MetricOptions): Metric {
    return this.metric('CPUUtilization', options);
  }

  public metricFreeableMemory(options?: MetricOptions): Metric {
    return this.metric('FreeableMemory', options);
  }

  public metricFreeStorage(options?: MetricOptions): Metric {
    return this.metric(this.server.freeStorageMetric, options);
  }

  private bindWith(client: IBackingServiceClient, names: DatabaseVariables): ServiceBinding {
    return bind(client, {
      store: this,
      names,
      id: this.node.id,
      securityGroup: this.securityGroup,
      endpoint: this.endpoint,
      readEndpoint: this.server.hasReaders ? this.readEndpoint : undefined,
      port: this.port,
      databaseName: this.databaseName,
      userName: this.userName,
      sslMode: this.setup.sslMode,
      authorityBundlePath: this.props.authorityBundlePath ?? '/etc/ssl/certs/rds-global-bundle.pem',
      secret: this.secret,
      keyArn: this.key.keyArn,
      resourceId: this.server.resourceId,
      rotatesEvery: this.rotation._every,
    });
  }

  /** RDS derives the names of its log groups from it: lower-case, and ending in a hash, so that two stacks never meet. */
  private ownIdentifier(): string {
    const name = Names.uniqueResourceName(this, { maxLength: 49, separator: '-' }).toLowerCase().replace(/-+/g, '-');
    return /^[a-z]/.test(name) ? name : `d${name}`;
  }

  private get maintenanceWindow(): string {
    return this.props.maintenanceWindow ?? 'sun:05:30-sun:06:30';
  }

  private createKey(): Key {
    return new Key(this, 'Key', {
      description: `Encrypts the database ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy: removalOfKey(this.removalPolicy),
    });
  }

  /** In from whoever it is given to, out nothing (requirement A-25). */
  private createSecurityGroup(): SecurityGroup {
    const group = closedSecurityGroup(this, 'SecurityGroup', {
      vpc: this.props.network.vpc,
      description: `Database ${this.node.path}`,
    });
    group.applyRemovalPolicy(removalOfWhatItStandsOn(this.removalPolicy));
    return group;
  }

  private createSubnetGroup(): SubnetGroup {
    const { network } = this.props;
    return new SubnetGroup(this, 'SubnetGroup', {
      vpc: network.vpc,
      vpcSubnets: network.subnets(SubnetTier.DATA),
      description: `Data tier of ${network.node.path}`,
      removalPolicy: removalOfWhatItStandsOn(this.removalPolicy),
    });
  }

  private createParameterGroup(): ParameterGroup {
    const rules = this.setup.parameterRules(this.profile.queryLogging);
    const engine = (this.setup.capacity.serverless ?? this.setup.capacity.instance)!.engine as IEngine;
    return new ParameterGroup(this, 'ParameterGroup', {
      engine,
      description: `Parameters of ${this.node.path}`,
      parameters: checkedParameters(this, rules, this.props.parameters, this.props.parameterWaiver),
      removalPolicy: removalOfWhatItStandsOn(this.removalPolicy),
    });
  }

  private createLogGroups(): LogGroup[] {
    return createServerLogs(this, {
      profile: this.profile.adjust({
        logRetention: this.props.logRetention ?? RetentionDays.ONE_WEEK,
        removalPolicy: removalOfWhatItStandsOn(this.removalPolicy),
      }),
      key: this.key,
      owners: this.setup.capacity.serverless
        ? [`cluster/${this.identifier}`]
        : [this.identifier, ...this.replicaIdentifiers].map((name) => `instance/${name}`),
      logs: this.logExports,
    });
  }

  private get logExports(): string[] {
    return this.setup.capacity.serverless ? this.setup.clusterLogs : this.setup.instanceLogs;
  }

  private get replicaIdentifiers(): string[] {
    const count = this.setup.capacity.instance?.props.readReplicas ?? 0;
    return Array.from({ length: count }, (_, index) => `${this.identifier}-replica${index + 1}`);
  }

  private createCredentials(): DatabaseCredentials {
    return new DatabaseCredentials(this, 'Credentials', {
      rotation: this.rotation,
      functions: this.setup.rotationFunctions,
      network: this.props.network,
      key: this.key,
      userName: this.userName,
      databaseName: this.databaseName,
      port: this.port,
      securityGroup: this.securityGroup,
      removalPolicy: removalOfWhatItStandsOn(this.removalPolicy),
    });
  }

  private createServer(credentials: DatabaseCredentials): DatabaseServer {
    const { capacity, connections, insightsOnSmall, serverlessCeiling } = this.setup;
    const shared = this.serverProps(credentials);
    if (capacity.serverless) {
      const bounds = this.bounds!;
      // max_connections changes with a restart alone: after one at night, the night's is in force all day.
      const smallestMax = capacity.serverless.props.schedule?._hours.nightMaxAcu ?? bounds.maxAcu;
      return new ClusterServer(this, 'Server', {
        ...shared,
        plan: capacity.serverless,
        bounds,
        connectionCeiling: serverlessCeiling(bounds.minAcu, smallestMax),
      });
    }
    const replicaIdentifiers = this.replicaIdentifiers;
    return new InstanceServer(this, 'Server', {
      ...shared,
      plan: capacity.instance!,
      connections,
      insightsOnSmall,
      replicaIdentifiers,
    });
  }

  private serverProps(credentials: DatabaseCredentials): DatabaseServerProps {
    const { props } = this;
    return {
      network: props.network,
      profile: this.profile,
      removalPolicy: this.removalPolicy,
      identifier: this.identifier,
      databaseName: this.databaseName,
      port: this.port,
      key: this.key,
      securityGroup: this.securityGroup,
      subnetGroup: this.subnetGroup,
      parameterGroup: this.parameterGroup,
      optionGroup: this.createOptionGroup(),
      credentials: credentials.master,
      masterManaged: this.rotation._masterManaged,
      logExports: this.logExports,
      monitoringInterval: props.monitoringInterval ?? Duration.seconds(60),
      monitoringRole: new MonitoringRole(this, 'Monitoring').role,
      advancedInsights: props.advancedInsights ?? false,
      backups: this.planned,
      maintenanceWindow: this.maintenanceWindow,
    };
  }

  private createOptionGroup(): IOptionGroup | undefined {
    const { capacity, optionGroup } = this.setup;
    return capacity.instance && optionGroup?.(this, capacity.instance.engine);
  }

  /** A cluster's parameter group can't be named as a source: its events come from all of the region. */
  private eventSources(): { [sourceType: string]: string[] } {
    const common = { 'db-instance': this.server.instanceIdentifiers, 'db-security-group': [] };
    return this.cluster
      ? { ...common, 'db-cluster': [this.cluster.clusterIdentifier], 'db-parameter-group': [] }
      : { ...common, 'db-parameter-group': [this.parameterGroup.dbParameterGroupRef.dbParameterGroupName] };
  }

  private createBackups(): DatabaseBackups | undefined {
    const { snapshotRetention } = this.planned;
    return (
      snapshotRetention &&
      new DatabaseBackups(this, 'Backups', {
        plan: this.planned,
        snapshotRetention,
        databaseArn: this.server.arn,
        cluster: this.cluster !== undefined,
        identifier: this.identifier,
        key: this.key,
        removalPolicy: removalOfWhatItStandsOn(this.removalPolicy),
      })
    );
  }

  /** With a new app's flags another stack would read an output, and this one could be deleted below it: what holds data is imported. */
  private holdOnToReferences(): void {
    const referred = [this.instance, this.cluster, this.key, this.securityGroup, this.secret, ...this.readReplicas];
    // A secret that RDS manages is an attribute of the server, and held with it.
    referred
      .filter((resource) => resource?.node.defaultChild)
      .forEach((resource) => CrossStackReferences.of(resource!).produce(ReferenceStrength.STRONG));
  }

  private acknowledgeWhatCannotHold(): void {
    acknowledgeWhatCannotHold({
      instance: this.instance,
      readReplicas: this.readReplicas,
      cluster: this.cluster,
      onItsDefaultPort: this.port === this.setup.defaultPort,
      portFlaggedOnClusters: this.setup.portFlaggedOnClusters,
      protected: this.profile.deletionProtection,
      inBackupPlan: this.backupVault !== undefined,
    });
  }
}
