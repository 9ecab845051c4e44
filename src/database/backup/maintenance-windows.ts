import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError, type Refusal } from '../../validation/prop-error';
import {
  checkedSpans,
  dailySpan,
  endOf,
  everyDay,
  overlap,
  type Span,
  type TimeOfDay,
  weeklySpan,
  withMinutesBefore,
} from '../../validation/time-windows';

/** Minutes after RDS's automated backup in which AWS Backup takes its snapshot. */
const SNAPSHOT_MINUTES = 120;
/** Minutes before a window of an instance in which AWS Backup starts no snapshot either. */
const CLOSE_MINUTES = 60;
/** Shortest window in minutes that RDS accepts. */
const SHORTEST = 30;

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
  const { daily, weekly } = checkedSpans(scope, {
    daily: { prop: 'backup.window', value: backup },
    weekly: { prop: 'maintenanceWindow', value: maintenance },
    shortest: SHORTEST,
  });
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
  return endOf(dailySpan(scope, 'backup.window', window));
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
      spans(window!).some((span) => times.some((time) => overlap(time, withMinutesBefore(span, CLOSE_MINUTES)))),
    )?.[0];
}
