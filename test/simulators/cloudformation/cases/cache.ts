import type { Properties } from '../template';
import { type Case, changed, removed, resource, STACK, template } from './case';

const cache = (properties: Properties = {}) =>
  resource('AWS::ElastiCache::ReplicationGroup', { EngineVersion: '8.0', SnapshotRetentionLimit: 15, ...properties });
const user = (AccessString: string) => resource('AWS::ElastiCache::User', { UserId: 'shop', UserName: 'shop', AccessString });
const userWith = (...Passwords: string[]) =>
  resource('AWS::ElastiCache::User', { UserId: 'shop', UserName: 'shop', AuthenticationMode: { Type: 'password', Passwords } });
const groupOf = (...UserIds: string[]) => resource('AWS::ElastiCache::UserGroup', { UserGroupId: 'shop', UserIds });
const serverless = (CacheUsageLimits: Properties) => resource('AWS::ElastiCache::ServerlessCache', { CacheUsageLimits });
const eventsOf = (events: string) =>
  resource('AWS::ElastiCache::ParameterGroup', { Properties: { 'notify-keyspace-events': events } });
const parameters = (policy: string) =>
  resource('AWS::ElastiCache::ParameterGroup', {
    CacheParameterGroupFamily: 'valkey8',
    Properties: { 'maxmemory-policy': policy },
  });

/** Removal of a stack whose cache is retained. */
function afterRetainedCache(rule: string, shows: string, DeletionPolicy: string): Case {
  const group = { Description: 'Zones', SubnetIds: [{ Ref: 'Subnet' }] };
  const resources = {
    Subnet: resource('AWS::EC2::Subnet', { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24' }),
    Group: resource('AWS::ElastiCache::SubnetGroup', group, { DeletionPolicy }),
    Cache: { ...cache({ CacheSubnetGroupName: { Ref: 'Group' } }), DeletionPolicy: 'Retain' },
  };
  const play: Case['play'] = (account) => {
    account.deploy(STACK, template(resources));
    return account.remove(STACK);
  };
  return { rule, verdict: 'refused by AWS', shows, play };
}

/** Documented behaviour of Amazon ElastiCache. */
export const CACHE_CASES: readonly Case[] = [
  changed('no-cache-downgrade', 'refused by AWS', 'an engine cannot go back', cache(), cache({ EngineVersion: '7.2' })),
  changed(
    'cache-ends-connections',
    'interruption',
    'a larger node is another node',
    cache(),
    cache({ CacheNodeType: 'cache.m7g.large' }),
  ),
  changed(
    'cache-retention-shortened',
    'data at risk',
    'a shorter retention deletes snapshots',
    cache(),
    cache({ SnapshotRetentionLimit: 1 }),
  ),
  changed('cache-settings', 'in place', 'another replica joins a running cache', cache(), cache({ NumCacheClusters: 3 })),
  changed(
    'cache-parameters',
    'in place',
    'another policy that drops entries applies at once',
    parameters('allkeys-lru'),
    parameters('allkeys-lfu'),
  ),
  changed(
    'cache-full-otherwise',
    'some affected',
    'a full cache that dropped entries refuses writes',
    parameters('allkeys-lru'),
    parameters('noeviction'),
  ),
  changed(
    'cache-full-otherwise',
    'data at risk',
    'a full store that refused writes drops entries',
    parameters('noeviction'),
    parameters('allkeys-lru'),
  ),
  ...[
    ['data at risk', { DataStorage: { Maximum: 10, Unit: 'GB' } }] as const,
    ['some affected', { DataStorage: { Maximum: 20, Unit: 'GB' }, ECPUPerSecond: { Maximum: 5000 } }] as const,
  ].map(([verdict, limits]) =>
    changed(
      'cache-limits-lowered',
      verdict,
      `less is taken with ${JSON.stringify(limits)}`,
      serverless({ DataStorage: { Maximum: 20, Unit: 'GB' } }),
      serverless(limits),
    ),
  ),
  changed('cache-events-end', 'some affected', 'fewer events are sent', eventsOf('KEx'), eventsOf('Kx')),
  changed('cache-parameters', 'in place', 'more events are sent', eventsOf('Ex'), eventsOf('KEA')),
  changed('cache-replica-removed', 'some affected', 'a replica goes', cache({ NumCacheClusters: 3 }), cache({ NumCacheClusters: 2 })),
  changed('cache-user-changed', 'in place', 'more rights', user('on ~a -@all +@read'), user('on ~a -@all +@read +@write ~b')),
  ...['on ~a -@all +@read', 'on ~* +@all -@admin', 'off ~* +@all'].map((rights) =>
    changed('cache-user-may-less', 'some affected', `fewer rights apply to running clients: ${rights}`, user('on ~* +@all'), user(rights)),
  ),
  changed('cache-user-changed', 'in place', 'a second password beside the first', userWith('one'), userWith('one', 'two')),
  changed('cache-password-ends', 'some affected', 'a password goes', userWith('one', 'two'), userWith('two', 'three')),
  changed('cache-user-changed', 'in place', 'one more user signs in', groupOf('default'), groupOf('default', 'shop')),
  changed(
    'cache-user-leaves-its-group',
    'interruption',
    'a user that stays, and leaves its group, is signed out',
    groupOf('default', 'shop'),
    groupOf('default', 'other'),
  ),
  removed('cache-user-removed', 'some affected', 'nobody signs in as a user that is gone', user('on ~* +@all')),
  removed('cache-group-removed', 'in place', 'a group without caches goes', parameters('a')),
  afterRetainedCache('group-of-a-cache', 'a subnet group stays as long as a cache is in it', 'Delete'),
  afterRetainedCache('place-of-a-cache', 'a subnet stays as long as a cache is in it', 'Retain'),
];
