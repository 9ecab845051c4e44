import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { BackupVault } from 'aws-cdk-lib/aws-backup';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type DatabaseCluster,
  type DatabaseInstance,
  type DatabaseInstanceReadReplica,
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
import { SubnetTier } from '../network';
import { closedSecurityGroup } from '../network/security-groups/closed-security-group';
import { stackPath } from '../text/stack-path';
import { textFor } from '../text/text-for';
import { DatabaseBackups } from './backup/database-backups';
import type { BootstrapUser } from './credentials/bootstrap-sql';
import { DatabaseBinding } from './credentials/database-binding';
import { DatabaseCredentials } from './credentials/database-credentials';
import type { DatabaseVariables } from './credentials/database-variables';
import { MasterCredentials } from './credentials/master-credentials';
import { DatabaseEvents } from './database-events';
import { databaseSettings, type DatabaseSettings } from './database-settings';
import type { EngineConfig } from './engine-config';
import type { IHardenedDatabase } from './hardened-database-interface';
import type { HardenedDatabaseProps } from './hardened-database-props';
import { reservedNames } from './restore/reserved-name';
import { RestoreCommands } from './restore/restore-commands';
import { createServer } from './server/create-server';
import { referenceStrongly } from './server/cross-stack-references';
import { acknowledgeFindings } from './server/database-acknowledgements';
import type { DatabaseServer, MasterUser } from './server/database-server';
import { MonitoringRole } from './server/monitoring-role';
import { createServerLogs } from './server/server-logs';
import { DatabaseSetup } from './setup/database-setup';
import { checkConnectGrant } from './users/connect-grants';
import type { DatabaseAccess } from './users/database-access';
import type { DatabaseConnectionOptions } from './users/database-connection-options';
import type { DatabaseUser, DatabaseUserOptions } from './users/database-user';
import { DatabaseUsers } from './users/database-users';

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
  private readonly binding: DatabaseBinding;
  private readonly users: DatabaseUsers;

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

    this.key = this.createKey();
    this.securityGroup = this.createSecurityGroup();
    this.connections = this.securityGroup.connections;
    this.subnetGroup = this.createSubnetGroup();
    this.parameterGroup = this.createParameterGroup();
    this.logGroups = this.createLogGroups();

    const master = this.createMasterCredentials();
    this.server = this.createServer(master);
    this.instance = this.server.instance;
    this.readReplicas = this.server.readReplicas;
    this.cluster = this.server.cluster;
    this.endpoint = this.server.endpoint;
    this.readEndpoint = this.server.readEndpoint;
    this.masterSecret = this.server.masterSecret;
    const credentials = this.createCredentials(master);
    this.secret = credentials.secret;
    const setup = this.settings.setup ? this.createSetup() : undefined;
    this.users = this.createUsers(credentials, setup);
    this.owner = this.users.owner;
    this.binding = this.createBinding(credentials, setup);

    this.events = props.events ?? this.createEvents();
    this.prepareRecovery();
    const backups = this.createBackups();
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
    return this.users.bootstrapUsers;
  }

  /** Identifiers, sizes and log groups for alarms and dashboards. */
  public get signals(): DatabaseSignals {
    const { maxConnections, logGroups } = this;
    const { family } = this.engine;
    return { source: this, family, maxConnections, logGroups, events: this.events.topic, ...this.server.signals };
  }

  /** Scripts that restore a snapshot or a point in time into a server with exactly these settings. */
  public get restoreCommands(): RestoreCommands {
    return RestoreCommands._of(this);
  }

  public bind(client: IBackingServiceClient): ServiceBinding {
    return this.binding.bind(client);
  }

  public withVariables(names: DatabaseVariables = {}): IBackingService {
    return { bind: (client) => this.binding.bind(client, { variables: names }) };
  }

  public withPoolSize(size: number, names: DatabaseVariables = {}): IBackingService {
    return { bind: (client) => this.binding.bind(client, { poolSize: size, variables: names }) };
  }

  public addUser(userName: string, access: DatabaseAccess, options: DatabaseUserOptions = {}): DatabaseUser {
    return this.users.add(userName, access, options);
  }

  public withUser(user: DatabaseUser, options: DatabaseConnectionOptions = {}): IBackingService {
    const connection = this.users.connection(user, options);
    return { bind: (client) => this.binding.bind(client, connection) };
  }

  /** @internal */
  public _planUser(): DatabaseUser {
    return this.users.planUser;
  }

  public grantConnect(grantee: IGrantable, userName: string = this.userName): Grant {
    const { masterUserName } = this.settings.restore ?? {};
    checkConnectGrant(this, { grantee, userName, users: this._bootstrapUsers, masterUserName });
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

  private createKey(): Key {
    return new Key(this, 'Key', {
      description: `Encrypts the database ${stackPath(this)}`,
      enableKeyRotation: true,
      removalPolicy: this.settings.snapshotRemovalPolicy,
    });
  }

  /** Security group without ingress until a client is bound, and without egress. Source: requirement A-25. */
  private createSecurityGroup(): SecurityGroup {
    const group = closedSecurityGroup(this, 'SecurityGroup', {
      vpc: this.props.network.vpc,
      description: `Database ${stackPath(this)}`,
    });
    group.applyRemovalPolicy(this.settings.dependencyRemovalPolicy);
    return group;
  }

  private createSubnetGroup(): SubnetGroup {
    return new SubnetGroup(this, 'SubnetGroup', {
      vpc: this.props.network.vpc,
      vpcSubnets: this.props.network.subnets(SubnetTier.DATA),
      description: textFor('database group', `Data tier of ${stackPath(this.props.network)}`),
      removalPolicy: this.settings.dependencyRemovalPolicy,
    });
  }

  private createParameterGroup(): ParameterGroup {
    return new ParameterGroup(this, 'ParameterGroup', {
      engine: this.settings.capacity.engine,
      description: textFor('database group', `Parameters of ${stackPath(this)}`),
      parameters: this.settings.parameters,
      removalPolicy: this.settings.dependencyRemovalPolicy,
    });
  }

  private createLogGroups(): LogGroup[] {
    const { profile, capacity, identifier, replicaIdentifiers, logExports, logRetention } = this.settings;
    return createServerLogs(this, {
      profile: profile.adjust({ logRetention, removalPolicy: this.settings.dependencyRemovalPolicy }),
      key: this.key,
      owners: capacity.serverless
        ? [`cluster/${identifier}`]
        : [identifier, ...replicaIdentifiers].map((name) => `instance/${name}`),
      logs: logExports,
    });
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

  private createCredentials(master: MasterCredentials): DatabaseCredentials {
    return new DatabaseCredentials(master, {
      settings: this.settings.credentials,
      functions: this.engine.rotationFunctions,
      server: this.server,
      network: this.props.network,
      key: this.key,
      userName: this.userName,
      databaseName: this.databaseName,
      port: this.port,
      securityGroup: this.securityGroup,
      removalPolicy: this.settings.dependencyRemovalPolicy,
    });
  }

  private createSetup(): DatabaseSetup {
    const { server, port, securityGroup, key, databaseName } = this;
    const { profile, additionalDatabases } = this.settings;
    const { setupEngine: engine, schemas = [], extensions = [] } = this.engine;
    return new DatabaseSetup(this, 'Setup', {
      plan: { engine, databaseName, additionalDatabases, schemas, extensions },
      server,
      port,
      securityGroup,
      key,
      network: this.props.network,
      profile: profile.adjust({ removalPolicy: this.settings.dependencyRemovalPolicy }),
    });
  }

  private createUsers(credentials: DatabaseCredentials, setup?: DatabaseSetup): DatabaseUsers {
    const { ownerName, additionalDatabases } = this.settings;
    const databaseNames = [this.databaseName, ...additionalDatabases];
    return new DatabaseUsers(this, { credentials, ownerName, databaseNames, setup });
  }

  private createBinding(credentials: DatabaseCredentials, setup?: DatabaseSetup): DatabaseBinding {
    return new DatabaseBinding(this, {
      server: this.server,
      credentials,
      startAfter: setup?.done,
      securityGroup: this.securityGroup,
      port: this.port,
      databaseName: this.databaseName,
      sslMode: this.engine.sslMode,
      caBundlePath: this.settings.caBundlePath,
      keyArn: this.key.keyArn,
      maxConnections: this.maxConnections,
    });
  }

  private createEvents(): DatabaseEvents {
    const { profile } = this.settings;
    return new DatabaseEvents(this, 'Events', { key: this.key, profile, sources: this.server.eventSources });
  }

  private prepareRecovery(): void {
    const { backup, capacity, parameters } = this.settings;
    const { optionGroup } = this.engine;
    backup.recoveryRegion?._prepare({
      path: stackPath(this),
      engine: capacity.engine,
      cluster: capacity.serverless !== undefined,
      parameters,
      optionGroup: capacity.instance && optionGroup && ((scope) => optionGroup(scope, capacity.instance!.engine, RemovalPolicy.DESTROY)),
    });
  }

  private createBackups(): DatabaseBackups | undefined {
    const { backup, identifier } = this.settings;
    return (
      backup.snapshotRetention &&
      new DatabaseBackups(this, 'Backups', {
        settings: backup,
        snapshotRetention: backup.snapshotRetention,
        databaseArn: this.server.arn,
        cluster: this.cluster !== undefined,
        maintenanceWindow: this.settings.maintenanceWindow,
        identifier,
        key: this.key,
        storageEncryptionKey: this.settings.restore?.storageEncryptionKey,
        removalPolicy: this.settings.snapshotRemovalPolicy,
      })
    );
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
