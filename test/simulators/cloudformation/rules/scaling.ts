import { list, type Properties } from '../template';
import type { ResourceChange, Rules } from './rule';

const TARGET = ['AWS::ApplicationAutoScaling::ScalableTarget'];

/** Limits of the number of tasks, and when they apply. */
export const SCALING: Rules = {
  effects: [
    {
      id: 'fewer-tasks-at-most',
      source:
        'API reference of Application Auto Scaling, "RegisterScalableTarget": ' +
        'the current capacity is changed to a value inside of the range',
      on: ['update'],
      types: TARGET,
      properties: ['MaxCapacity'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => Number(properties.MaxCapacity));
        return is < was
          ? { verdict: 'some affected', says: `where more than ${is} tasks run, the others are stopped at once` }
          : undefined;
      },
    },
    {
      id: 'pauses-when-idle',
      source: 'Amazon Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume": about 15 seconds to resume',
      on: ['update'],
      types: ['AWS::RDS::DBCluster'],
      properties: ['ServerlessV2ScalingConfiguration'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => Number(properties.ServerlessV2ScalingConfiguration?.MinCapacity));
        return was > 0 && is === 0
          ? { verdict: 'some affected', says: 'the first connection after a pause waits about 15 seconds, and fails in a client that waits less' }
          : undefined;
      },
    },
    {
      id: 'tasks-end-by-schedule',
      source: 'Application Auto Scaling User Guide, "Scheduled scaling": minimum and maximum capacity',
      on: ['update'],
      types: TARGET,
      properties: ['ScheduledActions'],
      effect: (change) => {
        const added = endsAnew(change);
        return added.length > 0
          ? { verdict: 'interruption', says: `all tasks are stopped by a schedule, ${added.join(' and ')}` }
          : undefined;
      },
    },
  ],
};

/** Schedules that leave no task and that were not there before, or after which tasks begin again at another time. */
function endsAnew({ before, after }: ResourceChange): string[] {
  const all = ({ ScheduledActions }: Properties) => list(ScheduledActions as Properties[]);
  const [was, is] = [all(before!.properties), all(after!.properties)];
  const ends = ({ ScalableTargetAction }: Properties) => String(ScalableTargetAction?.MaxCapacity) === '0';
  const times = (actions: Properties[]) => JSON.stringify(actions.map(({ Schedule, Timezone }) => [Schedule, Timezone]));
  return times(was) === times(is)
    ? []
    : is.filter(ends).map(({ Schedule, Timezone }) => `${Schedule} ${Timezone ?? 'UTC'}`);
}
