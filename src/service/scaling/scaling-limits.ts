import { Token } from 'aws-cdk-lib';
import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { NightPause, ServiceScaling, SpotShare } from './service-scaling';

/** Between how many tasks a service moves. */
export interface TaskRange {
  /** 0 only where the environment or a reason allows that nobody is served; at most 5000. */
  readonly minTasks: number;
  /** 1 to 5000, not below `minTasks`. */
  readonly maxTasks: number;
}

const MOST_TASKS = 5000;

/** The range of a service's tasks, checked against what the environment allows. */
export function taskRange(scope: IConstruct, profile: EnvironmentProfile, scaling?: ServiceScaling): TaskRange {
  const props = scaling?._props ?? {};
  const {
    minTasks = profile.minTasks,
    maxTasks = Math.max(minTasks, profile.maxTasks),
    nightPause,
    withoutTasks,
    spot,
  } = props;
  if (withoutTasks) {
    checkReason(scope, 'scaling.withoutTasks.reason', withoutTasks.reason);
  }
  // An environment that keeps a standby in another zone is one in which an outage counts.
  const mayStop = withoutTasks !== undefined || !profile.multiAz;
  const orNone = mayStop ? '' : ', or 0 with withoutTasks and its reason';
  checkWholeNumber(scope, 'scaling.minTasks', minTasks, {
    min: mayStop ? 0 : 1,
    max: MOST_TASKS,
    unit: `tasks${orNone}`,
    fix: 'keep at least one, or say why none is enough in scaling.withoutTasks',
  });
  checkWholeNumber(scope, 'scaling.maxTasks', maxTasks, {
    min: Math.max(1, minTasks),
    max: MOST_TASKS,
    unit: 'tasks, not below minTasks',
    fix: 'raise maxTasks',
  });
  if (nightPause && !mayStop) {
    throw new PropError(scope, {
      prop: 'scaling.nightPause',
      value: nightPause.stopAt ?? '19:00',
      expected: `a reason in scaling.withoutTasks: in ${profile.name} nobody is served while no task runs`,
      fix: "leave it out, or say withoutTasks: { reason: '...' }",
    });
  }
  if (nightPause) {
    checkNightPause(scope, nightPause);
  }
  if (spot) {
    checkSpot(scope, spot, { minTasks, maxTasks });
  }
  return { minTasks, maxTasks };
}

/** Which tasks run on Spot, as ECS wants to know it; undefined where none do. */
export function spotStrategy(spot?: SpotShare): CapacityProviderStrategy[] | undefined {
  return (
    spot && [
      { capacityProvider: 'FARGATE', base: spot.onDemandTasks ?? 1, weight: 100 - spot.percent },
      { capacityProvider: 'FARGATE_SPOT', weight: spot.percent },
    ]
  );
}

/** Hour and minute of a time written as `HH:MM`. */
export function clockTime(time: string): { hour: string; minute: string } | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hour === undefined ? undefined : { hour: `${Number(hour)}`, minute: `${Number(minute)}` };
}

function checkNightPause(scope: IConstruct, { stopAt = '19:00', startAt = '07:00' }: NightPause): void {
  Object.entries({ stopAt, startAt }).forEach(([prop, time]) => {
    if (!clockTime(time)) {
      throw new PropError(scope, {
        prop: `scaling.nightPause.${prop}`,
        value: time,
        expected: 'a time of day as HH:MM, 00:00 to 23:59',
        fix: "write it as '19:00'",
      });
    }
  });
  if (stopAt === startAt) {
    throw new PropError(scope, {
      prop: 'scaling.nightPause.startAt',
      value: startAt,
      expected: 'another time than stopAt',
      fix: 'leave a pause between the two',
    });
  }
}

function checkSpot(
  scope: IConstruct,
  { percent, onDemandTasks = 1 }: SpotShare,
  { minTasks, maxTasks }: TaskRange,
): void {
  checkWholeNumber(scope, 'scaling.spot.percent', percent, {
    min: 1,
    max: 100,
    unit: 'percent',
    fix: 'leave spot out for none',
  });
  checkWholeNumber(scope, 'scaling.spot.onDemandTasks', onDemandTasks, {
    min: 0,
    max: MOST_TASKS,
    unit: 'tasks',
    fix: 'leave it out for 1',
  });
  if (Token.isUnresolved(maxTasks) || Token.isUnresolved(minTasks)) {
    return;
  }
  const onlyTask = onDemandTasks === 0 && minTasks < 2;
  if (onlyTask || maxTasks <= onDemandTasks) {
    throw new PropError(scope, {
      prop: 'scaling.spot',
      value: { percent, onDemandTasks },
      expected: onlyTask
        ? "a share that leaves the only task on demand: AWS takes Spot back with two minutes' notice"
        : `a share of more tasks than the ${onDemandTasks} on demand: this service has at most ${maxTasks}`,
      fix: onlyTask ? 'leave onDemandTasks at 1, or take minTasks: 2' : 'raise maxTasks, or leave spot out',
    });
  }
}
