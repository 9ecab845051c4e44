import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { EnvironmentProfile } from '../environment';
import type { ISecureVpc } from '../network';
import type { CachePurpose } from './cache-purpose';
import type { CacheCapacity } from './capacity/cache-capacity';
import type { CacheEngine } from './capacity/cache-engine';
import type { CacheCredentials } from './users/cache-credentials';

/** Properties of a {@link HardenedCache}. `network` and `purpose` are required. */
export interface HardenedCacheProps {
  /** Network whose data tier holds the cache. It can't be changed. */
  readonly network: ISecureVpc;
  /** Content of the cache, which decides what happens when its memory is full. Source: requirements C-10, D-04. */
  readonly purpose: CachePurpose;
  /**
   * Nodes of a fixed size, or a serverless cache. It can't be changed from one to the other.
   * Source: requirement C-10.
   * @default CacheCapacity.nodes()
   */
  readonly capacity?: CacheCapacity;
  /**
   * Engine and version. The engine can't be changed, and a version can't be lowered.
   * @default CacheEngine.valkey('8.0')
   */
  readonly engine?: CacheEngine;
  /**
   * Sign-in of the application. Source: requirements C-24 and A-34.
   * @default CacheCredentials.password()
   */
  readonly credentials?: CacheCredentials;
  /**
   * Rights of the application's user, as an access string of ElastiCache without passwords.
   * @default 'on ~* &* +@all -@admin -@dangerous +info' - all keys, and no command that blocks or empties the server
   */
  readonly accessString?: string;
  /**
   * TCP port of nodes, 1150 to 65535, one of the network's `dataPorts`.
   *
   * It can't be changed. A serverless cache has the port 6379. Source: requirement C-13.
   * @default 6379
   */
  readonly port?: number;
  /**
   * Name of the cache.
   *
   * It has 1 to 40 lower-case letters, digits and single hyphens, and begins with a letter.
   * It can't be changed: the cache of another name would be empty.
   * @default - from the path of this construct, with a hash of it at the end
   */
  readonly identifier?: string;
  /**
   * Events about keys that nodes publish, as the value of `notify-keyspace-events`.
   *
   * `Ex` publishes expired keys. Source: requirement C-10.
   * @default - none; events cost processor time
   */
  readonly keyspaceEvents?: string;
  /**
   * Engine parameters of nodes, as plain values in the unit of the parameter.
   * A `maxmemory-policy` that contradicts the purpose is refused.
   * @default - those that docs/cache.md lists
   */
  readonly parameters?: { [name: string]: string };
  /**
   * Retention of the daily snapshots, 1 to 35 whole days. Source: requirement C-10.
   * @default - by environment: 15 days where data is retained, 1 day in development
   */
  readonly snapshotRetention?: Duration;
  /**
   * Daily window of the snapshot, `hh:mm-hh:mm` in UTC, at least 60 minutes. Source: requirement C-27.
   * @default '02:00-03:00'
   */
  readonly snapshotWindow?: string;
  /**
   * Weekly maintenance window of nodes, `ddd:hh:mm-ddd:hh:mm` in UTC, at least 60 minutes.
   * It lies outside the snapshot window.
   * @default 'sun:05:30-sun:06:30'
   */
  readonly maintenanceWindow?: string;
  /**
   * Snapshot that the new cache is restored from.
   *
   * It is the name of a snapshot for nodes, and an ARN for a serverless cache. It needs an `identifier` of its own.
   *
   * It can't be added, changed or removed later, because ElastiCache restores into a new cache.
   * Leave it in place for as long as the cache lives.
   * @default - a new, empty cache
   */
  readonly restoreFrom?: string;
  /**
   * Sends slow commands of nodes to a log group. Its entries contain keys and values.
   * Source: requirement A-31.
   * @default - by the profile's `queryLogging`: false in production, true elsewhere
   */
  readonly slowLog?: boolean;
  /**
   * Retention of the log groups of nodes.
   * @default RetentionDays.ONE_WEEK - requirement A-15
   */
  readonly logRetention?: RetentionDays;
  /**
   * Removal policy of the cache.
   *
   * It is retained, destroyed, or deleted after a final snapshot (`SNAPSHOT`, nodes alone).
   * @default - by environment: retained in production and staging, destroyed in development
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
