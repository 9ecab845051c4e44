import { Token } from 'aws-cdk-lib';
import type { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import type { IConstruct } from 'constructs';
import type { CacheSignals, IMonitoredCache } from '../../contracts';
import { PropError } from '../../validation/prop-error';
import { asStored } from './stored-identifier';

/** Properties of a {@link MonitoredCache} for a replication group; none is required. */
export interface MonitoredReplicationGroupProps {
  /**
   * Cluster mode of the replication group.
   *
   * In cluster mode, node names contain the shard. A custom parameter group requires this property.
   * @default - true with several node groups, with `clusterMode: 'enabled'`, or with AWS's parameter groups for it
   */
  readonly clusterMode?: boolean;
}

/**
 * Existing ElastiCache cache, for the alarms and dashboards of this library.
 *
 * Throws a PropError where the names of its nodes are unknown at synthesis.
 *
 * @example
 * new GoldenSignalAlarms(this, 'Alarms', {
 *   caches: [MonitoredCache.fromNodes(this, ['sessions-001', 'sessions-002'])],
 *   alertRouting,
 * });
 */
export class MonitoredCache implements IMonitoredCache {
  /**
   * Replication group of Valkey or Redis OSS.
   *
   * ElastiCache names the nodes after it: `name-001`, or `name-0001-001` in cluster mode.
   *
   * @param group the L1 construct
   * @param props values that the construct doesn't have
   */
  public static fromReplicationGroup(
    group: CfnReplicationGroup,
    props: MonitoredReplicationGroupProps = {},
  ): MonitoredCache {
    const shards = nodesByShard(group);
    const name = group.replicationGroupId ?? group.ref;
    const clusterMode = props.clusterMode ?? (shards.length > 1 || isClustered(group));
    const nodeIds = shards.flatMap((nodes, shard) =>
      Array.from({ length: nodes }, (_, node) =>
        [name, ...(clusterMode ? [String(shard + 1).padStart(4, '0')] : []), String(node + 1).padStart(3, '0')].join(
          '-',
        ),
      ),
    );
    return MonitoredCache.fromNodes(group, nodeIds);
  }

  /**
   * Any cache by the names of its nodes.
   *
   * @param source construct whose path is in messages
   * @param nodeIds names of the nodes in CloudWatch's dimension `CacheClusterId`
   */
  public static fromNodes(source: IConstruct, nodeIds: string[]): MonitoredCache {
    if (nodeIds.length === 0) {
      throw new PropError(source, {
        prop: 'nodeIds',
        value: nodeIds,
        expected: 'one or more nodes',
        fix: 'give the names in the dimension CacheClusterId of CloudWatch',
      });
    }
    return new MonitoredCache({ source, nodeIds: nodeIds.map(asStored) });
  }

  private constructor(public readonly signals: CacheSignals) {}
}

/** A single shard may be in cluster mode, too. AWS's parameter groups for it end in `.cluster.on`. */
function isClustered({ clusterMode, cacheParameterGroupName }: CfnReplicationGroup): boolean {
  return clusterMode === 'enabled' || (cacheParameterGroupName?.endsWith('.cluster.on') ?? false);
}

/** Number of nodes of each shard, with the primary. */
function nodesByShard(group: CfnReplicationGroup): number[] {
  const { numCacheClusters, numNodeGroups, replicasPerNodeGroup, nodeGroupConfiguration: groups } = group;
  const counts = [numCacheClusters, numNodeGroups, replicasPerNodeGroup];
  if (
    group.globalReplicationGroupId !== undefined ||
    Token.isUnresolved(groups) ||
    counts.some((count) => Token.isUnresolved(count))
  ) {
    throw new PropError(group, {
      prop: 'group',
      value: group,
      expected: 'a group whose numbers of shards and replicas are known at synthesis',
      fix: 'use MonitoredCache.fromNodes(group, [...])',
    });
  }
  if (Array.isArray(groups) && groups.length > 0) {
    return groups.map((shard) => 1 + ((shard as CfnReplicationGroup.NodeGroupConfigurationProperty).replicaCount ?? 0));
  }
  return numCacheClusters === undefined
    ? Array.from({ length: numNodeGroups ?? 1 }, () => 1 + (replicasPerNodeGroup ?? 0))
    : [numCacheClusters];
}
