import { ArnFormat, type Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, type ISecurityGroup, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { DatabaseSecret } from 'aws-cdk-lib/aws-rds';
import {
  CfnRotationSchedule,
  type HostedRotation,
  type ISecret,
  type MultiUserHostedRotationOptions,
  RotationSchedule,
  type SingleUserHostedRotationOptions,
} from 'aws-cdk-lib/aws-secretsmanager';
import { keepAwake } from '../../functions/keep-awake';
import { type ISecureVpc, SubnetTier } from '../../network';
import { closedSecurityGroup } from '../../network/security-groups/closed-security-group';
import { stackPath, uniqueName } from '../../text/stack-path';
import type { DatabaseServer } from '../server/database-server';
import type { CredentialSettings } from './credential-rotation';
import type { MasterCredentials } from './master-credentials';

/** AWS's hosted rotation functions for an engine. */
export interface RotationFunctions {
  /** Rotates the password of the master user. */
  readonly single: (options: SingleUserHostedRotationOptions) => HostedRotation;
  /** Alternates between two users of the application, with the rights of the master user. */
  readonly multi: (options: MultiUserHostedRotationOptions) => HostedRotation;
}

/** Part of the credentials, each with a secret and a rotation function. */
type RotatedPart = 'master' | 'application';

/** Properties of {@link DatabaseCredentials}. All of them are required. */
export interface DatabaseCredentialsProps {
  /** Sign-in of applications and rotation interval. */
  readonly settings: CredentialSettings;
  /** Rotation functions of the engine, for alternating users. */
  readonly functions: RotationFunctions;
  /** Server that the secrets are attached to. */
  readonly server: DatabaseServer;
  /** Network of the rotation functions, which run in the application tier. */
  readonly network: ISecureVpc;
  /** Key of the database, which encrypts the secrets. */
  readonly key: Key;
  /** Application user, which the bootstrap statements create. */
  readonly userName: string;
  /** Name of the database, which the application's secret contains. */
  readonly databaseName: string;
  /** Port on which the rotation functions reach the server. */
  readonly port: number;
  /** Security group of the server. */
  readonly securityGroup: ISecurityGroup;
  /** Removal policy of the secrets, which a retained database needs. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Application credentials and the rotation of all secrets, created after the server.
 *
 * The resources are children of the master's credentials, because their logical ids contain that path.
 */
export class DatabaseCredentials {
  /** Application user. */
  public readonly userName: string;
  /** Secret of the application, undefined with IAM authentication. */
  public readonly secret?: ISecret;
  /** Time after which tasks that have read the secret are replaced. */
  public readonly replaceTasksEvery?: Duration;

  public constructor(
    private readonly scope: MasterCredentials,
    private readonly props: DatabaseCredentialsProps,
  ) {
    const { settings, server, userName } = props;
    this.userName = userName;
    this.replaceTasksEvery = settings.replaceTasksEvery;
    if (settings.managedByRds) {
      this.rotateManagedSecret();
      this.secret = settings.signIn === 'master-user' ? server.masterSecret : undefined;
    } else {
      this.secret = this.createApplicationSecret();
      this.rotateAlternatingUsers(this.secret);
    }
  }

  /** Sets the interval of RDS's own rotation, which is 7 days otherwise. No Lambda function is created. */
  private rotateManagedSecret(): void {
    const { settings, server } = this.props;
    new CfnRotationSchedule(this.scope, 'ManagedRotation', {
      secretId: server.masterSecret.secretArn,
      rotationRules: { automaticallyAfterDays: settings.automaticallyAfter.toDays() },
      rotateImmediatelyOnUpdate: false,
    });
  }

  private createApplicationSecret(): ISecret {
    const { userName, databaseName, key, removalPolicy, server } = this.props;
    const secret = new DatabaseSecret(this.scope, 'ApplicationSecret', {
      username: userName,
      dbname: databaseName,
      masterSecret: this.scope.secret,
      encryptionKey: key,
    });
    secret.applyRemovalPolicy(removalPolicy);
    return secret.attach(server.attachmentTarget);
  }

  private rotateAlternatingUsers(applicationSecret: ISecret): void {
    const { functions, server } = this.props;
    const group = this.createFunctionGroup();
    const { masterSecret } = server;
    this.schedule('MasterRotation', masterSecret, functions.single(this.functionOptions('master', group)));
    this.schedule(
      'ApplicationRotation',
      applicationSecret,
      functions.multi({ ...this.functionOptions('application', group), masterSecret }),
    );
    this.keepFunctionsAwake();
  }

  /** Schedules the first rotation after its interval, in which the bootstrap statements create the user. */
  private schedule(id: string, secret: ISecret, hostedRotation: HostedRotation): void {
    new RotationSchedule(this.scope, id, {
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
  private keepFunctionsAwake(): void {
    const target = (part: RotatedPart) => ({
      id: `RotationAwake-${part}`,
      functionArn: Stack.of(this.scope).formatArn({
        service: 'lambda',
        resource: 'function',
        resourceName: this.functionName(part),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    });
    keepAwake(this.scope, {
      idPrefix: 'RotationAwake',
      functions: `the rotation of ${stackPath(this.scope.node.scope!)}`,
      targets: [target('master'), target('application')],
    });
  }

  private functionName(part: RotatedPart): string {
    const name = uniqueName(this.scope, { maxLength: 45, separator: '-' }).toLowerCase();
    return `${name}-${part}`;
  }

  private functionOptions(part: RotatedPart, group: SecurityGroup): SingleUserHostedRotationOptions {
    const { network } = this.props;
    return {
      functionName: this.functionName(part),
      vpc: network.vpc,
      vpcSubnets: network.subnets(SubnetTier.APPLICATION),
      securityGroups: [group],
    };
  }

  /** Allows the functions to reach only the server and Secrets Manager. Source: requirement A-25. */
  private createFunctionGroup(): SecurityGroup {
    const { network, securityGroup, port } = this.props;
    const databasePath = stackPath(this.scope.node.scope!);
    const group = closedSecurityGroup(this.scope, 'RotationGroup', {
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
