import { Duration } from 'aws-cdk-lib';
import {
  AlarmBehavior,
  DeploymentControllerType,
  DeploymentStrategy,
  type FargateServiceProps,
} from 'aws-cdk-lib/aws-ecs';
import { DeploymentEngine } from '../../contracts';
import { type CodeDeploySettings, holdOf, plannedTime, type RolloutPlan, type StepHold } from './rollout-plan';

/** Service that a `Rollout` is bound to. */
export interface RolloutContext {
  /** Names of the alarms that roll back a deployment. The list may be lazy. */
  readonly alarmNames: string[];
}

/** Settings of a checked rollout, for one service. */
export interface RolloutBinding {
  /** Deployment engine. ROLLING replaces tasks behind the group that serves, the others shift to a second group. */
  readonly engine: DeploymentEngine;
  /** Properties of the ECS service that control its deployments. */
  readonly deployment: Partial<FargateServiceProps>;
  /**
   * Steps at which the lifecycle hook holds the shift.
   * @default - the service needs no hook for its steps
   */
  readonly hold?: StepHold;
  /**
   * Settings of CodeDeploy.
   * @default - ECS deploys
   */
  readonly codeDeploy?: CodeDeploySettings;
  /** Longest planned duration of a deployment: all steps and the bake. CodeDeploy's own time is not known. */
  readonly maxDuration: Duration;
}

/** Settings that a checked plan gives to a service. */
export function bindPlan(plan: RolloutPlan, { alarmNames }: RolloutContext): RolloutBinding {
  const { strategy, codeDeploy } = plan;
  return {
    engine: engineOf(strategy),
    deployment: codeDeploy
      ? { deploymentController: { type: DeploymentControllerType.CODE_DEPLOY } }
      : ecsDeployment(plan, alarmNames),
    hold: holdOf(plan),
    codeDeploy,
    maxDuration: plannedTime(plan),
  };
}

function engineOf(strategy: DeploymentStrategy | undefined): DeploymentEngine {
  if (strategy === undefined) {
    return DeploymentEngine.CODE_DEPLOY;
  }
  return strategy === DeploymentStrategy.ROLLING ? DeploymentEngine.ROLLING : DeploymentEngine.BLUE_GREEN;
}

function ecsDeployment(plan: RolloutPlan, alarmNames: string[]): Partial<FargateServiceProps> {
  const { strategy, bakeTime, heldAt } = plan;
  // At held steps, the hook waits instead of ECS.
  const shift = plan.shift && heldAt ? { ...plan.shift, stepBakeTime: Duration.minutes(0) } : plan.shift;
  return {
    deploymentController: { type: DeploymentControllerType.ECS },
    deploymentStrategy: strategy,
    bakeTime,
    linearConfiguration: strategy === DeploymentStrategy.LINEAR ? shift : undefined,
    canaryConfiguration: strategy === DeploymentStrategy.CANARY ? shift : undefined,
    circuitBreaker: { enable: true, rollback: true },
    deploymentAlarms: { alarmNames, behavior: AlarmBehavior.ROLLBACK_ON_ALARM },
  };
}
