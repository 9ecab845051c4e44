import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { dependencyRemovalPolicy, serverRemovalPolicy, snapshotRemovalPolicy } from '../environment/removal-policies';
import { checkNetwork } from '../network/check-network';
import { checkMember } from '../validation/checks';
import { checkKinds } from '../validation/kinds';
import { checkAllInReach } from '../validation/objects-in-reach';
import { cacheParameters, checkServerless, type Parameters } from './cache-parameters';
import { CachePurpose } from './cache-purpose';
import { CacheCapacity, type CapacitySettings } from './capacity/cache-capacity';
import { CacheEngine, type EngineSettings } from './capacity/cache-engine';
import type { HardenedCacheProps } from './hardened-cache-props';
import { APPLICATION_ACCESS } from './users/access-strings';
import { CacheCredentials } from './users/cache-credentials';
import { cacheName } from './users/cache-names';
import { checkCache } from './validate-cache';

/** Port of Redis and Valkey. Source: requirement C-10. */
export const REDIS_PORT = 6379;
/** Days that the compliance packs ask for. */
export const COMPLIANT_DAYS = 15;

/** Settings of a cache, checked, with every default filled in. */
export interface CacheSettings {
  /** Environment profile of the defaults. */
  readonly profile: EnvironmentProfile;
  /** Nodes, or limits of a serverless cache. */
  readonly capacity: CapacitySettings;
  /** Engine and its version. */
  readonly engine: EngineSettings;
  /** Sign-in of the application. */
  readonly credentials: CacheCredentials;
  /** Rights of the application. */
  readonly accessString: string;
  /** Physical name. */
  readonly identifier: string;
  /** TCP port of nodes and of the endpoint. */
  readonly port: number;
  /** Parameters of nodes. */
  readonly parameters: Parameters;
  /** Retention of daily snapshots, in days. */
  readonly snapshotDays: number;
  /** `hh:mm-hh:mm` in UTC. */
  readonly snapshotWindow: string;
  /** `ddd:hh:mm-ddd:hh:mm` in UTC. */
  readonly maintenanceWindow: string;
  /**
   * Snapshot that the cache begins with.
   * @default - a new, empty cache
   */
  readonly restoreFrom?: string;
  /** True where nodes deliver their slow log. */
  readonly slowLog: boolean;
  /** Retention of the logs of nodes. */
  readonly logRetention: RetentionDays;
  /** Removal policy of the cache. */
  readonly removalPolicy: RemovalPolicy;
  /** Removal policy of what the cache can't exist without. */
  readonly dependencyRemovalPolicy: RemovalPolicy;
  /** Removal policy of the key, which snapshots need. */
  readonly keyRemovalPolicy: RemovalPolicy;
}

/** Fills in the defaults, binds the strategies and refuses what ElastiCache would refuse. */
export function cacheSettings(scope: IConstruct, props: HardenedCacheProps): CacheSettings {
  checkAllInReach(scope, props);
  checkKinds(scope, props, {
    capacity: CacheCapacity,
    engine: CacheEngine,
    credentials: CacheCredentials,
    profile: EnvironmentProfile,
  });
  checkMember(scope, 'purpose', props.purpose ?? null, CachePurpose);
  checkNetwork(scope, props.network);
  const profile = props.profile ?? EnvironmentProfile.of(scope);
  const removalPolicy = serverRemovalPolicy(props.removalPolicy, profile);
  const capacity = (props.capacity ?? CacheCapacity.nodes())._bind(scope, profile);
  checkServerless(scope, props, capacity);
  const settings: CacheSettings = {
    profile,
    capacity,
    engine: (props.engine ?? CacheEngine.valkey('8.0'))._bind(scope),
    credentials: props.credentials ?? CacheCredentials.password(),
    accessString: props.accessString ?? APPLICATION_ACCESS,
    identifier: props.identifier ?? cacheName(scope),
    port: props.port ?? REDIS_PORT,
    parameters: capacity.nodes ? cacheParameters(scope, props, capacity.nodes.nodeType) : {},
    snapshotDays: (props.snapshotRetention ?? defaultRetention(profile)).toDays({ integral: false }),
    snapshotWindow: props.snapshotWindow ?? '02:00-03:00',
    maintenanceWindow: props.maintenanceWindow ?? 'sun:05:30-sun:06:30',
    restoreFrom: props.restoreFrom,
    slowLog: props.slowLog ?? profile.queryLogging,
    logRetention: props.logRetention ?? RetentionDays.ONE_WEEK,
    removalPolicy,
    dependencyRemovalPolicy: dependencyRemovalPolicy(removalPolicy),
    keyRemovalPolicy: snapshotRemovalPolicy(removalPolicy, false),
  };
  checkCache(scope, props, { ...settings, defaultIdentifier: cacheName(scope) });
  return settings;
}

function defaultRetention({ removalPolicy }: EnvironmentProfile): Duration {
  return Duration.days(removalPolicy === RemovalPolicy.DESTROY ? 1 : COMPLIANT_DAYS);
}
