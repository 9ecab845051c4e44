import { Stack, Token, type Duration } from 'aws-cdk-lib';
import type { CfnDBInstance, DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import type { Rule } from '../../validation/rules';
import type { RecoveryRegion } from './recovery-region';
import { replicationRegions } from './replication-regions';

/** Replication of automated backups, as the caller asks for it. */
interface Replication {
  readonly replicateAutomatedBackups?: boolean;
  readonly replicationRetention?: Duration;
  readonly recoveryRegion?: RecoveryRegion;
}

/** Settings of replicated backups, checked. */
interface ReplicationSettings {
  readonly recoveryRegion?: RecoveryRegion;
  /** @default - no replication */
  readonly replicationRetention?: Duration;
}

/** Requires an instance, and a pair of regions between which RDS replicates. */
export function replicationRules(scope: IConstruct, cluster: boolean, replication: Replication): Rule[] {
  const { replicateAutomatedBackups: asked = false, replicationRetention, recoveryRegion } = replication;
  const prop = 'backup.replicateAutomatedBackups';
  const here = Stack.of(scope).region;
  const regions = replicationRegions(here);
  return [
    {
      condition: !asked && replicationRetention !== undefined,
      prop: 'backup.replicationRetention',
      problem: 'has no effect without replicateAutomatedBackups',
      fix: 'set replicateAutomatedBackups to true, or remove replicationRetention',
    },
    {
      condition: asked && cluster,
      prop,
      problem:
        'is not supported on a cluster: RDS replicates the backups of instances alone, and a lost region costs an ' +
        'Aurora database what was written since the last copy, up to a day and the time of the copy',
      fix: 'set capacity to an instance to lose minutes, or remove replicateAutomatedBackups to accept a day',
    },
    {
      condition: asked && recoveryRegion === undefined,
      prop,
      problem: 'needs recoveryRegion, which holds the key of the replicated backups',
      fix: 'create a RecoveryRegion, and give it as recoveryRegion',
    },
    {
      condition:
        asked && recoveryRegion !== undefined && !Token.isUnresolved(here) && !regions.includes(recoveryRegion.region),
      prop,
      problem: `is not supported from ${here} to ${recoveryRegion?.region}`,
      fix:
        regions.length > 0
          ? `create the RecoveryRegion in one of ${regions.join(', ')}`
          : 'remove replicateAutomatedBackups: RDS replicates no backups from this region',
    },
  ];
}

/** Replicates the automated backups of an instance. The key there is named by its alias, without a reference. */
export function replicateBackups(instance: DatabaseInstance, settings: ReplicationSettings): void {
  const { recoveryRegion, replicationRetention } = settings;
  if (recoveryRegion && replicationRetention) {
    const resource = instance.node.defaultChild as CfnDBInstance;
    resource.automaticBackupReplicationRegion = recoveryRegion.region;
    resource.automaticBackupReplicationKmsKeyId = recoveryRegion._keyAliasArn();
    resource.automaticBackupReplicationRetentionPeriod = replicationRetention.toDays();
  }
}
