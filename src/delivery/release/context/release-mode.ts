import { LABEL, part, type Part, put } from '../../asl/asl';
import {
  absent,
  allOf,
  anyOf,
  choice,
  type Condition,
  equals,
  isOneOf,
  isText,
  isTrue,
  not,
  present,
} from '../../asl/conditions';
import { format } from '../../asl/intrinsics';
import { forEach, refuse, unless } from '../../asl/parts';
import type { JsonPath, State } from '../../asl/state';
import { INPUT, SERVICES } from './service-facts';

/** Mark of a hotfix, with its reason. A service has the mark alone. */
const IS_HOTFIX = '$.hotfix';

/** Sentence about the reason of a hotfix, for notifications. Empty for other releases. */
export const REASON = `${IS_HOTFIX}.reason` as const;

/** Value of `despite` that is no reason. A variable of CodePipeline is never empty. */
export const NO_REASON = 'none';

/**
 * Condition that the release was started to roll back.
 * Such a release ignores firing alarms and unhealthy services, because they may be its reason.
 */
export const ROLLS_BACK = marked(INPUT.rollback);

/** Condition that the release passes firing alarms and services without a healthy task, for a reason. */
export const HOTFIX = marked(`${IS_HOTFIX}.on`);

/** Condition that alarms decide nothing: they may be the reason of the release. */
export const PASSES_ALARMS = anyOf(ROLLS_BACK, HOTFIX);

/** Condition that the release takes what runs as the released version. A rollback may not be refused for it. */
export const ADOPTS = anyOf(ROLLS_BACK, marked(INPUT.adopt));

/**
 * Reads what the input asks for, and marks each service with it.
 * A part that runs for one service sees the fields of that service only.
 */
export function readMode(): Part {
  const [hotfix, adoption, begin] = ['Is it a hotfix?', 'Does it adopt what runs?', 'Begin the release'];
  const isHotfix = allOf(isText(INPUT.despite), not(isOneOf(INPUT.despite, ['', NO_REASON])));
  const because = format(' It passes firing alarms and missing tasks, and watches no alarm: {}', INPUT.despite);
  return part(
    ['Is it a rollback?', choice([ROLLS_BACK], 'Mark services to roll back', hotfix)],
    ['Mark services to roll back', markServices('Mark to roll back', INPUT.rollback, true)],
    [hotfix, choice([isHotfix], 'Keep the reason of the hotfix')],
    ['Keep no reason', { ...put(IS_HOTFIX, { on: false, reason: '' }), Next: adoption }],
    ['Keep the reason of the hotfix', put(IS_HOTFIX, { 'on': true, 'reason.$': because })],
    ['Mark services of the hotfix', markServices('Mark for the hotfix', IS_HOTFIX, { on: true })],
    [adoption, choice([marked(INPUT.adopt)], 'Mark services to adopt', begin)],
    ['Mark services to adopt', markServices('Mark to adopt', INPUT.adopt, true)],
    [begin, LABEL],
  );
}

/** Refuses a hotfix without a reason: what is passed over has to be explained to those who read of it. */
export function checkReason(): Part {
  return unless(
    'Reason of the hotfix',
    anyOf(absent(INPUT.despite), allOf(isText(INPUT.despite), not(equals(INPUT.despite, '')))),
    refuse('Hotfix has no reason', 'Release.NoReason', '"despite" has no reason: write why alarms are passed'),
  );
}

/** Condition that a mark of an input is set. One that is there and says `false` is not. */
export function marked(path: JsonPath): Condition {
  return allOf(present(path), isTrue(path));
}

function markServices(name: string, path: JsonPath, mark: unknown): State {
  return forEach(SERVICES, part([name, { Type: 'Pass', Result: mark, ResultPath: path }]), {
    fields: { ResultPath: SERVICES },
  });
}
