import { Aws, type CfnCondition, Duration, Fn, Names, Token } from 'aws-cdk-lib';
import { CfnScalingPolicy, Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { CfnService, FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';
import type { RequestsPerTask } from './requests-per-task';
import { clockTime, type TaskRange } from './scaling-limits';
import type { NightPause, ServiceScaling, TargetScalingProps } from './service-scaling';
import { StepScaling } from './step-scaling';

/** What {@link TaskScaling} needs to know. */
export interface TaskScalingProps {
  /** Its template has no count of tasks: this construct alone moves it. */
  readonly service: FargateService;
  /** Checked against what the environment allows. */
  readonly range: TaskRange;
  /** As the caller wrote it: targets or steps, thresholds, the night's pause. */
  readonly scaling: ServiceScaling;
  /** The metric behind `requestsPerMinute`, over all target groups. */
  readonly requests: RequestsPerTask;
  /**
   * True while the service has no image: then it has no tasks.
   * @default - the image is declared, and tasks start with the first deployment
   */
  readonly nothingReleased?: CfnCondition;
}

/** What makes tasks scale out, with defaults. */
export interface Thresholds {
  /** Of the CPU that the tasks have, on average, 10 to 90. */
  readonly cpuPercent: number;
  /** Of the memory that the tasks have, on average, 10 to 90. */
  readonly memoryPercent: number;
  /**
   * For each running task, 1 to 1000000.
   * @default - requests don't scale the service
   */
  readonly requestsPerMinute?: number;
}

/** Moves the number of a service's tasks. The template has no DesiredCount, because every deploy would put it back. */
export class TaskScaling extends Construct {
  public readonly taskCount: ScalableTaskCount;
  private readonly minCapacity: number;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskScalingProps,
  ) {
    super(scope, id);
    const { service, range, scaling } = props;
    const thresholds = this.checkedThresholds(scaling);
    this.startWithoutTasks();
    this.minCapacity = this.unlessNothingReleased(range.minTasks);
    this.taskCount = service.autoScaleTaskCount({ minCapacity: this.minCapacity, maxCapacity: range.maxTasks });
    if (scaling._steps) {
      new StepScaling(this, 'Steps', {
        service,
        taskCount: this.taskCount,
        thresholds,
        steps: scaling._steps,
        requests: props.requests,
      });
    } else {
      this.trackTargets(thresholds, scaling._target ?? {});
    }
    this.pauseAtNight(scaling._props.nightPause);
  }

  private checkedThresholds({ _props: props }: ServiceScaling): Thresholds {
    const { cpuPercent = 70, memoryPercent = 80, requestsPerMinute } = props;
    const scope = this.node.scope!;
    const percent = { min: 10, max: 90, unit: 'percent', fix: 'leave room for a surge' };
    checkWholeNumber(scope, 'scaling.cpuPercent', cpuPercent, percent);
    checkWholeNumber(scope, 'scaling.memoryPercent', memoryPercent, percent);
    checkWholeNumber(scope, 'scaling.requestsPerMinute', requestsPerMinute, {
      min: 1,
      max: 1_000_000,
      unit: 'requests a minute and task',
      fix: 'measure what one task can answer',
    });
    return { cpuPercent, memoryPercent, requestsPerMinute };
  }

  private trackTargets({ cpuPercent, memoryPercent, requestsPerMinute }: Thresholds, target: TargetScalingProps): void {
    const { scaleOutCooldown = Duration.seconds(60), scaleInCooldown = Duration.seconds(300) } = target;
    const cooldowns = { scaleOutCooldown, scaleInCooldown };
    this.taskCount.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: cpuPercent, ...cooldowns });
    this.taskCount.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: memoryPercent, ...cooldowns });
    if (requestsPerMinute === undefined) {
      return;
    }
    const { service, requests } = this.props;
    const policy = new CfnScalingPolicy(this, 'Requests', {
      policyName: Names.uniqueResourceName(this, { maxLength: 200, separator: '-' }).toLowerCase(),
      policyType: 'TargetTrackingScaling',
      resourceId: `service/${service.cluster.clusterName}/${service.serviceName}`,
      scalableDimension: 'ecs:service:DesiredCount',
      serviceNamespace: 'ecs',
      targetTrackingScalingPolicyConfiguration: {
        targetValue: requestsPerMinute,
        customizedMetricSpecification: { metrics: requests.queries() },
        scaleOutCooldown: scaleOutCooldown.toSeconds(),
        scaleInCooldown: scaleInCooldown.toSeconds(),
      },
    });
    policy.node.addDependency(this.taskCount);
  }

  private pauseAtNight(pause?: NightPause): void {
    if (!pause) {
      return;
    }
    const { timeZone, stopAt = '19:00', startAt = '07:00', weekends = true } = pause;
    this.taskCount.scaleOnSchedule('Stop', {
      schedule: Schedule.cron({ ...clockTime(stopAt) }),
      minCapacity: 0,
      maxCapacity: 0,
      timeZone,
    });
    this.taskCount.scaleOnSchedule('Start', {
      schedule: Schedule.cron({ ...clockTime(startAt), ...(!weekends && { weekDay: 'MON-FRI' }) }),
      minCapacity: this.minCapacity,
      maxCapacity: this.props.range.maxTasks,
      timeZone,
    });
  }

  /** Before the first release there is no image to pull: a service with tasks would never become stable, and its stack would go back. */
  private startWithoutTasks(): void {
    const { service, nothingReleased } = this.props;
    if (nothingReleased) {
      const resource = service.node.defaultChild as CfnService;
      resource.addPropertyOverride('DesiredCount', Fn.conditionIf(nothingReleased.logicalId, 0, Aws.NO_VALUE));
    }
  }

  private unlessNothingReleased(tasks: number): number {
    const { nothingReleased } = this.props;
    return nothingReleased ? Token.asNumber(Fn.conditionIf(nothingReleased.logicalId, 0, tasks)) : tasks;
  }
}
