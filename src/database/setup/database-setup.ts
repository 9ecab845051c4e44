import { CustomResource, Duration, Lazy } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IDependable } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import type { EnvironmentProfile } from '../../environment';
import { hardenedFunction } from '../../functions/hardened-function';
import { GrowingPolicy } from '../../iam/growing-policy';
import { viaService } from '../../iam/service-host';
import type { ISecureVpc } from '../../network';
import { allowTo } from '../../network/security-groups/allow-to';
import { stackPath } from '../../text/stack-path';
import type { DatabaseServer } from '../server/database-server';

/** Statements of an engine, and what they create beside users. */
export interface SetupPlan {
  /** Engine whose statements the function runs. */
  readonly engine: 'postgres' | 'mysql';
  /** Name of the database that was created with the server. */
  readonly databaseName: string;
  /** Databases beside it. */
  readonly additionalDatabases: string[];
  /** Schemas beside `public`, in each database. */
  readonly schemas: string[];
  /** Extensions in each database. */
  readonly extensions: string[];
}

/** User that the setup creates in the server. */
export interface SetupUser {
  /** Name in the server. */
  readonly userName: string;
  /** Rights in all databases of the server. */
  readonly access: 'OWNER' | 'READ_WRITE' | 'READ_ONLY';
  /**
   * Secret with the password.
   * @default - the user signs in with IAM authentication
   */
  readonly secret?: ISecret;
}

/** Properties of a {@link DatabaseSetup}. All are required. */
interface DatabaseSetupProps {
  readonly plan: SetupPlan;
  /** Server, with the secret of its master user. */
  readonly server: DatabaseServer;
  /** Port of the server. */
  readonly port: number;
  /** Security group of the server. */
  readonly securityGroup: SecurityGroup;
  /** Key of the secrets. */
  readonly key: Key;
  /** Network whose application tier holds the function. */
  readonly network: ISecureVpc;
  /** Supplies log retention and removal policy. */
  readonly profile: EnvironmentProfile;
}

/** Version of the statements in `lambda/database-setup`. A new one runs them on servers that are set up already. */
const STATEMENTS = '3';
/** The function ends each wait for the server before. */
const FUNCTION_TIMEOUT = Duration.minutes(5);
/** Time after which CloudFormation gives up. It covers the start of a function that is new in its network. */
const SERVICE_TIMEOUT = Duration.minutes(7);

/**
 * Setup of users, grants, schemas, extensions and databases: a function behind a custom resource.
 *
 * CloudFormation runs it after the server exists, and again when what it creates changes. It drops nothing.
 * docs/adr/0007-database-setup.md has the reasons.
 */
export class DatabaseSetup extends Construct {
  public readonly handler: LambdaFunction;
  /** Dependency of what must start after the setup. */
  public readonly done: IDependable;
  private readonly users: SetupUser[] = [];
  private readonly secretsPolicy: GrowingPolicy;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseSetupProps,
  ) {
    super(scope, id);
    const { handler, policy, securityGroup } = this.createFunction();
    this.handler = handler;
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Lambda needs its network interfaces unnamed, and the code is denied them.',
    );
    this.openPort(securityGroup!);
    this.secretsPolicy = this.createSecretsPolicy();
    this.done = this.createResource();
  }

  /** Creates a user in the server, with the password of its secret or with IAM authentication. */
  public addUser(user: SetupUser): void {
    this.users.push(user);
    if (user.secret) {
      this.secretsPolicy.addStatements(readOf(user.secret));
    }
  }

  private createFunction(): ReturnType<typeof hardenedFunction> {
    const { plan, server, port, network, profile } = this.props;
    const database = stackPath(this.node.scope!);
    return hardenedFunction(this, {
      lambda: 'database-setup',
      description: `Creates users, grants and schemas of ${database}`,
      roleDescription: `Runs the setup of ${database}`,
      timeout: FUNCTION_TIMEOUT,
      environment: {
        // Node trusts the authorities of RDS only with the bundle that Lambda's runtime carries.
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
        // The function refuses a request for another server.
        DB_ENGINE: plan.engine,
        DB_HOST: server.endpoint,
        DB_PORT: `${port}`,
        MASTER_SECRET_ARN: server.masterSecret.secretArn,
      },
      profile,
      statements: (required) => required,
      network: {
        network,
        services: [InterfaceVpcEndpointAwsService.SECRETS_MANAGER],
        securityGroupDescription: `Setup of ${database}`,
        purpose: `the setup of ${database}`,
      },
      noConcurrencyReason:
        'CloudFormation calls it for one deployment at a time. A reservation would take from every other function of ' +
        'the account, and fails where the account has few.',
      noDeadLettersReason:
        'CloudFormation waits for its answer, and the deployment fails without one, so no event can get lost.',
    });
  }

  private openPort(group: SecurityGroup): void {
    const { securityGroup, port } = this.props;
    allowTo(group.connections, securityGroup, Port.tcp(port), 'Setup of the database');
  }

  /** Grows with the users. The function decrypts secrets through Secrets Manager alone. */
  private createSecretsPolicy(): GrowingPolicy {
    const { server, key } = this.props;
    return new GrowingPolicy(this, 'SecretsPolicy', {
      role: this.handler.role as Role,
      prop: 'addUser',
      statements: [
        new PolicyStatement({
          actions: ['kms:Decrypt'],
          resources: [key.keyArn],
          conditions: { StringEquals: { 'kms:ViaService': viaService(this, 'secretsmanager') } },
        }),
        readOf(server.masterSecret),
      ],
    });
  }

  /** The resource is deleted before what it depends on, so that its answer still finds a way out. */
  private createResource(): CustomResource {
    const { plan, server, port, network, securityGroup } = this.props;
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::DatabaseSetup',
      serviceToken: this.handler.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: {
        engine: plan.engine,
        host: server.endpoint,
        port: `${port}`,
        masterSecretArn: server.masterSecret.secretArn,
        database: plan.databaseName,
        databases: plan.additionalDatabases,
        schemas: plan.schemas,
        extensions: plan.extensions,
        users: Lazy.any({ produce: () => this.users.map(userProperties) }),
        statements: STATEMENTS,
      },
    });
    const own = this.node.children.filter((child) => child !== resource);
    resource.node.addDependency(
      // With the members of a cluster. Replicas of an instance take no writes.
      (server.instance ?? server.cluster)!,
      // The group of the server holds the rule that admits the function.
      securityGroup,
      network.egressEstablished,
      ...own,
    );
    return resource;
  }
}

function readOf(secret: ISecret): PolicyStatement {
  return new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] });
}

/** The user as `lambda/database-setup` reads it. */
function userProperties({ userName, access, secret }: SetupUser): object {
  return { name: userName, access, ...(secret && { secretArn: secret.secretArn }) };
}
