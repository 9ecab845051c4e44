import type { ServiceImage } from '../image/service-image';
import type { ServiceSecret } from './service-secret';

/** A container beside the application: not root, read-only, without capabilities, with its own log stream. */
export interface Sidecar {
  /** Name of the container and prefix of its log stream: a letter, then letters, digits, `-` and `_`. Not `web`. */
  readonly name: string;
  /** The image, with a tag that never moves or a digest, in every environment. In a network without a way out it comes from private ECR. */
  readonly image: ServiceImage;
  /**
   * Command that the container runs.
   * @default - that of the image
   */
  readonly command?: string[];
  /**
   * Environment variables, nothing secret.
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Environment variables out of Secrets Manager or the Parameter Store.
   * @default - none
   */
  readonly secrets?: ServiceSecret[];
  /**
   * TCP port on which it listens, 1 to 65535, not the application's. All containers of a task share `127.0.0.1`.
   * @default - none
   */
  readonly port?: number;
  /**
   * Command that the container runs to check itself, every 30 s: `['CMD', '/healthcheck']`.
   * @default - none
   */
  readonly healthCommand?: string[];
  /**
   * Numeric user and group, not 0.
   * @default '1000:1000'
   */
  readonly user?: string;
  /**
   * Most memory in MiB; one that takes more is ended. It counts within the task's, writable paths included.
   * @default - no limit of its own
   */
  readonly memoryMiB?: number;
  /**
   * Absolute paths that it may write to. They live in memory.
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];
  /**
   * Size of each writable path in MiB.
   * @default 16
   */
  readonly writableMiB?: number;
  /**
   * Whether the task ends when this container does.
   * @default true - as on ECS
   */
  readonly essential?: boolean;
}
