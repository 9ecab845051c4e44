import type { MetricStore, RecordedMetric } from '../../simulators/cloudwatch/metric-store';
import type { Conditions } from './conditions';
import type { Random } from './random';

/** Names of what is simulated, as the template has them. */
export interface TaskNames {
  readonly cluster: string;
  readonly service: string;
  /** Most tasks of one version. */
  readonly mostTasks: number;
}

/** What the service's tasks do in a minute. */
export interface TaskMinute {
  readonly conditions: Conditions;
  /** Requests that reach it. */
  readonly requests: number;
  /** Versions that run: two during a deployment. */
  readonly versions: number;
  readonly deploying: boolean;
  /** No task is wanted. */
  readonly resting?: boolean;
}

const FEWEST_TASKS = 2;
const REQUESTS_PER_TASK = 150;
/** Minutes of more load before tasks are added, of less before one is removed. */
const OUT_AFTER = 3;
const IN_AFTER = 15;
const IDLE_CPU = 8;
const CPU_PER_REQUEST = 0.2;
const USUAL_MEMORY = 52;

/** The tasks of a service, and how their number follows the load. */
export class Tasks {
  /** Of one version. */
  public wanted = FEWEST_TASKS;
  private above = 0;
  private below = 0;
  private readonly cpu: RecordedMetric;
  private readonly memory: RecordedMetric;
  private readonly running: RecordedMetric;
  private readonly desired: RecordedMetric;

  /** @param cpuPerRequest percent of a task's CPU that a request a minute takes */
  public constructor(store: MetricStore, private readonly names: TaskNames, private readonly cpuPerRequest = CPU_PER_REQUEST) {
    const dimensions = { ClusterName: names.cluster, ServiceName: names.service };
    const declare = (namespace: string, name: string) => store.declare({ namespace, name, dimensions });
    this.cpu = declare('AWS/ECS', 'CPUUtilization');
    this.memory = declare('AWS/ECS', 'MemoryUtilization');
    this.running = declare('ECS/ContainerInsights', 'RunningTaskCount');
    this.desired = declare('ECS/ContainerInsights', 'DesiredTaskCount');
  }

  /** Takes over the number of tasks that another one had come to. */
  public continueFrom(past: Tasks): void {
    [this.wanted, this.above, this.below] = [past.wanted, past.above, past.below];
  }

  /** Emits a minute; returns how many tasks were added in it. */
  public run(minute: number, { conditions, requests, versions, deploying, resting }: TaskMinute, random: Random): number {
    if (resting) {
      this.running.observe(minute, 0);
      this.desired.observe(minute, 0);
      return 0;
    }
    const tasks = this.wanted * versions;
    for (let task = 0; task < tasks; task++) {
      const load = IDLE_CPU + this.cpuPerRequest * requests / tasks + (conditions.cpu ?? 0) + 3 * random.normal();
      this.cpu.observe(minute, Math.min(100, Math.max(0, load)));
      this.memory.observe(minute, Math.min(100, USUAL_MEMORY + (conditions.memory ?? 0) + random.normal()));
    }
    this.running.observe(minute, conditions.noTargets ? 0 : Math.max(0, tasks - (conditions.lacking ?? 0)));
    this.desired.observe(minute, this.wanted);
    return this.scale(requests, deploying);
  }

  private scale(requests: number, deploying: boolean): number {
    const needed = Math.min(this.names.mostTasks, Math.max(FEWEST_TASKS, Math.ceil(requests / REQUESTS_PER_TASK)));
    this.above = needed > this.wanted ? this.above + 1 : 0;
    // None is removed while a deployment runs.
    this.below = needed < this.wanted && !deploying ? this.below + 1 : 0;
    if (this.above >= OUT_AFTER) {
      const added = needed - this.wanted;
      this.wanted = needed;
      this.above = 0;
      return added;
    }
    if (this.below >= IN_AFTER) {
      this.wanted--;
      this.below = 0;
    }
    return 0;
  }
}
