import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  type CfnService,
  DeploymentLifecycleLambdaTarget,
  type DeploymentLifecycleStage,
  type FargateService,
  type ICluster,
  type TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../compliance/acknowledge';
import type { EnvironmentProfile } from '../../environment';
import { hardenedFunction } from '../../functions/hardened-function';
import type { ISecureVpc } from '../../network';
import type { StepHold } from './rollout';
import type { SmokeTest } from './smoke-test';

/** What a {@link RolloutHook} is made from, all of it checked. */
export interface RolloutHookProps {
  /** The function runs in its application tier. */
  readonly network: ISecureVpc;
  /** Answers how long the function's log is kept. */
  readonly profile: EnvironmentProfile;
  /** Narrows what the function may read of ECS. */
  readonly cluster: ICluster;
  /** The group of the tasks, which the hook asks. */
  readonly tasks: SecurityGroup;
  /** What its command runs in: the service's own, of the revision that takes over. */
  readonly taskDefinition: TaskDefinition;
  /** What passes its exit code on, by name. */
  readonly container: string;
  /** The port on which it asks them. */
  readonly port: number;
  /**
   * Where it holds the shift, when ECS alone can't.
   * @default - it never holds: it only verifies
   */
  readonly hold?: StepHold;
}

/** Before every shift of production traffic, and never on the way back. CDK's list of stages lacks it. */
const STAGE = 'PRE_PRODUCTION_TRAFFIC_SHIFT' as DeploymentLifecycleStage;
/** Failing calls of ECS in a row while it only holds. */
const ATTEMPTS_WITHOUT_TEST = 3;
/** For the calls of ECS and the start of the function. */
const SPARE_SECONDS = 30;
/** How long after the planned end ECS takes back a deployment whose hook does not answer. */
const SPARE_MINUTES = 30;

/**
 * A function inside the network that ECS asks before it shifts production traffic. It asks the new tasks themselves, on their port, and
 * holds at the steps that ECS doesn't have (docs/adr/0004-verifying-green.md).
 */
