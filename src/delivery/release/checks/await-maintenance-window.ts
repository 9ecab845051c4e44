import { LABEL, type Part, part, put } from '../../asl/asl';
import { allOf, anyOf, choice, equals } from '../../asl/conditions';
import { arrayItem, CONTEXT, split } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { WindowTimes } from '../context/migration-config';
import type { PartTools } from '../context/release-settings';

const INTERVAL_SECONDS = 300;
const TIMEOUT_SECONDS = 24 * 3600;

const WINDOW = '$.window';

/** Waits until the maintenance window opens, and refuses the release after a day. */
export function awaitMaintenanceWindow({ calls, intervals }: PartTools, times: WindowTimes): Part {
  const open = 'Maintenance window is open';
  const closed = 'Maintenance window stays closed';
  return part(
    intervals.poll(
      {
        name: 'Await maintenance window',
        timeoutSeconds: TIMEOUT_SECONDS,
        intervalSeconds: INTERVAL_SECONDS,
        onTimeout: closed,
      },
      () => checkWindow(calls, times, { open }),
    ),
    refuse(closed, 'Release.Window', 'the maintenance window has not opened for a day'),
    [open, LABEL],
  );
}

/**
 * Refuses a release whose window has closed again. A snapshot may take longer than the window is open, and one of the
 * day before is no way back.
 */
export function requireMaintenanceWindow({ calls }: PartTools, times: WindowTimes): Part {
  const open = 'Maintenance window is still open';
  return part(
    checkWindow(calls, times, { open, again: ' again' }),
    refuse(
      'Maintenance window has closed',
      'Release.Window',
      'the maintenance window has closed before the migration: release earlier in it, or give it more time',
    ),
    [open, LABEL],
  );
}

/** Names of the states that ask for the window. */
interface WindowCheck {
  /** State to go to when the window is open. */
  readonly open: string;
  /**
   * End of the names of the states.
   * @default - none
   */
  readonly again?: string;
}

function checkWindow(calls: AwsCalls, times: WindowTimes, check: WindowCheck): Part {
  return times.calendarArn === undefined ? checkTime(times, check) : checkCalendar(calls, times.calendarArn, check);
}

function checkCalendar(calls: AwsCalls, calendarArn: string, { open, again = '' }: WindowCheck): Part {
  return part(
    [
      `Read change calendar${again}`,
      calls.task(
        'ssm:getCalendarState',
        { CalendarNames: [calendarArn] },
        {
          resources: [calendarArn],
          resultPath: WINDOW,
          resultSelector: { 'state.$': '$.State' },
          failed: 'Await maintenance window: count polls',
        },
      ),
    ],
    [`Is the change calendar open${again}?`, choice([equals(`${WINDOW}.state`, 'OPEN')], open)],
  );
}

function checkTime({ startAt, endAt }: WindowTimes, { open, again = '' }: WindowCheck): Part {
  const after = { Variable: `${WINDOW}.time`, StringGreaterThanEquals: startAt };
  const before = { Variable: `${WINDOW}.time`, StringLessThan: endAt };
  return part(
    [`Read time of day${again}`, put(WINDOW, { 'time.$': arrayItem(split(CONTEXT.stateEntered, 'T'), 1) })],
    // A window that ends before it starts passes midnight.
    [
      `Is it within the window${again}?`,
      choice([startAt! < endAt! ? allOf(after, before) : anyOf(after, before)], open),
    ],
  );
}
