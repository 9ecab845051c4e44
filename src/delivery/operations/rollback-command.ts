import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { executionsOf, LoggedStateMachine } from '../asl/logged-state-machine';
import { AwsCalls } from '../asl/sdk-integrations';
import type { Release } from '../release/release';
import { rollbackCommandDefinition } from './rollback-command-definition';

/** Properties of a {@link RollbackCommand}. The release is required. */
export interface RollbackCommandProps {
  /** Release to roll back. */
  readonly release: Release;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}

const MAX_WAIT = Duration.days(7);

/**
 * Rollback of a stage with one click or one command: an automation document of Systems Manager.
 *
 * - During a deployment: stops it; traffic returns to the previous version.
 * - During a release without a deployment: stops the release, which rolls back.
 * - Otherwise: releases the previous images and ignores alarms.
 *
 * The document does not interrupt a rollback in progress. Source: requirements A-14, C-17 and E-15.
 *
 * @example
 * new RollbackCommand(this, 'Rollback', { release });
 */
export class RollbackCommand extends Construct {
  /** Automation document. */
  public readonly document: CfnDocument;
  /** State machine that the document starts. */
  public readonly stateMachine: StateMachine;
  private readonly profile: EnvironmentProfile;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: RollbackCommandProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.stateMachine = this.createStateMachine();
    this.document = this.createDocument();
    new CfnOutput(this, 'Command', {
      value: `aws ssm start-automation-execution --document-name ${this.document.ref}`,
      description: `Rolls ${props.release.stageName} back`,
    });
  }

  private createStateMachine(): StateMachine {
    const { stageName } = this.props.release;
    const role = new Role(this, 'Role', {
      description: `Rolls ${stageName} back`,
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    const definition = rollbackCommandDefinition(this, calls, this.props.release);
    return new LoggedStateMachine(this, 'Machine', { definition, calls, role, profile: this.profile }).stateMachine;
  }

  private createDocument(): CfnDocument {
    const { release } = this.props;
    const { stateMachineArn } = this.stateMachine;
    const role = new Role(this, 'CommandRole', {
      description: `Starts the rollback of ${release.stageName}`,
      assumedBy: ofThisAccount(this, 'ssm.amazonaws.com'),
    });
    const executions = executionsOf(this.stateMachine);
    const policy = new ManagedPolicy(this, 'CommandPolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
        new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
      ],
    });
    acknowledgeWildcard(policy, executions, 'AWS names executions, below the one state machine.');
    const document = new CfnDocument(this, 'Document', {
      documentType: 'Automation',
      documentFormat: 'JSON',
      updateMethod: 'NewVersion',
      content: {
        schemaVersion: '0.3',
        description:
          `Rolls ${release.stageName} back: stops what runs, or releases the previous images and ` +
          'waits for the end. The output of the execution that the first step starts says what was done.',
        assumeRole: role.roleArn,
        mainSteps: this.steps(stateMachineArn),
      },
    });
    document.node.addDependency(policy);
    return document;
  }

  /** Waits by polling. An action that starts a state machine exists, but AWS does not document that it waits. */
  private steps(stateMachineArn: string): object[] {
    const describe = {
      Service: 'stepfunctions',
      Api: 'DescribeExecution',
      executionArn: '{{ Rollback.Execution }}',
      PropertySelector: '$.status',
    };
    const timeoutSeconds = Math.min(MAX_WAIT.toSeconds(), this.props.release._maxRollbackDuration.toSeconds() + 3600);
    return [
      {
        name: 'Rollback',
        action: 'aws:executeAwsApi',
        inputs: { Service: 'stepfunctions', Api: 'StartExecution', stateMachineArn, input: '{}' },
        outputs: [{ Name: 'Execution', Selector: '$.executionArn', Type: 'String' }],
      },
      {
        name: 'Wait',
        action: 'aws:waitForAwsResourceProperty',
        timeoutSeconds,
        inputs: { ...describe, DesiredValues: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      {
        name: 'Ended',
        action: 'aws:assertAwsResourceProperty',
        inputs: { ...describe, DesiredValues: ['SUCCEEDED'] },
        isEnd: true,
      },
    ];
  }
}
