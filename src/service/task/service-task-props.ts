import type { Duration } from 'aws-cdk-lib';
import type { Waiver } from '../../compliance';
import type { ServiceSecret } from '../container/service-secret';
import type { Sidecar } from '../container/sidecar';
import type { Tracing } from '../tracing/tracing';

/** What the tasks of a {@link ProductionWebService} may be told. Nothing is needed. */
export interface ServiceTaskProps {
  /**
   * CPU units of a task, 1024 to a vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384.
   * @default - by environment: 512 in production, 256 elsewhere
   */
  readonly cpu?: number;
  /**
   * Memory of a task in MiB, one that Fargate has for the CPU units.
   * @default - by environment: 1024 in production, 512 elsewhere
   */
  readonly memoryMiB?: number;
  /**
   * Whether the image is built for ARM64 (Graviton), which costs about a fifth less.
   * @default false - x86-64
   */
  readonly arm64?: boolean;
  /**
   * Numeric user and group of the container, not 0.
   * @default '1000:1000' - the user of most application images, `node` among them
   */
  readonly user?: string;
  /**
   * Absolute paths that the container may write to. They live in memory, which counts within the task's.
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];
  /**
   * Size of each writable path in MiB.
   * @default 64
   */
  readonly writableMiB?: number;
  /**
   * Command that the container runs.
   * @default - that of the image
   */
  readonly command?: string[];
  /**
   * How long a container may take to end after it is told to, whole seconds, 1 to 120.
   * @default Duration.seconds(30) - as long as the load balancer takes to drain it
   */
  readonly stopTimeout?: Duration;
  /**
   * Environment variables, nothing secret. A name or a value that looks like a secret is refused.
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Variables of `environment`, the application's or a sidecar's, that only sound like a secret, each with the reason why it
   * is none: a sentence of at least 10 characters.
   * @default - none
   */
  readonly notSecret?: { [variable: string]: string };
  /**
   * Environment variables out of Secrets Manager or the Parameter Store (requirements A-24, D-10). Only this service's tasks read them.
   * @default - none
   */
  readonly secrets?: ServiceSecret[];
  /**
   * Containers that run beside the application in every task.
   * @default - none
   */
  readonly sidecars?: Sidecar[];
  /**
   * Where traces go.
   * @default - nowhere
   */
  readonly tracing?: Tracing;
  /**
   * The name by which other services of the cluster call this one directly, over Service Connect: a letter, then letters, digits and
   * `-`, lower-case, at most 63. The cluster needs a namespace, as that of a `ServiceCluster` has.
   * @default - it is reached by its load balancer alone
   */
  readonly discoverableAs?: string;
  /**
   * Lets people with the permission open a shell in a running container (ECS Exec). What is typed is logged.
   * @default - nobody can
   */
  readonly ecsExec?: Waiver;
}
