import type { Properties } from '../template';
import { type Case, changed, created, removed, resource, type Resources, updating } from './case';

const files = (properties: Properties = {}) => resource('AWS::EFS::FileSystem', properties);
const target = (SubnetId: unknown, more: Properties = {}) =>
  resource('AWS::EFS::MountTarget', { FileSystemId: { Ref: 'Files' }, SubnetId, SecurityGroups: ['sg-1'], ...more });
const point = (path = '/shop', more: Properties = {}) =>
  resource('AWS::EFS::AccessPoint', { FileSystemId: 'fs-1', RootDirectory: { Path: path }, ...more });
const pointOf = (OwnerUid: string) =>
  resource('AWS::EFS::AccessPoint', {
    FileSystemId: 'fs-1',
    RootDirectory: { Path: '/shop', CreationInfo: { OwnerUid, OwnerGid: OwnerUid, Permissions: '0750' } },
  });
const subnet = (CidrBlock: string) =>
  resource('AWS::EC2::Subnet', { VpcId: 'vpc-1', CidrBlock, AvailabilityZone: 'eu-central-1a' });
/** Service whose task definition mounts an access point, by its ARN or as the newest one of the family. */
const mounting = (accessPoint: string, TaskDefinition: unknown): Resources => ({
  [accessPoint]: point(`/${accessPoint}`),
  Task: resource('AWS::ECS::TaskDefinition', { Family: 'shop', Volumes: [{ AccessPoint: { Ref: accessPoint } }] }),
  Service: resource('AWS::ECS::Service', { TaskDefinition }, { DependsOn: 'Task' }),
});

/** Documented behaviour of Elastic File System. */
export const FILE_SYSTEM_CASES: readonly Case[] = [
  created('one-mount-target-a-zone', 'refused by AWS', 'a zone has one mount target', target({ Ref: 'Other' }), {
    Files: files(), One: subnet('10.0.0.0/24'), Other: subnet('10.0.1.0/24'), First: target({ Ref: 'One' }),
  }),
  changed(
    'throughput-of-a-file-system',
    'in place',
    'elastic throughput instead of bursts stops nobody',
    files({ ThroughputMode: 'bursting' }),
    files({ ThroughputMode: 'elastic' }),
  ),
  changed(
    'file-system-settings',
    'in place',
    'files move to a cheaper class later',
    files({ LifecyclePolicies: [{ TransitionToIA: 'AFTER_30_DAYS' }] }),
    files({ LifecyclePolicies: [{ TransitionToIA: 'AFTER_60_DAYS' }] }),
  ),
  removed('mount-target-removed', 'interruption', 'a removed mount target breaks mounts', target('subnet-1'), {
    Files: files(),
  }),
  changed(
    'mount-target-settings',
    'interruption',
    'another security group of a mount target shuts clients out',
    target('subnet-1'),
    target('subnet-1', { SecurityGroups: ['sg-2'] }),
    { Files: files() },
  ),
  changed(
    'access-point-settings',
    'in place',
    'tags of an access point do not concern its mounts',
    point('/shop', { AccessPointTags: [{ Key: 'team', Value: 'a' }] }),
    point('/shop', { AccessPointTags: [{ Key: 'team', Value: 'b' }] }),
  ),
  changed('access-point-removed', 'interruption', 'a replaced access point is gone', point('/a'), point('/b')),
  {
    rule: 'directory-of-another-user',
    verdict: 'some affected',
    shows: 'a directory keeps the owner that it was created with',
    play: updating({ First: pointOf('1000') }, { First: pointOf('1000'), Second: pointOf('1001') }),
  },
  {
    rule: 'added',
    verdict: 'in place',
    shows: 'two access points of one user share a directory',
    play: updating({ First: pointOf('1000') }, { First: pointOf('1000'), Second: pointOf('1000') }),
  },
  {
    rule: 'access-point-removed',
    verdict: 'rollout',
    shows: 'a rollout has replaced the tasks of an access point before it is removed',
    play: updating(mounting('Former', { Ref: 'Task' }), mounting('Later', { Ref: 'Task' })),
  },
  {
    rule: 'access-point-removed',
    verdict: 'interruption',
    shows: 'tasks of a release mount an access point that is gone',
    play: updating(mounting('Former', 'shop'), mounting('Later', 'shop')),
  },
];
