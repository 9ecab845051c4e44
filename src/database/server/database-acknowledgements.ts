import type { DatabaseCluster, DatabaseInstance, DatabaseInstanceReadReplica } from 'aws-cdk-lib/aws-rds';
import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';

/** What decides which findings can't be cured. */
export interface DatabaseToAcknowledge {
  /**
   * Carries the findings of an instance.
   * @default - the database is a cluster
   */
  readonly instance?: DatabaseInstance;
  /** Each carries findings of its own: it inherits encryption, backups and zones from its source. */
  readonly readReplicas: DatabaseInstanceReadReplica[];
  /**
   * Carries the findings of a cluster; its members have their own.
   * @default - the database is an instance
   */
  readonly cluster?: DatabaseCluster;
  /** Whether the packs find the port of the engine (RDS11). */
  readonly onItsDefaultPort: boolean;
  /** Whether AwsSolutions-RDS11 knows the engine's own port on clusters, too. */
  readonly portFlaggedOnClusters: boolean;
  /** False where the environment is destroyed without a trace (requirement E-08). */
  readonly protected: boolean;
  /** False where nothing outlives the stack, so that no vault holds snapshots. */
  readonly inBackupPlan: boolean;
}

/** Says of each finding that stays why it does, on the server that it is about. */
export function acknowledgeWhatCannotHold(database: DatabaseToAcknowledge): void {
  const { instance, readReplicas, cluster } = database;
  const members = instance ? [instance, ...readReplicas] : [cluster!];
  if (database.onItsDefaultPort && (instance || database.portFlaggedOnClusters)) {
    members.forEach((member) =>
      acknowledge(
        member,
        'AwsSolutions-RDS11',
        "The documents fix the engine's own port (requirements A-25, C-13); who may reach it is decided by security groups. The prop port sets another.",
      ),
    );
  }
  const nothingLeft =
    'The environment is destroyed without a trace (requirement E-08), and a vault that holds snapshots could not be.';
  if (!database.protected) {
    members.forEach((member) => {
      acknowledge(member, 'AwsSolutions-RDS10', nothingLeft);
      acknowledgeInCompliancePacks(member, 'RDSInstanceDeletionProtectionEnabled', nothingLeft);
    });
  }
  if (instance && !database.inBackupPlan) {
    acknowledgeInCompliancePacks(instance, 'RDSInBackupPlan', nothingLeft);
  }
}
