import { Duration, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { DeliveryMachine, executionsOf } from '../asl/logged-state-machine';
import { AwsCalls } from '../asl/sdk-integrations';
import type { Release } from '../release/release';
import { RollbackDefinition } from './rollback-command-definition';

/** What a {@link RollbackCommand} may be told. The release is enough. */
export interface RollbackCommandProps {
  /** What is taken back. */
  readonly release: Release;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

const MOST_WAIT = Duration.days(7);

/**
 * One click or one command that goes back (requirements A-14, C-17, E-15): a document of Systems Manager. While a deployment runs, its bake included, it
 * is stopped and traffic goes back by weights; while a release runs without one, the release is stopped and taken back; else the images before the
 * last release are released, whatever alarm fires, and the document ends with that. What goes back already is left alone.
 */
export class RollbackCommand extends Construct {
  /** The document. */
  public readonly document: CfnDocument;
  /** Decides which of them it is. */
  public readonly stateMachine: StateMachine;
  private readonly profile: EnvironmentProfile;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: RollbackCommandProps,
  ) {
    super(scope, id);
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.stateMachine = this.createStateMachine();
    this.document = this.createDocument();
  }

  private createStateMachine(): StateMachine {
    const { stageName } = this.props.release;
    const role = new Role(this, 'Role', {
      description: `Takes ${stageName} back`,
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    const definition = new RollbackDefinition(this, calls, this.props.release).states;
    return new DeliveryMachine(this, 'Machine', { definition, calls, role, profile: this.profile }).stateMachine;
  }

  private createDocument(): CfnDocument {
    const { release } = this.props;
    const { stateMachineArn } = this.stateMachine;
    const role = new Role(this, 'CommandRole', {
      description: `Starts the way back of ${release.stageName}`,
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
    acknowledgeWildcard(policy, executions, 'Executions are named by AWS, below the one state machine.');
    const document = new CfnDocument(this, 'Document', {
      documentType: 'Automation',
      documentFormat: 'JSON',
      updateMethod: 'NewVersion',
      content: {
        schemaVersion: '0.3',
        description: `Takes ${release.stageName} back: stops what runs, or releases the images before the last release and waits for that. What it did is the output of the execution that the first step starts.`,
        assumeRole: role.roleArn,
        mainSteps: this.steps(stateMachineArn),
      },
    });
    document.node.addDependency(policy);
    return document;
  }

  /** An action that starts a state machine exists, too; that it waits for the end is documented of this one alone. */
  private steps(stateMachineArn: string): object[] {
    const describe = {
      Service: 'stepfunctions',
      Api: 'DescribeExecution',
      executionArn: '{{ Back.Execution }}',
      PropertySelector: '$.status',
    };
    const timeoutSeconds = Math.min(MOST_WAIT.toSeconds(), this.props.release._longestWayBack.toSeconds() + 3600);
    return [
      {
        name: 'Back',
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
