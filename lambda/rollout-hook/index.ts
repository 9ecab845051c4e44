import { ECSClient } from '@aws-sdk/client-ecs';
import { type Answer, decide } from './decision';
import { EcsCommandTasks } from './ecs-command-tasks';
import { EcsDeployments } from './ecs-deployments';
import type { HookPlan } from './plan';
import { smoke } from './smoke';

const plan = JSON.parse(process.env.ROLLOUT_PLAN ?? '') as HookPlan;
const ecs = new ECSClient({});
const deployments = new EcsDeployments(ecs);
const tasks = new EcsCommandTasks(ecs);

/** Lifecycle hook that ECS calls before each shift of production traffic. */
export function handler(event: unknown): Promise<Answer> {
  return decide(event, { plan, deployments, tasks, smoke, now: Date.now });
}
