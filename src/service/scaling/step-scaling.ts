import { Duration } from 'aws-cdk-lib';
import { AdjustmentType, MetricAggregationType, StepScalingAction } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Alarm, ComparisonOperator, type IAlarmAction, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { LATE_MINUTES } from '../../metrics/target-group-metrics';
import { stackPath, uniqueName } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { checkWholeNumber } from '../../validation/checks';
import type { RequestsPerTask } from './requests-per-task';
import type { Thresholds } from './scaling-thresholds';
import type { StepScalingProps as Steps } from './service-scaling';

/** Properties of a {@link StepScaling}. */
interface StepScalingParts {
  /** Service whose tasks are counted. */
  readonly service: FargateService;
  /** Scalable target of every action, with the fewest and the most tasks. */
  readonly taskCount: ScalableTaskCount;
  /** Thresholds above which tasks are added. `steps` has the one below which a task is removed. */
  readonly thresholds: Thresholds;
  /** Steps as the caller wrote them, before their defaults. */
  readonly steps: Steps;
  /** Metric of `requestsPerMinute`. */
  readonly requests: RequestsPerTask;
}

const MINUTE = Duration.minutes(1);
const OUT_AFTER_MINUTES = 2;
const IN_AFTER_MINUTES = 5;

/** Metric that adds tasks. */
interface Signal {
  readonly metric: IMetric;
  readonly threshold: number;
  /** Distance from the threshold to the large step. */
  readonly far: number;
  /**
   * Minutes that are evaluated in addition to those that must breach, because the metric arrives late.
   * @default 0
   */
  readonly late?: number;
}

/**
 * Step scaling by alarms, which adds and removes tasks.
 *
 * CDK's L2 has one number of minutes for both directions. Source: requirements C-05 to C-07.
 */
export class StepScaling extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: StepScalingParts,
  ) {
    super(scope, id);
    const { service, thresholds, requests, steps } = props;
    const { cpuPercent, memoryPercent, requestsPerMinute } = thresholds;
    const { scaleInCpuPercent = 30 } = steps;
    this.check(scaleInCpuPercent);
    this.addTasks('Cpu', {
      metric: service.metricCpuUtilization({ period: MINUTE }),
      threshold: cpuPercent,
      far: (100 - cpuPercent) / 2,
    });
    this.addTasks('Memory', {
      metric: service.metricMemoryUtilization({ period: MINUTE }),
      threshold: memoryPercent,
      far: (100 - memoryPercent) / 2,
    });
    if (requestsPerMinute !== undefined) {
      this.addTasks('Requests', {
        metric: requests.metric(),
        threshold: requestsPerMinute,
        far: requestsPerMinute / 2,
        late: LATE_MINUTES,
      });
    }
    this.removeTasks(service.metricCpuUtilization({ period: MINUTE }), scaleInCpuPercent);
  }

  private check(scaleInCpuPercent: number): void {
    const scope = this.node.scope!.node.scope!;
    const { steps, thresholds } = this.props;
    checkWholeNumber(scope, 'scaling.scaleInCpuPercent', scaleInCpuPercent, {
      min: 1,
      max: thresholds.cpuPercent - 1,
      unit: 'percent, below cpuPercent',
      fix: 'set it well below cpuPercent',
    });
    const tasks = { min: 1, max: 100, unit: 'tasks', fix: 'remove it to use the default' };
    checkWholeNumber(scope, 'scaling.tasksPerStep', steps.tasksPerStep, tasks);
    checkWholeNumber(scope, 'scaling.tasksPerLargeStep', steps.tasksPerLargeStep, tasks);
  }

  private addTasks(id: string, { metric, threshold, far, late = 0 }: Signal): void {
    const { tasksPerStep = 1, tasksPerLargeStep = 2 } = this.props.steps;
    const action = this.createAction(`${id}Out`);
    action.addAdjustment({ adjustment: tasksPerStep, lowerBound: 0, upperBound: far });
    action.addAdjustment({ adjustment: tasksPerLargeStep, lowerBound: far });
    new Alarm(this, `${id}High`, {
      alarmDescription: textFor('alarm', `Adds tasks to ${stackPath(this.props.service)}`),
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: OUT_AFTER_MINUTES + late,
      datapointsToAlarm: OUT_AFTER_MINUTES,
    }).addAlarmAction(actingBy(action));
  }

  /** The alarm also fires while the service is idle at its fewest tasks, which is no fault. */
  private removeTasks(metric: IMetric, threshold: number): void {
    const action = this.createAction('CpuIn');
    action.addAdjustment({ adjustment: -1, upperBound: 0 });
    new Alarm(this, 'CpuLow', {
      alarmDescription: textFor(
        'alarm',
        `Removes a task from ${stackPath(this.props.service)}; fires while the service is idle`,
      ),
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: IN_AFTER_MINUTES,
    }).addAlarmAction(actingBy(action));
  }

  private createAction(id: string): StepScalingAction {
    return new StepScalingAction(this, id, {
      policyName: uniqueName(this, { maxLength: 255, child: id }),
      scalingTarget: this.props.taskCount,
      adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
      cooldown: this.props.steps.cooldown ?? MINUTE,
      metricAggregationType: MetricAggregationType.AVERAGE,
    });
  }
}

/** CDK's own class for this action loads the libraries of all actions. */
function actingBy({ scalingPolicyArn }: StepScalingAction): IAlarmAction {
  return { bind: () => ({ alarmActionArn: scalingPolicyArn }) };
}
