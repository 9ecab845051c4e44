import { type NamedState, part, type Part, put } from '../../asl/asl';
import { absent, choice, equalsPath } from '../../asl/conditions';
import { add, arrayItem, arrayLength, CONTEXT, format, quoted } from '../../asl/intrinsics';
import { wait } from '../../asl/polling';
import type { PartTools } from '../context/release-settings';
import { readRecord, RECORD } from '../steps/release-record';

const INTERVAL_SECONDS = 60;
const TIMEOUT_SECONDS = 180;
/** Until executions that started at the same moment see each other in the list. */
const SETTLE_SECONDS = 10;

const RUNNING = '$.running';
const OLDEST = `${RUNNING}.oldest.Name` as const;
const REFUSAL = '$.lock';

/**
 * Lock: only the oldest execution proceeds, and only if no stopped release still needs rollback. The others wait a
 * little and are refused. A release takes it before anything else, and again right before its first change, because
 * the list of executions may lag behind.
 */
export function lock(name: string, { calls, intervals, arns }: PartTools, recordName: string): Part {
  const state = (of: string) => `${name}: ${of}`;
  const [free, refused] = [state('free'), state('refuse')];
  const unknown = state('executions are unknown');
  const record = readRecord(calls, arns, {
    name: state('read record'),
    parameter: recordName,
    none: free,
    failed: unknown,
  });
  return part(
    [state('let executions settle'), wait(SETTLE_SECONDS)],
    intervals.poll(
      { name, timeoutSeconds: TIMEOUT_SECONDS, intervalSeconds: INTERVAL_SECONDS, onTimeout: refused },
      (again) =>
        part(
          // The execution is one of its own machine: the permission is a policy that the machine doesn't wait for.
          [
            state('list executions'),
            calls.task(
              'sfn:listExecutions',
              { 'StateMachineArn.$': CONTEXT.stateMachineArn, 'StatusFilter': 'RUNNING' },
              { resources: [], resultPath: RUNNING, failed: unknown },
            ),
          ],
          [state('is none listed?'), choice([absent(`${RUNNING}.Executions[0]`)], record.entry)],
          [
            state('take the oldest'),
            put(RUNNING, {
              'oldest.$': arrayItem(`${RUNNING}.Executions`, add(arrayLength(`${RUNNING}.Executions`), -1)),
            }),
          ],
          [state('is it this one?'), choice([equalsPath(OLDEST, CONTEXT.executionName)], record.entry)],
          reasonOf(
            state('another release runs'),
            'Release.OtherRelease',
            format('another release to this stage runs: {}', OLDEST),
            again,
          ),
          reasonOf(
            unknown,
            'Release.LockUnknown',
            format('{}', quoted('the executions of this stage, or its record, can not be read')),
            again,
          ),
          record,
          reasonOf(
            state('a rollback is pending'),
            'Release.RollbackPending',
            format(
              'a stopped release has not been rolled back: {}. ' +
                'Wait for its clean-up, or start it with {"cleanUpAfter":"{}"}',
              RECORD.execution,
              RECORD.execution,
            ),
            again,
          ),
        ),
    ),
    [refused, { Type: 'Fail', ErrorPath: `${REFUSAL}.error`, CausePath: `${REFUSAL}.cause` }],
    [free, put(RUNNING, {})],
  );
}

function reasonOf(name: string, error: string, cause: string, next: string): NamedState {
  return [name, { ...put(REFUSAL, { 'error': error, 'cause.$': cause }), Next: next }];
}
