import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct, IDependable } from 'constructs';
import type { IBackingServiceClient, SecretVariable, ServiceBinding } from '../../contracts';
import { allowTo } from '../../network/security-groups/allow-to';
import type { DatabaseServer } from '../server/database-server';
import type { DatabaseCredentials } from './database-credentials';
import { type DatabaseVariables, variableNames } from './database-variables';

/** User, secret, and replacement interval of tasks that have read the secret. */
export type BoundUser = Pick<DatabaseCredentials, 'userName' | 'secret' | 'replaceTasksEvery'>;

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
}

/** Properties of a {@link DatabaseBinding}. */
export interface DatabaseBindingProps {
  /** Server with the endpoints. */
  readonly server: Pick<DatabaseServer, 'endpoint' | 'readEndpoint' | 'hasReaders' | 'resourceId'>;
  /** Application user, whose connection clients get that name no other. */
  readonly credentials: BoundUser;
  /**
   * Setup that creates users and databases in the server.
   * @default - the team runs the statements
   */
  readonly startAfter?: IDependable;
  /** Security group of the server, which clients may reach on `port`. */
  readonly securityGroup: SecurityGroup;
  /** Port of the server. */
  readonly port: number;
  /** Name of the database inside the server. */
  readonly databaseName: string;
  /** TLS mode of the engine's clients: `verify-full`, `VERIFY_IDENTITY`. */
  readonly sslMode: string;
  /** Path of RDS's certificate bundle in the client's image. */
  readonly caBundlePath: string;
  /** ARN of the key that encrypts the secret. */
  readonly keyArn: string;
}

/**
 * Binding of clients to one database.
 *
 * Rules and permissions are created in the client's stack, and the secret is named by its ARN.
 * The database never refers to a client, so that no cycle closes between stacks.
 */
export class DatabaseBinding {
  public constructor(
    private readonly database: IConstruct,
    private readonly props: DatabaseBindingProps,
  ) {}

  /** Opens the port for a client and returns its variables, secrets and permissions. */
  public bind(client: IBackingServiceClient, options: BindingOptions = {}): ServiceBinding {
    const { securityGroup, port, startAfter } = this.props;
    const { userName, secret, replaceTasksEvery } = options.user ?? this.props.credentials;
    const names = variableNames(options.variables ?? {});
    allowTo(client.connections, securityGroup, Port.tcp(port), `Database ${this.database.node.id}`);
    const environment = this.environment(names, options.databaseName ?? this.props.databaseName);
    const shared = { store: this.database, startAfter };
    return secret
      ? { ...shared, environment, secrets: this.secrets(names, secret.secretArn), replaceTasksEvery }
      : {
        ...shared,
        environment: { ...environment, [names.userName]: userName },
        secrets: [],
        permissions: [this.connectPermission(client, userName)],
      };
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

  private secrets(names: Required<DatabaseVariables>, secretArn: string): SecretVariable[] {
    const { keyArn } = this.props;
    return [
      { variable: names.userName, secretArn, field: 'username', keyArn },
      { variable: names.password, secretArn, field: 'password', keyArn },
    ];
  }

  /** Names the user in the client's region and account. Security groups require that they are the database's. */
  private connectPermission(client: IBackingServiceClient, userName: string): PolicyStatement {
    const { server } = this.props;
    const user = Stack.of(client).formatArn({
      service: 'rds-db',
      resource: 'dbuser',
      resourceName: `${server.resourceId}/${userName}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return new PolicyStatement({ actions: ['rds-db:connect'], resources: [user] });
  }
}
