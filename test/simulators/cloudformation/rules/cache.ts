import type { Existing, Resource } from '../resource';
import type { Rules } from './rule';

const NODES = 'AWS::ElastiCache::ReplicationGroup';
const SERVERLESS = 'AWS::ElastiCache::ServerlessCache';
const USER = 'AWS::ElastiCache::User';
const USER_GROUP = 'AWS::ElastiCache::UserGroup';
const PARAMETER_GROUP = 'AWS::ElastiCache::ParameterGroup';
const SUBNET_GROUP = 'AWS::ElastiCache::SubnetGroup';
const CACHES = [NODES, SERVERLESS];

/** Changes that replace nodes one by one, or fail over: each connection ends once. */
const ENDS_CONNECTIONS = ['CacheNodeType', 'EngineVersion', 'MajorEngineVersion', 'TransitEncryptionMode'];
const SETTINGS = [
  'AutoMinorVersionUpgrade',
  'AutomaticFailoverEnabled',
  'CacheParameterGroupName',
  'CacheUsageLimits',
  'DailySnapshotTime',
  'Description',
  'LogDeliveryConfigurations',
  'MultiAZEnabled',
  'NumCacheClusters',
  'PreferredMaintenanceWindow',
  'ReplicationGroupDescription',
  'SecurityGroupIds',
  'SnapshotWindow',
  'Tags',
  'UserGroupId',
  'UserGroupIds',
];

/** Amazon ElastiCache. */
export const CACHE: Rules = {
  refusals: [
    {
      id: 'no-cache-downgrade',
      source: 'Amazon ElastiCache User Guide, "Version Management for ElastiCache": no downgrade to an earlier version',
      types: CACHES,
      refuses: ({ resource, before }) => {
        const [was, is] = [before, resource].map((one) => one && versionOf(one));
        return was !== undefined && is !== undefined && is < was ? `cannot downgrade from ${was} to ${is}` : undefined;
      },
    },
  ],
  deletions: [
    {
      id: 'group-of-a-cache',
      source:
        'API reference of ElastiCache, "DeleteCacheSubnetGroup", "DeleteCacheParameterGroup" and "DeleteUserGroup": ' +
        'groups in use',
      types: [SUBNET_GROUP, PARAMETER_GROUP, USER_GROUP],
      refuses: (group, existing) =>
        existing.usersOf(group, ...CACHES).length > 0 ? 'a cache still uses the group' : undefined,
    },
    {
      id: 'place-of-a-cache',
      source: 'API reference of Amazon EC2, "Error codes" and "DeleteSecurityGroup": DependencyViolation',
      types: ['AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup'],
      refuses: (place, existing) => (isPlaceOfACache(place, existing) ? 'a network interface of a cache is there' : undefined),
    },
  ],
  effects: [
    {
      id: 'cache-ends-connections',
      source:
        'Amazon ElastiCache User Guide, "Scaling" and "Upgrading engine versions": online, with a failover of seconds',
      on: ['update'],
      types: CACHES,
      properties: ENDS_CONNECTIONS,
      effect: () => ({ verdict: 'interruption', says: 'the cache fails over to other nodes: seconds' }),
    },
    {
      id: 'cache-retention-shortened',
      source: 'API reference of ElastiCache, "ModifyReplicationGroup": SnapshotRetentionLimit',
      on: ['update'],
      types: CACHES,
      properties: ['SnapshotRetentionLimit'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => Number(properties.SnapshotRetentionLimit ?? 0));
        return is < was
          ? { verdict: 'data at risk', says: 'older snapshots are deleted' }
          : { verdict: 'in place', says: 'snapshots are kept longer' };
      },
    },
    {
      id: 'cache-settings',
      source: 'Template reference, "AWS::ElastiCache::ReplicationGroup" and "ServerlessCache": no interruption',
      on: ['update'],
      types: CACHES,
      properties: SETTINGS,
      effect: () => ({ verdict: 'in place', says: 'the cache goes on' }),
    },
    {
      id: 'cache-parameters',
      source: 'Amazon ElastiCache User Guide, "Engine specific parameters": changes take effect immediately',
      on: ['update', 'replace'],
      types: [PARAMETER_GROUP],
      effect: () => ({ verdict: 'in place', says: 'the parameters apply at once' }),
    },
    {
      id: 'cache-user-changed',
      source: 'Template reference, "AWS::ElastiCache::User" and "UserGroup": no interruption',
      on: ['update'],
      types: [USER, USER_GROUP, SUBNET_GROUP],
      effect: () => ({ verdict: 'in place', says: 'connections that are open stay open' }),
    },
    {
      id: 'cache-user-removed',
      source: 'Amazon ElastiCache User Guide, "Role-Based Access Control": a user that leaves its group',
      on: ['delete', 'replace'],
      types: [USER],
      effect: () => ({ verdict: 'some affected', says: 'whoever still signs in as the user is refused' }),
    },
    {
      id: 'cache-group-removed',
      source: 'API reference of ElastiCache, "DeleteCacheSubnetGroup", "DeleteCacheParameterGroup", "DeleteUserGroup"',
      on: ['delete'],
      types: [SUBNET_GROUP, PARAMETER_GROUP, USER_GROUP],
      effect: () => ({ verdict: 'in place', says: 'no cache uses it' }),
    },
  ],
};

function versionOf({ properties }: Resource): number | undefined {
  const version = Number(properties.EngineVersion ?? properties.MajorEngineVersion);
  return Number.isNaN(version) ? undefined : version;
}

function isPlaceOfACache(place: Resource, existing: Existing): boolean {
  return [place, ...existing.usersOf(place, SUBNET_GROUP)].some((one) => existing.usersOf(one, ...CACHES).length > 0);
}
