import { Aws, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AppProtocol,
  type ContainerDefinition,
  ContainerDependencyCondition,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  LogDrivers,
  OperatingSystemFamily,
  Protocol,
} from 'aws-cdk-lib/aws-ecs';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import type { SecretVariable } from '../../contracts';
import type { EnvironmentProfile } from '../../environment';
import { sourceAccount } from '../../iam/source-account';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';
import type { ServiceSecret } from '../container/service-secret';
import {
  addContainer,
  copyFolders,
  hardenedLinux,
  type TaskContainer,
  type WritableMemory,
} from '../container/task-container';
import type { ResolvedImage } from '../image/service-image';
import type { TracingParts } from '../tracing/tracing-config';
import { TaskSecrets } from './task-secrets';
import { APPLICATION } from './validate-task';

/** What a {@link WebTask} is made from, all of it checked. */
export interface WebTaskProps {
  /** Of the application's container; those beside it bring their own. */
  readonly image: ResolvedImage;
  /** Answers how long logs are kept, and what remains of the secrets made here. */
  readonly profile: EnvironmentProfile;
  /** TCP port on which the application listens, 1 to 65535. */
  readonly port: number;
  /**
   * Name of the port's mapping, where other services find it by name.
   * @default - the mapping has no name: nobody calls by Service Connect
   */
  readonly portName?: string;
  /** Units of 1/1024 vCPU, a size of Fargate. */
  readonly cpu: number;
  /** Of the whole task, with all containers and writable memory. */
  readonly memoryMiB: number;
  /** Whether it runs on Graviton, for which every image has to be built. */
  readonly arm64: boolean;
  /** Numeric, `uid:gid`, not 0. */
  readonly user: string;
  /** All that the application may write to; with sessions also the paths of their agent. */
  readonly writable: WritableMemory[];
  /** From SIGTERM to SIGKILL, 1 to 120 seconds, for every container of the task. */
  readonly stopTimeout: Duration;
  /** Nothing secret; it wins over variables that tracing sets. */
  readonly environment: { [name: string]: string };
  /** For the application's container; each container beside it has its own. */
  readonly secrets: ServiceSecret[];
  /** Containers beside the application, each with its image. */
  readonly beside: Array<{ readonly container: TaskContainer; readonly image: ResolvedImage }>;
  /**
   * What the agent of the traces needs in task and role.
   * @default - the task sends no traces
   */
  readonly tracing?: TracingParts;
  /**
   * Replaces what the image would run.
   * @default - that of the image
   */
  readonly command?: string[];
  /**
   * Run inside the container every 30 s.
   * @default - ECS goes by the load balancer alone
   */
  readonly healthCommand?: string[];
  /**
   * Physical name, where a document fixes it.
   * @default - one that CloudFormation makes up
   */
  readonly logGroupName?: string;
}

/**
 * The task of a web service: its log group, its two roles, its secrets, and containers that are not root, have no capabilities
 * and write only to memory.
 */
