import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CacheCapacity, CacheCredentials, CacheEngine, type CacheNodesProps, type CachePasswordProps, CachePurpose, EnvironmentProfile, HardenedCache, type HardenedCacheProps,
  SecureVpc, type ServerlessCacheProps,
} from '../../../src';
import { callsOf } from '../calls';
import { changesAround } from '../general';
import type { Subject } from '../row';
import { changesOf, choicesOf, type Row } from '../rows';
import type { Site } from '../site';
import { WEB } from './service';

const SECOND = 'A cache keeps its name, its key, its place and its engine. [Move to a second one](cache.md#move-to-a-second-cache).';
const ROTATE = 'Increase it by one, and only when all services run the current password. Never lower it: running tasks would be locked out '
  + '([passwords](cache.md#rotate-the-password)).';
const QUIET = 'Choose a quiet hour: clients connect anew.';

const CACHE: Subject<HardenedCacheProps> = {
  name: 'HardenedCache',
  make: (site, id, props) => new HardenedCache(site.scope, id, { network: site.network, purpose: CachePurpose.CACHE, ...props }),
};
const SERVERLESS: Subject<HardenedCacheProps> = {
  name: 'HardenedCache, serverless',
  make: (site, id, props) => new HardenedCache(site.scope, id, { network: networkOf(site), purpose: CachePurpose.CACHE, capacity: CacheCapacity.serverless(), ...props }),
};

export const CACHE_ROWS: readonly Row[] = [
  ...changesOf<HardenedCacheProps>({
    subject: CACHE,
    struct: 'HardenedCacheProps',
    changes: {
      network: { exempt: 'a cache stays in its VPC: [move to a second one](cache.md#move-to-a-second-cache)' },
      purpose: [CachePurpose.CACHE, CachePurpose.SESSIONS],
      capacity: [undefined, () => CacheCapacity.nodes({ replicas: 2 })],
      engine: [() => CacheEngine.valkey('7.2'), () => CacheEngine.valkey('8.0'), { procedure: `${QUIET} Take a snapshot first: there is no way back.` }],
      credentials: [undefined, () => CacheCredentials.password({ generation: 2 }), { procedure: ROTATE }],
      accessString: [undefined, 'on ~shop:* &* +@all -@admin -@dangerous +info'],
      port: [undefined, 6390, { with: (site) => ({ network: portsOf(site) }), procedure: SECOND }],
      identifier: [undefined, 'shop-cache', { procedure: SECOND }],
      keyspaceEvents: [undefined, 'Ex'],
      parameters: [undefined, { timeout: '300' }],
      snapshotRetention: [undefined, Duration.days(30), { procedure: 'Copy the snapshots that you want to keep first (`aws elasticache copy-snapshot`).' }],
      snapshotWindow: [undefined, '03:00-04:00'],
      maintenanceWindow: [undefined, 'mon:05:30-mon:06:30'],
      restoreFrom: [undefined, 'shop-1', { with: { identifier: 'shop-cache' }, procedure: SECOND }],
      slowLog: [undefined, true],
      logRetention: [undefined, RetentionDays.ONE_MONTH],
      removalPolicy: [undefined, RemovalPolicy.SNAPSHOT, { note: 'It has an effect when the cache is removed.' }],
      profile: [undefined, () => EnvironmentProfile.staging(), { procedure: QUIET }],
    },
  }),
  ...changesOf<CacheNodesProps, HardenedCacheProps>({
    subject: CACHE,
    struct: 'CacheNodesProps',
    at: 'CacheCapacity.nodes',
    within: (props) => ({ capacity: CacheCapacity.nodes(props) }),
    changes: {
      nodeType: [undefined, () => new InstanceType('m7g.large'), { procedure: QUIET }],
      replicas: [undefined, 2],
    },
  }),
  ...changesOf<CachePasswordProps, HardenedCacheProps>({
    subject: CACHE,
    struct: 'CachePasswordProps',
    at: 'CacheCredentials.password',
    within: (props) => ({ credentials: CacheCredentials.password(props) }),
    changes: { generation: [2, 3, { procedure: ROTATE }] },
  }),
  ...choicesOf<CacheCapacity, HardenedCacheProps>({
    subject: CACHE,
    class: 'CacheCapacity',
    prop: 'capacity',
    within: (capacity) => ({ capacity }),
    values: { nodes: () => CacheCapacity.nodes(), serverless: () => CacheCapacity.serverless() },
    remarks: { '*': { procedure: SECOND } },
  }),
  ...choicesOf<CacheEngine, HardenedCacheProps>({
    subject: CACHE,
    class: 'CacheEngine',
    prop: 'engine',
    within: (engine) => ({ engine }),
    values: { valkey: () => CacheEngine.valkey('8.0'), redis: () => CacheEngine.redis('7.1') },
    remarks: { '*': { procedure: SECOND } },
  }),
  ...choicesOf<CacheCredentials, HardenedCacheProps>({
    subject: CACHE,
    class: 'CacheCredentials',
    prop: 'credentials',
    within: (credentials) => ({ credentials }),
    values: { password: () => CacheCredentials.password(), iam: () => CacheCredentials.iam() },
    remarks: { '*': { procedure: 'Add a second user with `addUser`, and let services sign in as it first ([users](cache.md#users)).' } },
  }),
  ...callsOf<HardenedCache, HardenedCacheProps>({
    subject: CACHE,
    class: 'HardenedCache',
    calls: {
      addUser: [(cache) => cache.addUser('reports', CacheCredentials.password()), { procedure: 'Before its removal, let nobody sign in as the user.' }],
      withUser: [(cache, site) => WEB.make(site, 'Web', { backingServices: [cache.withUser(cache.user)] }), { procedure: 'Move its traffic away first.' }],
      withVariables: [(cache, site) => WEB.make(site, 'Web', { backingServices: [cache.withVariables({ host: 'CACHE_HOST' })] }), { procedure: 'Move its traffic away first.' }],
    },
  }),
  ...changesAround(CACHE),
  ...changesOf<ServerlessCacheProps, HardenedCacheProps>({
    subject: SERVERLESS,
    struct: 'ServerlessCacheProps',
    at: 'CacheCapacity.serverless',
    within: (props) => ({ capacity: CacheCapacity.serverless(props) }),
    changes: {
      maxStorageGb: [undefined, 20],
      maxUnitsPerSecond: [undefined, 10_000],
      readFromReplicas: [undefined, true, { note: 'It has an effect on services that bind the cache: they get another port.' }],
    },
  }),
  ...changesAround(SERVERLESS),
];

/** Network with both ports of serverless caches. */
function networkOf(site: Site): SecureVpc {
  return site.part('ServerlessNetwork', (scope, id) => new SecureVpc(scope, id, { dataPorts: [6379, 6380] }));
}

function portsOf(site: Site): SecureVpc {
  return site.part('PortsNetwork', (scope, id) => new SecureVpc(scope, id, { dataPorts: [6379, 6390] }));
}
