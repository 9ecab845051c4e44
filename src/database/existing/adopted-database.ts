import { Token } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type {
  DatabaseFamily,
  DatabaseSignals,
  IBackingService,
  IBackingServiceClient,
  ServiceBinding,
} from '../../contracts';
import { checkWholeNumber } from '../../validation/checks';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../validation/rules';
import { acuRule } from '../capacity/capacity-units';
import { type ConnectionRule, instanceCeiling, memoryGiB, processors } from '../capacity/max-connections';
import { type BoundUser, DatabaseBinding } from '../credentials/database-binding';
import type { DatabaseVariables } from '../credentials/database-variables';
import type { DatabaseConnectionOptions } from '../users/database-connection-options';
import type { AdoptedDatabaseProps, IAdoptedDatabase } from './adopted-database-props';

/** Facts of the engine of an existing database. */
export interface AdoptedEngine {
  /** Family of the engine. */
  readonly family: DatabaseFamily;
  /** Default TCP port. */
  readonly defaultPort: number;
  /** Mode in which clients verify the server's certificate and host name. */
  readonly sslMode: string;
  /** Formula of the default `max_connections` of an instance. */
  readonly connections: ConnectionRule;
  /** Default `max_connections` of a serverless cluster by its limits. */
  readonly serverlessConnections: (minAcu: number, maxAcu: number) => number;
}

/** Props with the secret of a user. Each has a prop with its key beside it. */
const SECRETS = ['secret', 'ownerSecret', 'readOnlySecret'] as const;
const GIB = 1024 ** 3;
/** Lowest minimum of a serverless cluster, which is unknown here and limits the connections. */
const LOWEST_ACU = 0.5;

/** Existing database behind the interface of a backing service. It creates no resources of its own. */
export class AdoptedDatabase extends Construct implements IAdoptedDatabase {
  public readonly endpoint: string;
  public readonly readEndpoint: string;
  public readonly port: number;
  public readonly databaseName: string;
  public readonly identifier: string;
  public readonly secret?: ISecret;
  public readonly securityGroup: ISecurityGroup;
  private readonly binding: DatabaseBinding;

  public constructor(
    scope: Construct,
    id: string,
    private readonly engine: AdoptedEngine,
    private readonly props: AdoptedDatabaseProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    this.endpoint = props.endpoint;
    this.readEndpoint = props.readEndpoint ?? props.endpoint;
    this.port = props.port ?? engine.defaultPort;
    this.databaseName = props.databaseName;
    this.identifier = props.identifier;
    this.secret = props.secret;
    this.securityGroup = props.securityGroup;
    this.check();
    this.binding = this.createBinding();
  }

  /** Identifiers and sizes for alarms and dashboards. */
  public get signals(): DatabaseSignals {
    const { props } = this;
    const others = props.instanceIdentifiers ?? [];
    return {
      source: this,
      family: this.engine.family,
      ...(props.cluster && { clusterIdentifier: this.identifier }),
      instanceIdentifiers: props.cluster ? others : [this.identifier, ...others],
      maxConnections: props.maxConnections ?? this.defaultConnections(),
      ...this.size(),
      maxAcu: props.maxAcu,
      performanceInsights: props.performanceInsights ?? true,
      logGroups: props.logGroups ?? [],
      events: props.events,
    };
  }

  public bind(client: IBackingServiceClient): ServiceBinding {
    return this.binding.bind(client);
  }

  public withVariables(names: DatabaseVariables = {}): IBackingService {
    return this.binding.with({ variables: names });
  }

  public withPoolSize(size: number, names: DatabaseVariables = {}): IBackingService {
    return this.binding.with({ poolSize: size, variables: names });
  }

  public withSecret(secret: ISecret, options: DatabaseConnectionOptions = {}): IBackingService {
    checkAllInReach(this, { secret });
    checkRules(this, [completeArnRule('secret', secret)]);
    return this.binding.with({ ...options, user: this.userOf(secret) });
  }

  /** @internal */
  public _ownerSignIn(options: DatabaseConnectionOptions = {}): IBackingService | undefined {
    const { ownerSecret, ownerSecretKey } = this.props;
    return ownerSecret && this.binding.with({ ...options, user: this.userOf(ownerSecret, ownerSecretKey) });
  }

  /** @internal */
  public _readOnlySignIn(options: DatabaseConnectionOptions = {}): IBackingService | undefined {
    const { readOnlySecret, readOnlySecretKey } = this.props;
    return readOnlySecret && this.binding.with({ ...options, user: this.userOf(readOnlySecret, readOnlySecretKey) });
  }

  private check(): void {
    const { props } = this;
    checkWholeNumber(this, 'port', props.port, { min: 1150, max: 65535, fix: 'give the port that RDS shows' });
    checkWholeNumber(this, 'maxConnections', props.maxConnections, {
      min: 1,
      max: 262_143,
      unit: 'connections',
      fix: 'give the value of SHOW max_connections, or remove maxConnections',
    });
    checkRules(this, [...signInRules(props), ...sizeRules(props), ...endpointRules(props)]);
  }

