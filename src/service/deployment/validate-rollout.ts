import { Duration } from 'aws-cdk-lib';
import { DeploymentStrategy } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { checkDuration } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import { plannedTime, type RolloutPlan, stepsBeforeBake } from './rollout-plan';
import { checkSteps } from './rollout-steps';

const DAY_MINUTES = 24 * 60;
/** ECS ends a hook after 24 hours. An hour of it is left for the end of the step. */
const MAX_HELD_MINUTES = 23 * 60;
/** CloudFormation gives up on a service after this time, which AWS documents for the whole deployment. */
const MAX_TOTAL_HOURS = 33;
const MAX_TERMINATION_WAIT_MINUTES = 2880;

/** Refuses a plan that ECS, CodeDeploy or CloudFormation would refuse. */
export function checkPlan(scope: IConstruct, plan: RolloutPlan): void {
  if (plan.steps) {
    checkSteps(scope, plan.steps);
  }
  checkMinutes(
    scope,
    'rollout.terminationWaitTime',
    plan.codeDeploy?.terminationWaitTime,
    MAX_TERMINATION_WAIT_MINUTES,
  );
  checkMinutes(scope, 'rollout.bakeTime', plan.bakeTime, DAY_MINUTES);
  checkMinutes(scope, 'rollout.stepBakeTime', plan.shift?.stepBakeTime, plan.heldAt ? MAX_HELD_MINUTES : DAY_MINUTES);
  checkShare(scope, plan);
  checkTotal(scope, plan);
}

function checkMinutes(scope: IConstruct, prop: string, time: Duration | undefined, max: number): void {
  checkDuration(scope, prop, time, {
    min: Duration.minutes(0),
    max: Duration.minutes(max),
    whole: 'minutes',
    fix: 'give Duration.minutes(n) with a whole n',
  });
}

function checkShare(scope: IConstruct, { strategy, shift }: RolloutPlan): void {
  const percent = shift?.stepPercent;
  if (percent === undefined) {
    return;
  }
  const canary = strategy === DeploymentStrategy.CANARY;
  const [min, max] = canary ? [0.1, 99.9] : [3, 100];
  checkRules(scope, [
    {
      condition: percent < min || percent > max || Math.abs(percent * 10 - Math.round(percent * 10)) > 1e-9,
      prop: canary ? 'rollout.percent' : 'rollout.stepPercent',
      value: percent,
      expected: `${min} to ${max} percent in steps of 0.1`,
      fix: canary ? 'use Rollout.blueGreen() for all at once' : 'use Rollout.canary() for a smaller share',
    },
  ]);
}

function checkTotal(scope: IConstruct, plan: RolloutPlan): void {
  const total = plannedTime(plan).toMinutes();
  checkRules(scope, [
    {
      condition: total > MAX_TOTAL_HOURS * 60,
      prop: 'rollout',
      problem:
        `takes ${total} minutes with ${stepsBeforeBake(plan)} steps and the bake time, ` +
        `and CloudFormation waits at most ${MAX_TOTAL_HOURS} hours`,
      fix: 'shorten stepBakeTime or bakeTime, or take larger steps',
    },
  ]);
}
