import { createHash } from 'crypto';
import { Stack, Tags } from 'aws-cdk-lib';
import { type Connections, Port } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { AccessPoint, CfnMountTarget } from 'aws-cdk-lib/aws-efs';
import { ManagedPolicy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type ISecureVpc, SubnetTier } from '../../network';
import { allowTo } from '../../network/security-groups/allow-to';
import { stackHash, stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { repeatedIn } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { ServiceVolume, VolumeFileSystem } from '../container/service-volume';

/** TCP port of NFS, on which EFS answers. */
const NFS_PORT = 2049;

/** Container and role that get the volumes of a task. */
interface VolumeUser {
  readonly taskDefinition: FargateTaskDefinition;
  /** Container that mounts the volumes. */
  readonly container: ContainerDefinition;
  /** Role that EFS checks. */
  readonly taskRole: Role;
  /** Numeric user of the container, with or without a group. */
  readonly user: string;
}

/** Refuses volumes that AWS would refuse, and two file systems at one path. */
export function checkVolumes(
  scope: Construct,
  volumes: ServiceVolume[],
  { user, writablePaths }: { user: string; writablePaths: string[] },
): void {
  volumes.forEach((volume) => volume._check(scope, user));
  const paths = [...writablePaths, ...volumes.map(({ path }) => path)];
  const twice = repeatedIn(paths);
  if (twice !== undefined) {
    throw new PropError(scope, {
      prop: 'volumes.path',
      value: twice,
      expected: 'a path that no other volume and no writable path has',
      fix: 'remove one of the two',
    });
  }
}

/** Mounts volumes in a container, and lets the task use the directories of file systems. */
export function mountVolumes(scope: Construct, volumes: ServiceVolume[], user: VolumeUser): void {
  const { taskDefinition, container } = user;
  const statements = volumes.flatMap((volume) => {
    const { path, _fileSystem: files } = volume;
    const name = nameOf(volume, volumes);
    const accessPoint = files && createAccessPoint(scope, `AccessPoint${keyOf(volume, user.user)}`, files, user.user);
    taskDefinition.addVolume({
      name,
      efsVolumeConfiguration: accessPoint && {
        fileSystemId: accessPoint.fileSystem.fileSystemId,
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: accessPoint.accessPointId, iam: 'ENABLED' },
      },
    });
    container.addMountPoints({ containerPath: path, sourceVolume: name, readOnly: files?.readOnly ?? false });
    return files && accessPoint ? [clientStatement(files, accessPoint)] : [];
  });
  if (statements.length > 0) {
    taskDefinition.node.addDependency(
      new ManagedPolicy(scope, `Volumes${volumes.map((volume) => keyOf(volume, user.user)).join('')}`, {
        roles: [user.taskRole],
        statements,
      }),
      // A task whose file system has no mount target yet fails, and the first deployment rolls back.
      ...volumes.flatMap(({ _fileSystem: files }) => files?.fileSystem.mountTargetsAvailable ?? []),
    );
  }
}

/** Opens the way to file systems. A mount uses their mount targets, so the network needs no endpoint of EFS. */
export function reachFileSystems(
  scope: Construct,
  volumes: ServiceVolume[],
  { network, client }: { network: ISecureVpc; client: Connections },
): void {
  const fileSystems = volumes.flatMap(({ _fileSystem: files }) => files?.fileSystem ?? []);
  [...new Set(fileSystems)].forEach((fileSystem) => {
    const targets = fileSystem.node.findAll().filter((child) => child instanceof CfnMountTarget);
    checkAclLetsThrough(scope, targets, network);
    allowTo(client, fileSystem, Port.tcp(NFS_PORT), `Files of ${stackPath(scope)}`);
  });
}

/** Name of a volume in the task. Paths that differ in special characters alone have a hash of the path in theirs. */
function nameOf({ path }: ServiceVolume, volumes: ServiceVolume[]): string {
  const plain = (of: string): string => of.slice(1).replace(/[^A-Za-z0-9_-]/g, '-');
  const shared = volumes.some((other) => other.path !== path && plain(other.path) === plain(path));
  return shared ? `${plain(path)}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}` : plain(path);
}

/**
 * Text that changes with the access point and its permission.
 *
 * It is part of their ids: CloudFormation then creates new ones, and removes those of the running tasks when the new
 * tasks have replaced them.
 */
function keyOf({ path, _fileSystem: files }: ServiceVolume, user: string): string {
  return files
    ? `${path}:${files.directory}-${user}-${stackHash(files.fileSystem)}${files.readOnly ? '-ReadOnly' : ''}`
    : '';
}

/** Creates an access point. Its user replaces that of the process, so files always belong to the container's user. */
function createAccessPoint(scope: Construct, id: string, files: VolumeFileSystem, user: string): AccessPoint {
  const [uid, gid = uid] = user.split(':');
  const accessPoint = new AccessPoint(scope, id, {
    fileSystem: files.fileSystem,
    path: files.directory,
    posixUser: { uid, gid },
    createAcl: { ownerUid: uid, ownerGid: gid, permissions: '0750' },
  });
  // CDK names it by the path from the root of the app.
  Tags.of(accessPoint).add('Name', textFor('file system tag', stackPath(accessPoint)));
  return accessPoint;
}

function clientStatement({ readOnly, fileSystem }: VolumeFileSystem, accessPoint: AccessPoint): PolicyStatement {
  return new PolicyStatement({
    actions: ['elasticfilesystem:ClientMount', ...(readOnly ? [] : ['elasticfilesystem:ClientWrite'])],
    resources: [fileSystem.fileSystemArn],
    conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoint.accessPointArn } },
  });
}

/** The network ACL of the data tier admits the network's data ports alone. */
function checkAclLetsThrough(scope: Construct, targets: CfnMountTarget[], network: ISecureVpc): void {
  if (!network.hasTier(SubnetTier.DATA) || network.dataPorts.includes(NFS_PORT)) {
    return;
  }
  const text = (value: unknown): string => JSON.stringify(Stack.of(network).resolve(value));
  const closed = network.vpc.selectSubnets(network.subnets(SubnetTier.DATA)).subnetIds.map(text);
  if (targets.some(({ subnetId }) => closed.includes(text(subnetId)))) {
    throw new PropError(scope, {
      prop: 'volumes',
      problem:
        `has a file system with mount targets in the data tier, whose network ACL does not accept port ${NFS_PORT}`,
      fix:
        'create it with vpcSubnets: network.subnets(SubnetTier.APPLICATION), ' +
        `or add ${NFS_PORT} to dataPorts of the SecureVpc`,
    });
  }
}
