import type { Existing, Resource } from '../resource';
import { includesAll } from './path';
import type { Rules } from './rule';

const FILE_SYSTEM = ['AWS::EFS::FileSystem'];
const MOUNT_TARGET = ['AWS::EFS::MountTarget'];
const ACCESS_POINT = ['AWS::EFS::AccessPoint'];

/** Elastic File System. What parts from its data is in `stored-data.ts`. */
export const FILE_SYSTEMS: Rules = {
  unique: [
    {
      id: 'one-mount-target-a-zone',
      source: 'API reference of Amazon EFS, "CreateMountTarget": one mount target in each Availability Zone',
      types: MOUNT_TARGET,
      what: 'mount target',
      key: ({ properties: { FileSystemId, SubnetId } }, existing) =>
        `of ${FileSystemId} in ${zoneOf(SubnetId as string, existing)}`,
    },
  ],
  effects: [
    {
      id: 'throughput-of-a-file-system',
      source: 'Amazon EFS User Guide, "Managing file system throughput": no downtime, 24 hours between some changes',
      on: ['update'],
      types: FILE_SYSTEM,
      properties: ['ProvisionedThroughputInMibps', 'ThroughputMode'],
      effect: () => ({
        verdict: 'in place',
        says: 'nobody waits; after a rise or a change to provisioned throughput AWS takes the next change in 24 hours',
      }),
    },
    {
      id: 'file-system-settings',
      source: 'Template reference, "AWS::EFS::FileSystem": update requires no interruption',
      on: ['update'],
      types: FILE_SYSTEM,
      properties: [
        'BackupPolicy', 'BypassPolicyLockoutSafetyCheck', 'FileSystemPolicy', 'FileSystemProtection', 'FileSystemTags',
        'LifecyclePolicies', 'ReplicationConfiguration',
      ],
      effect: () => ({ verdict: 'in place', says: 'the files stay' }),
    },
    {
      id: 'mount-target-removed',
      source: 'Amazon EFS User Guide, "Creating or deleting mount targets in a VPC": a deletion breaks all mounts',
      on: ['replace', 'delete'],
      types: MOUNT_TARGET,
      effect: ({ logicalId }) => ({ verdict: 'interruption', says: `mounts through ${logicalId} are broken` }),
    },
    {
      id: 'mount-target-settings',
      source: 'Template reference, "AWS::EFS::MountTarget": SecurityGroups without interruption',
      on: ['update'],
      types: MOUNT_TARGET,
      properties: ['SecurityGroups'],
      effect: ({ before, after }) =>
        includesAll(after!.properties.SecurityGroups, before!.properties.SecurityGroups)
          ? { verdict: 'in place', says: 'more clients may mount' }
          : { verdict: 'interruption', says: 'clients of a former security group no longer reach the files' },
    },
    {
      id: 'access-point-settings',
      source: 'Template reference, "AWS::EFS::AccessPoint": AccessPointTags without interruption',
      on: ['update'],
      types: ACCESS_POINT,
      properties: ['AccessPointTags'],
      effect: () => ({ verdict: 'in place', says: 'mounts go on' }),
    },
    {
      id: 'directory-of-another-user',
      source:
        'Amazon EFS User Guide, "Working with access points": the owner is set when EFS creates the directory, ' +
        'and the user of an access point replaces that of its clients',
      on: ['create', 'replace'],
      types: ACCESS_POINT,
      effect: ({ after }, existing) => {
        const [is, was] = [after!, existing.of(...ACCESS_POINT).find((other) => hasDirectoryOf(other, after!))].map(
          (point) => point && ownerOf(point),
        );
        return was !== undefined && was !== is
          ? { verdict: 'some affected', says: `its directory belongs to user ${was}: tasks of user ${is} may be refused its files` }
          : undefined;
      },
    },
    {
      // Its API reference says that connected clients go on, and its user guide that they lose access.
      id: 'access-point-removed',
      source: 'Amazon EFS User Guide, "Deleting access points": clients that use it lose access',
      on: ['replace', 'delete'],
      types: ACCESS_POINT,
      effect: ({ logicalId, rolledOut = [], leaving = [] }) =>
        [...rolledOut, ...leaving].some(({ type }) => type === 'AWS::ECS::Service')
          ? { verdict: 'in place', says: 'tasks that mounted it have been replaced before' }
          : { verdict: 'interruption', says: `tasks that mount ${logicalId} lose their files, and no new one starts` },
    },
  ],
};

function hasDirectoryOf(one: Resource, other: Resource): boolean {
  const [path, same] = [one, other].map(({ properties: { FileSystemId, RootDirectory } }) => [FileSystemId, RootDirectory?.Path].join());
  return one.physicalId !== other.physicalId && path === same;
}

/** Numeric user who owns the directory if EFS creates it. */
function ownerOf({ properties: { RootDirectory } }: Resource): string | undefined {
  return RootDirectory?.CreationInfo && String(RootDirectory.CreationInfo.OwnerUid);
}

/** Zone of a subnet, or the subnet itself where nobody knows its zone. */
function zoneOf(subnet: string, existing: Existing): string {
  const found: Resource | undefined = existing.named(subnet, 'AWS::EC2::Subnet');
  return String(found?.properties.AvailabilityZone ?? subnet);
}
