import { Token } from 'aws-cdk-lib';
import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import type { SpotShare } from './service-scaling';

const DEFAULT_ON_DEMAND_TASKS = 1;

/** Capacity providers of a Spot share, in the form of ECS. */
export function spotStrategy({
  percent,
  onDemandTasks = DEFAULT_ON_DEMAND_TASKS,
}: SpotShare): CapacityProviderStrategy[] {
  return [
    { capacityProvider: 'FARGATE', base: onDemandTasks, weight: 100 - percent },
    { capacityProvider: 'FARGATE_SPOT', weight: percent },
  ];
}

/** Refuses a Spot share that could interrupt the only task, and one that no task would ever be part of. */
export function checkSpotShare(
  scope: IConstruct,
  { percent, onDemandTasks = DEFAULT_ON_DEMAND_TASKS }: SpotShare,
  { minTasks, maxTasks, limit }: { readonly minTasks: number; readonly maxTasks: number; readonly limit: number },
): void {
  checkWholeNumber(scope, 'scaling.spot.percent', percent, {
    min: 1,
    max: 100,
    unit: 'percent',
    fix: 'give a percentage, or remove spot',
  });
  checkWholeNumber(scope, 'scaling.spot.onDemandTasks', onDemandTasks, {
    min: 0,
    max: limit,
    unit: 'tasks',
    fix: `remove onDemandTasks to get ${DEFAULT_ON_DEMAND_TASKS}`,
  });
  const known = !Token.isUnresolved(maxTasks) && !Token.isUnresolved(minTasks);
  const value = { percent, onDemandTasks };
  checkRules(scope, [
    {
      condition: known && onDemandTasks === 0 && minTasks < 2,
      prop: 'scaling.spot',
      value,
      expected: "a share that leaves the only task on demand: AWS reclaims Spot with two minutes' notice",
      fix: `set onDemandTasks: ${DEFAULT_ON_DEMAND_TASKS}, or minTasks: 2`,
    },
    {
      condition: known && maxTasks <= onDemandTasks,
      prop: 'scaling.spot',
      value,
      expected: `a share of more tasks than the ${onDemandTasks} on demand: this service has at most ${maxTasks}`,
      fix: 'raise maxTasks, or remove spot',
    },
  ]);
}
