import type { SnapshotTarget } from '../../contracts';
import { choice, present, put, refuse, type States } from '../asl/asl';
import type { Paces } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';

const KEPT_DAYS = 30;
const PACE_SECONDS = 60;

/** A snapshot by AWS Backup, which deletes it when its time is over, and its copy (requirement A-06). The copy goes on while the release does. */
export function takeSnapshot(calls: AwsCalls, paces: Paces, target: SnapshotTarget, timeoutSeconds: number): States {
  const lifecycle = { Lifecycle: { DeleteAfterDays: KEPT_DAYS } };
  calls.allow(['iam:PassRole'], [target.roleArn], { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } });
  return [
    [
      'Snapshot',
      calls.task(
        'backup:startBackupJob',
        {
          'BackupVaultName': target.vaultName,
          'ResourceArn': target.resourceArn,
          'IamRoleArn': target.roleArn,
          'IdempotencyToken.$': '$$.Execution.Name',
          ...lifecycle,
        },
        { resources: [target.vaultArn], at: '$.snapshot', keep: { 'job.$': '$.BackupJobId' } },
      ),
    ],
    ...paces.loop({ name: 'Snapshot', at: '$.watch', seconds: timeoutSeconds, pace: PACE_SECONDS }, (turn) => [
      ['Snapshot: wait', turn.wait],
      [
        'Snapshot: look',
        calls.task(
          'backup:describeBackupJob',
          { 'BackupJobId.$': '$.snapshot.job' },
          { resources: ['*'], at: '$.backup' },
        ),
      ],
      [
        'Snapshot: ended?',
        {
          Type: 'Choice',
          Choices: [
            {
              Variable: '$.backup.State',
              StringEquals: 'COMPLETED',
              Next: target.copyVaultArn === undefined ? 'Snapshot: taken' : 'Snapshot: copy',
            },
            {
              Or: ['FAILED', 'ABORTED', 'ABORTING', 'EXPIRED', 'PARTIAL'].map((state) => ({
                Variable: '$.backup.State',
                StringEquals: state,
              })),
              Next: 'Snapshot: reason?',
            },
          ],
        },
      ],
      ...turn.count('Snapshot: wait', 'Snapshot takes too long'),
    ]),
    ...refuse('Snapshot takes too long', 'Release.Snapshot', 'the snapshot {} has not ended in time', '$.snapshot.job'),
    [
      'Snapshot: reason?',
      choice([present('$.backup.StatusMessage')], 'Snapshot failed', 'Snapshot failed without a reason'),
    ],
    ...refuse(
      'Snapshot failed',
      'Release.Snapshot',
      'the snapshot {} is {}: {}',
      '$.snapshot.job',
      '$.backup.State',
      '$.backup.StatusMessage',
    ),
    ...refuse(
      'Snapshot failed without a reason',
      'Release.Snapshot',
      'the snapshot {} is {}',
      '$.snapshot.job',
      '$.backup.State',
    ),
    ...(target.copyVaultArn === undefined ? [] : copySnapshot(calls, target, lifecycle)),
    ['Snapshot: taken', put('$.backup', {})],
  ];
}

function copySnapshot(calls: AwsCalls, target: SnapshotTarget, lifecycle: object): States {
  return [
    [
      'Snapshot: copy',
      calls.task(
        'backup:startCopyJob',
        {
          'RecoveryPointArn.$': '$.backup.RecoveryPointArn',
          'SourceBackupVaultName': target.vaultName,
          'DestinationBackupVaultArn': target.copyVaultArn,
          'IamRoleArn': target.roleArn,
          'IdempotencyToken.$': '$$.Execution.Name',
          ...lifecycle,
        },
        { resources: [target.recoveryPointArns] },
      ),
    ],
  ];
}
