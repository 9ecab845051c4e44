import { Duration } from 'aws-cdk-lib';
import { EcsDeploymentConfig, type IEcsDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import { DeploymentStrategy } from 'aws-cdk-lib/aws-ecs';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { bindPlan, type RolloutBinding, type RolloutContext } from './rollout-binding';
import type { RolloutPlan } from './rollout-plan';
import { shapeOfSteps } from './rollout-steps';
import { checkPlan } from './validate-rollout';

/** Properties of {@link Rollout.blueGreen}. None is required. */
export interface BlueGreenProps {
  /**
   * Time for which both versions run after the switch, 0 to 1440 whole minutes. A rollback within it only changes
   * the weights of the listener rule.
   * @default Duration.minutes(10) - the time in which document A monitors closely; it keeps the old version for 30
   */
  readonly bakeTime?: Duration;
}

/** Properties of {@link Rollout.canary}. None is required. */
export interface CanaryProps extends BlueGreenProps {
  /**
   * Share of the traffic that the new version gets first, 0.1 to 99.9 percent in tenths.
   * @default 10
   */
  readonly percent?: number;
  /**
   * Time for which the new version keeps that share, 0 to 1440 whole minutes.
   * @default Duration.minutes(5) - requirement C-18
   */
  readonly stepBakeTime?: Duration;
}

/** Properties of {@link Rollout.linear}. None is required. */
export interface LinearProps extends BlueGreenProps {
  /**
   * Share of the traffic that each step adds to the new version, 3 to 100 percent in tenths.
   * @default 10
   */
  readonly stepPercent?: number;
  /**
   * Time at each step, 0 to 1440 whole minutes.
   * @default Duration.minutes(1) - requirements B-07 and B-09
   */
  readonly stepBakeTime?: Duration;
}

/** Properties of {@link Rollout.steps}. None is required. */
export interface StepsProps extends BlueGreenProps {
  /**
   * Time at each step but the last, 0 to 1440 whole minutes.
   *
   * The limit is 1380 minutes for steps that ECS doesn't perform itself.
   * @default Duration.minutes(1) - requirement B-07; requirement C-18 asks for five
   */
  readonly stepBakeTime?: Duration;
}

/** Properties of {@link Rollout.codeDeploy}. None is required. */
export interface CodeDeployProps {
  /**
   * Deployment configuration of CodeDeploy, which decides how traffic shifts.
   *
   * It is one that CodeDeploy predefines, or a new `EcsDeploymentConfig` with `TrafficRouting.timeBasedLinear`,
   * `.timeBasedCanary` or `.allAtOnce`.
   * @default EcsDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTES - requirement B-09
   */
  readonly deploymentConfig?: IEcsDeploymentConfig;
  /**
   * Time for which the old tasks are kept after the shift, 0 to 2880 whole minutes. A rollback within it needs no new
   * tasks.
   * @default Duration.minutes(30) - requirement A-11
   */
  readonly terminationWaitTime?: Duration;
  /**
   * Lambda functions that an AppSpec names as hooks. CodeDeploy may call these and no others.
   *
   * Each function reports its result by `codedeploy:PutLifecycleEventHookExecutionStatus`, for which its own role needs
   * the permission. An alias and a version are functions of their own.
   * @default - CodeDeploy may call no function
   */
  readonly hookFunctions?: IFunction[];
  /**
   * Bucket from which CodeDeploy may read AppSpec files, and whose key it may decrypt with.
   * @default - each deployment brings its AppSpec in the call
   */
  readonly revisionBucket?: IBucket;
  /**
   * Number of Availability Zones that the template of the service names, the first ones of the network.
   *
   * AWS refuses a change of the subnets of such a service. Before the network gets a further zone, give the number of
   * zones that it has had. New tasks reach the further zone by the `NetworkConfiguration` of the AppSpec.
   * @default - all zones of the network
   */
  readonly availabilityZoneCount?: number;
}

const DEFAULT_BAKE_TIME = Duration.minutes(10);
const DEFAULT_STEP_BAKE_TIME = Duration.minutes(1);

/**
 * Rollout strategy: how a new version replaces the running one, and how long both run.
 *
 * A service checks its strategy when it is created. Steps, shares and times out of range are refused there.
 *
 * @example
 * new ProductionWebService(this, 'Api', {
 *   network,
 *   image,
 *   certificate,
 *   rollout: Rollout.canary({ percent: 5, stepBakeTime: Duration.minutes(15) }),
 * });
 */
export class Rollout {
  /**
   * Blue/green: all traffic shifts at once, after the tasks of the new version are healthy.
   *
   * @example
   * const rollout = Rollout.blueGreen({ bakeTime: Duration.minutes(30) });
   */
  public static blueGreen(props: BlueGreenProps = {}): Rollout {
    return new Rollout({ strategy: DeploymentStrategy.BLUE_GREEN, bakeTime: props.bakeTime ?? DEFAULT_BAKE_TIME });
  }

  /**
   * Canary: one share of the traffic first, then the rest.
   *
   * @example
   * const rollout = Rollout.canary({ percent: 5 });
   */
  public static canary(props: CanaryProps = {}): Rollout {
    return new Rollout({
      strategy: DeploymentStrategy.CANARY,
      bakeTime: props.bakeTime ?? DEFAULT_BAKE_TIME,
      shift: { stepPercent: props.percent ?? 10, stepBakeTime: props.stepBakeTime ?? Duration.minutes(5) },
    });
  }

  /**
   * Linear: equal steps up to all of the traffic.
   *
   * @example
   * const rollout = Rollout.linear({ stepPercent: 20, stepBakeTime: Duration.minutes(5) });
   */
  public static linear(props: LinearProps = {}): Rollout {
    return new Rollout({
      strategy: DeploymentStrategy.LINEAR,
      bakeTime: props.bakeTime ?? DEFAULT_BAKE_TIME,
      shift: { stepPercent: props.stepPercent ?? 10, stepBakeTime: props.stepBakeTime ?? DEFAULT_STEP_BAKE_TIME },
    });
  }

  /**
   * Steps at percentages of your choice.
   *
   * Percentages rise, have at most one decimal, and end in 100. ECS performs `[100]` as blue/green, `[10, 100]` as a
   * canary and equal steps as linear. For other steps, the service gets a Lambda function that holds the shift. Those
   * steps must be multiples of one share of at least 3 percent. Source: requirements B-07 and C-18.
   *
   * @param percentages share of the new version at each step
   *
   * @example
   * const rollout = Rollout.steps([10, 20, 50, 70, 100], { stepBakeTime: Duration.minutes(5) });
   */
  public static steps(percentages: number[], props: StepsProps = {}): Rollout {
    const { strategy, stepPercent, heldAt } = shapeOfSteps(percentages);
    const time = props.stepBakeTime ?? DEFAULT_STEP_BAKE_TIME;
    return new Rollout({
      strategy: DeploymentStrategy[strategy],
      bakeTime: props.bakeTime ?? DEFAULT_BAKE_TIME,
      shift: strategy === 'BLUE_GREEN' ? undefined : { stepPercent, stepBakeTime: time },
      steps: percentages,
      heldAt,
    });
  }

  /**
   * Rolling: tasks are replaced one by one, in the target group that serves.
   *
   * It costs no second set of tasks. Users may reach a bad version before it is rolled back, so it suits services where
   * that is acceptable. Source: requirement E-14.
   *
   * @example
   * const rollout = Rollout.rolling();
   */
  public static rolling(): Rollout {
    return new Rollout({ strategy: DeploymentStrategy.ROLLING });
  }

  /**
   * Deployments by CodeDeploy. Prefer the other strategies where no requirement asks for CodeDeploy.
   *
   * CodeDeploy supports no lifecycle hooks, no steps of your choice and no circuit breaker. The service needs a
   * dedicated load balancer. `cdk deploy` never deploys a new version; a CodeDeploy deployment does. Source:
   * requirement B-09.
   *
   * @example
   * const rollout = Rollout.codeDeploy({ terminationWaitTime: Duration.hours(1) });
   */
  public static codeDeploy(props: CodeDeployProps = {}): Rollout {
    return new Rollout({
      codeDeploy: {
        deploymentConfig: props.deploymentConfig ?? EcsDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTES,
        terminationWaitTime: props.terminationWaitTime ?? Duration.minutes(30),
        hookFunctions: props.hookFunctions ?? [],
        revisionBucket: props.revisionBucket,
        availabilityZoneCount: props.availabilityZoneCount,
      },
    });
  }

  private constructor(private readonly plan: RolloutPlan) {}

  /**
   * Checks the strategy for a service and returns the settings of the service.
   * @internal
   */
  public _bind(scope: IConstruct, context: RolloutContext): RolloutBinding {
    checkPlan(scope, this.plan);
    return bindPlan(this.plan, context);
  }
}
