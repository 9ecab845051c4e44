import { Token } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkWholeNumber } from '../../validation/checks';
import { checkRules } from '../../validation/rules';

/** Properties of {@link CacheCapacity.nodes}. All of them are optional. */
export interface CacheNodesProps {
  /**
   * Node type, without the prefix `cache.`. A change is made online, and ends each connection once.
   * Source: requirement C-10.
   * @default - by environment: `t4g.small` in production, `t4g.micro` elsewhere
   */
  readonly nodeType?: InstanceType;
  /**
   * Number of replicas, 0 to 5, in other Availability Zones than the primary as far as there are zones.
   *
   * With a replica, ElastiCache fails over by itself. Without one, the loss of a zone or a node empties the cache.
   * Source: requirements A-32 and C-10.
   * @default - by environment: 1 in production and staging, 0 in development
   */
  readonly replicas?: number;
}

/** Properties of {@link CacheCapacity.serverless}. All of them are optional. */
export interface ServerlessCacheProps {
  /**
   * Most data in GB, 1 to 5000. A full cache drops entries that have an expiry.
   * @default 10
   */
  readonly maxStorageGb?: number;
  /**
   * Most ElastiCache processing units per second, 1000 to 15000000. Commands beyond it are throttled.
   * @default 5000
   */
  readonly maxUnitsPerSecond?: number;
  /**
   * Opens the second port of serverless caches, 6380, on which clients read from the nearest replica.
   *
   * The network needs 6380 in its `dataPorts`.
   * @default false
   */
  readonly readFromReplicas?: boolean;
}

/** Nodes of a fixed size, with every default filled in. */
export interface NodeSettings {
  /** `cache.t4g.small`. */
  readonly nodeType: string;
  /** Replicas beside the primary. */
  readonly replicas: number;
}

/** Limits of a serverless cache, with every default filled in. */
export interface ServerlessSettings {
  /** Most data in GB. */
  readonly maxStorageGb: number;
  /** Most ElastiCache processing units per second. */
  readonly maxUnitsPerSecond: number;
  /** True where clients also read on the second port. */
  readonly readFromReplicas: boolean;
}

/** Settings of a capacity, checked. Either `nodes` or `serverless` is set. */
export interface CapacitySettings {
  /**
   * Nodes of a fixed size.
   * @default - the cache is serverless
   */
  readonly nodes?: NodeSettings;
  /**
   * Limits of a serverless cache.
   * @default - the cache has nodes
   */
  readonly serverless?: ServerlessSettings;
}

/** Most replicas of one primary. */
const MOST_REPLICAS = 5;

/**
 * Capacity of a {@link HardenedCache}: nodes of a fixed size, or a serverless cache.
 *
 * A change from one to the other is another cache: create a second one, and move the services to it.
 *
 * @example
 * new HardenedCache(this, 'Cache', {
 *   network,
 *   purpose: CachePurpose.CACHE,
 *   capacity: CacheCapacity.nodes({ replicas: 2 }),
 * });
 */
export class CacheCapacity {
  /** Primary with replicas, and automatic failover. */
  public static nodes(props: CacheNodesProps = {}): CacheCapacity {
    return new CacheCapacity((scope, profile) => ({ nodes: nodeSettings(scope, props, profile) }));
  }

  /**
   * Cache that scales by itself, for clients in cluster mode.
   *
   * It has no parameters and no keyspace events, and drops entries that have an expiry when it is full
   * (`volatile-lru`). So it is for `CachePurpose.CACHE` alone.
   */
  public static serverless(props: ServerlessCacheProps = {}): CacheCapacity {
    return new CacheCapacity((scope) => ({ serverless: serverlessSettings(scope, props) }));
  }

  private constructor(
    private readonly settings: (scope: IConstruct, profile: EnvironmentProfile) => CapacitySettings,
  ) {}

  /** Checks the capacity and fills in its defaults. @internal */
  public _bind(scope: IConstruct, profile: EnvironmentProfile): CapacitySettings {
    return this.settings(scope, profile);
  }
}

function nodeSettings(scope: IConstruct, props: CacheNodesProps, profile: EnvironmentProfile): NodeSettings {
  const nodeType = (props.nodeType ?? new InstanceType(profile.cacheSize)).toString();
  checkRules(scope, [
    {
      condition: !Token.isUnresolved(nodeType) && !/^[a-z]\w*\.\w+$/.test(nodeType),
      prop: 'capacity.nodeType',
      value: nodeType,
      expected: 'a node type without the prefix cache.',
      fix: "write new InstanceType('t4g.small')",
    },
    {
      condition: Token.isUnresolved(props.replicas),
      prop: 'capacity.replicas',
      problem: 'is a token, and alarms need the number of nodes at synthesis',
      fix: 'give a literal number',
    },
  ]);
  checkWholeNumber(scope, 'capacity.replicas', props.replicas, {
    min: 0,
    max: MOST_REPLICAS,
    unit: 'replicas',
    fix: 'lower replicas, or take a larger node',
  });
  return { nodeType: `cache.${nodeType}`, replicas: props.replicas ?? (profile.multiAz ? 1 : 0) };
}

function serverlessSettings(scope: IConstruct, props: ServerlessCacheProps): ServerlessSettings {
  checkWholeNumber(scope, 'capacity.maxStorageGb', props.maxStorageGb, {
    min: 1,
    max: 5000,
    unit: 'GB',
    fix: 'choose a limit that ElastiCache accepts',
  });
  checkWholeNumber(scope, 'capacity.maxUnitsPerSecond', props.maxUnitsPerSecond, {
    min: 1000,
    max: 15_000_000,
    unit: 'units',
    fix: 'choose a limit that ElastiCache accepts',
  });
  const { maxStorageGb = 10, maxUnitsPerSecond = 5000, readFromReplicas = false } = props;
  return { maxStorageGb, maxUnitsPerSecond, readFromReplicas };
}
