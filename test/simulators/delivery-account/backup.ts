/** Backup jobs, which take a while, and copies. */
export class Backup {
  public readonly backups: Array<{ id: string; input: any; polls: number }> = [];
  public backupFails = false;
  /** Reasons of the first jobs to fail, one a job. */
  public refusals: string[] = [];

  public startBackupJob(input: any) {
    const same = this.backups.find((backup) => backup.input.IdempotencyToken === input.IdempotencyToken);
    if (same) {
      return { BackupJobId: same.id };
    }
    this.backups.push({ id: `job-${this.backups.length}`, input, polls: 0 });
    return { BackupJobId: this.backups[this.backups.length - 1].id };
  }

  public describeBackupJob({ BackupJobId }: any) {
    const backup = this.backups.find(({ id }) => id === BackupJobId)!;
    const refusal = this.refusals[this.backups.indexOf(backup)];
    if (refusal) {
      return { State: 'FAILED', StatusMessage: refusal };
    }
    backup.polls += 1;
    const done = backup.polls > 2;
    return { State: done ? (this.backupFails ? 'FAILED' : 'COMPLETED') : 'RUNNING', ...(done && this.backupFails && { StatusMessage: 'no space' }), RecoveryPointArn: `arn:snapshot:awsbackup:${BackupJobId}` };
  }

  public startCopyJob(input: any) {
    this.backups.push({ id: 'copy', input, polls: 0 });
    return { CopyJobId: 'copy' };
  }
}
