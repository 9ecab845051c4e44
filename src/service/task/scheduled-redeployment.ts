import { type Duration, Stack } from 'aws-cdk-lib';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

/** Properties of a {@link TaskReplacement}. All are required. */
export interface TaskReplacementProps {
  /** Service that starts a new deployment of its current task definition. */
  readonly service: FargateService;
  /** Interval between two replacements, in whole days. */
  readonly every: Duration;
}

/**
 * Schedule that replaces the tasks of a service by its own rollout, so that they read rotated secrets.
 *
 * The task definition stays the same, so a released image stays too. The schedule calls ECS without a function.
 * Source: requirement A-34.
 */
export class TaskReplacement extends Construct {
  public constructor(scope: Construct, id: string, props: TaskReplacementProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      description: `Replaces the tasks of ${scope.node.path}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    });
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [new PolicyStatement({ actions: ['ecs:UpdateService'], resources: [props.service.serviceArn] })],
    });
    const days = props.every.toDays();
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: `Replaces the tasks of ${scope.node.path}, whose secrets change`,
      scheduleExpression: `rate(${days} ${days === 1 ? 'day' : 'days'})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${stack.partition}:scheduler:::aws-sdk:ecs:updateService`,
        roleArn: role.roleArn,
        input: stack.toJsonString({
          Cluster: props.service.cluster.clusterName,
          Service: props.service.serviceName,
          ForceNewDeployment: true,
        }),
      },
    });
    schedule.node.addDependency(policy);
  }
}
