import { type Duration, Stack } from 'aws-cdk-lib';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { rateExpression, scheduleAction, sdkTarget } from '../../scheduling/scheduled-action';

/** What a {@link TaskReplacement} is made from. */
export interface TaskReplacementProps {
  /** Told to start a new deployment of the task definition that it has. */
  readonly service: FargateService;
  /** Whole days. */
  readonly every: Duration;
}

/**
 * Replaces the tasks of a service gradually, by its own rollout, so that they read their secrets again (requirement A-34). The task definition
 * stays the one that serves: a released image is not touched. A schedule calls ECS directly; no function runs.
 */
export class TaskReplacement extends Construct {
  public constructor(scope: Construct, id: string, props: TaskReplacementProps) {
    super(scope, id);
    const { service, every } = props;
    scheduleAction(this, {
      roleDescription: `Replaces the tasks of ${scope.node.path}`,
      target: sdkTarget(this, 'ecs', 'updateService'),
      action: 'ecs:UpdateService',
      resource: service.serviceArn,
      schedules: [
        {
          id: 'Schedule',
          description: `Replaces the tasks of ${scope.node.path}, whose secrets change`,
          expression: rateExpression(every.toDays(), 'day'),
          input: Stack.of(this).toJsonString({
            Cluster: service.cluster.clusterName,
            Service: service.serviceName,
            ForceNewDeployment: true,
          }),
        },
      ],
    });
  }
}
