import { LABEL, part, type Part, put } from '../../asl/asl';
import { anyOf, choice, isTrue, not } from '../../asl/conditions';
import { contains } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import { ROLLS_BACK } from '../context/release-mode';
import { SERVICES } from '../context/service-facts';

const NOTHING_TO_ROLL_BACK =
  'every service runs that image already. A rollback brings images back, and no other change of a task: take that ' +
  'back by cdk deploy, and release {"images": {}} with "despite". For an earlier image, name its tag';

const CHANGES = '$.changes';
/** Condition that the release changes one of the services. */
export const ANY_CHANGE = isTrue(`${CHANGES}.any`);

/**
 * Refuses the rollback of a stage that was never released: each of its services is left out. Refuses one that would
 * leave everything as it is, too: whoever starts it must not hear that the previous version serves.
 */
export function requireChanges(): Part {
  const included = 'Is it a rollback of something?';
  const checked = 'Services are checked';
  return part(
    [
      'Find included services',
      put(CHANGES, {
        'included.$': contains(`${SERVICES}[*].included`, true),
        'any.$': contains(`${SERVICES}[*].unchanged`, false),
      }),
    ],
    ['Is any service included?', choice([isTrue(`${CHANGES}.included`)], included)],
    refuse('Stage was never released', 'Release.NothingBefore', 'nothing was ever released to this stage'),
    [included, choice([anyOf(not(ROLLS_BACK), ANY_CHANGE)], checked)],
    refuse('Rollback changes nothing', 'Release.NothingToRollBack', NOTHING_TO_ROLL_BACK),
    [checked, LABEL],
  );
}
