import { ArnFormat, type Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, type ISecurityGroup, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  type HostedRotation,
  type ISecret,
  type MultiUserHostedRotationOptions,
  RotationSchedule,
  type SingleUserHostedRotationOptions,
} from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { keepAwake } from '../../functions/keep-awake';
import { type ISecureVpc, SubnetTier } from '../../network';
import { closedSecurityGroup } from '../../network/security-groups/closed-security-group';
import { stackPath, uniqueName } from '../../text/stack-path';
import type { DatabaseServer } from '../server/database-server';
import type { CredentialSettings } from './credential-rotation';
import type { MasterCredentials } from './master-credentials';
import { idOfUser } from './user-names';
import { userSecret } from './user-secret';

/** AWS's hosted rotation functions for an engine. */
export interface RotationFunctions {
  /** Rotates the password of the master user. */
  readonly single: (options: SingleUserHostedRotationOptions) => HostedRotation;
  /** Alternates between two users of the application, with the rights of the master user. */
  readonly multi: (options: MultiUserHostedRotationOptions) => HostedRotation;
}

/** Properties of {@link RotatedSecrets}. All of them are required. */
export interface RotatedSecretsProps {
  /** Rotation interval. */
  readonly settings: CredentialSettings;
  /** Rotation functions of the engine. */
  readonly functions: RotationFunctions;
  /** Server that the secrets are attached to. */
  readonly server: DatabaseServer;
  /** Network of the rotation functions, which run in the application tier. */
  readonly network: ISecureVpc;
  /** Key of the database, which encrypts the secrets. */
  readonly key: Key;
  /** Name of the database, which the secrets contain. */
  readonly databaseName: string;
  /** Port on which the rotation functions reach the server. */
  readonly port: number;
  /** Security group of the server. */
  readonly securityGroup: ISecurityGroup;
  /** Removal policy of the secrets, which a retained database needs. */
  readonly removalPolicy: RemovalPolicy;
}

/** Ids and names of a rotated secret of a user, and of its rotation. */
interface UserRotation {
  readonly secretId: string;
  readonly rotationId: string;
  readonly userName: string;
  readonly functionName: string;
}

/**
 * Secrets of a database that AWS's hosted functions rotate.
 *
 * They are the master user's, and those of alternating users. The functions share a security group.
 * Each is in a nested stack of its own, which a transform creates.
 */
export class RotatedSecrets {
  /** Time after which tasks that have read a secret are replaced. */
  public readonly replaceTasksEvery?: Duration;
  private readonly group: SecurityGroup;

  public constructor(
    private readonly master: MasterCredentials,
    private readonly props: RotatedSecretsProps,
  ) {
    this.replaceTasksEvery = props.settings.replaceTasksEvery;
    this.group = this.createFunctionGroup();
  }

  /**
   * Creates the application's secret, and rotates it and the master's. Deployed stacks have these ids.
   *
   * A user of another name than the default has a secret, a rotation and a schedule of its own.
   */
  public createApplication(userName: string): ISecret {
    const [master, application] = ['master', 'application'].map((part) => this.functionName(this.master, part));
    this.schedule(this.master, 'MasterRotation', this.props.server.masterSecret, this.props.functions.single(
      this.functionOptions(master),
    ));
    const id = idOfUser('Application', userName);
    if (id !== 'Application') {
      this.keepAwake(this.master, 'RotationAwake', { master });
      return this.create(new Construct(this.master, id), userName);
    }
    const secret = this.createUser(this.master, {
      secretId: 'ApplicationSecret',
      rotationId: 'ApplicationRotation',
      userName,
      functionName: application,
    });
    this.keepAwake(this.master, 'RotationAwake', { master, application });
    return secret;
  }

  /** Creates the secret of a further user in the user's scope, and rotates it. */
  public create(scope: Construct, userName: string): ISecret {
    const functionName = this.functionName(scope, 'user');
    const secret = this.createUser(scope, { secretId: 'Secret', rotationId: 'Rotation', userName, functionName });
    this.keepAwake(scope, 'Awake', { user: functionName });
    return secret;
  }

  private createUser(scope: Construct, { secretId, rotationId, userName, functionName }: UserRotation): ISecret {
    const { databaseName, key, removalPolicy, server, functions } = this.props;
    const { secret: masterSecret } = this.master;
    const created = userSecret(scope, secretId, { userName, databaseName, masterSecret, key, removalPolicy });
    // CloudFormation refuses another databaseName at the server, and must not have generated passwords by then.
    created.node.addDependency((server.instance ?? server.cluster)!);
    const secret = created.attach(server.attachmentTarget);
    const rotation = functions.multi({ ...this.functionOptions(functionName), masterSecret: server.masterSecret });
    this.schedule(scope, rotationId, secret, rotation);
    return secret;
  }

  /** Schedules the first rotation after its interval, in which the setup creates the user. */
  private schedule(scope: Construct, id: string, secret: ISecret, hostedRotation: HostedRotation): void {
    new RotationSchedule(scope, id, {
      secret,
      hostedRotation,
      automaticallyAfter: this.props.settings.automaticallyAfter,
      rotateImmediatelyOnUpdate: false,
    });
  }

  /**
   * Each invocation ends with an error at once: AWS's code reads `SecretId` first, which the event lacks. It reads and
   * changes no secret.
   */
  private keepAwake(scope: Construct, idPrefix: string, functionNames: { [part: string]: string }): void {
    keepAwake(scope, {
      idPrefix,
      functions: `the rotation of ${stackPath(scope === this.master ? this.database : scope)}`,
      targets: Object.entries(functionNames).map(([part, resourceName]) => ({
        id: `${idPrefix}-${part}`,
        functionArn: Stack.of(scope).formatArn({
          service: 'lambda',
          resource: 'function',
          resourceName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      })),
    });
  }

  private get database(): Construct {
    return this.master.node.scope as Construct;
  }

  private functionName(scope: Construct, part: string): string {
    const name = uniqueName(scope, { maxLength: 45, separator: '-' }).toLowerCase();
    return `${name}-${part}`;
  }

  private functionOptions(functionName: string): SingleUserHostedRotationOptions {
    const { network } = this.props;
    return {
      functionName,
      vpc: network.vpc,
      vpcSubnets: network.subnets(SubnetTier.APPLICATION),
      securityGroups: [this.group],
    };
  }

  /** Allows the functions to reach only the server and Secrets Manager. Source: requirement A-25. */
  private createFunctionGroup(): SecurityGroup {
    const { network, securityGroup, port } = this.props;
    const databasePath = stackPath(this.database);
    const group = closedSecurityGroup(this.master, 'RotationGroup', {
      vpc: network.vpc,
      description: `Rotation of ${databasePath}`,
    });
    group.connections.allowTo(securityGroup, Port.tcp(port), 'Rotation of credentials');
    network.allowToAwsServices({
      client: group.connections,
      services: [InterfaceVpcEndpointAwsService.SECRETS_MANAGER],
      purpose: `the rotation of ${databasePath}`,
    });
    return group;
  }
}
