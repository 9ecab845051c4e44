import { LABEL, type Part, part } from '../../asl/asl';
import { choice, equalsPath } from '../../asl/conditions';
import { format } from '../../asl/intrinsics';
import { FAILURE } from '../../asl/parts';
import type { PartTools, ReleaseSettings } from '../context/release-settings';
import { INPUT } from '../context/service-facts';
import { notify } from '../steps/notify';
import { clearRecord, readRecord, RECORD } from '../steps/release-record';
import { NOBODY_NOTIFIED } from './find-failure';

/**
 * Ends the clean-up of a release that had recorded its success when it was stopped. Continues for any other.
 *
 * Its version serves, and is what the next rollback returns from. So nothing is rolled back.
 */
export function endCompleteRelease(tools: PartTools, settings: ReleaseSettings): Part {
  const { calls, arns } = tools;
  const { lastReleaseName, recordName, topicArn, stageName } = settings;
  const [incomplete, cleared] = ['Release is not complete', 'Is nobody notified of its success?'];
  const ofThis = equalsPath(RECORD.execution, INPUT.cleanUpAfter);
  return part(
    readRecord(calls, arns, { name: 'Read success', parameter: lastReleaseName, none: incomplete }),
    ['Is it the success of the ended release?', choice([ofThis], 'Read its record', incomplete)],
    readRecord(calls, arns, { name: 'Read its record', parameter: recordName, none: cleared }),
    ['Is its record left?', choice([ofThis], 'Clear its record', cleared)],
    clearRecord(calls, arns, 'Clear its record', recordName),
    [cleared, choice([NOBODY_NOTIFIED], 'Notify of the complete release', 'Complete release has ended')],
    notify(calls, topicArn, {
      name: 'Notify of the complete release',
      subject: `Release to ${stageName} serves, and was stopped in its last step`,
      sentences: [
        format('Release {} is complete and serves. Nothing is rolled back.', INPUT.cleanUpAfter),
        format('{}: {}.', `${FAILURE}.Error`, `${FAILURE}.Cause`),
      ],
    }),
    ['Complete release has ended', { Type: 'Succeed' }],
    [incomplete, LABEL],
  );
}
