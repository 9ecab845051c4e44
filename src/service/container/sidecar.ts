import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import { sortedByName } from '../../contracts/sorted-by-name';
import { checkPort, checkReason, checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { ServiceImage } from '../image/service-image';
import type { ServiceSecret } from './service-secret';
import { DEFAULT_USER, type TaskContainer } from './task-container';
import { checkPaths, checkSecrets, checkUser } from './validate-container';
import { checkNothingSecret, checkNothingSecretIn } from './validate-environment';

/** Properties of a {@link Sidecar}. The image is required. */
export interface SidecarProps {
  /**
   * Image of the container. It needs a digest, or a tag that never moves, in every environment.
   * In a network without a route to the internet, it must be in private ECR.
   */
  readonly image: ServiceImage;
  /**
   * Command that the container runs.
   * @default - the command of the image
   */
  readonly command?: string[];
  /**
   * Environment variables. None of them may be secret.
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Environment variables from Secrets Manager or the Parameter Store.
   * @default - none
   */
  readonly secrets?: ServiceSecret[];
  /**
   * TCP port of the container, 1 to 65535. All containers of a task share `127.0.0.1`, so the port must differ
   * from the application's.
   * @default - none
   */
  readonly port?: number;
  /**
   * Health check command, which runs in the container every 30 s: `['CMD', '/healthcheck']`.
   * @default - none
   */
  readonly healthCommand?: string[];
  /**
   * Numeric user and group of the container. Root is refused.
   * @default '1000:1000'
   */
  readonly user?: string;
  /**
   * Memory limit in MiB, 6 to 122880. ECS stops a container that exceeds it.
   * The limit counts within the task's memory, writable paths included.
   * @default - no limit other than the task's memory
   */
  readonly memoryMiB?: number;
  /**
   * Absolute paths that the container may write to. They are kept in memory and belong to `user`.
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];
  /**
   * Size of each writable path in MiB, at least 1. All paths together stay below the task's memory.
   * @default 16
   */
  readonly writableMiB?: number;
  /**
   * Reason to let programs in the writable paths run, for example libraries that a process unpacks there.
   * @default - programs in the writable paths can't run
   */
  readonly executableWritablePaths?: Waiver;
  /**
   * Stops the task when this container stops.
   * @default true - the default of ECS
   */
  readonly essential?: boolean;
}

/**
 * Task props that a sidecar is checked against.
 * @internal
 */
export interface SidecarContext {
  /** Reasons for environment variables that only sound like a secret. */
  readonly notSecret: { [variable: string]: string };
}

/**
 * Container that runs next to the application in every task.
 *
 * It is not root, has no Linux capabilities and a read-only root file system, and logs to a dedicated log stream.
 *
 * @example
 * const cache = Sidecar.of('cache', {
 *   image: ServiceImage.fromRepository(mirror, { tag: 'redis-8.2' }),
 *   port: 6379,
 *   command: ['--save', ''],
 * });
 * new ProductionWebService(this, 'Api', { network, image, certificate, sidecars: [cache] });
 */
export class Sidecar {
  /**
   * Sidecar with a name and its properties.
   *
   * @param name name of the container and prefix of its log stream. It is a letter, then letters, digits, `-` and `_`.
   * The name `web` belongs to the application
   * @param props properties of the container
   */
  public static of(name: string, props: SidecarProps): Sidecar {
    return new Sidecar(name, props);
  }

  private constructor(
    /** Name of the container. */
    public readonly name: string,
    private readonly props: SidecarProps,
  ) {}

  /**
   * Checks the props and returns the container with its defaults.
   * @internal
   */
  public _bind(scope: IConstruct, { notSecret }: SidecarContext): TaskContainer {
    const { name, props } = this;
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,60}$/.test(name)) {
      throw new PropError(scope, {
        prop: 'sidecars.name',
        value: name,
        expected: 'a letter, then letters, digits, - and _',
        fix: "name it after its purpose: 'cache'",
      });
    }
    checkUser(scope, 'sidecars.user', props.user);
    checkPaths(scope, 'sidecars.writablePaths', props.writablePaths);
    checkWholeNumber(scope, 'sidecars.memoryMiB', props.memoryMiB, {
      min: 6,
      max: 122880,
      unit: 'MiB',
      fix: 'set the memory that the container needs at peak load',
    });
    checkNothingSecret(scope, { prop: 'sidecars.environment', environment: props.environment ?? {}, notSecret });
    checkNothingSecretIn(scope, { prop: 'sidecars.command', command: props.command, notSecret });
    checkNothingSecretIn(scope, { prop: 'sidecars.healthCommand', command: props.healthCommand, notSecret });
    checkSecrets(scope, props.secrets);
    if (props.executableWritablePaths) {
      checkReason(scope, 'sidecars.executableWritablePaths.reason', props.executableWritablePaths.reason);
    }
    if (props.port !== undefined) {
      checkPort(scope, 'sidecars.port', props.port);
    }
    return {
      ...props,
      name,
      imageProp: 'sidecars.image',
      environment: sortedByName(props.environment),
      secrets: props.secrets ?? [],
      user: props.user ?? DEFAULT_USER,
      writablePaths: props.writablePaths ?? ['/tmp'],
      writableMiB: props.writableMiB ?? 16,
      executable: props.executableWritablePaths !== undefined,
      essential: props.essential ?? true,
    };
  }
}
