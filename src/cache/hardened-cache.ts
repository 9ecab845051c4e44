import type { Connections, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnServerlessCache,
  CfnSubnetGroup,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, DependencyGroup } from 'constructs';
import type {
  CacheSignals,
  IBackingService,
  IBackingServiceClient,
  IMonitoredCache,
  ServiceBinding,
} from '../contracts';
import { referenceStrongly } from '../contracts/cross-stack-references';
import { EncryptedLogGroup } from '../logging/encrypted-log-group';
import { closedSecurityGroup } from '../network/security-groups/closed-security-group';
import { stackPath } from '../text/stack-path';
import { type CacheSettings, cacheSettings, COMPLIANT_DAYS, REDIS_PORT } from './cache-settings';
import type { HardenedCacheProps } from './hardened-cache-props';
import { acknowledgeNodes } from './server/cache-acknowledgements';
import type { CacheServer, CacheServerProps } from './server/cache-server';
import { NodeCache } from './server/node-cache';
import { ServerlessCache } from './server/serverless-cache';
import { APPLICATION_ACCESS } from './users/access-strings';
import { CacheBinding } from './users/cache-binding';
import type { CacheCredentials } from './users/cache-credentials';
import type { CacheUser } from './users/cache-user';
import { CacheUsers } from './users/cache-users';
import type { CacheVariables } from './users/cache-variables';

/** Name of the application's user. */
const APPLICATION = 'application';

/**
 * Cache of Valkey or Redis OSS that is encrypted, replicated and saved daily.
 *
 * It requires TLS and a user. It is an ElastiCache replication group or a serverless cache.
 * docs/cache.md lists every resource and default.
 *
 * Throws a PropError for what ElastiCache would refuse at deployment.
 * Throws a PropError for parameters that contradict the purpose.
 *
 * @example
 * const sessions = new HardenedCache(this, 'Sessions', { network, purpose: CachePurpose.SESSIONS });
 * new ProductionWebService(this, 'Api', { network, image, certificate, backingServices: [sessions] });
 */
