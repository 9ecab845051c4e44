import type { Duration, TimeZone } from 'aws-cdk-lib';
import type { Waiver } from '../../compliance';

/**
 * Daily time in which a service has no tasks. A time zone is required.
 *
 * Source: requirement C-19.
 */
export interface NightPause {
  /** Time zone of both times. No default suits everyone. */
  readonly timeZone: TimeZone;
  /**
   * Time at which all tasks stop, as `HH:MM`.
   * @default '19:00' - requirement C-19
   */
  readonly stopAt?: string;
  /**
   * Time at which tasks start again, as `HH:MM`.
   * @default '07:00' - requirement C-19
   */
  readonly startAt?: string;
  /**
   * Starts tasks on Saturdays and Sundays, too.
   * @default true
   */
  readonly weekends?: boolean;
}

/**
 * Share of tasks on Fargate Spot. A percentage is required.
 *
 * AWS reclaims Spot capacity with two minutes' notice. Source: requirement B-13.
 */
export interface SpotShare {
  /** Percent of the tasks beyond `onDemandTasks`, 1 to 100, whole. */
  readonly percent: number;
  /**
   * Tasks that never run on Spot. At least 1 where the service may have a single task.
   * @default 1
   */
  readonly onDemandTasks?: number;
}

/** Properties of a {@link ServiceScaling} of either kind. None is required. */
export interface ServiceScalingProps {
  /**
   * Fewest tasks, 1 to 5000, or 0 with `withoutTasks`. No metric scales a service out from 0 tasks.
   * @default - 2 in production and staging, 1 in development
   */
  readonly minTasks?: number;
  /**
   * Most tasks, 1 to 5000, not below `minTasks`.
   * @default - 8 in production, 4 in staging, 2 in development, or the minimum, if that is higher
   */
  readonly maxTasks?: number;
  /**
   * Average CPU utilization above which tasks are added, 10 to 90 percent.
   * @default 70 - requirements C-05, D-13 and E-06
   */
  readonly cpuPercent?: number;
  /**
   * Average memory utilization above which tasks are added, 10 to 90 percent.
   * @default 80 - requirement C-07
   */
  readonly memoryPercent?: number;
  /**
   * Requests per minute and task above which tasks are added, 1 to 1000000.
   *
   * It counts all target groups, so it keeps its meaning while a deployment shifts traffic. The cluster needs Container
   * Insights. Source: requirements A-33, C-06 and C-07.
   * @default - requests don't scale the service, because the right number differs by application
   */
  readonly requestsPerMinute?: number;
  /**
   * Share of the tasks on Fargate Spot.
   *
   * Set it before the first deployment: ECS replaces a service whose launch type becomes capacity providers. A shared
   * cluster must have both Fargate capacity providers, as that of a `ServiceCluster` has.
   * @default - all tasks run on demand
   */
  readonly spot?: SpotShare;
  /**
   * Daily pause without tasks.
   * @default - tasks run around the clock
   */
  readonly nightPause?: NightPause;
  /**
   * Reason why the service may have no tasks at times. Production and staging need it for `minTasks: 0` and
   * `nightPause`.
   * @default - the service always has tasks
   */
  readonly withoutTasks?: Waiver;
}

/** Properties of {@link ServiceScaling.targetTracking}. None is required. */
export interface TargetTrackingProps extends ServiceScalingProps {
  /**
   * Time between two additions of tasks, in whole seconds.
   * @default Duration.seconds(60) - requirement C-05; requirement D-13 asks for 300
   */
  readonly scaleOutCooldown?: Duration;
  /**
   * Time between two removals of tasks, in whole seconds.
   * @default Duration.seconds(300) - requirement D-13: too few tasks cost more than too many
   */
  readonly scaleInCooldown?: Duration;
}

/** Properties of {@link ServiceScaling.stepScaling}. None is required. */
export interface StepScalingProps extends ServiceScalingProps {
  /**
   * Average CPU utilization below which a task is removed, after five minutes.
   *
   * It is at least 1 and below `cpuPercent`.
   * @default 30 - requirements C-05 and C-07
   */
  readonly scaleInCpuPercent?: number;
  /**
   * Time between two scaling actions, in whole seconds.
   * @default Duration.seconds(60) - requirements C-05 and C-07
   */
  readonly cooldown?: Duration;
  /**
   * Tasks that are added above a threshold, 1 to 100.
   * @default 1 - requirement C-07
   */
  readonly tasksPerStep?: number;
  /**
   * Tasks that are added far above a threshold, 1 to 100. Far is half of the way to 100 percent, or half as many
   * requests again.
   * @default 2 - requirement C-07
   */
  readonly tasksPerLargeStep?: number;
}

/**
 * Auto scaling limits and targets.
 *
 * A service checks them when it is created. Numbers out of range, and fewer tasks than the environment allows, are
 * refused there.
 *
 * @example
 * new ProductionWebService(this, 'Api', {
 *   network,
 *   image,
 *   certificate,
 *   scaling: ServiceScaling.targetTracking({ minTasks: 3, maxTasks: 12 }),
 * });
 */
export class ServiceScaling {
  /**
   * Target tracking: CPU, memory and, if set, requests per task stay at their targets.
   *
   * @example
   * const scaling = ServiceScaling.targetTracking({ cpuPercent: 60, requestsPerMinute: 1000 });
   */
  public static targetTracking(props: TargetTrackingProps = {}): ServiceScaling {
    return new ServiceScaling(props, props);
  }

  /**
   * Step scaling by alarms.
   *
   * It adds tasks when CPU, memory or, if set, requests per task are high for two minutes. It removes a task when CPU
   * is low for five minutes.
   *
   * @example
   * const scaling = ServiceScaling.stepScaling({ maxTasks: 12, tasksPerLargeStep: 4 });
   */
  public static stepScaling(props: StepScalingProps = {}): ServiceScaling {
    return new ServiceScaling(props, undefined, props);
  }

  private constructor(
    /** @internal */
    public readonly _props: ServiceScalingProps,
    /** @internal */
    public readonly _target?: TargetTrackingProps,
    /** @internal */
    public readonly _steps?: StepScalingProps,
  ) {}
}