export class RolloutHook extends Construct {
  public readonly handler: LambdaFunction;
  public readonly securityGroup: SecurityGroup;
  public readonly logGroup: LogGroup;
  private readonly policy: ManagedPolicy;
  private readonly invoker: Role;
  private smokeTest?: SmokeTest;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: RolloutHookProps,
  ) {
    super(scope, id);
    const { handler, logGroup, policy, securityGroup } = this.createFunction();
    this.handler = handler;
    this.logGroup = logGroup;
    this.policy = policy;
    this.securityGroup = securityGroup!;
    this.acknowledgeReads();
    this.invoker = this.createInvoker();
  }

  /** Makes the service ask. The role is given, because the policy of CDK's own would come too late for the first deployment. */
  public attach(service: FargateService): void {
    service.addLifecycleHook(
      new DeploymentLifecycleLambdaTarget(this.handler, 'RolloutHook', {
        role: this.invoker,
        lifecycleStages: [STAGE],
      }),
    );
    (service.node.defaultChild as CfnService).addPropertyOverride(
      'DeploymentConfiguration.LifecycleHooks.0.TimeoutConfiguration',
      {
        TimeoutInMinutes: Lazy.number({
          produce: () => Math.ceil(Math.max(this.firstSeconds, this.stepSeconds) / 60) + SPARE_MINUTES,
        }),
        Action: 'ROLLBACK',
      },
    );
  }

  /** Makes it ask the new tasks. The service or a stage of its pipeline says what, so it may be told after it was made. */
  public verifyWith(smokeTest: SmokeTest): void {
    const { tasks, port } = this.props;
    this.smokeTest = smokeTest;
    if (smokeTest._requests.length > 0) {
      this.securityGroup.connections.allowTo(tasks, Port.tcp(port), 'Verification of new versions');
    }
    if (smokeTest._command) {
      this.allowCommand();
    }
    (this.handler.node.defaultChild as CfnFunction).timeout = SPARE_SECONDS + smokeTest._roundSeconds;
  }

  private get firstSeconds(): number {
    return this.smokeTest?._longestSeconds ?? 0;
  }

  private get stepSeconds(): number {
    return this.props.hold?.time.toSeconds() ?? 0;
  }

  /** Its network reaches the API of ECS alone; the tasks are added where they are asked. */
  private createFunction(): ReturnType<typeof hardenedFunction> {
    const { network, profile } = this.props;
    const service = this.node.scope?.node.path;
    return hardenedFunction(this, {
      lambda: 'rollout-hook',
      description: `Decides how far a rollout of ${service} may go`,
      roleDescription: `Runs the rollout hook of ${service}`,
      timeout: Duration.seconds(SPARE_SECONDS),
      environment: { ROLLOUT_PLAN: Lazy.string({ produce: () => this.plan() }) },
      profile,
      statements: (required) => [this.readsOfEcs(), ...required],
      network: {
        network,
        services: [InterfaceVpcEndpointAwsService.ECS],
        securityGroupDescription: `Rollout hook of ${service}`,
        purpose: `the rollout hook of ${service}`,
      },
      noConcurrencyReason:
        'ECS calls it for one deployment at a time; a reservation would take from every other function of the account, and fails where the account has few.',
      noDeadLettersReason:
        'ECS waits for its answer and takes the deployment back without one: there is no event that could get lost.',
    });
  }

  /** As `lambda/rollout-hook/plan.ts` reads it. In the function, not in the service: a new test starts no rollout. */
  private plan(): string {
    const {
      props: { port, hold, container },
      smokeTest,
    } = this;
    return Stack.of(this).toJsonString({
      port,
      steps: hold?.steps,
      stepSeconds: this.stepSeconds,
      verifySeconds: smokeTest?._verifySeconds ?? 0,
      attempts: smokeTest?._attempts ?? ATTEMPTS_WITHOUT_TEST,
      requests: smokeTest?._requests ?? [],
      command: smokeTest?._command && { container, ...smokeTest._command },
    });
  }

  /** ECS narrows these reads to the cluster where it knows it. */
  private readsOfEcs(): PolicyStatement {
    return new PolicyStatement({
      actions: ['ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions', 'ecs:DescribeTasks', 'ecs:ListTasks'],
      resources: ['*'],
      conditions: { ArnEqualsIfExists: { 'ecs:cluster': this.props.cluster.clusterArn } },
    });
  }

  private acknowledgeReads(): void {
    acknowledge(
      this.policy,
      'AwsSolutions-IAM5[Resource::*]',
      "Reads of ECS are narrowed to the cluster, where a deployment's ARN is not known beforehand; Lambda needs its network interfaces unnamed, and the code is denied them.",
    );
  }

  /** One task of this service's family at a time, with its own two roles; and the way from it to the new tasks, which have the same group. */
  private allowCommand(): void {
    const {
      tasks,
      port,
      cluster,
      taskDefinition: { family, taskRole, executionRole },
    } = this.props;
    const stack = Stack.of(this);
    const revisions = stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${family}:*` });
    const started = stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
    const inCluster = { ArnEquals: { 'ecs:cluster': cluster.clusterArn } };
    this.policy.addStatements(
      new PolicyStatement({ actions: ['ecs:RunTask'], resources: [revisions], conditions: inCluster }),
      new PolicyStatement({ actions: ['ecs:StopTask'], resources: [started], conditions: inCluster }),
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [taskRole.roleArn, executionRole!.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    );
    [revisions, started].forEach((arn) =>
      acknowledgeWildcard(
        this.policy,
        arn,
        'ECS names revisions and tasks itself, below the family and the cluster that are known.',
      ),
    );
    tasks.connections.allowInternally(Port.tcp(port), 'Smoke tests of new versions');
  }

  /** What ECS becomes to call the function: this function, nothing else. */
  private createInvoker(): Role {
    const role = new Role(this, 'Invoker', {
      description: `Calls the rollout hook of ${this.node.scope?.node.path}`,
      assumedBy: new ServicePrincipal('ecs.amazonaws.com'),
    });
    new ManagedPolicy(this, 'InvokerPolicy', {
      roles: [role],
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.handler.functionArn] })],
    });
    return role;
  }
}