export class HardenedCache extends Construct implements IBackingService, IMonitoredCache {
  /** Host for reads and writes. */
  public readonly endpoint: string;
  /** Host for reads: that of the replicas where there are some, else `endpoint`. */
  public readonly readEndpoint: string;
  /** TCP port. */
  public readonly port: number;
  /** Name of the cache. */
  public readonly identifier: string;
  /** Application's user. */
  public readonly user: CacheUser;
  /** Secret of the application, undefined with IAM authentication. */
  public readonly secret?: ISecret;
  /** Key of the data, the snapshots, the secrets and the logs. */
  public readonly key: Key;
  /** Security group without ingress until a client is bound. */
  public readonly securityGroup: SecurityGroup;
  /** Connections of the cache. Prefer `backingServices` of a service, which creates the rules with the service. */
  public readonly connections: Connections;
  /** Group of the users who may sign in. */
  public readonly userGroup: CfnUserGroup;
  /** Replication group, undefined for a serverless cache. */
  public readonly replicationGroup?: CfnReplicationGroup;
  /** Parameter group of the nodes, undefined for a serverless cache. */
  public readonly parameterGroup?: CfnParameterGroup;
  /** Subnets of the nodes, undefined for a serverless cache. */
  public readonly subnetGroup?: CfnSubnetGroup;
  /** Serverless cache, undefined for nodes. */
  public readonly serverlessCache?: CfnServerlessCache;
  /** Log groups of the nodes. */
  public readonly logGroups: LogGroup[];
  private readonly settings: CacheSettings;
  private readonly users: CacheUsers;
  private readonly server: CacheServer;
  private readonly binding: CacheBinding;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: HardenedCacheProps,
  ) {
    super(scope, id);
    this.settings = cacheSettings(this, props);
    this.port = this.settings.port;
    this.identifier = this.settings.identifier;

    this.key = this.createKey();
    this.securityGroup = this.createSecurityGroup();
    this.connections = this.securityGroup.connections;
    this.users = this.createUsers();
    this.userGroup = this.users.group;
    this.user = this.createApplicationUser();
    this.secret = this.user.secret;

    const logs = this.createLogs();
    this.logGroups = Object.values(logs);
    const nodes = this.createNodes(logs);
    const serverless = this.createServerless();
    this.replicationGroup = nodes?.resource;
    this.parameterGroup = nodes?.parameterGroup;
    this.subnetGroup = nodes?.subnetGroup;
    this.serverlessCache = serverless?.resource;
    this.server = (nodes ?? serverless)!;
    this.endpoint = this.server.endpoint;
    this.readEndpoint = this.server.readAddress?.host ?? this.endpoint;
    this.binding = this.createBinding();
    referenceStrongly([nodes?.resource, serverless?.resource, this.key, this.securityGroup]);
    this.acknowledgeFindings();
  }

  /** Names of nodes, or of the serverless cache, for alarms and dashboards. */
  public get signals(): CacheSignals {
    return { source: this, ...this.server.signals };
  }

  /** Opens the port for a client, and returns its variables, secrets and permissions. */
  public bind(client: IBackingServiceClient): ServiceBinding {
    return this.binding.bind(client, this.user);
  }

  /** Same cache with other names of environment variables, for a service that binds two caches. */
  public withVariables(names: CacheVariables = {}): IBackingService {
    return this.binding.with(this.user, names);
  }

  /**
   * Creates a user beside the application's, with its own sign-in and rights.
   *
   * Bind it to a service with `withUser`.
   * Throws a PropError for a name that is taken, and for rights that ElastiCache refuses.
   *
   * @param userName 1 to 30 lower-case letters, digits and single hyphens
   * @param credentials way to sign in
   * @param accessString rights, by default those of the application
   */
  public addUser(userName: string, credentials: CacheCredentials, accessString?: string): CacheUser {
    return this.users.add({ name: userName, credentials, accessString: accessString ?? APPLICATION_ACCESS });
  }

  /** Same cache for a service that signs in as this user. */
  public withUser(user: CacheUser, names: CacheVariables = {}): IBackingService {
    return this.binding.with(user, names);
  }

  private createKey(): Key {
    return new Key(this, 'Key', {
      description: `Encrypts the cache ${stackPath(this)}`,
      enableKeyRotation: true,
      removalPolicy: this.settings.keyRemovalPolicy,
    });
  }

  /** Security group without ingress until a client is bound, and without egress. Source: requirement C-13. */
  private createSecurityGroup(): SecurityGroup {
    const group = closedSecurityGroup(this, 'SecurityGroup', {
      vpc: this.props.network.vpc,
      description: `Cache ${stackPath(this)}`,
    });
    group.applyRemovalPolicy(this.settings.dependencyRemovalPolicy);
    return group;
  }

  private createUsers(): CacheUsers {
    const { engine, dependencyRemovalPolicy: removalPolicy } = this.settings;
    return new CacheUsers(this, 'Users', { engine: engine.engine, key: this.key, removalPolicy });
  }

  private createApplicationUser(): CacheUser {
    const { credentials, accessString } = this.settings;
    return this.users.add({ name: APPLICATION, credentials, accessString });
  }

  /** Log groups by the type of log. The slow log contains keys and values. */
  private createLogs(): { [type: string]: LogGroup } {
    const { capacity, profile, logRetention, dependencyRemovalPolicy: removalPolicy, slowLog } = this.settings;
    if (!capacity.nodes) {
      return {};
    }
    const types = ['engine-log', ...(slowLog ? ['slow-log'] : [])];
    return Object.fromEntries(
      types.map((type) => {
        const adjusted = profile.adjust({ logRetention, removalPolicy });
        return [type, new EncryptedLogGroup(this, `Log-${type}`, { profile: adjusted, key: this.key }).logGroup];
      }),
    );
  }

  private createNodes(logs: { [type: string]: LogGroup }): NodeCache | undefined {
    const { parameters, capacity: { nodes } } = this.settings;
    return nodes && new NodeCache(this, 'Nodes', { ...this.shared(), nodes, parameters, logs });
  }

  private createServerless(): ServerlessCache | undefined {
    const { serverless } = this.settings.capacity;
    return serverless && new ServerlessCache(this, 'Serverless', { ...this.shared(), serverless });
  }

  private shared(): CacheServerProps {
    const { settings, key, securityGroup, userGroup } = this;
    return { ...settings, network: this.props.network, key, securityGroup, userGroup };
  }

  private createBinding(): CacheBinding {
    const { server, identifier, port, securityGroup, key, users } = this;
    const startAfter = new DependencyGroup(users, server.resource);
    return new CacheBinding(this, { server, identifier, port, securityGroup, keyArn: key.keyArn, startAfter });
  }

  private acknowledgeFindings(): void {
    const { replicationGroup: group, settings } = this;
    const { profile, capacity, engine, port, snapshotDays } = settings;
    if (group) {
      acknowledgeNodes({
        group,
        onFlaggedPort: engine.engine === 'redis' && port === REDIS_PORT,
        singleByProfile: capacity.nodes?.replicas === 0 && !profile.multiAz,
        shortByProfile: snapshotDays < COMPLIANT_DAYS && this.props.snapshotRetention === undefined,
      });
    }
  }
}
