import { Token } from 'aws-cdk-lib';
import type { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import type { IConstruct } from 'constructs';
import type { CacheSignals, IMonitoredCache } from '../../contracts';
import { PropError } from '../../validation/prop-error';
import { asStored } from './stored-identifier';

/** What has to be told of a replication group. */
export interface MonitoredReplicationGroupProps {
  /**
   * Whether it runs in cluster mode: then its nodes are named by shard. Has to be told where a parameter group of one's own decides it.
   * @default - true with more than one node group, with `clusterMode: 'enabled'`, and with one of AWS's parameter groups for it
   */
  readonly clusterMode?: boolean;
}

/** A cache of another making, for the same alarms and dashboards. Throws a PropError where its nodes can't be known. */
export class MonitoredCache implements IMonitoredCache {
  /** A replication group of Valkey or Redis OSS. ElastiCache names the nodes after it: `name-001`, in cluster mode `name-0001-001`. */
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
   * Any cache, by its nodes.
   *
   * @param source what stands for it in the app: its path stands in messages
   * @param nodeIds as CloudWatch names them in `CacheClusterId`
   */
  public static fromNodes(source: IConstruct, nodeIds: string[]): MonitoredCache {
    if (nodeIds.length === 0) {
      throw new PropError(source, {
        prop: 'nodeIds',
        value: nodeIds,
        expected: 'one node or more',
        fix: 'name the nodes as CloudWatch does in CacheClusterId',
      });
    }
    return new MonitoredCache({ source, nodeIds: nodeIds.map(asStored) });
  }

  private constructor(public readonly signals: CacheSignals) {}
}

/** One shard may be a cluster, too: AWS's parameter groups for it are called `default.valkey8.cluster.on`. */
function isClustered({ clusterMode, cacheParameterGroupName }: CfnReplicationGroup): boolean {
  return clusterMode === 'enabled' || (cacheParameterGroupName?.endsWith('.cluster.on') ?? false);
}

/** How many nodes each shard has, the primary included. */
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
      expected: 'a group whose numbers of shards and replicas are known now',
      fix: 'name the nodes: MonitoredCache.fromNodes(group, [...])',
    });
  }
  if (Array.isArray(groups) && groups.length > 0) {
    return groups.map((shard) => 1 + ((shard as CfnReplicationGroup.NodeGroupConfigurationProperty).replicaCount ?? 0));
  }
  return numCacheClusters === undefined
    ? Array.from({ length: numNodeGroups ?? 1 }, () => 1 + (replicasPerNodeGroup ?? 0))
    : [numCacheClusters];
}
