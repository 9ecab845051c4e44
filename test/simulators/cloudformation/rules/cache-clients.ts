import type { Resource } from '../resource';
import { list, type Properties } from '../template';
import type { Rules } from './rule';

const NODES = 'AWS::ElastiCache::ReplicationGroup';
const SERVERLESS = 'AWS::ElastiCache::ServerlessCache';
const USER = 'AWS::ElastiCache::User';
const USER_GROUP = 'AWS::ElastiCache::UserGroup';
const PARAMETER_GROUP = 'AWS::ElastiCache::ParameterGroup';

/** Parameter that says what a full cache does. */
const EVICTION = 'maxmemory-policy';
/** Parameter that says which events of keys are sent. */
const EVENTS = 'notify-keyspace-events';
const REFUSES_WRITES = 'noeviction';
/** Rule of an access string that admits more. */
const ADMITS = /^(allkeys|allchannels|[+~&%]\S+)$/;

/** What clients of a cache notice: users, passwords, rights, replicas and a full memory. */
export const CACHE_CLIENTS: Rules = {
  effects: [
    {
      id: 'cache-user-leaves-its-group',
      source:
        'Amazon ElastiCache User Guide, "Role-Based Access Control (RBAC)": a user that is removed from a group; ' +
        'Valkey, "ACL DELUSER": connections that are signed in as the user end',
      on: ['update'],
      types: [USER_GROUP],
      properties: ['UserIds'],
      effect: ({ before, after }) => {
        const left = without(before!.properties.UserIds, after!.properties.UserIds);
        return left.length > 0
          ? { verdict: 'interruption', says: `connections of ${left.join(', ')} end, and nobody signs in as it any more` }
          : undefined;
      },
    },
    {
      id: 'cache-password-ends',
      source: 'Amazon ElastiCache User Guide, "Role-Based Access Control (RBAC)": up to two passwords of a user',
      on: ['update'],
      types: [USER],
      properties: ['AuthenticationMode', 'Passwords'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(passwordsOf);
        return without(was, is).length > 0
          ? { verdict: 'some affected', says: 'clients that still have a password that goes get no new connection' }
          : undefined;
      },
    },
    {
      id: 'cache-user-may-less',
      source: 'Valkey, "ACL SETUSER": rules apply to connections that are signed in already',
      on: ['update'],
      types: [USER],
      properties: ['AccessString'],
      effect: ({ before, after }) =>
        admitsAll(after!.properties.AccessString, before!.properties.AccessString)
          ? undefined
          : { verdict: 'some affected', says: 'commands and keys that the new rights do not include are refused at once' },
    },
    {
      id: 'cache-replica-removed',
      source: 'Amazon ElastiCache User Guide, "Decreasing the number of replicas in a shard"',
      on: ['update'],
      types: [NODES],
      properties: ['NumCacheClusters'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => Number(properties.NumCacheClusters ?? 1));
        return is < was
          ? { verdict: 'some affected', says: 'reads from a replica that goes are cut' }
          : undefined;
      },
    },
    {
      id: 'cache-limits-lowered',
      source:
        'Amazon ElastiCache User Guide, "Setting scaling limits to manage costs": entries are evicted above the ' +
        'maximum of data, and requests are throttled above that of ECPUs',
      on: ['update'],
      types: [SERVERLESS],
      properties: ['CacheUsageLimits'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(limitsOf);
        if (is.data < was.data) {
          return { verdict: 'data at risk', says: 'entries above the new maximum are dropped, or writes are refused' };
        }
        return is.units < was.units
          ? { verdict: 'some affected', says: 'requests above the new maximum are throttled' }
          : undefined;
      },
    },
    {
      id: 'cache-events-end',
      source: 'Valkey, "Keyspace notifications": notify-keyspace-events says which are sent',
      on: ['update'],
      types: [PARAMETER_GROUP],
      properties: ['Properties'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => [...String(properties.Properties?.[EVENTS] ?? '')]);
        return was.some((sent) => !is.includes(sent) && !is.includes('A'))
          ? { verdict: 'some affected', says: 'subscribers of events that are no longer sent hear nothing' }
          : undefined;
      },
    },
    {
      id: 'cache-full-otherwise',
      source: 'Valkey, "Key eviction": maxmemory-policy',
      on: ['update'],
      types: [PARAMETER_GROUP],
      properties: ['Properties'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => properties.Properties?.[EVICTION] ?? 'volatile-lru');
        const refuses = is === REFUSES_WRITES;
        if (refuses === (was === REFUSES_WRITES)) {
          return undefined;
        }
        return refuses
          ? { verdict: 'some affected', says: 'writes are refused as soon as the memory is full' }
          : { verdict: 'data at risk', says: 'entries are dropped as soon as the memory is full' };
      },
    },
  ],
};

/** Limits of a serverless cache; absent is none. */
function limitsOf({ properties: { CacheUsageLimits } }: Resource): { readonly data: number; readonly units: number } {
  const { DataStorage, ECPUPerSecond } = (CacheUsageLimits ?? {}) as Properties;
  return { data: Number(DataStorage?.Maximum ?? Infinity), units: Number(ECPUPerSecond?.Maximum ?? Infinity) };
}

function without(was: unknown, is: unknown): string[] {
  return list(was as string[]).filter((one) => !list(is as string[]).includes(one));
}

function passwordsOf({ properties: { AuthenticationMode, Passwords } }: Resource): string[] {
  return list(((AuthenticationMode as Properties)?.Passwords ?? Passwords) as string[]);
}

/** Tells if rights only grow: the rules are read from left to right, and those that were added admit more. */
function admitsAll(is: unknown, was: unknown): boolean {
  const [later, former] = [is, was].map((rights) => String(rights).trim().split(/\s+/));
  const same = former.every((rule, index) => later[index] === rule);
  return same && later.slice(former.length).every((rule) => ADMITS.test(rule));
}
