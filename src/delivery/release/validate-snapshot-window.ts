import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { SnapshotTarget } from '../../contracts';
import { windowThatRefusesSnapshots } from '../../database/backup/maintenance-windows';
import { checkRules } from '../../validation/rules';
import type { WindowTimes } from './context/migration-config';

/**
 * Refuses a maintenance window of a release in which AWS Backup refuses the snapshot before it.
 *
 * The snapshot is taken when the window has opened. A calendar is not known at synthesis: there the release waits.
 */
export function checkSnapshotWindow(
  scope: IConstruct,
  target: SnapshotTarget | undefined,
  times: WindowTimes | undefined,
): void {
  const { startAt, endAt } = times ?? {};
  if (!target || startAt === undefined || endAt === undefined || [startAt, endAt].some((t) => Token.isUnresolved(t))) {
    return;
  }
  const refusing = windowThatRefusesSnapshots(scope, { startAt, endAt }, target);
  checkRules(scope, [
    {
      condition: refusing !== undefined,
      prop: 'snapshot',
      problem:
        `is taken from ${startAt} to ${endAt}, in the window of the migration. AWS Backup starts none in ` +
        `the window ${refusing} of the database, nor in the hour before it`,
      fix: "move the window of the migration, or the database's backup.window or maintenanceWindow",
    },
  ]);
}
