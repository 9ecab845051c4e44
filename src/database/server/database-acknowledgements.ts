import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { DatabaseServer } from './database-server';

/** Facts of a database that decide which findings are acknowledged. */
interface AcknowledgedDatabase {
  /** Server with the findings. */
  readonly server: Pick<DatabaseServer, 'instance' | 'readReplicas' | 'cluster'>;
  /** True if the port is the engine's default port, which RDS11 flags. */
  readonly onDefaultPort: boolean;
  /** True if AwsSolutions-RDS11 also flags clusters of the engine. */
  readonly portFlaggedOnClusters: boolean;
  /** True if the server has deletion protection. Source: requirement E-08. */
  readonly deletionProtection: boolean;
  /** True if AWS Backup takes snapshots. */
  readonly inBackupPlan: boolean;
}

/** Acknowledges each finding that remains, with its reason, on the server that has it. */
export function acknowledgeFindings(database: AcknowledgedDatabase): void {
  const { instance, readReplicas, cluster } = database.server;
  const members = instance ? [instance, ...readReplicas] : [cluster!];
  if (database.onDefaultPort && (instance || database.portFlaggedOnClusters)) {
    members.forEach((member) =>
      acknowledge(
        member,
        'AwsSolutions-RDS11',
        "The documents fix the engine's own port (requirements A-25, C-13); who may reach it is decided by security " +
          'groups. The prop port sets another.',
      ),
    );
  }
  const nothingLeft =
    'The environment is destroyed without a trace (requirement E-08), and a vault that holds snapshots could not be.';
  if (!database.deletionProtection) {
    [instance ?? cluster!].forEach((member) => {
      acknowledge(member, 'AwsSolutions-RDS10', nothingLeft);
      acknowledgeInCompliancePacks(member, 'RDSInstanceDeletionProtectionEnabled', nothingLeft);
    });
  }
  if (instance && !database.inBackupPlan) {
    acknowledgeInCompliancePacks(instance, 'RDSInBackupPlan', nothingLeft);
  }
}
