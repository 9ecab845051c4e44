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
  const { calendarArn } = times;
  const check = calendarArn === undefined ? checkTime(times, open) : checkCalendar(calls, calendarArn, open);
  return part(
    intervals.poll(
      {
        name: 'Await maintenance window',
        timeoutSeconds: TIMEOUT_SECONDS,
        intervalSeconds: INTERVAL_SECONDS,
        onTimeout: closed,
      },
      () => check,
    ),
    refuse(closed, 'Release.Window', 'the maintenance window has not opened for a day'),
    [open, LABEL],
  );
}

function checkCalendar(calls: AwsCalls, calendarArn: string, open: string): Part {
  return part(
    [
      'Read change calendar',
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
    ['Is the change calendar open?', choice([equals(`${WINDOW}.state`, 'OPEN')], open)],
  );
}

function checkTime({ startAt, endAt }: WindowTimes, open: string): Part {
  const after = { Variable: `${WINDOW}.time`, StringGreaterThanEquals: startAt };
  const before = { Variable: `${WINDOW}.time`, StringLessThan: endAt };
  return part(
    ['Read time of day', put(WINDOW, { 'time.$': arrayItem(split(CONTEXT.stateEntered, 'T'), 1) })],
    // A window that ends before it starts passes midnight.
    ['Is it within the window?', choice([startAt! < endAt! ? allOf(after, before) : anyOf(after, before)], open)],
  );
}
