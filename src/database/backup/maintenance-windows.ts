import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError, type Refusal } from '../../validation/prop-error';

const DAY = 24 * 60;
const WEEK = 7 * DAY;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** Minutes after RDS's automated backup in which AWS Backup takes its snapshot. */
const SNAPSHOT_MINUTES = 120;
/** Minutes before a window of an instance in which AWS Backup starts no snapshot either. */
const CLOSE_MINUTES = 60;
/** Shortest window in minutes that RDS accepts. */
const SHORTEST = 30;

/** Time of day in UTC. */
interface TimeOfDay {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
}

/** Part of a day or week, in minutes from its beginning. */
interface Span {
  readonly start: number;
  readonly length: number;
}

/** Windows of a database, with their defaults. */
interface Windows {
  /** Window of RDS's automated backup. */
  readonly backup: string;
  /** Weekly maintenance window. */
  readonly maintenance: string;
  /** False where the maintenance window is the default, so that no message shows it as the caller's. */
  readonly maintenanceGiven: boolean;
}

/** Refuses windows that RDS would refuse, and maintenance while snapshots are taken. */
export function checkWindows(scope: IConstruct, { backup, maintenance, maintenanceGiven }: Windows): void {
  if (Token.isUnresolved(backup) || Token.isUnresolved(maintenance)) {
    return;
  }
  const daily = dailySpan(scope, 'backup.window', backup);
  const weekly = weeklySpan(scope, 'maintenanceWindow', maintenance);
  checkLength(scope, 'backup.window', backup, daily.length, 'hh:mm-hh:mm');
  checkLength(scope, 'maintenanceWindow', maintenance, weekly.length, 'ddd:hh:mm-ddd:hh:mm');
  const taken = everyDay({ ...daily, length: daily.length + SNAPSHOT_MINUTES });
  if (taken.some((span) => overlap(span, weekly))) {
    throw new PropError(scope, overlapRefusal({ backup, maintenance, maintenanceGiven }));
  }
}

/** Error about the window that the caller wrote. The two defaults do not overlap. */
function overlapRefusal({ backup, maintenance, maintenanceGiven }: Windows): Refusal {
  return maintenanceGiven
    ? {
      prop: 'maintenanceWindow',
      value: maintenance,
      expected: `a window outside the backup's (${backup}) and the two hours after it, in which snapshots are taken`,
      fix: 'move maintenanceWindow or backup.window',
    }
    : {
      prop: 'backup.window',
      value: backup,
      expected: `a window that ends two hours before the maintenance window, which is ${maintenance} by default`,
      fix: 'set maintenanceWindow, or move backup.window',
    };
}

/** End of a backup window, at which AWS Backup takes its snapshot. */
export function endOfWindow(scope: IConstruct, window: string): TimeOfDay {
  const { start, length } = dailySpan(scope, 'backup.window', window);
  const end = (start + length) % DAY;
  return { hour: Math.floor(end / 60), minute: end % 60 };
}

/** Windows of an instance in which AWS Backup starts no snapshot. */
interface BusyWindows {
  /**
   * Window of RDS's automated backup.
   * @default - unknown
   */
  readonly backupWindow?: string;
  /**
   * Weekly maintenance window.
   * @default - unknown
   */
  readonly maintenanceWindow?: string;
}

/**
 * Window of an instance that refuses snapshots at a daily time, undefined where none does.
 *
 * AWS Backup starts none in a window, nor in the hour before it.
 * Source: AWS Backup Developer Guide, "Plan options and configuration".
 */
export function windowThatRefusesSnapshots(
  scope: IConstruct,
  { startAt, endAt }: { readonly startAt: string; readonly endAt: string },
  { backupWindow, maintenanceWindow }: BusyWindows,
): string | undefined {
  const times = everyDay(dailySpan(scope, 'snapshot', `${startAt}-${endAt}`));
  const busy: Array<[string | undefined, (window: string) => Span[]]> = [
    [backupWindow, (window) => everyDay(dailySpan(scope, 'snapshot', window))],
    [maintenanceWindow, (window) => [weeklySpan(scope, 'snapshot', window)]],
  ];
  return busy
    .filter(([window]) => window !== undefined && !Token.isUnresolved(window))
    .find(([window, spans]) =>
      spans(window!).some((span) => times.some((time) => overlap(time, withTheHourBefore(span)))),
    )?.[0];
}

function everyDay({ start, length }: Span): Span[] {
  return DAYS.map((_, day) => ({ start: day * DAY + start, length }));
}

function withTheHourBefore({ start, length }: Span): Span {
  return { start: (start - CLOSE_MINUTES + WEEK) % WEEK, length: length + CLOSE_MINUTES };
}

function checkLength(scope: IConstruct, prop: string, value: string, length: number, format: string): void {
  if (length < SHORTEST || length > DAY) {
    throw new PropError(scope, {
      prop,
      value,
      expected: `${SHORTEST} minutes to 24 hours as ${format} in UTC`,
      fix: 'change the end of the window',
    });
  }
}

function dailySpan(scope: IConstruct, prop: string, value: string): Span {
  const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(value);
  if (!found) {
    throw new PropError(scope, { prop, value, expected: 'hh:mm-hh:mm in UTC', fix: 'write it as 02:00-03:00' });
  }
  const [startHour, startMinute, endHour, endMinute] = found.slice(1).map(Number);
  const start = startHour * 60 + startMinute;
  return { start, length: (endHour * 60 + endMinute - start + DAY) % DAY };
}

function weeklySpan(scope: IConstruct, prop: string, value: string): Span {
  const days = DAYS.join('|');
  const found = new RegExp(`^(${days}):(\\d\\d:\\d\\d)-(${days}):(\\d\\d:\\d\\d)$`).exec(value);
  if (!found) {
    throw new PropError(scope, {
      prop,
      value,
      expected: 'ddd:hh:mm-ddd:hh:mm in UTC',
      fix: 'write it as sun:05:30-sun:06:30',
    });
  }
  const from = dailySpan(scope, prop, `${found[2]}-${found[4]}`);
  const [fromDay, toDay] = [DAYS.indexOf(found[1]), DAYS.indexOf(found[3])];
  const end = Number(found[4].slice(0, 2)) * 60 + Number(found[4].slice(3));
  const start = fromDay * DAY + from.start;
  return { start, length: (toDay * DAY + end - start + WEEK) % WEEK };
}

/** Compares two spans of a week that begins again when it ends. */
function overlap(a: Span, b: Span): boolean {
  return (b.start - a.start + WEEK) % WEEK < a.length || (a.start - b.start + WEEK) % WEEK < b.length;
}
