import type { TimeZone } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';
import type { NightPause } from './service-scaling';

/** Hour and minute of a cron schedule. */
export interface ClockTime {
  /** Hour, without a leading zero. */
  readonly hour: string;
  /** Minute, without a leading zero. */
  readonly minute: string;
}

/** Schedule of a night pause, checked. */
export interface PauseSchedule {
  /** Time zone of both times. */
  readonly timeZone: TimeZone;
  /** Start of the pause. */
  readonly stopAt: ClockTime;
  /** End of the pause. */
  readonly startAt: ClockTime;
  /** True where the service also runs on Saturdays and Sundays. */
  readonly weekends: boolean;
}

/**
 * Start and end of a night pause.
 *
 * Source: requirement C-19.
 */
const DEFAULT_STOP_AT = '19:00';
const DEFAULT_START_AT = '07:00';

/** Schedule of a night pause, with defaults. Refuses what is no time of day, and a pause that has no length. */
export function pauseSchedule(scope: IConstruct, pause: NightPause): PauseSchedule {
  const { timeZone, stopAt = DEFAULT_STOP_AT, startAt = DEFAULT_START_AT, weekends = true } = pause;
  checkRules(scope, [
    ...Object.entries({ stopAt, startAt }).map(([prop, time]) => ({
      condition: clockTime(time) === undefined,
      prop: `scaling.nightPause.${prop}`,
      value: time,
      expected: 'a time of day as HH:MM, 00:00 to 23:59',
      fix: `write it as '${DEFAULT_STOP_AT}'`,
    })),
    {
      condition: stopAt === startAt,
      prop: 'scaling.nightPause.startAt',
      value: startAt,
      expected: 'another time than stopAt',
      fix: 'leave a pause between the two',
    },
  ]);
  return { timeZone, stopAt: clockTime(stopAt)!, startAt: clockTime(startAt)!, weekends };
}

function clockTime(time: string): ClockTime | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hour === undefined ? undefined : { hour: `${Number(hour)}`, minute: `${Number(minute)}` };
}
