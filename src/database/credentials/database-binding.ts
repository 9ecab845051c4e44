import { ArnFormat, Stack, Tokenization } from 'aws-cdk-lib';
import { type ISecurityGroup, Port } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct, IDependable } from 'constructs';
import type { IBackingService, IBackingServiceClient, SecretVariable, ServiceBinding } from '../../contracts';
import { withConnection } from '../../contracts/bound-connection';
import { allowTo } from '../../network/security-groups/allow-to';
import { certificateText } from '../certificates/certificate-text';
import type { DatabaseServer } from '../server/database-server';
import { ConnectionPools } from './connection-pools';
import type { DatabaseCredentials } from './database-credentials';
import { type DatabaseVariables, variableNames } from './database-variables';

/** User, secret, and replacement interval of tasks that have read the secret. */
export interface BoundUser extends Pick<DatabaseCredentials, 'userName' | 'secret' | 'replaceTasksEvery'> {
  /**
   * ARN of the key that encrypts the secret of this user.
   * @default - that of all users
   */
  readonly keyArn?: string;
}

/** Choices of one client. None is required. */
export interface BindingOptions {
  /**
   * Names of the environment variables.
   * @default - those of DatabaseVariables
   */
  readonly variables?: DatabaseVariables;
  /**
   * Database inside the server.
   * @default - the one that was created with the server
   */
  readonly databaseName?: string;
  /**
   * User that the client signs in as.
   * @default - the application's
   */
  readonly user?: BoundUser;
  /**
   * Most connections of each task.
   * @default - unknown: the client gets no variable, and its connections are not counted
   */
  readonly poolSize?: number;
}

/** Properties of a {@link DatabaseBinding}. */
export interface DatabaseBindingProps {
  /** Server with the endpoints. */
  readonly server: Pick<DatabaseServer, 'endpoint' | 'readEndpoint' | 'hasReaders' | 'resourceIds'>;
  /** Application user, whose connection clients get that name no other. */
  readonly credentials: BoundUser;
  /**
   * Setup that creates users and databases in the server.
   * @default - the team runs the statements
   */
  readonly startAfter?: IDependable;
  /** Security group of the server, which clients may reach on `port`. */
  readonly securityGroup: ISecurityGroup;
  /** Port of the server. */
  readonly port: number;
  /** Name of the database inside the server. */
  readonly databaseName: string;
  /** TLS mode of the engine's clients: `verify-full`, `VERIFY_IDENTITY`. */
  readonly sslMode: string;
  /** Path of RDS's certificate bundle in the client's image. */
  readonly caBundlePath: string;
  /**
   * ARN of the key that encrypts the secrets of all users.
   * @default - that of each user, else the AWS managed key of Secrets Manager
   */
  readonly keyArn?: string;
  /**
   * Connections that the server accepts.
   * @default - unknown: the pools of clients are not compared with it
   */
  readonly maxConnections?: number;
}

/**
 * Binding of clients to one database.
 *
 * Rules and permissions are created in the client's stack, and the secret is named by its ARN.
 * The database never refers to a client, so that no cycle closes between stacks.
 */
export class DatabaseBinding {
  private readonly pools: ConnectionPools;

  public constructor(
    private readonly database: IConstruct,
    private readonly props: DatabaseBindingProps,
  ) {
    this.pools = new ConnectionPools(database, props.maxConnections);
  }

  /** Opens the port for a client and returns its variables, secrets and permissions. */
  public bind(client: IBackingServiceClient, options: BindingOptions = {}): ServiceBinding {
    return withConnection(this.bindingOf(client, options), options);
  }

  private bindingOf(client: IBackingServiceClient, options: BindingOptions): ServiceBinding {
    const { securityGroup, port, startAfter } = this.props;
    const user = options.user ?? this.props.credentials;
    const { userName, secret, replaceTasksEvery } = user;
    const names = variableNames(options.variables ?? {});
    allowTo(client.connections, securityGroup, Port.tcp(port), `Database ${this.database.node.id}`);
    const environment = {
      ...this.environment(names, options.databaseName ?? this.props.databaseName),
      ...this.certificates(client, names),
      ...this.pool(client, names, options.poolSize),
    };
    const shared = { store: this.database, startAfter };
    return secret
      ? { ...shared, environment, secrets: this.secrets(names, secret.secretArn, user.keyArn), replaceTasksEvery }
      : {
        ...shared,
        environment: { ...environment, [names.userName]: userName },
        secrets: [],
        permissions: [this.connectPermission(client, userName)],
      };
  }

  /** Same database with other choices, for whoever binds it. */
  public with(options: BindingOptions): IBackingService {
    return { bind: (client) => this.bind(client, options) };
  }

  private environment(names: Required<DatabaseVariables>, databaseName: string): { [name: string]: string } {
    const { server, port, sslMode, caBundlePath } = this.props;
    return {
      [names.host]: server.endpoint,
      [names.port]: `${port}`,
      [names.databaseName]: databaseName,
      [names.sslMode]: sslMode,
      [names.sslRootCert]: caBundlePath,
      ...(server.hasReaders && { [names.readHost]: server.readEndpoint }),
    };
  }

  private certificates(client: IBackingServiceClient, names: Required<DatabaseVariables>): { [name: string]: string } {
    const text = certificateText(client);
    return text === undefined ? {} : { [names.sslCa]: text };
  }

  /** Tells the client the size of its pool, and counts its connections. */
  private pool(
    client: IBackingServiceClient,
    names: Required<DatabaseVariables>,
    poolSize?: number,
  ): { [name: string]: string } {
    if (poolSize === undefined) {
      return {};
    }
    this.pools.add(client, poolSize);
    return { [names.poolSize]: Tokenization.stringifyNumber(poolSize) };
  }

  private secrets(
    names: Required<DatabaseVariables>,
    secretArn: string,
    keyArn: string | undefined = this.props.keyArn,
  ): SecretVariable[] {
    return [
      { variable: names.userName, secretArn, field: 'username', keyArn },
      { variable: names.password, secretArn, field: 'password', keyArn },
    ];
  }

  /** Names the user in the client's region and account. Security groups require that they are the database's. */
  private connectPermission(client: IBackingServiceClient, userName: string): PolicyStatement {
    const { server } = this.props;
    const users = server.resourceIds.map((resourceId) =>
      Stack.of(client).formatArn({
        service: 'rds-db',
        resource: 'dbuser',
        resourceName: `${resourceId}/${userName}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    return new PolicyStatement({ actions: ['rds-db:connect'], resources: users });
  }
}
