import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type CfnStateMachine,
  DefinitionBody,
  type IStateMachine,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../compliance/acknowledge';
import type { EnvironmentProfile } from '../../environment';
import { GrowingPolicy } from '../../iam/growing-policy';
import { withoutGrants } from '../../iam/without-grants';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';
import type { AwsCalls } from './sdk-integrations';

/** Properties of a {@link LoggedStateMachine}. All are required. */
export interface LoggedStateMachineProps {
  /** Definition in the Amazon States Language. */
  readonly definition: object;
  /** AWS SDK calls of the definition. They are its permissions. */
  readonly calls: AwsCalls;
  /** Role of the state machine. It gets the permissions of the calls and no others. */
  readonly role: Role;
  /** Environment profile that supplies the retention of the log. */
  readonly profile: EnvironmentProfile;
}

/** ARN pattern of all executions of a state machine, also of one that is imported. */
export function executionsOf(machine: IStateMachine): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  const { account, region, resourceName } = Arn.split(machine.stateMachineArn, arnFormat);
  const executions = { service: 'states', resource: 'execution', arnFormat };
  // The name of a state machine of this app is a shorter reference than a part of its ARN.
  return machine instanceof StateMachine
    ? Stack.of(machine).formatArn({ ...executions, resourceName: `${machine.stateMachineName}:*` })
    : Stack.of(machine).formatArn({ ...executions, resourceName: `${resourceName}:*`, account, region });
}

/**
 * State machine with an encrypted log and traces, whose policy allows its own AWS calls only.
 * It calls AWS through SDK integrations, without functions.
 */
export class LoggedStateMachine extends Construct {
  public readonly stateMachine: StateMachine;

  public constructor(scope: Construct, id: string, props: LoggedStateMachineProps) {
    super(scope, id);
    const { logGroup } = new EncryptedLogGroup(this, 'Logs', { profile: props.profile });
    const policy = this.createPolicy(props);
    this.stateMachine = withoutGrants([props.role], () => this.createStateMachine(props, logGroup));
    // Step Functions tests the log with the role when it creates the state machine.
    (this.stateMachine.node.defaultChild as CfnStateMachine).node.addDependency(policy);
  }

  private createStateMachine({ definition, role }: LoggedStateMachineProps, logGroup: LogGroup): StateMachine {
    return new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      stateMachineType: StateMachineType.STANDARD,
      role,
      tracingEnabled: true,
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: true },
    });
  }

  private createPolicy({ calls, role }: LoggedStateMachineProps): ManagedPolicy {
    // Neither log delivery nor X-Ray supports resource-level permissions.
    calls.allow(
      [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
      ],
      ['*'],
    );
    const statements = calls.statements();
    const policy = new GrowingPolicy(this, 'Policy', { role, statements, prop: 'services' });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Reads of task definitions, tasks, scaling, rules, targets and alarms, the deregistration of a revision, ' +
        'metrics, logs and traces do not support resource-level permissions. ' +
        'What is changed is named in its own statements.',
    );
    wildcards(statements).forEach((arn) =>
      acknowledgeWildcard(
        policy,
        arn,
        'AWS names revisions, deployments, tasks, stacks, snapshots and log streams below a name that is known.',
      ),
    );
    return policy;
  }
}

function wildcards(statements: PolicyStatement[]): string[] {
  return [...new Set(statements.flatMap(({ resources }) => resources))].filter(
    (arn) => arn !== '*' && arn.includes('*'),
  );
}
