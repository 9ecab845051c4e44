import { NOTHING_RELEASED } from '../../registry/released-image';
import { copy, LABEL, output, part, type Part, put } from '../asl/asl';
import { branches, choice, equals, isText, not, present } from '../asl/conditions';
import { format, fromJson, merge, toJson } from '../asl/intrinsics';
import { executionsOf } from '../asl/logged-state-machine';
import { ITEM, iterate, refuse } from '../asl/parts';
import type { PartTools } from '../release/context/release-settings';
import { INPUT } from '../release/context/service-facts';
import type { Release } from '../release/release';
import { readRecord, RECORD } from '../release/steps/release-record';

const INTERVAL_SECONDS = 60;

/** Images to roll back to, by repository. */
const IMAGES = INPUT.images;
/** Input of the release that rolls back. */
const START = '$.start';
const STARTED = '$.started.execution';
const EXECUTION = '$.described';

/** Releases the images that the last release replaced, and waits for the end. Goes to `none` where there are none. */
export function releasePreviousImages(tools: PartTools, release: Release, none: string): Part {
  return part(findImages(tools, release, none), startRelease(tools, release));
}

/**
 * Collects the images that the last release replaced, one by one.
 * A path can't contain the names of repositories, so one path can't select them all. A service that was released for
 * the first time keeps its image.
 */
function findImages({ calls, arns }: PartTools, release: Release, none: string): Part {
  const added = 'Previous image is added';
  const named = format('{"{}":"{}"}', `${ITEM}.repository`, `${ITEM}.tag`);
  const addImage = part(
    [
      'Was it released before?',
      choice(
        [present(`${ITEM}.repository`), not(equals(`${ITEM}.tag`, NOTHING_RELEASED))],
        'Name previous image',
        added,
      ),
    ],
    ['Name previous image', put('$.image', { 'named.$': fromJson(named) })],
    ['Merge with the others', put('$.image', { 'all.$': merge(IMAGES, '$.image.named') })],
    ['Keep images', copy('$.image.all', IMAGES)],
    [added, LABEL],
  );
  return part(
    readRecord(calls, arns, {
      name: 'Read last release',
      parameter: release.lastReleaseParameterName,
      none,
    }),
    ['Begin without images', { Type: 'Pass', Result: {}, ResultPath: IMAGES }],
    iterate('Collect images', RECORD.services, addImage),
    ['Write input', put(START, { 'text.$': toJson(IMAGES), 'input': { 'images.$': IMAGES, 'rollback': true } })],
    ['Is there no image?', choice([equals(`${START}.text`, '{}')], none)],
  );
}

function startRelease({ calls, intervals }: PartTools, release: Release): Part {
  const { stateMachine, _maxRollbackDuration: maxDuration } = release;
  const [succeeded, failed, late] = ['Report the rollback', 'Has the failure a cause?', 'Rollback takes too long'];
  return part(
    [
      'Release previous images',
      calls.task(
        'sfn:startExecution',
        { 'StateMachineArn': stateMachine.stateMachineArn, 'Input.$': toJson(`${START}.input`) },
        {
          resources: [stateMachine.stateMachineArn],
          resultPath: '$.started',
          resultSelector: { 'execution.$': '$.ExecutionArn' },
        },
      ),
    ],
    intervals.poll(
      {
        name: 'Follow release',
        timeoutSeconds: maxDuration.toSeconds(),
        intervalSeconds: INTERVAL_SECONDS,
        waitFirst: true,
        onTimeout: late,
      },
      (again) =>
        part(
          [
            'Follow release: describe',
            calls.task(
              'sfn:describeExecution',
              { 'ExecutionArn.$': STARTED },
              { resources: [executionsOf(stateMachine)], resultPath: EXECUTION },
            ),
          ],
          [
            'Follow release: has it ended?',
            branches(
              [
                { when: equals(`${EXECUTION}.Status`, 'SUCCEEDED'), next: succeeded },
                { when: not(equals(`${EXECUTION}.Status`, 'RUNNING')), next: failed },
              ],
              again,
            ),
          ],
        ),
    ),
    [failed, choice([isText(`${EXECUTION}.Cause`)], 'Rollback failed')],
    refuse(
      'Rollback failed without a cause',
      'Rollback.Failed',
      'the release of the previous images ended as {}: {}',
      `${EXECUTION}.Status`,
      STARTED,
    ),
    refuse(
      'Rollback failed',
      'Rollback.Failed',
      'the release of the previous images ended as {}: {}: {}',
      `${EXECUTION}.Status`,
      `${EXECUTION}.Cause`,
      STARTED,
    ),
    refuse(late, 'Rollback.Failed', 'the release of the previous images still runs: {}', STARTED),
    [
      succeeded,
      output({
        'done': 'the previous images serve',
        'execution.$': STARTED,
        'input.$': `${START}.input`,
      }),
    ],
  );
}
