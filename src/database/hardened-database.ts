import { Duration } from 'aws-cdk-lib';
import type { BackupVault } from 'aws-cdk-lib/aws-backup';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type {
  DatabaseCluster,
  DatabaseInstance,
  DatabaseInstanceReadReplica,
  ParameterGroup,
  SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type {
  DatabaseSignals,
  IBackingService,
  IBackingServiceClient,
  ServiceBinding,
  SnapshotTarget,
} from '../contracts';
import { keepExported, referenceStrongly } from '../contracts/cross-stack-references';
import type { BootstrapUser } from './credentials/bootstrap-sql';
import type { DatabaseVariables } from './credentials/database-variables';
import { MasterCredentials } from './credentials/master-credentials';
import { DatabaseEvents } from './database-events';
import { createBackups, prepareRecovery } from './database-recovery';
import { databaseSettings, type DatabaseSettings } from './database-settings';
import { DatabaseSignIns } from './database-sign-ins';
import type { EngineConfig } from './engine-config';
import type { IHardenedDatabase } from './hardened-database-interface';
import type { HardenedDatabaseProps } from './hardened-database-props';
import { reservedNames } from './restore/reserved-name';
import { RestoreCommands } from './restore/restore-commands';
import { createServer } from './server/create-server';
import { acknowledgeFindings } from './server/database-acknowledgements';
import type { DatabaseServer, MasterUser } from './server/database-server';
import { MonitoringRole } from './server/monitoring-role';
import { ServerDependencies } from './server-dependencies';
import { checkConnectGrant } from './users/connect-grants';
import type { DatabaseAccess } from './users/database-access';
import type { DatabaseConnectionOptions } from './users/database-connection-options';
import type { DatabaseUser, DatabaseUserOptions } from './users/database-user';

/** Common base of {@link HardenedPostgres} and {@link HardenedMysql}. Create one of those. */
export abstract class HardenedDatabase extends Construct implements IHardenedDatabase {
  public readonly endpoint: string;
  public readonly readEndpoint: string;
  public readonly port: number;
  public readonly databaseName: string;
  public readonly identifier: string;
  /** Name of the application's user. */
  public readonly userName: string;
  public readonly secret?: ISecret;
  public readonly owner?: DatabaseUser;
  public readonly masterSecret: ISecret;
  public readonly key: Key;
  public readonly securityGroup: SecurityGroup;
  /** Connections of the servers. Prefer `backingServices` of a service, which creates the rules with the service. */
  public readonly connections: Connections;
  /** Subnets of the data tier. */
  public readonly subnetGroup: SubnetGroup;
  /** Parameter group of the instance, or of the whole cluster. */
  public readonly parameterGroup: ParameterGroup;
  /** Log groups of the servers, under the names that RDS fixes. */
  public readonly logGroups: LogGroup[];
  /** Topic and subscriptions of RDS events. */
  public readonly events: DatabaseEvents;
  public readonly instance?: DatabaseInstance;
  /** Read replicas of the instance. */
  public readonly readReplicas: DatabaseInstanceReadReplica[];
  public readonly cluster?: DatabaseCluster;
  /** Vault of the snapshots of AWS Backup, undefined where no snapshots are kept. */
  public readonly backupVault?: BackupVault;
  /** Role that takes the snapshots. A release takes its snapshot with this role, too. Source: requirement A-06. */
  public readonly backupRole?: Role;
  public readonly maxConnections: number;
  /** Data with which a release takes a snapshot, undefined where no snapshots are kept. */
  public readonly snapshotTarget?: SnapshotTarget;
  private readonly engine: EngineConfig;
  private readonly settings: DatabaseSettings;
  private readonly server: DatabaseServer;
  private readonly signIns: DatabaseSignIns;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: HardenedDatabaseProps,
  ) {
    super(scope, id);
    this.engine = this._engine(props);
    this.settings = databaseSettings(this, props, this.engine);
    this.port = this.settings.port;
    this.databaseName = this.settings.databaseName;
    this.identifier = this.settings.identifier;
    this.userName = this.settings.userName;
    this.maxConnections = this.settings.maxConnections;

    const dependencies = new ServerDependencies(this, { network: props.network, settings: this.settings });
    this.key = dependencies.key;
    this.securityGroup = dependencies.securityGroup;
    this.connections = this.securityGroup.connections;
    this.subnetGroup = dependencies.subnetGroup;
    this.parameterGroup = dependencies.parameterGroup;
    this.logGroups = dependencies.logGroups;

    const master = this.createMasterCredentials();
    this.server = this.createServer(master);
    this.instance = this.server.instance;
    this.readReplicas = this.server.readReplicas;
    this.cluster = this.server.cluster;
    this.endpoint = this.server.endpoint;
    this.readEndpoint = this.server.readEndpoint;
    this.masterSecret = this.server.masterSecret;
    this.signIns = this.createSignIns(master);
    this.secret = this.signIns.secret;
    this.owner = this.signIns.users.owner;

    this.events = props.events ?? this.createEvents();
    prepareRecovery(this, this.settings, this.engine);
    const backups = createBackups(this, this.settings, { server: this.server, key: this.key });
    this.backupVault = backups?.vault;
    this.backupRole = backups?.role;
    this.snapshotTarget = backups?.snapshotTarget;
    referenceStrongly([this.instance, this.cluster, this.key, this.securityGroup, this.secret, ...this.readReplicas]);
    this.acknowledgeFindings();
  }

  /** Engine of the subclass, and the capacity from its props. @internal */
  protected abstract _engine(props: HardenedDatabaseProps): EngineConfig;

  /** Users that the bootstrap statements create. @internal */
  protected get _bootstrapUsers(): BootstrapUser[] {
    return this.signIns.users.bootstrapUsers;
  }

  /** Identifiers, sizes and log groups for alarms and dashboards. */
  public get signals(): DatabaseSignals {
    const { maxConnections, logGroups } = this;
    const { family } = this.engine;
    const secrets = [this.masterSecret, this.secret].flatMap((secret) => secret?.secretArn ?? []);
    return {
      source: this,
      family,
      maxConnections,
      logGroups,
      events: this.events.topic,
      rotatedSecretArns: [...new Set(secrets)],
      ...this.server.signals,
    };
  }

  /** Scripts that restore a snapshot or a point in time into a server with exactly these settings. */
  public get restoreCommands(): RestoreCommands {
    return RestoreCommands._of(this);
  }

  public bind(client: IBackingServiceClient): ServiceBinding {
    return this.signIns.binding.bind(client);
  }

  public withVariables(names: DatabaseVariables = {}): IBackingService {
    return this.signIns.binding.with({ variables: names });
  }

  public withPoolSize(size: number, names: DatabaseVariables = {}): IBackingService {
    return this.signIns.binding.with({ poolSize: size, variables: names });
  }

  public addUser(userName: string, access: DatabaseAccess, options: DatabaseUserOptions = {}): DatabaseUser {
    return this.signIns.users.add(userName, access, options);
  }

  public withUser(user: DatabaseUser, options: DatabaseConnectionOptions = {}): IBackingService {
    const { users, binding } = this.signIns;
    return binding.with(users.connection(user, options));
  }

  /** @internal */
  public _planUser(): DatabaseUser {
    return this.signIns.users.planUser;
  }

  /** @internal */
  public _ownerSignIn(options: DatabaseConnectionOptions = {}): IBackingService {
    const { users, binding } = this.signIns;
    return binding.with(users.ownerConnection(options));
  }

  /** @internal */
  public _readOnlySignIn(options: DatabaseConnectionOptions = {}): IBackingService {
    return this.withUser(this._planUser(), options);
  }

  public grantConnect(grantee: IGrantable, userName: string = this.userName): Grant {
    const { masterUserName } = this.settings.restore ?? {};
    checkConnectGrant(this, { grantee, userName, users: this._bootstrapUsers, masterUserName });
    return this.server.grantConnect(grantee, userName);
  }

  /**
   * Keeps the exports that clients in other stacks import.
   *
   * Call it in the deployment in which a client moves to another database or user. The stack of the database is
   * deployed first, and CloudFormation removes no export that a stack still imports. Remove the call afterwards.
   * It changes nothing else, and does nothing for clients in the same stack.
   */
  public keepExports(): void {
    const { server, cluster, key, securityGroup, logGroups, events, backupVault, backupRole } = this;
    keepExported(this, [
      this.endpoint,
      this.readEndpoint,
      ...server.resourceIds,
      cluster?.clusterIdentifier,
      ...server.signals.instanceIdentifiers,
      key.keyArn,
      securityGroup.securityGroupId,
      ...(this.signals.rotatedSecretArns ?? []),
      ...logGroups.map(({ logGroupName }) => logGroupName),
      events.topic.topicArn,
      backupVault?.backupVaultName,
      backupVault?.backupVaultArn,
      backupRole?.roleArn,
    ]);
    this.signIns.users.keepExports();
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

  private createMasterCredentials(): MasterCredentials {
    return new MasterCredentials(this, 'Credentials', {
      settings: this.settings.credentials,
      userName: this.settings.restore?.masterUserName,
      key: this.key,
      removalPolicy: this.settings.dependencyRemovalPolicy,
    });
  }

  private createServer(master: MasterUser): DatabaseServer {
    const { capacity, profile, snapshotRemovalPolicy } = this.settings;
    const server = createServer(this, 'Server', {
      ...this.settings,
      network: this.props.network,
      deletionProtection: profile.deletionProtection,
      key: this.key,
      securityGroup: this.securityGroup,
      subnetGroup: this.subnetGroup,
      parameterGroup: this.parameterGroup,
      optionGroup:
        capacity.instance &&
        this.engine.optionGroup?.(this, capacity.instance.engine, snapshotRemovalPolicy),
      master,
      monitoringRole: new MonitoringRole(this, 'Monitoring').role,
    });
    server.node.addDependency(...this.logGroups, ...reservedNames(this, this.key, this.settings));
    return server;
  }

  private createSignIns(master: MasterCredentials): DatabaseSignIns {
    const { engine, settings, server, key, securityGroup } = this;
    const { network } = this.props;
    return new DatabaseSignIns(this, { engine, settings, network, server, master, key, securityGroup });
  }

  private createEvents(): DatabaseEvents {
    const { profile } = this.settings;
    return new DatabaseEvents(this, 'Events', { key: this.key, profile, sources: this.server.eventSources });
  }

  private acknowledgeFindings(): void {
    acknowledgeFindings({
      server: this.server,
      onDefaultPort: this.port === this.engine.defaultPort,
      portFlaggedOnClusters: this.engine.portFlaggedOnClusters,
      deletionProtection: this.settings.profile.deletionProtection,
      inBackupPlan: this.backupVault !== undefined,
    });
  }
}
