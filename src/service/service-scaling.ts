/** What {@link ServiceScaling.between} may be told. */
export interface ServiceScalingProps {
  /**
   * Fewest tasks, at least 1.
   * @default - by environment: 2 in production and staging, 1 in development
   */
  readonly minTasks?: number;
  /**
   * Most tasks, not below `minTasks`.
   * @default - by environment: 8 in production, 4 in staging, 2 in development
   */
  readonly maxTasks?: number;
  /**
   * Average CPU that scaling holds, 10 to 90 percent.
   * @default 70 - requirements C-05, D-13 and E-06
   */
  readonly cpuPercent?: number;
  /**
   * Average memory that scaling holds, 10 to 90 percent.
   * @default 80 - requirement C-07
   */
  readonly memoryPercent?: number;
}

/** Between how many tasks a service moves by itself, and what it holds. */
export class ServiceScaling {
  /** Follows CPU and memory between two numbers of tasks. */
  public static between(props: ServiceScalingProps = {}): ServiceScaling {
    return new ServiceScaling(props);
  }

  private constructor(
    /** @internal */
    public readonly _props: ServiceScalingProps,
  ) {}
}
