import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import { pauseSchedule, type PauseSchedule } from './night-pause';
import type { ServiceScaling } from './service-scaling';
import { checkSpotShare } from './spot-share';

/** Auto scaling limits of a service, checked. */
export interface TaskRange {
  /** Fewest tasks. It is 0 only where the environment or a reason allows an outage. */
  readonly minTasks: number;
  /** Most tasks, 1 to 5000, not below `minTasks`. */
  readonly maxTasks: number;
  /**
   * Schedule of the night pause.
   * @default - tasks run at night
   */
  readonly pause?: PauseSchedule;
}

const MAX_TASKS = 5000;

/** Auto scaling limits of a service, with defaults. Refuses limits that the environment does not allow. */
export function taskRange(scope: IConstruct, profile: EnvironmentProfile, scaling: ServiceScaling): TaskRange {
  const { minTasks = profile.minTasks, nightPause, withoutTasks, spot } = scaling._props;
  const { maxTasks = Math.max(minTasks, profile.maxTasks) } = scaling._props;
  if (withoutTasks) {
    checkReason(scope, 'scaling.withoutTasks.reason', withoutTasks.reason);
  }
  // An outage counts in an environment that keeps a standby in another Availability Zone.
  const mayStop = withoutTasks !== undefined || !profile.multiAz;
  checkWholeNumber(scope, 'scaling.minTasks', minTasks, {
    min: mayStop ? 0 : 1,
    max: MAX_TASKS,
    unit: mayStop ? 'tasks' : 'tasks, or 0 with withoutTasks and its reason',
    fix: 'keep at least one task, or set scaling.withoutTasks with a reason',
  });
  checkWholeNumber(scope, 'scaling.maxTasks', maxTasks, {
    min: Math.max(1, minTasks),
    max: MAX_TASKS,
    unit: 'tasks, not below minTasks',
    fix: 'raise maxTasks',
  });
  checkRules(scope, [
    {
      condition: nightPause !== undefined && !mayStop,
      prop: 'scaling.nightPause',
      problem: `needs a reason in scaling.withoutTasks: in ${profile.name} an outage counts, also at night`,
      fix: "set withoutTasks: { reason: '...' }, or remove nightPause",
    },
  ]);
  if (spot) {
    checkSpotShare(scope, spot, { minTasks, maxTasks, limit: MAX_TASKS });
  }
  return { minTasks, maxTasks, pause: nightPause && pauseSchedule(scope, nightPause) };
}
