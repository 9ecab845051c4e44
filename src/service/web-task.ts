import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  Capability, ContainerDefinition, CpuArchitecture, FargateTaskDefinition, LinuxParameters, LogDriver, OperatingSystemFamily, Protocol, Secret as EcsSecret, TmpfsMountOption,
} from 'aws-cdk-lib/aws-ecs';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledgement/acknowledge';
import type { SecretVariable } from '../binding';
import type { EnvironmentProfile } from '../environment';
import { EncryptedLogGroup } from '../logging/encrypted-log-group';
import type { ResolvedImage } from './service-image';

/** What a {@link WebTask} is made from, all of it checked. */
export interface WebTaskProps {
  readonly image: ResolvedImage;
  readonly profile: EnvironmentProfile;
  readonly port: number;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly arm64: boolean;
  readonly user: string;
  readonly writablePaths: string[];
  readonly writableMiB: number;
  readonly environment: { [name: string]: string };
  readonly command?: string[];
  readonly healthCommand?: string[];
  readonly logGroupName?: string;
}

const MOUNT_OPTIONS = [TmpfsMountOption.RW, TmpfsMountOption.NOEXEC, TmpfsMountOption.NOSUID, TmpfsMountOption.NODEV];

/**
 * The task of a web service: its log group, its two roles, and one container that is not root, has no capabilities
 * and writes only to memory.
 */
export class WebTask extends Construct {
  public readonly logGroup: LogGroup;
  /** What starts the task: pulls the image, reads the secrets, writes the log. Closed. */
  public readonly executionRole: Role;
  /** What the application may do. Open for the team's own grants. */
  public readonly taskRole: Role;
  public readonly taskDefinition: FargateTaskDefinition;
  public readonly container: ContainerDefinition;
  private readonly executionPolicy: ManagedPolicy;
  private hasVariables = false;

  public constructor(scope: Construct, id: string, private readonly props: WebTaskProps) {
    super(scope, id);
    this.logGroup = new EncryptedLogGroup(this, 'Logs', { profile: props.profile, logGroupName: props.logGroupName }).logGroup;
    this.executionRole = new Role(this, 'ExecutionRole', {
      description: `Starts the tasks of ${scope.node.path}`, assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    this.executionPolicy = this.createExecutionPolicy();
    this.taskRole = this.createTaskRole();
    this.taskDefinition = this.createTaskDefinition();
    this.container = this.createContainer();
  }

  /** Hands a value that is no secret to the container. */
  public addVariable(name: string, value: string): void {
    this.setVariable(this.container, name, value);
  }

  /** Hands one field of a secret to the container: by ARN, so that no secret of another stack learns of this role. */
  public addSecret(variable: SecretVariable): void {
    const secret = Secret.fromSecretCompleteArn(this, `Secret-${variable.variable}`, variable.secretArn);
    this.container.addSecret(variable.variable, EcsSecret.fromSecretsManager(secret, variable.field));
    this.executionPolicy.addStatements(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [variable.secretArn] }));
    if (variable.keyArn) {
      this.executionPolicy.addStatements(new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [variable.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } },
      }));
    }
  }

  /** Lets the application use a store: by a managed policy, as IAMNoInlinePolicy asks. */
  public permit(statements: PolicyStatement[]): void {
    new ManagedPolicy(this, 'BackingServices', { roles: [this.taskRole], statements });
  }

  /** Only for tasks of this account, as AWS advises for task roles, so that nobody else's service can be made to borrow it. */
  private createTaskRole(): Role {
    return new Role(this, 'TaskRole', {
      description: `What the application of ${this.node.scope?.node.path} may do`,
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
    });
  }

  /** A managed policy instead of inline ones (IAMNoInlinePolicy), and the only one: the role is closed to CDK's grants. */
  private createExecutionPolicy(): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'ExecutionPolicy', {
      roles: [this.executionRole],
      statements: [new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] })],
    });
    const { repository } = this.props.image;
    if (repository) {
      policy.addStatements(
        new PolicyStatement({ actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'], resources: [repository.repositoryArn] }),
        new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
      );
      acknowledge(policy, 'AwsSolutions-IAM5[Resource::*]', 'ecr:GetAuthorizationToken knows no resource; what may be pulled is named in the statement before.');
    }
    return policy;
  }

  private createTaskDefinition(): FargateTaskDefinition {
    const definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: this.props.cpu,
      memoryLimitMiB: this.props.memoryMiB,
      executionRole: this.executionRole.withoutPolicyUpdates(),
      taskRole: this.taskRole,
      runtimePlatform: {
        cpuArchitecture: this.props.arm64 ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
    });
    definition.node.addDependency(this.executionPolicy);
    // The revision before stays active, so that a release or a person can go back to it; one that a failed deployment made does not.
    definition.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return definition;
  }

  private createContainer(): ContainerDefinition {
    const { props } = this;
    const container = this.taskDefinition.addContainer('web', {
      image: props.image.image,
      user: props.user,
      readonlyRootFilesystem: true,
      linuxParameters: this.linuxParameters(),
      command: props.command,
      healthCheck: props.healthCommand && { command: props.healthCommand },
      portMappings: [{ containerPort: props.port, protocol: Protocol.TCP }],
      logging: LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: 'web' }),
    });
    Object.entries(props.environment).forEach(([name, value]) => this.setVariable(container, name, value));
    return container;
  }

  private setVariable(container: ContainerDefinition, name: string, value: string): void {
    if (!this.hasVariables) {
      acknowledge(this.taskDefinition, 'AwsSolutions-ECS2', 'Plain environment variables hold names, ports and hosts; secrets are injected by ARN.');
    }
    this.hasVariables = true;
    container.addEnvironment(name, value);
  }

  /** Fargate gives bind mounts to root alone; memory is writable for whatever user the container has. */
  private linuxParameters(): LinuxParameters {
    const linux = new LinuxParameters(this, 'Linux', { initProcessEnabled: true });
    linux.dropCapabilities(Capability.ALL);
    this.props.writablePaths.forEach((containerPath) => linux.addTmpfs({ containerPath, size: this.props.writableMiB, mountOptions: MOUNT_OPTIONS }));
    return linux;
  }
}
