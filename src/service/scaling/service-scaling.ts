import type { Duration, TimeZone } from 'aws-cdk-lib';
import type { Waiver } from '../../compliance';

/** When a service has no tasks (requirement C-19). */
export interface NightPause {
  /** The time zone of the two times: there is none that is right for everyone. */
  readonly timeZone: TimeZone;
  /**
   * When all tasks stop, as `HH:MM`.
   * @default '19:00' - requirement C-19
   */
  readonly stopAt?: string;
  /**
   * When they start again, as `HH:MM`.
   * @default '07:00' - requirement C-19
   */
  readonly startAt?: string;
  /**
   * Whether they start on Saturdays and Sundays, too.
   * @default true
   */
  readonly weekends?: boolean;
}

/** How many of a service's tasks run on Fargate Spot, which AWS takes back with two minutes' notice (requirement B-13). */
export interface SpotShare {
  /** Percent of the tasks beyond `onDemandTasks`, 1 to 100, whole. */
  readonly percent: number;
  /**
   * Tasks that never run on Spot. At least 1 where the service may have a single task.
   * @default 1
   */
  readonly onDemandTasks?: number;
}

/** What every way of scaling may be told. */
export interface ServiceScalingProps {
  /**
   * Fewest tasks, at least 1, or 0 with `withoutTasks`. From 0 no metric brings a service back: a schedule or a person does.
   * @default - by environment: 2 in production and staging, 1 in development
   */
  readonly minTasks?: number;
  /**
   * Most tasks, not below `minTasks`.
   * @default - by environment: 8 in production, 4 in staging, 2 in development
   */
  readonly maxTasks?: number;
  /**
   * Average CPU above which tasks are added, 10 to 90 percent.
   * @default 70 - requirements C-05, D-13 and E-06
   */
  readonly cpuPercent?: number;
  /**
   * Average memory above which tasks are added, 10 to 90 percent.
   * @default 80 - requirement C-07
   */
  readonly memoryPercent?: number;
  /**
   * Requests a minute and task above which tasks are added, 1 to 1000000 (requirements A-33, C-06, C-07). It counts both target
   * groups, so that it survives the swap. The cluster needs Container Insights.
   * @default - requests are not looked at: the right number differs by application
   */
  readonly requestsPerMinute?: number;
  /**
   * Share of the tasks on Fargate Spot. Set it before the first deployment: ECS replaces a service whose launch type becomes capacity
   * providers. A shared cluster must have both Fargate providers, as a `ServiceCluster` has.
   * @default - none
   */
  readonly spot?: SpotShare;
  /**
   * Stops all tasks at night.
   * @default - they run around the clock
   */
  readonly nightPause?: NightPause;
  /**
   * Why it is acceptable that the service has no tasks at times: needed for `minTasks: 0` and `nightPause` in production and staging.
   * @default - it always has some
   */
  readonly withoutTasks?: Waiver;
}

/** What {@link ServiceScaling.between} may be told. */
export interface TargetScalingProps extends ServiceScalingProps {
  /**
   * Time between two additions of tasks.
   * @default Duration.seconds(60) - requirement C-05; D-13 has 300
   */
  readonly scaleOutCooldown?: Duration;
  /**
   * Time between two removals of tasks.
   * @default Duration.seconds(300) - requirement D-13: too few tasks cost more than too many
   */
  readonly scaleInCooldown?: Duration;
}

/** What {@link ServiceScaling.inSteps} may be told. */
export interface StepScalingProps extends ServiceScalingProps {
  /**
   * Average CPU below which, for five minutes, a task is removed; 1 percent up to below `cpuPercent`.
   * @default 30 - requirements C-05 and C-07
   */
  readonly scaleInCpuPercent?: number;
  /**
   * Time between two actions.
   * @default Duration.seconds(60) - requirements C-05 and C-07
   */
  readonly cooldown?: Duration;
  /**
   * Tasks that are added when a threshold is passed, 1 to 100.
   * @default 1 - requirement C-07
   */
  readonly tasksPerStep?: number;
  /**
   * Tasks that are added when it is passed by far: half of what is left to 100 percent, or half as many requests again. 1 to 100.
   * @default 2 - requirement C-07
   */
  readonly tasksPerLargeStep?: number;
}

/** Between how many tasks a service moves by itself, and what moves it. */
export class ServiceScaling {
  /** Holds CPU, memory and, where asked, requests per task at their targets, between two numbers of tasks. */
  public static between(props: TargetScalingProps = {}): ServiceScaling {
    return new ServiceScaling(props, props);
  }

  /** Adds tasks when CPU, memory or, where asked, requests per task are high for two minutes; removes one when CPU is low for five. */
  public static inSteps(props: StepScalingProps = {}): ServiceScaling {
    return new ServiceScaling(props, undefined, props);
  }

  private constructor(
    /** @internal */
    public readonly _props: ServiceScalingProps,
    /** @internal */
    public readonly _target?: TargetScalingProps,
    /** @internal */
    public readonly _steps?: StepScalingProps,
  ) {}
}
