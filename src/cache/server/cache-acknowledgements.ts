import type { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';

/** Facts of nodes that decide which findings are acknowledged. */
interface AcknowledgedNodes {
  readonly group: CfnReplicationGroup;
  /** True if AwsSolutions-AEC5 flags the port, which it does for Redis alone. */
  readonly onFlaggedPort: boolean;
  /** True if the environment asks for one node alone. */
  readonly singleByProfile: boolean;
  /** True if the environment keeps snapshots for less than the packs ask for. */
  readonly shortByProfile: boolean;
}

/** Acknowledges each finding that remains, with its reason, on the replication group. */
export function acknowledgeNodes(nodes: AcknowledgedNodes): void {
  const { group, onFlaggedPort, singleByProfile, shortByProfile } = nodes;
  acknowledge(
    group,
    'AwsSolutions-AEC6',
    'Each client signs in as a user of its own (RBAC), which ElastiCache does not combine with an AUTH token.',
  );
  if (onFlaggedPort) {
    acknowledge(
      group,
      'AwsSolutions-AEC5',
      'Requirements C-10 and C-13 fix the port; who may reach it is decided by security groups. The prop port sets ' +
        'another.',
    );
  }
  if (singleByProfile) {
    acknowledge(group, 'AwsSolutions-AEC4', 'The environment has no standby in another Availability Zone.');
  }
  if (shortByProfile) {
    acknowledgeInCompliancePacks(
      group,
      'ElastiCacheRedisClusterAutomaticBackup',
      'The environment is destroyed without a trace (requirement E-08), and keeps snapshots for a day.',
    );
  }
}
