import { Tokenization } from 'aws-cdk-lib';
import { type Connections, type IConnectable, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import {
  type CfnTaskDefinition,
  type FargateTaskDefinition,
  LogDriver,
  type Secret as EcsSecret,
} from 'aws-cdk-lib/aws-ecs';
import type { ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { IBackingService, IBackingServiceClient, ServiceBinding } from '../../contracts';
import { sortedByName } from '../../contracts/sorted-by-name';
import { GrowingPolicy } from '../../iam/growing-policy';
import { withoutGrants } from '../../iam/without-grants';
import type { ISecureVpc } from '../../network';
import { closedSecurityGroup } from '../../network/security-groups/closed-security-group';
import { stackPath } from '../../text/stack-path';
import { ServiceSecret } from '../container/service-secret';
import { hardenedLinux, type WritableMemory } from '../container/task-container';
import { fargateDefinition } from './fargate-definition';
import type { ServiceTaskProps } from './service-task-props';
import { createExecutionPolicy, createExecutionRole, createTaskRole } from './task-permissions';
import { TaskSecrets } from './task-secrets';
import type { TaskSettings } from './task-settings';
import { APPLICATION } from './validate-task';

/** ECS accepts no longer name. */
const MAX_FAMILY = 255;

/** Purpose of a {@link OneOffTask}. All but the restriction are required. */
export interface OneOffTaskOptions {
  /** Suffix of the family, after the service's own: `-migration`. */
  readonly suffix: string;
  /** Database that the task signs in to, as one of its users. */
  readonly database: IBackingService;
  /** Secret variables, next to those of the database. */
  readonly secrets: ServiceSecret[];
  /**
   * True for a task in a closed security group and without a task role.
   *
   * The group reaches the database and the AWS services that start the task. The only role is one that signs in by IAM
   * authentication.
   * @default false - a task role, and the security groups of the service
   */
  readonly isolated?: boolean;
}

/** Service that a {@link OneOffTask} belongs to, as the task sees it. */
interface ServiceOfTask extends IConnectable {
  readonly taskDefinition: FargateTaskDefinition;
  readonly logGroup: ILogGroup;
  readonly secrets: { [variable: string]: ISecret };
}

/** Settings of the service that its tasks beside it share. */
interface SharedSettings
  extends Pick<TaskSettings, 'profile' | 'image' | 'port' | 'cpu' | 'memoryMiB' | 'arm64' | 'user'> {
  readonly writable: WritableMemory;
}

/** Properties of a {@link OneOffTask}: its purpose, and the service that it belongs to. */
export interface OneOffTaskProps extends OneOffTaskOptions {
  /** Service with the family, the log group, the security groups and the secrets that it has created. */
  readonly service: ServiceOfTask;
  /** Props of the service. */
  readonly props: Pick<ServiceTaskProps, 'environment' | 'ephemeralStorageGiB' | 'secrets' | 'secretsKey'> & {
    readonly network: ISecureVpc;
  };
  /** Settings of the service. */
  readonly settings: SharedSettings;
  /** Connections of the service to its backing services. */
  readonly bindings: ServiceBinding[];
}

/**
 * Task definition of a command that runs once in a release, with the service's image and variables.
 *
 * The family and the roles are its own. They read the secret of one database user and the secrets that are named, and
 * none of the service's.
 */
export class OneOffTask extends Construct implements IBackingServiceClient {
  public readonly connections: Connections;
  /** Family of the task definition. */
  public readonly family: string;
  /** Role that pulls the image, reads the secrets and writes logs. */
  public readonly executionRole: Role;
  /** Role of the command. An isolated task has none, unless it signs in by it. */
  public readonly taskRole?: Role;
  public readonly taskDefinition: FargateTaskDefinition;
  private readonly executionPolicy: ManagedPolicy;

  public constructor(
    scope: Construct,
    id: string,
    private readonly own: OneOffTaskProps,
  ) {
    super(scope, id);
    const { service, suffix, isolated, database } = own;
    this.connections = isolated ? this.createIsolation() : service.connections;
    this.family = `${service.taskDefinition.family.slice(0, MAX_FAMILY - suffix.length)}${suffix}`;
    const binding = database.bind(this);
    this.executionRole = createExecutionRole(this, stackPath(this));
    this.executionPolicy = this.createExecutionPolicy();
    this.taskRole = isolated && !binding.permissions ? undefined : createTaskRole(this, stackPath(this));
    this.taskDefinition = this.createTaskDefinition();
    this.addContainer(binding);
    this.permit(binding);
  }

  /** True where the task can reach the internet. */
  public get reachesInternet(): boolean {
    return this.own.props.network.reachesInternet;
  }

  /** True where the endpoints that the task reaches may admit strangers, for all that the library knows. */
  public get reachesStrangers(): boolean {
    return !this.own.props.network._ownEndpoints;
  }

  /** ARNs of the roles in the task definition. */
  public get roleArns(): string[] {
    return [...(this.taskRole ? [this.taskRole.roleArn] : []), this.executionRole.roleArn];
  }

  /** Group that reaches the AWS services that start the task. The database adds its own port. */
  private createIsolation(): Connections {
    const { network } = this.own.props;
    const { connections } = closedSecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: `Tasks of ${stackPath(this)}`,
    });
    network.allowToAwsServices({
      client: connections,
      services: [
        InterfaceVpcEndpointAwsService.ECR,
        InterfaceVpcEndpointAwsService.ECR_DOCKER,
        InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
        InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      ],
      purpose: `the start of ${stackPath(this)}`,
    });
    return connections;
  }

  private createExecutionPolicy(): ManagedPolicy {
    const { settings: { image: { repository } }, service: { logGroup } } = this.own;
    return createExecutionPolicy(this, {
      role: this.executionRole,
      logGroup,
      repositories: repository ? [repository] : [],
    });
  }

  private createTaskDefinition(): FargateTaskDefinition {
    const { settings, props: { ephemeralStorageGiB } } = this.own;
    const definition = fargateDefinition(this, settings, {
      family: this.family,
      ephemeralStorageGiB,
      executionRole: this.executionRole,
      // CDK makes a role where none is given.
      taskRole: this.taskRole ?? this.executionRole,
    });
    if (!this.taskRole) {
      (definition.node.defaultChild as CfnTaskDefinition).taskRoleArn = undefined;
    }
    definition.node.addDependency(this.executionPolicy);
    return definition;
  }

  private addContainer(binding: ServiceBinding): void {
    const { image, user, writable } = this.own.settings;
    const secrets = this.createSecrets(binding);
    withoutGrants([this.executionRole], () =>
      this.taskDefinition.addContainer(APPLICATION, {
        image: image.image,
        user,
        readonlyRootFilesystem: true,
        linuxParameters: hardenedLinux(this, 'Linux', [writable]),
        // ECS refuses a variable that is both plain and secret.
        environment: Object.fromEntries(this.variables(binding).filter(([name]) => !secrets.has(name))),
        secrets: Object.fromEntries(secrets),
        logging: LogDriver.awsLogs({ logGroup: this.own.service.logGroup, streamPrefix: APPLICATION }),
      }),
    );
  }

  /** Variables of the service, and those of the database for this user. */
  private variables({ environment }: ServiceBinding): Array<[string, string]> {
    const { settings, props, bindings } = this.own;
    return [
      ['PORT', Tokenization.stringifyNumber(settings.port)],
      ...Object.entries(sortedByName(props.environment)),
      ...bindings.flatMap((one) => Object.entries(one.environment)),
      ...Object.entries(environment),
    ];
  }

  private createSecrets(binding: ServiceBinding): Map<string, EcsSecret> {
    const { settings, props, secrets: own } = this.own;
    const secrets = new TaskSecrets(this, 'Secrets', {
      profile: settings.profile,
      policy: this.executionPolicy,
      service: stackPath(this),
      key: props.secretsKey,
    });
    const variables = new Map([
      ...binding.secrets.map((one) => [one.variable, secrets.ofBackingService(APPLICATION, one)] as const),
      ...own.map((one) => [one.variable, secrets.ofService(APPLICATION, this.shared(one))] as const),
    ]);
    this.reach(secrets);
    return variables;
  }

  /** A secret that the service has created is the same one here. */
  private shared(secret: ServiceSecret): ServiceSecret {
    const { service, props } = this.own;
    const created = props.secrets?.includes(secret) ? service.secrets[secret.variable] : undefined;
    return created ? ServiceSecret.fromSecret(secret.variable, created) : secret;
  }

  /** Opens the endpoints of the services that hold the secrets. Those of an isolated task are open. */
  private reach({ usesSecretsManager, usesParameterStore }: TaskSecrets): void {
    const { props: { network }, isolated } = this.own;
    const services = [
      ...(usesSecretsManager ? [InterfaceVpcEndpointAwsService.SECRETS_MANAGER] : []),
      ...(usesParameterStore ? [InterfaceVpcEndpointAwsService.SSM] : []),
    ];
    if (services.length > 0 && !isolated && !network.reachesInternet) {
      const purpose = `the secrets of ${stackPath(this)}`;
      network.allowToAwsServices({ client: this.connections, services, purpose });
    }
  }

  /** Lets the command sign in where that needs a permission, as IAM authentication does. */
  private permit({ permissions: statements = [] }: ServiceBinding): void {
    if (this.taskRole && statements.length > 0) {
      const policy = new GrowingPolicy(this, 'BackingServices', { role: this.taskRole, statements, prop: 'database' });
      this.taskDefinition.node.addDependency(policy);
    }
  }
}
