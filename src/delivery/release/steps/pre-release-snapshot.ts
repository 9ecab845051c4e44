import type { SnapshotTarget } from '../../../contracts';
import { LABEL, type Part, part } from '../../asl/asl';
import { branches, choice, equals, isOneOf, present } from '../../asl/conditions';
import { CONTEXT } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { PartTools } from '../context/release-settings';

const KEPT_DAYS = 30;
const INTERVAL_SECONDS = 60;

const JOB = '$.snapshot.job';
const BACKUP = '$.backup';
const LIFECYCLE = { Lifecycle: { DeleteAfterDays: KEPT_DAYS } };

/**
 * Takes a snapshot with AWS Backup, which expires it, and copies it. The copy runs on while the release does.
 * Source: requirement A-06.
 */
export function takeSnapshot({ calls, intervals }: PartTools, target: SnapshotTarget, timeoutSeconds: number): Part {
  const [completed, failed, late] = ['Snapshot completed', 'Has the snapshot a reason?', 'Snapshot takes too long'];
  calls.allow(['iam:PassRole'], [target.roleArn], { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } });
  return part(
    [
      'Start snapshot',
      calls.task(
        'backup:startBackupJob',
        {
          'BackupVaultName': target.vaultName,
          'ResourceArn': target.resourceArn,
          'IamRoleArn': target.roleArn,
          'IdempotencyToken.$': CONTEXT.executionName,
          ...LIFECYCLE,
        },
        { resources: [target.vaultArn], resultPath: '$.snapshot', resultSelector: { 'job.$': '$.BackupJobId' } },
      ),
    ],
    intervals.poll(
      {
        name: 'Follow snapshot',
        timeoutSeconds,
        intervalSeconds: INTERVAL_SECONDS,
        waitFirst: true,
        onTimeout: late,
      },
      (again) =>
        part(
          [
            'Follow snapshot: describe',
            calls.task(
              'backup:describeBackupJob',
              { 'BackupJobId.$': JOB },
              { resources: ['*'], resultPath: BACKUP },
            ),
          ],
          [
            'Follow snapshot: has it ended?',
            branches(
              [
                { when: equals(`${BACKUP}.State`, 'COMPLETED'), next: completed },
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
