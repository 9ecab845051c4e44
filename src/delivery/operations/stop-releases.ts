import { LABEL, output, part, type Part, put } from '../asl/asl';
import { branches, choice, equals, isTrue, not, present } from '../asl/conditions';
import { add, arrayItem, arrayLength, contains, fromJson, quoted } from '../asl/intrinsics';
import { executionsOf } from '../asl/logged-state-machine';
import { forEach } from '../asl/parts';
import { wait } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import { marked } from '../release/context/release-mode';
import type { PartTools } from '../release/context/release-settings';
import type { Release } from '../release/release';
import { readRecord } from '../release/steps/release-record';

/** Until a call that the stopped release had begun is done. */
const SETTLE_SECONDS = 10;

const RUNNING = '$.running';
const RELEASES = '$.releases';
const ANY = '$.any';
/** Executions that are no clean-ups: the oldest of them has the lock. */
const LOCKING = '$.locking';
const EXECUTION = '$.described';

/** Kinds of a running execution of the release. */
const KIND = { release: 'release', cleanUp: 'clean-up', rollback: 'rollback' };

/** A release that rolls back already may not be stopped: it would be rolled back itself. */
export function findReleases({ calls }: PartTools, release: Release, runsAlready: string): Part {
  const { stateMachine } = release;
  const known = 'Releases are known';
  return part(
    [
      'List running releases',
      calls.task(
        'sfn:listExecutions',
        { StateMachineArn: stateMachine.stateMachineArn, StatusFilter: 'RUNNING' },
        { resources: [stateMachine.stateMachineArn], resultPath: RUNNING },
      ),
    ],
    ['Does any release run?', choice([present(`${RUNNING}.Executions[0]`)], 'Describe releases')],
    ['Note that none runs', { Type: 'Pass', Result: [], ResultPath: RELEASES, Next: known }],
    [
      'Describe releases',
      forEach(`${RUNNING}.Executions`, describeRelease(calls, release), { fields: { ResultPath: RELEASES } }),
    ],
    [
      'Find a rollback',
      put(ANY, { 'rollback.$': contains(`${RELEASES}[*].kind`, quoted(KIND.rollback)) }),
    ],
    ['Does a rollback run?', choice([isTrue(`${ANY}.rollback`)], 'List executions that lock', known)],
    ['List executions that lock', put(LOCKING, { 'list.$': `${RELEASES}[?(@.takes == 'lock')]` })],
    // The list begins with the newest. A rollback behind another release waits for it, and would be refused.
    [
      'Find who has the lock',
      put(LOCKING, {
        'oldest.$': arrayItem(`${LOCKING}.list`, add(arrayLength(`${LOCKING}.list`), -1)),
      }),
    ],
    ['Has a rollback the lock?', choice([equals(`${LOCKING}.oldest.kind`, KIND.rollback)], runsAlready)],
    [known, LABEL],
  );
}

function describeRelease(calls: AwsCalls, release: Release): Part {
  const input = `${EXECUTION}.input` as const;
  const kindOf = (kind: string) =>
    output({ kind, 'takes': kind === KIND.cleanUp ? 'nothing' : 'lock', 'execution.$': '$.ExecutionArn' });
  return part(
    [
      'Describe release',
      calls.task(
        'sfn:describeExecution',
        { 'ExecutionArn.$': '$.ExecutionArn' },
        {
          resources: [executionsOf(release.stateMachine)],
          resultPath: EXECUTION,
          resultSelector: { 'input.$': '$.Input' },
        },
      ),
    ],
    ['Parse its input', put(EXECUTION, { 'input.$': fromJson(input) })],
    [
      'Which kind of release is it?',
      branches(
        [
          { when: marked(`${input}.rollback`), next: 'It is a rollback' },
          { when: present(`${input}.cleanUpAfter`), next: 'It is a clean-up' },
        ],
        'It is a release',
      ),
    ],
    ['It is a rollback', kindOf(KIND.rollback)],
    ['It is a clean-up', kindOf(KIND.cleanUp)],
    ['It is a release', kindOf(KIND.release)],
  );
}

/**
 * A release between deployments, or one that monitors: its clean-up rolls back what it has done. One that had changed
 * nothing, because it waited, is no answer to a rollback: the command goes on. A clean-up is left alone.
 */
export function stopReleases(tools: PartTools, release: Release, runsAlready: string): Part {
  const { calls, arns } = tools;
  const [none, unchanged] = ['No release runs', 'Did a rollback wait for it?'];
  return part(
    ['Is no release left?', choice([not(present(`${RELEASES}[0]`))], none)],
    ['Stop releases', forEach(RELEASES, stopRelease(calls, release), { fields: { ResultPath: null } })],
    [
      'Find stopped releases',
      put(ANY, {
        'stopped.$': contains(`${RELEASES}[*].kind`, quoted(KIND.release)),
        'rollback.$': contains(`${RELEASES}[*].kind`, quoted(KIND.rollback)),
      }),
    ],
    ['Was a release stopped?', choice([isTrue(`${ANY}.stopped`)], 'Let the stop settle', runsAlready)],
    ['Let the stop settle', wait(SETTLE_SECONDS)],
    // One that had changed nothing has left no record: what serves is the last release.
    readRecord(calls, arns, {
      name: 'Read record of the stopped release',
      parameter: release.recordParameterName,
      none: unchanged,
    }),
    [
      'Report the stopped release',
      output({ done: 'the running release was stopped, and is rolled back. The release notifies of its end' }),
    ],
    [unchanged, choice([isTrue(`${ANY}.rollback`)], 'Report the rollback that waited', none)],
    [
      'Report the rollback that waited',
      output({ done: 'the running release was stopped, and a rollback that waited for it begins and notifies' }),
    ],
    [none, LABEL],
  );
}

function stopRelease(calls: AwsCalls, release: Release): Part {
  return part(
    ['May it be stopped?', choice([equals('$.kind', KIND.release)], 'Stop release')],
    ['Leave the clean-up alone', { Type: 'Pass', End: true }],
    [
      'Stop release',
      calls.task(
        'sfn:stopExecution',
        { 'ExecutionArn.$': '$.execution', 'Cause': 'Rolled back by hand' },
        { resources: [executionsOf(release.stateMachine)] },
      ),
    ],
  );
}
