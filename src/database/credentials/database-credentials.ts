import { Names, type RemovalPolicy } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, type ISecurityGroup, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Credentials, DatabaseSecret, type DatabaseSecretProps } from 'aws-cdk-lib/aws-rds';
import {
  CfnRotationSchedule,
  type HostedRotation,
  type ISecret,
  type MultiUserHostedRotationOptions,
  RotationSchedule,
  type Secret,
  type SingleUserHostedRotationOptions,
} from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type ISecureVpc, SubnetTier } from '../../network';
import { closedSecurityGroup } from '../../network/closed-security-group';
import type { DatabaseServer } from '../server/database-server';
import type { CredentialRotation } from './credential-rotation';

/** AWS's hosted rotation functions for an engine. */
export interface RotationFunctions {
  /** Rotates the master user's own password. */
  readonly single: (options: SingleUserHostedRotationOptions) => HostedRotation;
  /** Alternates between two users of the application, with the master user's rights. */
  readonly multi: (options: MultiUserHostedRotationOptions) => HostedRotation;
}

/** What {@link DatabaseCredentials} are made from. */
export interface DatabaseCredentialsProps {
  /** Decides who keeps the master user's secret, RDS or this construct, and how often it changes. */
  readonly rotation: CredentialRotation;
  /** Of the engine; used only where users alternate. */
  readonly functions: RotationFunctions;
  /** Where the rotation functions run: in the application tier, as any client. */
  readonly network: ISecureVpc;
  /** The database's key, for every secret, RDS's own included. */
  readonly key: Key;
  /** Of the application's user, which the bootstrap statements create; not the master user's. */
  readonly userName: string;
  /** Written into the application's secret as `dbname`. */
  readonly databaseName: string;
  /** The one port on which the rotation functions reach the database. */
  readonly port: number;
  /** Of the database: it lets the rotation functions in. */
  readonly securityGroup: ISecurityGroup;
  /** For the secrets: a database that is kept is of no use without them. */
  readonly removalPolicy: RemovalPolicy;
}

/** Name of the master user: neither `admin` nor `postgres`, which are tried first (RDS.24, RDS.25). */
export const MASTER_USER = 'dbadmin';

/** The master user's secret, the application's, and what rotates them. */
export class DatabaseCredentials extends Construct {
  /** What the server is created with. */
  public readonly master: Credentials;
  /** The secret that the application gets; none where it signs in with its role. */
  public applicationSecret?: ISecret;
  private readonly masterSecret?: Secret;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseCredentialsProps,
  ) {
    super(scope, id);
    if (props.rotation._masterManaged) {
      this.master = Credentials.fromUsername(MASTER_USER, { encryptionKey: props.key });
    } else {
      this.masterSecret = this.createSecret('MasterSecret', { username: MASTER_USER });
      // The name in plain: a reference would look like another user when the kind of rotation changes, and RDS would replace the database.
      this.master = Credentials.fromSecret(this.masterSecret, MASTER_USER);
    }
  }

  /** Once the server stands: ties the secrets to it and has them rotated. */
  public rotate(server: DatabaseServer): void {
    if (this.props.rotation._masterManaged) {
      this.rotateManagedSecret(server);
    } else {
      this.alternateUsers(server);
    }
  }

  /** RDS rotates what it manages every 7 days; the schedule makes that the time that was asked for. No function is involved. */
  private rotateManagedSecret(server: DatabaseServer): void {
    new CfnRotationSchedule(this, 'ManagedRotation', {
      secretId: server.masterSecret.secretArn,
      rotationRules: { automaticallyAfterDays: this.props.rotation._every.toDays() },
      rotateImmediatelyOnUpdate: false,
    });
    this.applicationSecret = this.props.rotation._kind === 'managed' ? server.masterSecret : undefined;
  }

  /** The first rotation waits its time: until then somebody has to have created the application's user. */
  private alternateUsers(server: DatabaseServer): void {
    const { userName, databaseName, functions } = this.props;
    const secret = this.createSecret('ApplicationSecret', {
      username: userName,
      dbname: databaseName,
      masterSecret: this.masterSecret,
    });
    this.applicationSecret = secret.attach(server.attachmentTarget);
    const functionGroup = this.createFunctionGroup();
    this.schedule(
      'MasterRotation',
      server.masterSecret,
      functions.single(this.functionOptions('master', functionGroup)),
    );
    this.schedule(
      'ApplicationRotation',
      this.applicationSecret,
      functions.multi({
        ...this.functionOptions('application', functionGroup),
        masterSecret: server.masterSecret,
      }),
    );
  }

  private createSecret(id: string, props: DatabaseSecretProps): DatabaseSecret {
    const secret = new DatabaseSecret(this, id, { ...props, encryptionKey: this.props.key });
    secret.applyRemovalPolicy(this.props.removalPolicy);
    return secret;
  }

  private schedule(id: string, secret: ISecret, hostedRotation: HostedRotation): void {
    new RotationSchedule(this, id, {
      secret,
      hostedRotation,
      automaticallyAfter: this.props.rotation._every,
      rotateImmediatelyOnUpdate: false,
    });
  }

  private functionOptions(part: string, group: SecurityGroup): SingleUserHostedRotationOptions {
    const { network } = this.props;
    return {
      functionName: `${Names.uniqueResourceName(this, { maxLength: 45, separator: '-' }).toLowerCase()}-${part}`,
      vpc: network.vpc,
      vpcSubnets: network.subnets(SubnetTier.APPLICATION),
      securityGroups: [group],
    };
  }

  /** The functions reach the database and AWS, and nobody reaches them (requirement A-25). */
  private createFunctionGroup(): SecurityGroup {
    const { network, securityGroup, port } = this.props;
    const group = closedSecurityGroup(this, 'RotationGroup', {
      vpc: network.vpc,
      description: `Rotation of ${this.node.scope?.node.path}`,
    });
    group.connections.allowTo(securityGroup, Port.tcp(port), 'Rotation of credentials');
    network.allowToAwsServices({
      client: group.connections,
      services: [InterfaceVpcEndpointAwsService.SECRETS_MANAGER],
      purpose: `the rotation of ${this.node.scope?.node.path}`,
    });
    return group;
  }
}
