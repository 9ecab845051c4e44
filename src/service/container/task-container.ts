import { Duration, Token } from 'aws-cdk-lib';
import {
  Capability,
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  type FargateTaskDefinition,
  type FirelensConfig,
  LinuxParameters,
  type LogDriver,
  Protocol,
  TmpfsMountOption,
} from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { ServiceImage } from '../image/service-image';
import type { ServiceSecret } from './service-secret';
import { isRoot } from './validate-container';

/**
 * Default user and group of a container.
 * Most application images define this user, the official Node.js images as `node`.
 */
export const DEFAULT_USER = '1000:1000';

/** Container of a task, with all defaults and checked. docs/service.md has the reason for each root container. */
export interface TaskContainer {
  /** Name of the container, unique in the task. It is also the prefix of its log stream. */
  readonly name: string;
  /** Image that never moves, in every environment. */
  readonly image: ServiceImage;
  /** Prop that holds the image, for errors: `sidecars.image`. */
  readonly imageProp: string;
  /**
   * Command that the container runs.
   * @default - the command of the image
   */
  readonly command?: string[];
  /** Environment variables, none of them secret. */
  readonly environment: { [name: string]: string };
  /** Environment variables that the execution role reads when the task starts. */
  readonly secrets: ServiceSecret[];
  /**
   * TCP port, 1 to 65535, unique in the task. The containers of a task share `127.0.0.1`.
   * @default - no port mapping
   */
  readonly port?: number;
  /**
   * Health check command, which runs every 30 s. Failures in the first 15 seconds are ignored.
   * @default - no health check
   */
  readonly healthCommand?: string[];
  /** Numeric user and group, `uid:gid`. Only agents that Fargate gives no other way are root. */
  readonly user: string;
  /**
   * Keeps the Linux capabilities that Fargate gives to root.
   * @default false
   */
  readonly keepsCapabilities?: boolean;
  /**
   * Memory limit in MiB within the task's memory. ECS stops a container that exceeds it.
   * @default - no limit other than the task's memory
   */
  readonly memoryMiB?: number;
  /** Absolute paths of file systems in memory. Everything else is read-only. */
  readonly writablePaths: string[];
  /** Size of each writable path in MiB. */
  readonly writableMiB: number;
  /**
   * Lets programs in the writable paths run.
   * @default false
   */
  readonly executable?: boolean;
  /** Stops the task when this container stops. ECS restarts a container that is not essential. */
  readonly essential: boolean;
  /**
   * FireLens configuration of the container that receives the application's log.
   * @default - the container is no log router
   */
  readonly logRouter?: FirelensConfig;
  /**
   * Directories of the image that the container writes to. An init container copies them to volumes.
   * @default - none
   */
  readonly copiedPaths?: string[];
}

/** File systems in memory that a container may write to. Fargate gives bind mounts to root alone. */
export interface WritableMemory {
  /** Absolute paths in the container. Each is a separate file system. */
  readonly paths: string[];
  /** Size of each path in MiB, within the task's memory. */
  readonly mebibytes: number;
  /**
   * User and group that own the paths, `uid:gid` or `uid`.
   * @default - root
   */
  readonly owner?: string;
  /**
   * Lets programs in the paths run.
   * @default false
   */
  readonly executable?: boolean;
}

/** Directories that by convention every user may write to. The sticky bit keeps others from deleting. */
const SHARED_PATHS = ['/tmp', '/var/tmp', '/dev/shm'];

/** Linux parameters: no capabilities, an init process that reaps zombies, and file systems in memory. */
export function hardenedLinux(
  scope: Construct,
  id: string,
  memories: WritableMemory[],
  keepsCapabilities = false,
): LinuxParameters {
  const linux = new LinuxParameters(scope, id, { initProcessEnabled: true });
  if (!keepsCapabilities) {
    linux.dropCapabilities(Capability.ALL);
  }
  memories.forEach((memory) =>
    memory.paths.forEach((containerPath) =>
      linux.addTmpfs({ containerPath, size: memory.mebibytes, mountOptions: mountOptions(containerPath, memory) }),
    ),
  );
  return linux;
}