export class WebTask extends Construct {
  public readonly logGroup: LogGroup;
  /** What starts the task: pulls the image, reads the secrets, writes the log. Closed. */
  public readonly executionRole: Role;
  /** What the application may do. Open for the team's own grants. */
  public readonly taskRole: Role;
  public readonly taskDefinition: FargateTaskDefinition;
  public readonly container: ContainerDefinition;
  public readonly secrets: TaskSecrets;
  private readonly executionPolicy: ManagedPolicy;
  private readonly tracingPolicy?: ManagedPolicy;
  private hasVariables = false;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: WebTaskProps,
  ) {
    super(scope, id);
    this.logGroup = new EncryptedLogGroup(this, 'Logs', {
      profile: props.profile,
      logGroupName: props.logGroupName,
    }).logGroup;
    this.executionRole = new Role(this, 'ExecutionRole', {
      description: `Starts the tasks of ${scope.node.path}`,
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    this.executionPolicy = this.createExecutionPolicy();
    this.taskRole = this.createTaskRole();
    this.tracingPolicy = this.allowTracing();
    this.secrets = new TaskSecrets(this, 'Secrets', {
      profile: props.profile,
      policy: this.executionPolicy,
      service: scope.node.path,
    });
    this.taskDefinition = this.createTaskDefinition();
    // A log router stands before what it serves, or CDK adds one of its own that follows the newest image.
    this.addBeside((container) => container.logRouter !== undefined);
    this.container = this.createContainer();
    this.taskDefinition.defaultContainer = this.container;
    this.addBeside((container) => container.logRouter === undefined);
  }

  /** Hands a value that is no secret to the container. */
  public addVariable(name: string, value: string): void {
    this.setVariable(this.container, name, value);
  }

  /** Hands one field of a backing service's secret to the container. */
  public addSecret(variable: SecretVariable): void {
    this.container.addSecret(variable.variable, this.secrets.ofBackingService(APPLICATION, variable));
  }

  /** Lets the application use a store: by a managed policy, as IAMNoInlinePolicy asks. */
  public permit(statements: PolicyStatement[]): void {
    this.taskDefinition.node.addDependency(
      new ManagedPolicy(this, 'BackingServices', { roles: [this.taskRole], statements }),
    );
  }

  /** Only for tasks of this account, as AWS advises for task roles, so that nobody else's service can be made to borrow it. */
  private createTaskRole(): Role {
    return new Role(this, 'TaskRole', {
      description: `What the application of ${this.node.scope?.node.path} may do`,
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: sourceAccount(Aws.ACCOUNT_ID),
      }),
    });
  }

  /** A managed policy instead of inline ones (IAMNoInlinePolicy), and the only one: the role is closed to CDK's grants. */
  private createExecutionPolicy(): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'ExecutionPolicy', {
      roles: [this.executionRole],
      statements: [
        new PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [this.logGroup.logGroupArn],
        }),
      ],
    });
    const images = [this.props.image, ...this.props.beside.map(({ image }) => image)];
    const repositories = [...new Set(images.flatMap(({ repository }) => repository ?? []))];
    if (repositories.length > 0) {
      policy.addStatements(
        new PolicyStatement({
          actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
          resources: repositories.map(({ repositoryArn }) => repositoryArn),
        }),
        new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
      );
      acknowledge(
        policy,
        'AwsSolutions-IAM5[Resource::*]',
        'ecr:GetAuthorizationToken knows no resource; what may be pulled is named in the statement before.',
      );
    }
    return policy;
  }

  /** A managed policy of its own, so that the task role keeps no inline one until the team grants something. */
  private allowTracing(): ManagedPolicy | undefined {
    const { tracing } = this.props;
    if (!tracing || tracing.statements.length === 0) {
      return undefined;
    }
    const policy = new ManagedPolicy(this, 'TracingPolicy', { roles: [this.taskRole], statements: tracing.statements });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Traces and sampling rules of X-Ray are no resources: their calls know none.',
    );
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
    // Roles come before their policies: without this the first tasks could start with neither.
    definition.node.addDependency(this.executionPolicy, ...(this.tracingPolicy ? [this.tracingPolicy] : []));
    // The revision before stays active, so that a release or a person can go back to it; one that a failed deployment made does not.
    definition.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return definition;
  }

  private createContainer(): ContainerDefinition {
    const { props } = this;
    const container = this.taskDefinition.addContainer(APPLICATION, {
      image: props.image.image,
      user: props.user,
      readonlyRootFilesystem: true,
      linuxParameters: hardenedLinux(this, 'Linux', props.writable),
      command: props.command,
      stopTimeout: props.stopTimeout,
      healthCheck: props.healthCommand && { command: props.healthCommand },
      portMappings: [
        {
          containerPort: props.port,
          protocol: Protocol.TCP,
          ...(props.portName && { name: props.portName, appProtocol: AppProtocol.http }),
        },
      ],
      dockerLabels: props.tracing?.labels,
      logging: this.applicationLog(),
    });
    Object.entries({ ...props.tracing?.environment, ...props.environment }).forEach(([name, value]) =>
      this.setVariable(container, name, value),
    );
    props.secrets.forEach((secret) =>
      container.addSecret(secret.variable, this.secrets.ofService(APPLICATION, secret)),
    );
    return container;
  }

  private applicationLog(): LogDriver {
    const log = this.props.tracing?.log;
    if (!log) {
      return this.logStream(APPLICATION);
    }
    return LogDrivers.firelens({
      options: log.options,
      secretOptions: { [log.secretOption]: this.secrets.ofService('log', log.secret) },
    });
  }

  private logStream(container: string): LogDriver {
    return LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: container });
  }

  private addBeside(which: (container: TaskContainer) => boolean): void {
    this.props.beside
      .filter(({ container }) => which(container))
      .forEach(({ container, image: { image } }) => {
        const { stopTimeout } = this.props;
        const shared = { image, stopTimeout, logging: this.logStream(container.name) };
        const added = addContainer(this.taskDefinition, container, shared);
        container.secrets.forEach((secret) =>
          added.addSecret(secret.variable, this.secrets.ofService(container.name, secret)),
        );
        if (Object.keys(container.environment).length > 0) {
          this.acknowledgeVariables();
        }
        if (container.copiedPaths) {
          const copier = copyFolders(this.taskDefinition, container, shared);
          added.addContainerDependencies({ container: copier, condition: ContainerDependencyCondition.SUCCESS });
        }
      });
  }

  private setVariable(container: ContainerDefinition, name: string, value: string): void {
    this.acknowledgeVariables();
    container.addEnvironment(name, value);
  }

  private acknowledgeVariables(): void {
    if (!this.hasVariables) {
      acknowledge(
        this.taskDefinition,
        'AwsSolutions-ECS2',
        'Plain environment variables hold names, ports and hosts; secrets are injected by ARN.',
      );
    }
    this.hasVariables = true;
  }
}
