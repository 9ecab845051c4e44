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
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import type { StepHold } from './rollout-plan';
import type { SmokeTestBinding } from './smoke-test-binding';

/** Properties of a {@link LifecycleHook}. All are checked. */
export interface LifecycleHookProps {
  /** Network whose application tier holds the function. */
  readonly network: ISecureVpc;
  /** Supplies the log retention of the function. */
  readonly profile: EnvironmentProfile;
  /** Cluster to which the function's permissions are narrowed. */
  readonly cluster: ICluster;
  /** Security group of the tasks, which the function calls. */
  readonly tasks: SecurityGroup;
  /** Task definition of the service. The command runs in its new revision. */
  readonly taskDefinition: TaskDefinition;
  /** Name of the container whose exit code decides. */
  readonly container: string;
  /** TCP port of the tasks, which the function calls. */
  readonly port: number;
  /** True where the tasks speak HTTPS on it. */
  readonly tls: boolean;
  /**
   * Steps at which the function holds the shift.
   * @default - the function only verifies
   */
  readonly hold?: StepHold;
}

/** Stage before every shift of production traffic, except in a rollback. CDK's enum lacks it. */
const STAGE = 'PRE_PRODUCTION_TRAFFIC_SHIFT' as DeploymentLifecycleStage;
/** Consecutive calls of ECS that may fail without a smoke test. */
const ATTEMPTS_WITHOUT_TEST = 3;
/** Time for the calls of ECS and the start of the function. */
const SPARE_SECONDS = 30;
/** Time after the planned end until ECS rolls back a deployment whose hook does not answer. */
const SPARE_MINUTES = 30;
/** Tag of the tasks that the function starts, as in `lambda/rollout-hook/ecs-command-tasks.ts`. */
const STARTED_BY = { key: 'prod-constructs:started-by', value: 'rollout-hook' };

/**
 * Lambda function that ECS calls before it shifts production traffic.
 *
 * It runs in the network, calls the new tasks on their port, and holds the shift at the steps that ECS doesn't have.
 * docs/adr/0004-verifying-green.md has the reasons.
 */
export class LifecycleHook extends Construct {
  public readonly handler: LambdaFunction;
  public readonly securityGroup: SecurityGroup;
  public readonly logGroup: LogGroup;
  private readonly policy: ManagedPolicy;
  private readonly invoker: Role;
  private smokeTest?: SmokeTestBinding;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: LifecycleHookProps,
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

  /** Adds the hook to a service. CDK's own role would have its policy too late for the first deployment. */
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

  /** Adds a smoke test of the new tasks. A stage of a pipeline may add it later than the service is created. */
  public verifyWith(smokeTest: SmokeTestBinding): void {
    const { tasks, port } = this.props;
    this.smokeTest = smokeTest;
    if (smokeTest.requests.length > 0) {
      this.securityGroup.connections.allowTo(tasks, Port.tcp(port), 'Verification of new versions');
    }
    if (smokeTest.command) {
      this.allowCommand();
    }
    (this.handler.node.defaultChild as CfnFunction).timeout = SPARE_SECONDS + smokeTest.roundSeconds;
  }

  private get firstSeconds(): number {
    return this.smokeTest?.maxDuration.toSeconds() ?? 0;
  }

  private get stepSeconds(): number {
    return this.props.hold?.time.toSeconds() ?? 0;
  }

  /** The network access is the API of ECS. A smoke test adds the tasks. */
  private createFunction(): ReturnType<typeof hardenedFunction> {
    const { network, profile } = this.props;
    const service = stackPath(this.node.scope!);
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
        'ECS calls it for one deployment at a time. A reservation would take from every other function of the ' +
        'account, and fails where the account has few.',
      noDeadLettersReason:
        'ECS waits for its answer, and rolls back the deployment without one, so no event can get lost.',
    });
  }

  /**
   * Plan of the hook, as `lambda/rollout-hook/plan.ts` reads it.
   *
   * It is part of the function and not of the service, so a new smoke test starts no deployment.
   */
  private plan(): string {
    const {
      props: { port, tls, hold, container },
      smokeTest,
    } = this;
    return Stack.of(this).toJsonString({
      port,
      tls: tls || undefined,
      steps: hold?.steps,
      stepSeconds: this.stepSeconds,
      verifySeconds: smokeTest?.verifySeconds ?? 0,
      attempts: smokeTest?.attempts ?? ATTEMPTS_WITHOUT_TEST,
      requests: smokeTest?.requests ?? [],
      command: smokeTest?.command && { container, ...smokeTest.command },
    });
  }

  /** Some of these reads don't carry the cluster, so the condition applies where it exists. */
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
      "Reads of ECS are narrowed to the cluster, because a deployment's ARN is not known beforehand. " +
        'Lambda needs its network interfaces unnamed, and the code is denied them.',
    );
  }

  /** Lets the function run the command in a task of the service, and that task call the new tasks. */
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
      new PolicyStatement({
        actions: ['ecs:TagResource'],
        resources: [started],
        conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
      }),
      new PolicyStatement({
        actions: ['ecs:StopTask'],
        resources: [started],
        conditions: { ...inCluster, StringEquals: { [`aws:ResourceTag/${STARTED_BY.key}`]: STARTED_BY.value } },
      }),
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

  /** Role with which ECS calls this function alone. */
  private createInvoker(): Role {
    const role = new Role(this, 'Invoker', {
      description: textFor('role', `Calls the rollout hook of ${stackPath(this.node.scope!)}`),
      assumedBy: new ServicePrincipal('ecs.amazonaws.com'),
    });
    new ManagedPolicy(this, 'InvokerPolicy', {
      roles: [role],
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.handler.functionArn] })],
    });
    return role;
  }
}
