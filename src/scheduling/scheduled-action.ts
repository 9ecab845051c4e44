import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { ofThisAccount } from '../iam/source-account';
import { textFor } from '../text/text-for';

/** One schedule of a {@link scheduleAction}. */
export interface ActionSchedule {
  /** Id of the schedule in the scope. */
  readonly id: string;
  /** Description of the schedule. */
  readonly description: string;
  /** Expression of EventBridge Scheduler, for example from {@link rateExpression}. */
  readonly expression: string;
  /**
   * Time zone of a cron expression.
   * @default - UTC
   */
  readonly timeZone?: string;
  /** Input of the target, as JSON. */
  readonly input: string;
}

/** Properties of {@link scheduleAction}. */
interface ScheduledActionProps {
  /**
   * Prefix of the ids of role and policy, for a scope that also has other roles.
   * @default - the ids are `Role` and `Policy`
   */
  readonly idPrefix?: string;
  /** Description of the role that EventBridge Scheduler assumes. */
  readonly roleDescription: string;
  /** ARN of the target: {@link sdkTarget}, or a resource that EventBridge Scheduler supports. */
  readonly target: string;
  /** IAM action that the target takes. */
  readonly action: string;
  /** ARNs of the only resources on which the action is allowed. */
  readonly resources: string[];
  /** Schedules of the action. */
  readonly schedules: ActionSchedule[];
}

/**
 * Schedules one action on named resources, without a function.
 *
 * EventBridge Scheduler assumes a role that allows nothing else.
 *
 * The children belong to the scope itself, because the ids of deployed schedules must not change.
 */
export function scheduleAction(scope: Construct, props: ScheduledActionProps): void {
  const { idPrefix = '', roleDescription, target, action, resources, schedules } = props;
  const role = new Role(scope, `${idPrefix}Role`, {
    description: textFor('role', roleDescription),
    assumedBy: ofThisAccount(scope, 'scheduler.amazonaws.com'),
  });
  const policy = new ManagedPolicy(scope, `${idPrefix}Policy`, {
    roles: [role],
    statements: [new PolicyStatement({ actions: [action], resources })],
  });
  schedules.forEach(({ id, description, expression, timeZone, input }) => {
    const schedule = new CfnSchedule(scope, id, {
      description: textFor('schedule', description),
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: target, roleArn: role.roleArn, input },
    });
    schedule.node.addDependency(policy);
  });
}

/** ARN of a universal target: EventBridge Scheduler calls the API of an AWS service. */
export function sdkTarget(scope: Construct, service: string, apiAction: string): string {
  return `arn:${Stack.of(scope).partition}:scheduler:::aws-sdk:${service}:${apiAction}`;
}

/** Rate expression, whose unit is singular for 1 alone. */
export function rateExpression(count: number, unit: 'hour' | 'day'): string {
  return `rate(${count} ${count === 1 ? unit : `${unit}s`})`;
}
