import { Duration } from 'aws-cdk-lib';
import {
  Capability, type ContainerDefinition, type ContainerDefinitionOptions, type FargateTaskDefinition, type FirelensConfig, LinuxParameters, type LogDriver, Protocol,
  TmpfsMountOption,
} from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { ServiceImage } from './service-image';
import type { ServiceSecret } from './service-secret';

/** A container of a task, all of it checked. Where it is root, docs/service.md says why. */
export interface TaskContainer {
  readonly name: string;
  readonly image: ServiceImage;
  /** Where the image was given, for a refusal: `sidecars.image`. */
  readonly imageProp: string;
  readonly command?: string[];
  readonly environment: { [name: string]: string };
  readonly secrets: ServiceSecret[];
  readonly port?: number;
  readonly healthCommand?: string[];
  readonly user: string;
  /** Whether it keeps the capabilities that Fargate gives to root. */
  readonly keepsCapabilities?: boolean;
  readonly memoryMiB?: number;
  readonly writablePaths: string[];
  readonly writableMiB: number;
  readonly essential: boolean;
  /** Set for the one container that takes the application's log. */
  readonly logRouter?: FirelensConfig;
  /** Folders of the image that it writes to: a container that runs first copies them to volumes. */
  readonly copiedPaths?: string[];
}

const MOUNT_OPTIONS = [TmpfsMountOption.RW, TmpfsMountOption.NOEXEC, TmpfsMountOption.NOSUID, TmpfsMountOption.NODEV];

/** Memory in which a container may write; Fargate gives bind mounts to root alone. */
export interface WritableMemory {
  readonly paths: string[];
  readonly mebibytes: number;
}

/** No capabilities, an init process that reaps what is left behind, and memory to write to. */
export function hardenedLinux(scope: Construct, id: string, memories: WritableMemory[], keepsCapabilities = false): LinuxParameters {
  const linux = new LinuxParameters(scope, id, { initProcessEnabled: true });
  if (!keepsCapabilities) {
    linux.dropCapabilities(Capability.ALL);
  }
  memories.forEach(({ paths, mebibytes }) => paths.forEach((containerPath) => linux.addTmpfs({ containerPath, size: mebibytes, mountOptions: MOUNT_OPTIONS })));
  return linux;
}

/** The image, log and stop timeout of a container beside the application's. */
export interface SharedOptions extends Pick<ContainerDefinitionOptions, 'image' | 'stopTimeout'> {
  readonly logging: LogDriver;
}

/** Adds a container beside the application's. */
export function addContainer(definition: FargateTaskDefinition, container: TaskContainer, resolved: SharedOptions): ContainerDefinition {
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
    linuxParameters: hardenedLinux(definition, `Linux-${name}`, [{ paths: container.writablePaths, mebibytes: container.writableMiB }], container.keepsCapabilities),
    healthCheck: healthCommand && { command: healthCommand, startPeriod: Duration.seconds(15) },
    portMappings: port === undefined ? undefined : [{ containerPort: port, protocol: Protocol.TCP }],
  };
  if (logRouter) {
    return definition.addFirelensLogRouter(name, { ...options, firelensConfig: logRouter });
  }
  const added = definition.addContainer(name, options);
  copiedPaths.forEach((path) => added.addMountPoints({ containerPath: path, sourceVolume: volumeOf(name, path), readOnly: false }));
  return added;
}

/**
 * A container that runs first and copies folders of an image to volumes, so that another container of that image can write to them
 * with everything in place while its root stays read-only.
 */
export function copyFolders(definition: FargateTaskDefinition, container: TaskContainer, resolved: SharedOptions): ContainerDefinition {
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
