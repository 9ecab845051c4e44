import { type Case, changed, resource } from './case';

const target = (properties = {}) =>
  resource('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 10, ...properties });
const night = (hour: number) => ({
  ScheduledActions: [
    {
      ScheduledActionName: 'Stop',
      Schedule: `cron(0 ${hour} * * ? *)`,
      ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 0 },
    },
  ],
});

const cluster = (MinCapacity: number) =>
  resource('AWS::RDS::DBCluster', { ServerlessV2ScalingConfiguration: { MinCapacity, MaxCapacity: 4 } });

/** Documented behaviour of Application Auto Scaling. */
export const SCALING_CASES: readonly Case[] = [
  changed('pauses-when-idle', 'some affected', 'a cluster without minimum pauses', cluster(0.5), cluster(0)),
  changed('database-settings', 'in place', 'a cluster with a minimum pauses no more', cluster(0), cluster(0.5)),
  changed(
    'fewer-tasks-at-most',
    'some affected',
    'tasks above a lower limit are stopped',
    target(),
    target({ MaxCapacity: 4 }),
  ),
  changed('tasks-end-by-schedule', 'interruption', 'a schedule stops all tasks', target(), target(night(20))),
  changed('tasks-end-by-schedule', 'interruption', 'it does so at another hour', target(night(20)), target(night(19))),
];