  private createBinding(): DatabaseBinding {
    const { props } = this;
    const { endpoint, readEndpoint, port, databaseName, securityGroup, secret } = this;
    const hasReaders = props.readEndpoint !== undefined;
    return new DatabaseBinding(this, {
      server: { endpoint, readEndpoint, hasReaders, resourceIds: resourceIdsOf(props) },
      credentials: secret ? this.userOf(secret, props.secretKey) : { userName: props.userName! },
      securityGroup,
      port,
      databaseName,
      sslMode: this.engine.sslMode,
      caBundlePath: props.caBundlePath ?? '/etc/ssl/certs/rds-global-bundle.pem',
      maxConnections: props.maxConnections ?? this.defaultConnections(),
    });
  }

  /** User of a secret, which names it. */
  private userOf(secret: ISecret, key: IKey | undefined = secret.encryptionKey): BoundUser {
    return { userName: '', secret, replaceTasksEvery: this.props.replaceTasksEvery, keyArn: key?.keyArn };
  }

  private defaultConnections(): number | undefined {
    const { instanceType, maxAcu } = this.props;
    if (maxAcu !== undefined) {
      return this.engine.serverlessConnections(LOWEST_ACU, maxAcu);
    }
    return instanceType && instanceCeiling(this.engine.connections, memoryGiB(this, instanceType, 'instanceType'));
  }

  private size(): Pick<DatabaseSignals, 'memoryBytes' | 'vcpus' | 'burstable'> {
    const { instanceType } = this.props;
    return instanceType
      ? {
        memoryBytes: memoryGiB(this, instanceType, 'instanceType') * GIB,
        vcpus: processors(instanceType),
        burstable: instanceType.isBurstable(),
      }
      : {};
  }
}

/** Servers by which IAM names the users. That of a cluster stands for its readers, too. */
function resourceIdsOf({ resourceId, readResourceId }: AdoptedDatabaseProps): string[] {
  return [resourceId, readResourceId].filter((id) => id !== undefined);
}

function signInRules(props: AdoptedDatabaseProps): Rule[] {
  const { secret, userName, resourceId, readEndpoint, readResourceId, cluster } = props;
  return [
    {
      condition: secret === undefined && (userName === undefined || resourceId === undefined),
      prop: 'secret',
      problem: 'is not given, and neither are userName and resourceId for IAM authentication',
      fix: "give the secret of the application's user, or both userName and resourceId",
    },
    {
      condition: secret !== undefined && userName !== undefined,
      prop: 'userName',
      value: userName,
      expected: 'none with secret, which names the user',
      fix: 'remove userName, or remove secret to sign in with IAM authentication',
    },
    {
      condition: userName !== undefined && readEndpoint !== undefined && !cluster && readResourceId === undefined,
      prop: 'readResourceId',
      problem: 'is not given, and IAM names the users of each read replica by a resource id of its own',
      fix: 'give the DbiResourceId of the replica behind readEndpoint, or remove readEndpoint',
    },
    {
      condition:
        readResourceId !== undefined && (userName === undefined || readEndpoint === undefined || cluster === true),
      prop: 'readResourceId',
      problem:
        'has no effect without userName and readEndpoint of an instance: a cluster has one resource id for all members',
      fix: 'remove readResourceId',
    },
    ...SECRETS.flatMap((name) => [completeArnRule(name, props[name]), keyRule(name, props)]),
  ];
}

function completeArnRule(prop: string, secret: ISecret | undefined): Rule {
  return {
    condition: secret !== undefined && secret.secretFullArn === undefined,
    prop,
    problem: 'is known by a part of its ARN only, and ECS needs the complete one',
    fix: 'import it with Secret.fromSecretCompleteArn()',
  };
}

function keyRule(name: (typeof SECRETS)[number], props: AdoptedDatabaseProps): Rule {
  const key = `${name}Key` as const;
  return {
    condition: props[key] !== undefined && props[name] === undefined,
    prop: key,
    problem: `has no effect without ${name}`,
    fix: `remove it, or give ${name}`,
  };
}

function sizeRules({ cluster, instanceType, maxAcu }: AdoptedDatabaseProps): Rule[] {
  return [
    ...(maxAcu === undefined ? [] : [acuRule('maxAcu', maxAcu, 1)]),
    {
      condition: maxAcu !== undefined && !cluster,
      prop: 'maxAcu',
      value: maxAcu,
      expected: 'none without cluster: an instance has no capacity units',
      fix: 'set cluster to true, or give instanceType instead',
    },
    {
      condition: maxAcu !== undefined && instanceType !== undefined,
      prop: 'maxAcu',
      problem: 'is given together with instanceType, and alarms need the size of one kind of member',
      fix: 'give that of the smallest member',
    },
  ];
}

function endpointRules({ endpoint, readEndpoint }: AdoptedDatabaseProps): Rule[] {
  return Object.entries({ endpoint, readEndpoint }).map(([prop, host]) => ({
    condition: host !== undefined && !Token.isUnresolved(host) && !/^[a-z0-9][a-z0-9.-]*$/i.test(host),
    prop,
    value: host,
    expected: 'a host name, without protocol and port',
    fix: 'give the endpoint that RDS shows',
  }));
}
