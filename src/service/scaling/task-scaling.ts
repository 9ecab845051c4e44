import { Aws, type CfnCondition, Duration, Fn, Token } from 'aws-cdk-lib';
import { CfnScalingPolicy, Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { CfnService, FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { uniqueName } from '../../text/stack-path';
import type { RequestsPerTask } from './requests-per-task';
import type { TaskRange } from './scaling-limits';
import { scalingThresholds, type Thresholds } from './scaling-thresholds';
import type { ServiceScaling, TargetTrackingProps } from './service-scaling';
import { StepScaling } from './step-scaling';

/** Properties of a {@link TaskScaling}. */
export interface TaskScalingProps {
  /** Service whose tasks are counted. Its template has no DesiredCount. */
  readonly service: FargateService;
  /** Checked limits and night pause. */
  readonly range: TaskRange;
  /** Scaling as the caller wrote it: targets or steps, with thresholds. */
  readonly scaling: ServiceScaling;
  /** Metric of `requestsPerMinute`, over all target groups. */
  readonly requests: RequestsPerTask;
  /**
   * Condition that is true while the service has no released image, and thus no tasks.
   * @default - the image is declared, and tasks start with the first deployment
   */
  readonly nothingReleased?: CfnCondition;
}

/**
 * Auto scaling of the tasks of a service.
 *
 * The template has no DesiredCount, because each deployment would reset it.
 */
export class TaskScaling extends Construct {
  public readonly taskCount: ScalableTaskCount;
  private readonly minCapacity: number;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskScalingProps,
  ) {
    super(scope, id);
    const { service, range, scaling, requests } = props;
    const thresholds = scalingThresholds(scope, scaling._props);
    this.startWithoutTasks();
    this.minCapacity = this.unlessNothingReleased(range.minTasks);
    this.taskCount = service.autoScaleTaskCount({ minCapacity: this.minCapacity, maxCapacity: range.maxTasks });
    if (scaling._steps) {
      const { taskCount } = this;
      new StepScaling(this, 'Steps', { service, taskCount, thresholds, steps: scaling._steps, requests });
    } else {
      this.trackTargets(thresholds, scaling._target ?? {});
    }
    this.pauseAtNight();
  }

  private trackTargets(thresholds: Thresholds, target: TargetTrackingProps): void {
    const { cpuPercent, memoryPercent, requestsPerMinute } = thresholds;
    const { scaleOutCooldown = Duration.seconds(60), scaleInCooldown = Duration.seconds(300) } = target;
    const cooldowns = { scaleOutCooldown, scaleInCooldown };
    this.taskCount.scaleOnCpuUtilization('Cpu', {
      policyName: this.policyName('Cpu'),
      targetUtilizationPercent: cpuPercent,
      ...cooldowns,
    });
    this.taskCount.scaleOnMemoryUtilization('Memory', {
      policyName: this.policyName('Memory'),
      targetUtilizationPercent: memoryPercent,
      ...cooldowns,
    });
    if (requestsPerMinute === undefined) {
      return;
    }
    const { service, requests } = this.props;
    const policy = new CfnScalingPolicy(this, 'Requests', {
      policyName: uniqueName(this, { maxLength: 200, separator: '-' }).toLowerCase(),
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

  /** CDK's own name contains the whole path, and another name replaces the policy. */
  private policyName(child: string): string {
    const target = this.taskCount.node.findChild('Target');
    return uniqueName(target, { maxLength: 255, child });
  }

  private pauseAtNight(): void {
    const { pause, maxTasks } = this.props.range;
    if (!pause) {
      return;
    }
    const { timeZone, stopAt, startAt, weekends } = pause;
    this.taskCount.scaleOnSchedule('Stop', {
      schedule: Schedule.cron({ ...stopAt }),
      minCapacity: 0,
      maxCapacity: 0,
      timeZone,
    });
    this.taskCount.scaleOnSchedule('Start', {
      schedule: Schedule.cron({ ...startAt, ...(!weekends && { weekDay: 'MON-FRI' }) }),
      minCapacity: this.minCapacity,
      maxCapacity: maxTasks,
      timeZone,
    });
  }

  /** Tasks have no image before the first release. They would never be stable, and the stack would fail. */
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
