import { ECSClient } from '@aws-sdk/client-ecs';
import { type Answer, decide } from './decision';
import { EcsDeployments } from './ecs-deployments';
import type { RolloutPlan } from './plan';
import { smoke } from './smoke';

const plan = JSON.parse(process.env.ROLLOUT_PLAN ?? '') as RolloutPlan;
const deployments = new EcsDeployments(new ECSClient({}));

/** What ECS calls before each shift of production traffic. */
export function handler(event: unknown): Promise<Answer> {
  return decide(event, { plan, deployments, smoke, now: Date.now });
}
