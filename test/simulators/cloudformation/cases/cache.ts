import type { Properties } from '../template';
import { type Case, changed, removed, resource, STACK, template } from './case';

const cache = (properties: Properties = {}) =>
  resource('AWS::ElastiCache::ReplicationGroup', { EngineVersion: '8.0', SnapshotRetentionLimit: 15, ...properties });
const user = (AccessString: string) => resource('AWS::ElastiCache::User', { UserId: 'shop', UserName: 'shop', AccessString });
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
  changed('cache-parameters', 'in place', 'another eviction policy applies at once', parameters('a'), parameters('b')),
  changed('cache-user-changed', 'in place', 'other rights apply to running clients', user('on ~* +@all'), user('on ~a +@all')),
  removed('cache-user-removed', 'some affected', 'nobody signs in as a user that is gone', user('on ~* +@all')),
  removed('cache-group-removed', 'in place', 'a group without caches goes', parameters('a')),
  afterRetainedCache('group-of-a-cache', 'a subnet group stays as long as a cache is in it', 'Delete'),
  afterRetainedCache('place-of-a-cache', 'a subnet stays as long as a cache is in it', 'Retain'),
];
