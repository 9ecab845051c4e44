import { Duration } from 'aws-cdk-lib';
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

/** A container of a task, all of it checked. Where it is root, docs/service.md says why. */
export interface TaskContainer {
  /** Of the container, once in a task; also the prefix of its log stream. */
  readonly name: string;
  /** One that never moves, in every environment. */
  readonly image: ServiceImage;
  /** Where the image was given, for a refusal: `sidecars.image`. */
  readonly imageProp: string;
  /**
   * Replaces what the image would run.
   * @default - that of the image
   */
  readonly command?: string[];
  /** Nothing secret; agents get theirs from the tracing. */
  readonly environment: { [name: string]: string };
  /** Read by the execution role when the task starts. */
  readonly secrets: ServiceSecret[];
  /**
   * TCP, 1 to 65535, once in a task: its containers share `127.0.0.1`.
   * @default - it takes no connections that ECS would know of
   */
  readonly port?: number;
  /**
   * Every 30 s; the first 15 seconds don't count.
   * @default - ECS asks nothing of it but to run
   */
  readonly healthCommand?: string[];
  /** Numeric, `uid:gid`; 0 only for agents to which Fargate leaves no other way. */
  readonly user: string;
  /**
   * Whether it keeps the capabilities that Fargate gives to root.
   * @default false - all are dropped
   */
  readonly keepsCapabilities?: boolean;
  /**
   * Hard limit within the task's: a container that takes more is ended.
   * @default - it may take what the task has left
   */
  readonly memoryMiB?: number;
  /** Absolute; each is a file system in the task's memory, all else is read-only. */
  readonly writablePaths: string[];
  /** Size of each of these paths, not of all together. */
  readonly writableMiB: number;
  /** Whether the task ends with it; else it is started again when it fails. */
  readonly essential: boolean;
  /**
   * Set for the one container that takes the application's log.
   * @default - an ordinary container
   */
  readonly logRouter?: FirelensConfig;
  /**
   * Folders of the image that it writes to: a container that runs first copies them to volumes.
   * @default - none
   */
  readonly copiedPaths?: string[];
}

const MOUNT_OPTIONS = [TmpfsMountOption.RW, TmpfsMountOption.NOEXEC, TmpfsMountOption.NOSUID, TmpfsMountOption.NODEV];

/** Memory in which a container may write; Fargate gives bind mounts to root alone. */
export interface WritableMemory {
  /** Absolute paths in the container, each a file system of its own. */
  readonly paths: string[];
  /** Size of each path; it counts within the task's memory. */
  readonly mebibytes: number;
}

/** No capabilities, an init process that reaps what is left behind, and memory to write to. */
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
  memories.forEach(({ paths, mebibytes }) =>
    paths.forEach((containerPath) => linux.addTmpfs({ containerPath, size: mebibytes, mountOptions: MOUNT_OPTIONS })),
  );
  return linux;
}

/** The image, log and stop timeout of a container beside the application's. */
interface SharedOptions extends Pick<ContainerDefinitionOptions, 'image' | 'stopTimeout'> {
  /** Its own stream of the task's log group. */
  readonly logging: LogDriver;
}

/** Adds a container beside the application's. */
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
      [{ paths: container.writablePaths, mebibytes: container.writableMiB }],
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
 * A container that runs first and copies folders of an image to volumes, so that another container of that image can write to them
 * with everything in place while its root stays read-only.
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
