import type { SnapshotTarget } from '../../../contracts';
import { LABEL, type Part, part, put } from '../../asl/asl';
import { allOf, branches, choice, type Condition, equals, isOneOf, matches, present } from '../../asl/conditions';
import { add, CONTEXT, format } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import { wait } from '../../asl/polling';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { PartTools } from '../context/release-settings';

const KEPT_DAYS = 30;
const INTERVAL_SECONDS = 60;
const POLL = 'Follow snapshot';

/** A window of the server passes in hours. */
const WINDOW_SECONDS = 900;
const MOST_WINDOW_HOURS = 6;
/** Reason of AWS Backup for a job in a window of an instance, or in the hour before it. */
const REFUSED_BY_WINDOW = '*could not start*too close to the*window*';

const JOB = '$.snapshot.job';
/** Number of times that the release has waited for a window of the server. */
const WAITED = '$.snapshotWaits';
const BACKUP = '$.backup';
const LIFECYCLE = { Lifecycle: { DeleteAfterDays: KEPT_DAYS } };

/**
 * Takes a snapshot with AWS Backup, which expires it, and copies it. The copy runs on while the release does.
 *
 * RDS's own backup and maintenance go first. A job that their window refuses is started again, for `timeoutSeconds` and
 * 6 hours at most. Source: requirement A-06.
 */
export function takeSnapshot({ calls, intervals }: PartTools, target: SnapshotTarget, timeoutSeconds: number): Part {
  const [completed, failed, late] = ['Snapshot completed', 'Has the snapshot a reason?', 'Snapshot takes too long'];
  const waiting = 'Await window of the database';
  const mostWaits = Math.ceil(Math.min(timeoutSeconds, MOST_WINDOW_HOURS * 3600) / WINDOW_SECONDS);
  const start = (token: string) =>
    calls.task(
      'backup:startBackupJob',
      {
        'BackupVaultName': target.vaultName,
        'ResourceArn': target.resourceArn,
        'IamRoleArn': target.roleArn,
        'IdempotencyToken.$': token,
        ...LIFECYCLE,
      },
      { resources: [target.vaultArn], resultPath: '$.snapshot', resultSelector: { 'job.$': '$.BackupJobId' } },
    );
  calls.allow(['iam:PassRole'], [target.roleArn], { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } });
  return part(
    ['Begin snapshot', put(WAITED, { times: 0 })],
    ['Start snapshot', start(CONTEXT.executionName)],
    intervals.poll(
      {
        name: POLL,
        timeoutSeconds,
        intervalSeconds: INTERVAL_SECONDS,
        waitFirst: true,
        onTimeout: late,
      },
      (again) =>
        part(
          [
            `${POLL}: describe`,
            calls.task(
              'backup:describeBackupJob',
              { 'BackupJobId.$': JOB },
              { resources: ['*'], resultPath: BACKUP, failed: again },
            ),
          ],
          [
            `${POLL}: has it ended?`,
            branches(
              [
                { when: equals(`${BACKUP}.State`, 'COMPLETED'), next: completed },
                { when: isRefusedByWindow(mostWaits), next: waiting },
                {
                  when: isOneOf(`${BACKUP}.State`, ['FAILED', 'ABORTED', 'ABORTING', 'EXPIRED', 'PARTIAL']),
                  next: failed,
                },
              ],
              again,
            ),
          ],
        ),
    ),
    refuse(late, 'Release.Snapshot', 'the snapshot {} has not ended in time', JOB),
    [waiting, wait(WINDOW_SECONDS)],
    ['Count waits', put(WAITED, { 'times.$': add(`${WAITED}.times`, 1) })],
    // Another token: with the same one, AWS Backup answers with the job that was refused.
    [
      'Start snapshot again',
      { ...start(format('{}-{}', CONTEXT.executionName, `${WAITED}.times`)), Next: `${POLL}: count polls` },
    ],
    [failed, choice([present(`${BACKUP}.StatusMessage`)], 'Snapshot failed', 'Snapshot failed without a reason')],
    refuse(
      'Snapshot failed',
      'Release.Snapshot',
      'the snapshot {} is {}: {}',
      JOB,
      `${BACKUP}.State`,
      `${BACKUP}.StatusMessage`,
    ),
    refuse(
      'Snapshot failed without a reason',
      'Release.Snapshot',
      'the snapshot {} is {}',
      JOB,
      `${BACKUP}.State`,
    ),
    [completed, LABEL],
    ...copySnapshot(calls, target),
    ['Forget backup job', { Type: 'Pass', Result: {}, ResultPath: BACKUP }],
  );
}

function isRefusedByWindow(mostWaits: number): Condition {
  return allOf(
    equals(`${BACKUP}.State`, 'FAILED'),
    present(`${BACKUP}.StatusMessage`),
    matches(`${BACKUP}.StatusMessage`, REFUSED_BY_WINDOW),
    { Variable: `${WAITED}.times`, NumericLessThan: mostWaits },
  );
}

function copySnapshot(calls: AwsCalls, target: SnapshotTarget): Part[] {
  return target.copyVaultArn === undefined
    ? []
    : [
      part([
        'Copy snapshot',
        calls.task(
          'backup:startCopyJob',
          {
            'RecoveryPointArn.$': `${BACKUP}.RecoveryPointArn`,
            'SourceBackupVaultName': target.vaultName,
            'DestinationBackupVaultArn': target.copyVaultArn,
            'IamRoleArn': target.roleArn,
            'IdempotencyToken.$': CONTEXT.executionName,
            ...LIFECYCLE,
          },
          { resources: [target.recoveryPointArns] },
        ),
      ]),
    ];
}
