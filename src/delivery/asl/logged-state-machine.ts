import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import {
  type CfnStateMachine,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../compliance/acknowledge';
import type { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';
import type { AwsCalls } from './sdk-integrations';

/** What a {@link DeliveryMachine} is made from. */
export interface DeliveryMachineProps {
  /** In the states language. */
  readonly definition: object;
  /** The calls that the definition makes: they are the permissions. */
  readonly calls: AwsCalls;
  /** Closed: the calls are all that it may do. */
  readonly role: Role;
  /** Answers how long the log is kept. */
  readonly profile: EnvironmentProfile;
}

/** All executions of a state machine, by ARN. */
export function executionsOf(machine: StateMachine): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** A state machine that calls AWS by itself, with an encrypted log, traces, and one policy of exactly the calls that it makes. */
export class DeliveryMachine extends Construct {
  public readonly stateMachine: StateMachine;

  public constructor(scope: Construct, id: string, props: DeliveryMachineProps) {
    super(scope, id);
    const { logGroup } = new EncryptedLogGroup(this, 'Logs', { profile: props.profile });
    const policy = this.createPolicy(props);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(props.definition)),
      stateMachineType: StateMachineType.STANDARD,
      role: props.role.withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: true },
    });
    // Step Functions tries the log with the role when it makes the machine.
    (this.stateMachine.node.defaultChild as CfnStateMachine).node.addDependency(policy);
  }

  private createPolicy({ calls, role }: DeliveryMachineProps): ManagedPolicy {
    // Neither the delivery of logs nor traces know a resource.
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
    const policy = new ManagedPolicy(this, 'Policy', { roles: [role], statements });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Reads of task definitions, tasks, scaling, rules, targets and alarms, the deregistration of a revision, metrics, logs and traces know no resources; what is changed is named in statements of its own.',
    );
    wildcards(statements).forEach((arn) =>
      acknowledgeWildcard(
        policy,
        arn,
        'Revisions, deployments, tasks, stacks, snapshots and log streams are named by AWS below a name that is known.',
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
