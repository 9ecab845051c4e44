import type { RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import type { CacheSignals } from '../../contracts';
import type { ISecureVpc } from '../../network';
import type { EngineSettings } from '../capacity/cache-engine';

/** Properties that nodes and serverless caches share. All of them are checked. */
export interface CacheServerProps {
  /** Network whose data tier holds the cache. */
  readonly network: ISecureVpc;
  /** Physical name. */
  readonly identifier: string;
  /** Engine and its version. */
  readonly engine: EngineSettings;
  /** TCP port of nodes. */
  readonly port: number;
  /** Key of data and snapshots. */
  readonly key: IKey;
  /** Security group without rules. Each client adds its own. */
  readonly securityGroup: ISecurityGroup;
  /** Users who may sign in. */
  readonly userGroup: CfnUserGroup;
  /** Retention of the daily snapshots, in days. */
  readonly snapshotDays: number;
  /** `hh:mm-hh:mm` in UTC. */
  readonly snapshotWindow: string;
  /** `ddd:hh:mm-ddd:hh:mm` in UTC. */
  readonly maintenanceWindow: string;
  /**
   * Snapshot that the cache is restored from.
   * @default - a new, empty cache
   */
  readonly restoreFrom?: string;
  /** Removal policy of the cache. */
  readonly removalPolicy: RemovalPolicy;
  /** Removal policy of the groups that the cache can't exist without. */
  readonly dependencyRemovalPolicy: RemovalPolicy;
}

/** Address of a cache. */
export interface CacheAddress {
  /** Host name. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
}

/** Cache with its addresses: nodes, or a serverless cache. */
export interface CacheServer {
  /** Resource of the cache, which clients wait for. */
  readonly resource: IConstruct;
  /** Host for reads and writes. */
  readonly endpoint: string;
  /**
   * Address for reads.
   * @default - none
   */
  readonly readAddress?: CacheAddress;
  /** True where clients use cluster mode. */
  readonly clusterMode: boolean;
  /** Kind of resource in the ARN: `replicationgroup`. */
  readonly arnResource: string;
  /** Signals for alarms and dashboards, without the construct. */
  readonly signals: Omit<CacheSignals, 'source'>;
}
