import type { Duration } from 'aws-cdk-lib';
import type { AppProtocol } from 'aws-cdk-lib/aws-ecs';
import type { EnvironmentProfile } from '../../environment';
import type { ResolvedImage } from '../image/resolved-image';

/** Settings of a task with their defaults, from the service to the task definition. */
export interface TaskSettings {
  /** Image of the application's container. */
  readonly image: ResolvedImage;
  /** Environment profile: log retention, removal policies, and the environment's name in traces. */
  readonly profile: EnvironmentProfile;
  /** TCP port of the application, 1 to 65535. */
  readonly port: number;
  /** Protocol of the application, for Service Connect. */
  readonly appProtocol: AppProtocol;
  /**
   * Time for which failures of the container's health check are ignored, at most 300 seconds.
   * @default - none: ECS ignores failures during the grace period of the service
   */
  readonly startPeriod?: Duration;
  /** CPU units of the task, 1024 to a vCPU, in a size that Fargate offers. */
  readonly cpu: number;
  /** Memory of the task in MiB, for all containers and writable paths. */
  readonly memoryMiB: number;
  /** Runs the tasks on ARM64 (Graviton). All images must be built for it. */
  readonly arm64: boolean;
  /** Numeric user and group of the application, `uid:gid`, not root. */
  readonly user: string;
  /** Time from SIGTERM to SIGKILL, 1 to 120 seconds, for all containers of the task. */
  readonly stopTimeout: Duration;
}
