import { Duration } from 'aws-cdk-lib';
import type { IEcsDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import { DeploymentStrategy, type TrafficShiftConfig } from 'aws-cdk-lib/aws-ecs';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** Steps at which the lifecycle hook holds the shift, because ECS doesn't have them. */
export interface StepHold {
  /** Percent of traffic at each step, rising, without the last step of 100. */
  readonly steps: number[];
  /** Time at each step, 0 to 1380 whole minutes. ECS ends a hook after 24 hours. */
  readonly time: Duration;
}

/** Settings of a CodeDeploy deployment. */
export interface CodeDeploySettings {
  /** Schedule by which CodeDeploy shifts traffic. */
  readonly deploymentConfig: IEcsDeploymentConfig;
  /** Time for which the old tasks are kept after the shift, 0 to 2880 whole minutes. */
  readonly terminationWaitTime: Duration;
  /** Functions that CodeDeploy calls as hooks of a deployment. */
  readonly hookFunctions: IFunction[];
  /**
   * Bucket from which CodeDeploy reads AppSpec files.
   * @default - deployments bring their AppSpec
   */
  readonly revisionBucket?: IBucket;
  /**
   * Number of zones, the first ones, whose subnets the template of the service names.
   * @default - all zones of the network
   */
  readonly availabilityZoneCount?: number;
}

/** Plan of a rollout: what the caller chose, with defaults, before it is checked. */
export interface RolloutPlan {
  /**
   * Deployment strategy of ECS.
   * @default - CodeDeploy deploys
   */
  readonly strategy?: DeploymentStrategy;
  /**
   * Time for which both versions run after the shift.
   * @default - the strategy has no bake time
   */
  readonly bakeTime?: Duration;
  /**
   * Step size and step time of a canary or linear shift.
   * @default - all traffic shifts at once
   */
  readonly shift?: Required<TrafficShiftConfig>;
  /**
   * Steps as the caller wrote them.
   * @default - the caller chose another schedule than `Rollout.steps`
   */
  readonly steps?: number[];
  /**
   * Percent of traffic at each step at which the hook holds the shift, without the last step of 100.
   * @default - ECS has all steps itself
   */
  readonly heldAt?: number[];
  /**
   * Settings of CodeDeploy.
   * @default - ECS deploys
   */
  readonly codeDeploy?: CodeDeploySettings;
}

/** Steps of a plan at which the hook holds the shift. */
export function holdOf({ heldAt, shift }: RolloutPlan): StepHold | undefined {
  return heldAt && shift && { steps: heldAt, time: shift.stepBakeTime };
}

/** Number of steps before the last one. The bake time begins after the last step. */
export function stepsBeforeBake({ strategy, shift, heldAt }: RolloutPlan): number {
  if (heldAt || !shift) {
    return heldAt?.length ?? 0;
  }
  return strategy === DeploymentStrategy.CANARY ? 1 : Math.ceil(100 / shift.stepPercent) - 1;
}

/** Time of all steps and the bake of a checked plan. CodeDeploy's own time is not known. */
export function plannedTime(plan: RolloutPlan): Duration {
  const { bakeTime = Duration.minutes(0), shift } = plan;
  return shift ? bakeTime.plus(Duration.minutes(stepsBeforeBake(plan) * shift.stepBakeTime.toMinutes())) : bakeTime;
}
