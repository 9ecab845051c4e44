import { LABEL, type NamedState, type Part, part, put } from '../../asl/asl';
import { allOf, anyOf, choice, type Condition, isOneOf, isText } from '../../asl/conditions';
import { arrayItem, CONTEXT, format, split } from '../../asl/intrinsics';
import { FAILURE } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath } from '../../asl/state';
import { INPUT } from '../context/service-facts';

/** Errors that no state can catch. An execution that ends with one has sent no notification. */
const UNCATCHABLE = ['States.Runtime', 'States.DataLimitExceeded'];

const FAILED = '$.failedExecution';
const STATUS: JsonPath = `${FAILED}.Status`;
const ERROR: JsonPath = `${FAILED}.Error`;
const CAUSE: JsonPath = `${FAILED}.Cause`;

/** Condition that the failed execution has notified nobody of its end. */
export const NOBODY_NOTIFIED: Condition = anyOf(
  allOf(isText(STATUS), isOneOf(STATUS, ['ABORTED', 'TIMED_OUT'])),
  allOf(isText(ERROR), isOneOf(ERROR, UNCATCHABLE)),
);

/**
 * Finds out why the execution failed that is cleaned up after. The rule that starts the clean-up passes its name only,
 * because a rule doesn't escape the texts of a cause.
 */
export function findFailure(calls: AwsCalls): Part {
  const end = 'Failure is known';
  const [stopped, stop] = ['Report a stop', 'Report who stopped it'];
  const [status, error] = ['Report the status', 'Report the error'];
  return part(
    // The execution is one of its own machine: the permission is a policy that the machine doesn't wait for.
    [
      'Describe the failed execution',
      calls.task(
        'sfn:describeExecution',
        { 'ExecutionArn.$': arnOf(INPUT.cleanUpAfter) },
        {
          resources: [],
          resultPath: FAILED,
          fields: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: stopped }] },
        },
      ),
    ],
    ['Has it an error?', choice([isText(ERROR)], 'Has the error a cause?')],
    ['Has the stop a cause?', choice([isText(CAUSE)], stop)],
    failureOf(stopped, end, STOPPED, format('the release {} was stopped', INPUT.cleanUpAfter)),
    failureOf(
      stop,
      end,
      STOPPED,
      format('the release {} was stopped: {}', INPUT.cleanUpAfter, CAUSE),
    ),
    ['Has the error a cause?', choice([isText(CAUSE)], error)],
    failureOf(status, end, THEIRS, format('the release {} ended as {}', INPUT.cleanUpAfter, STATUS)),
    failureOf(
      error,
      end,
      THEIRS,
      format('the release {} ended as {}: {}', INPUT.cleanUpAfter, STATUS, CAUSE),
    ),
    [end, LABEL],
  );
}

const STOPPED = { Error: 'Release.Stopped' };
const THEIRS = { 'Error.$': ERROR };

function failureOf(name: string, next: string, error: object, cause: string): NamedState {
  return [name, { ...put(FAILURE, { ...error, 'Cause.$': cause }), Next: next }];
}

/** ARN of another execution of this state machine. */
function arnOf(name: JsonPath): string {
  const [partition, region, account, machine] = [1, 3, 4, 6].map((index) =>
    arrayItem(split(CONTEXT.executionId, ':'), index),
  );
  return format('arn:{}:states:{}:{}:execution:{}:{}', partition, region, account, machine, name);
}
