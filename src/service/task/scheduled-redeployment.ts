import { type Duration, Stack } from 'aws-cdk-lib';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { rateExpression, scheduleAction, sdkTarget } from '../../scheduling/scheduled-action';
import { stackPath } from '../../text/stack-path';

/** Properties of a {@link ScheduledRedeployment}. All are required. */
export interface ScheduledRedeploymentProps {
  /** Service that starts a new deployment of its current task definition. */
  readonly service: FargateService;
  /** Interval between two replacements, in whole days. */
  readonly every: Duration;
}

/**
 * Schedule that replaces the tasks of a service by its own rollout, so that they read rotated secrets.
 *
 * A release of the service takes it over, so that the two never deploy at the same time.
 *
 * The task definition stays the same, so a released image stays too. The schedule calls ECS without a function.
 * Source: requirement A-34.
 */
export class ScheduledRedeployment extends Construct {
  /** Interval between two replacements. */
  public readonly every: Duration;

  public constructor(scope: Construct, id: string, props: ScheduledRedeploymentProps) {
    super(scope, id);
    const { service, every } = props;
    this.every = every;
    scheduleAction(this, {
      roleDescription: `Replaces the tasks of ${stackPath(scope)}`,
      target: sdkTarget(this, 'ecs', 'updateService'),
      action: 'ecs:UpdateService',
      resources: [service.serviceArn],
      schedules: [
        {
          id: 'Schedule',
          description: `Replaces the tasks of ${stackPath(scope)}, whose secrets change`,
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
