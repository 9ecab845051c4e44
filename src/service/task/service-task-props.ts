import type { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Waiver } from '../../compliance';
import type { ServiceSecret } from '../container/service-secret';
import type { ServiceVolume } from '../container/service-volume';
import type { Sidecar } from '../container/sidecar';
import type { Tracing } from '../tracing/tracing';

/** Properties of the tasks of a {@link ProductionWebService}. None is required. */
export interface ServiceTaskProps {
  /**
   * CPU units of a task, 1024 to a vCPU. Fargate offers 256, 512, 1024, 2048, 4096, 8192 and 16384.
   * @default - by environment: 512 in production, 256 elsewhere
   */
  readonly cpu?: number;
  /**
   * Memory of a task in MiB, in a size that Fargate offers for the CPU units.
   * @default - the smallest size for `cpu` if only that is set, otherwise 1024 in production, 512 elsewhere
   */
  readonly memoryMiB?: number;
  /**
   * Runs the tasks on ARM64 (Graviton), which costs about a fifth less. All images must be built for it.
   * @default false - x86-64
   */
  readonly arm64?: boolean;
  /**
   * Numeric user and group of the application's container. Root is refused.
   * @default '1000:1000' - the user of most application images, `node` among them
   */
  readonly user?: string;
  /**
   * Absolute paths that the application may write to. They belong to `user`, are kept in memory and count within the
   * task's memory.
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];
  /**
   * Size of each writable path in MiB, at least 1. All paths together stay below the task's memory.
   * @default 64
   */
  readonly writableMiB?: number;
  /**
   * Reason to let programs in the writable paths run, for example libraries that a process unpacks there.
   * @default - programs in the writable paths can't run
   */
  readonly executableWritablePaths?: Waiver;
  /**
   * Directories on disk that the application's container may use: of an EFS file system, or of the task.
   * @default - the application writes to memory only
   */
  readonly volumes?: ServiceVolume[];
  /**
   * Encrypted disk of a task in GiB, 21 to 200, for its images and its ephemeral volumes.
   * Fargate bills what is above 20.
   * @default - 20 GiB, the size that Fargate includes
   */
  readonly ephemeralStorageGiB?: number;
  /**
   * Command that the application's container runs. A word that looks like a secret is refused.
   * @default - the command of the image
   */
  readonly command?: string[];
  /**
   * Time from SIGTERM to SIGKILL, in whole seconds, 1 to 120.
   *
   * An application that ends its open requests on SIGTERM needs a time as long as the longest of them. The load
   * balancer drains a target for as long, unless `deregistrationDelay` is set. A change is a rollout.
   * @default Duration.seconds(30) - ECS's own default
   */
  readonly stopTimeout?: Duration;
  /**
   * Environment variables. A variable whose name or value looks like a secret is refused.
   * @default - `PORT` alone, the port of the application
   */
  readonly environment?: { [name: string]: string };
  /**
   * Reasons for what only sounds like a secret, by the name of the variable, or the option of a command.
   * A reason is a sentence of at least 10 characters. Variables of sidecars count too.
   * @default - none
   */
  readonly notSecret?: { [variable: string]: string };
  /**
   * Environment variables from Secrets Manager or the Parameter Store. Only the tasks of this service can read them.
   * Source: requirements A-24, D-10.
   * @default - none
   */
  readonly secrets?: ServiceSecret[];
  /**
   * KMS key of the secrets that are created with the service, in the same region.
   *
   * Services may share it. The tasks of each can decrypt their own secrets only, and only through Secrets Manager. A
   * change takes effect in place, and Secrets Manager encrypts the current values again.
   * @default - a dedicated key for each service with such secrets
   */
  readonly secretsKey?: IKey;
  /**
   * Containers that run next to the application in every task.
   * @default - none
   */
  readonly sidecars?: Sidecar[];
  /**
   * Destination of traces.
   * @default - no tracing
   */
  readonly tracing?: Tracing;
  /**
   * Name by which other services of the cluster call this one directly, over Service Connect.
   * It is a letter, then lower-case letters, digits and `-`, at most 63 characters.
   * The cluster needs a namespace, as that of a `ServiceCluster` has.
   * @default - other services reach this one through the load balancer only
   */
  readonly discoveryName?: string;
  /**
   * Reason to allow ECS Exec: sessions in running containers, for people with the permission. All input is logged.
   * @default - ECS Exec is disabled
   */
  readonly ecsExec?: Waiver;
}
