import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRules, type Rule } from '../validation/rules';
import { CachePurpose } from './cache-purpose';
import type { CapacitySettings } from './capacity/cache-capacity';

/** Parameters of the engine by name. */
export interface Parameters {
  readonly [name: string]: string;
}

/** Choices of the caller that become parameters. */
interface GivenParameters {
  readonly purpose: CachePurpose;
  readonly keyspaceEvents?: string;
  readonly parameters?: Parameters;
}

const EVICTION = 'maxmemory-policy';
const EVENTS = 'notify-keyspace-events';
/** Policies that drop entries. All of them exist in Redis 7 and Valkey. */
const DROPPING = [
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
];
/** Classes of keyspace events. `K` or `E` says where they are published, and the others which are. */
const EVENT_CLASSES = /^[KEg$lshzxetdmnA]*$/;
/**
 * Memory in percent that ElastiCache keeps free of data for snapshots and replication. Its default is 25.
 * Source: ElastiCache user guide, "Managing reserved memory": more on small nodes.
 */
const RESERVED: { readonly [size: string]: string } = { micro: '50', small: '30' };

/** Parameters of the group of nodes. Refuses those that contradict the purpose. */
export function cacheParameters(scope: IConstruct, given: GivenParameters, nodeType: string): Parameters {
  const { purpose, keyspaceEvents = '', parameters = {} } = given;
  checkRules(scope, [...evictionRules(purpose, parameters), ...eventRules(keyspaceEvents, parameters)]);
  const reserved = RESERVED[nodeType.split('.')[2]];
  return {
    [EVICTION]: purpose === CachePurpose.CACHE ? 'allkeys-lru' : 'noeviction',
    ...(keyspaceEvents !== '' && { [EVENTS]: keyspaceEvents }),
    ...(reserved && { 'reserved-memory-percent': reserved }),
    ...parameters,
  };
}

/** Refuses what a serverless cache does not have. */
export function checkServerless(scope: IConstruct, given: GivenParameters, capacity: CapacitySettings): void {
  const { purpose, keyspaceEvents, parameters } = given;
  const serverless = capacity.serverless !== undefined;
  const fix = 'use CacheCapacity.nodes()';
  checkRules(scope, [
    {
      condition: serverless && purpose !== CachePurpose.CACHE,
      prop: 'purpose',
      value: purpose,
      expected: 'cache with CacheCapacity.serverless(), which drops entries that have an expiry when it is full',
      fix,
    },
    {
      condition: serverless && keyspaceEvents !== undefined,
      prop: 'keyspaceEvents',
      problem: 'is not supported with CacheCapacity.serverless()',
      fix: `${fix}, or remove keyspaceEvents`,
    },
    {
      condition: serverless && parameters !== undefined,
      prop: 'parameters',
      problem: 'is not supported with CacheCapacity.serverless(), which has no parameter group',
      fix: `${fix}, or remove parameters`,
    },
  ]);
}

function evictionRules(purpose: CachePurpose, parameters: Parameters): Rule[] {
  const policy = parameters[EVICTION];
  const drops = purpose === CachePurpose.CACHE;
  const accepted = drops ? DROPPING : ['noeviction'];
  return [
    {
      condition: policy !== undefined && !Token.isUnresolved(policy) && !accepted.includes(policy),
      prop: `parameters['${EVICTION}']`,
      value: policy,
      expected: `${accepted.join(', ')} for CachePurpose.${purpose.toUpperCase()}`,
      fix: drops
        ? 'remove it, or set purpose to SESSIONS or QUEUES'
        : 'remove it, or set purpose to CACHE, which may drop entries',
    },
  ];
}

function eventRules(events: string, parameters: Parameters): Rule[] {
  const known = events !== '' && !Token.isUnresolved(events);
  return [
    {
      condition: known && (!EVENT_CLASSES.test(events) || !/[KE]/.test(events) || !/[^KE]/.test(events)),
      prop: 'keyspaceEvents',
      value: events,
      expected: 'K or E, and one or more of the classes g$lshzxetdmnA',
      fix: 'write Ex for expired keys, or KEA for all events',
    },
    {
      condition: parameters[EVENTS] !== undefined,
      prop: `parameters['${EVENTS}']`,
      problem: 'has a prop of its own',
      fix: 'set keyspaceEvents instead',
    },
  ];
}