function mountOptions(path: string, { owner, executable }: WritableMemory): TmpfsMountOption[] {
  return [
    TmpfsMountOption.RW,
    executable ? TmpfsMountOption.EXEC : TmpfsMountOption.NOEXEC,
    TmpfsMountOption.NOSUID,
    TmpfsMountOption.NODEV,
    ...ownership(path, owner),
  ];
}

/**
 * Owner and mode of a file system in memory. Without them it is root's, with the mode of the image's directory.
 *
 * AWS lists the names `mode`, `uid` and `gid`, and CDK's enum has these alone. Their values are written as Docker and
 * mount(8) have them. The owner is set next to the mode, because some container runtimes give the mode of the image's
 * directory precedence.
 */
function ownership(path: string, owner: string | undefined): TmpfsMountOption[] {
  if (owner === undefined || isRoot(owner)) {
    return [];
  }
  if (Token.isUnresolved(owner)) {
    return ['mode=1777' as TmpfsMountOption];
  }
  const [uid, gid] = owner.split(':');
  const mode = SHARED_PATHS.includes(path) ? '1777' : '0700';
  return [`uid=${uid}`, ...(gid ? [`gid=${gid}`] : []), `mode=${mode}`] as TmpfsMountOption[];
}

function writableMemory({ writablePaths, writableMiB, user, executable }: TaskContainer): WritableMemory {
  return { paths: writablePaths, mebibytes: writableMiB, owner: user, executable };
}

/** Options that a container next to the application's gets from its task. */
interface SharedOptions extends Pick<ContainerDefinitionOptions, 'image' | 'stopTimeout'> {
  /** Log stream of the container in the task's log group. */
  readonly logging: LogDriver;
}

/** Adds a container next to the application's. */
export function addContainer(
  definition: FargateTaskDefinition,
  container: TaskContainer,
  resolved: SharedOptions,
): ContainerDefinition {
  const { name, logRouter, port, healthCommand, copiedPaths = [] } = container;
  const options = {
    ...resolved,
    containerName: name,
    command: container.command,
    environment: container.environment,
    essential: container.essential,
    ...(!container.essential && { enableRestartPolicy: true, restartIgnoredExitCodes: [0] }),
    user: container.user,
    readonlyRootFilesystem: true,
    memoryLimitMiB: container.memoryMiB,
    linuxParameters: hardenedLinux(
      definition,
      `Linux-${name}`,
      [writableMemory(container)],
      container.keepsCapabilities,
    ),
    healthCheck: healthCommand && { command: healthCommand, startPeriod: Duration.seconds(15) },
    portMappings: port === undefined ? undefined : [{ containerPort: port, protocol: Protocol.TCP }],
  };
  if (logRouter) {
    return definition.addFirelensLogRouter(name, { ...options, firelensConfig: logRouter });
  }
  const added = definition.addContainer(name, options);
  copiedPaths.forEach((path) =>
    added.addMountPoints({ containerPath: path, sourceVolume: volumeOf(name, path), readOnly: false }),
  );
  return added;
}

/**
 * Adds an init container that copies directories of an image to volumes.
 * The container of that image can then write to its directories, while its root file system stays read-only.
 */
export function copyFolders(
  definition: FargateTaskDefinition,
  container: TaskContainer,
  resolved: SharedOptions,
): ContainerDefinition {
  const { name, copiedPaths = [] } = container;
  const copies = copiedPaths.map((path) => `cp -R ${path}/. /copy${path}/`);
  const copier = definition.addContainer(`${name}-folders`, {
    ...resolved,
    essential: false,
    user: container.user,
    readonlyRootFilesystem: true,
    entryPoint: ['/bin/sh', '-c'],
    command: [copies.join(' && ')],
    linuxParameters: hardenedLinux(definition, `Linux-${name}-folders`, [], container.keepsCapabilities),
  });
  copiedPaths.forEach((path) => {
    definition.addVolume({ name: volumeOf(name, path) });
    copier.addMountPoints({ containerPath: `/copy${path}`, sourceVolume: volumeOf(name, path), readOnly: false });
  });
  return copier;
}

function volumeOf(name: string, path: string): string {
  return `${name}${path.replace(/\//g, '-')}`;
}
