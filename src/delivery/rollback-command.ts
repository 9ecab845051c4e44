import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledgement/acknowledge';
import { EnvironmentProfile } from '../environment';
import { AwsCalls } from './aws-calls';
import { DeliveryMachine, ofThisAccount } from './delivery-machine';
import type { Release } from './release';
import { factsOf, ReleaseArns } from './release-facts';
import { chart, choice, forEach, present, put, refuse, type States } from './state-chart';

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

/**
 * One click or one command that goes back (requirements A-14, C-17, E-15): a document of Systems Manager. While a deployment runs, its bake included, it
 * is stopped and traffic goes back by weights; while a release runs without one, the release is stopped and taken back; else the images before the
 * last release are released. Run twice, it returns to where it began.
 */
export class RollbackCommand extends Construct {
  /** The document. */
  public readonly document: CfnDocument;
  /** Decides which of the three it is. */
  public readonly stateMachine: StateMachine;
  private readonly profile: EnvironmentProfile;

  public constructor(scope: Construct, id: string, private readonly props: RollbackCommandProps) {
    super(scope, id);
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.stateMachine = this.createStateMachine();
    this.document = this.createDocument();
  }

  private createStateMachine(): StateMachine {
    const { stageName } = this.props.release;
    const role = new Role(this, 'Role', { description: `Takes ${stageName} back`, assumedBy: ofThisAccount(this, 'states.amazonaws.com') });
    const calls = new AwsCalls(Stack.of(this).partition);
    const definition = { Comment: `Takes ${stageName} back`, ...chart([...this.stopDeployments(calls), ...this.stopRelease(calls), ...this.releaseBefore(calls)]) };
    return new DeliveryMachine(this, 'Machine', { definition, calls, role, profile: this.profile }).stateMachine;
  }

  /** The fastest way: the version before still runs. A release that follows the deployment takes its other services back. */
  private stopDeployments(calls: AwsCalls): States {
    const { _targets: targets } = this.props.release;
    const arns = new ReleaseArns(this, targets);
    const stopped = (value: boolean) => ({ Type: 'Pass', Parameters: { stopped: value }, End: true });
    const running = calls.task('ecs:listServiceDeployments', { 'Cluster.$': '$.cluster', 'Service.$': '$.service', 'Status': ['PENDING', 'IN_PROGRESS'] }, { resources: arns.services, at: '$.deployments' });
    const stop = calls.task('ecs:stopServiceDeployment', { 'ServiceDeploymentArn.$': '$.deployments.ServiceDeployments[0].ServiceDeploymentArn', 'StopType': 'ROLLBACK' }, {
      resources: [...arns.services, ...arns.deployments],
      final: ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'],
      // It goes back already, or has just ended.
      rest: { Catch: [{ ErrorEquals: ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'], ResultPath: null, Next: 'Nothing runs' }] },
    });
    return [
      ['Services', { Type: 'Pass', Result: targets.map((target) => factsOf(target, 0)), ResultPath: '$.services' }],
      ['Deployments', forEach('$.services', [
        ['Running deployments', running],
        ['Any?', choice([present('$.deployments.ServiceDeployments[0]')], 'Stop the deployment')],
        ['Nothing runs', stopped(false)],
        ['Stop the deployment', stop],
        ['Stopped', stopped(true)],
      ], { rest: { ResultPath: '$.outcome' } })],
      ['Stopped any?', put('$.any', { 'stopped.$': 'States.ArrayContains($.outcome[*].stopped, true)' })],
      ['Was it that?', choice([{ Variable: '$.any.stopped', BooleanEquals: true }], 'Deployments go back')],
    ];
  }

  /** Between deployments, or while it watches: its own clean-up takes back what it has done. One that cleans up is left alone. */
  private stopRelease(calls: AwsCalls): States {
    const { stateMachine } = this.props.release;
    const executions = [executionsOf(stateMachine)];
    return [
      ['Releases', calls.task('sfn:listExecutions', { StateMachineArn: stateMachine.stateMachineArn, StatusFilter: 'RUNNING' }, { resources: [stateMachine.stateMachineArn], at: '$.running' })],
      ['Any release?', choice([present('$.running.Executions[0]')], 'Stop releases', 'Last release')],
      ['Stop releases', forEach('$.running.Executions', [
        ['What is it', calls.task('sfn:describeExecution', { 'ExecutionArn.$': '$.ExecutionArn' }, { resources: executions, at: '$.described', keep: { 'input.$': '$.Input' } })],
        ['Goes it back?', choice([{ Variable: '$.described.input', StringMatches: '*"clean":*' }], 'It goes back')],
        ['Stop the release', calls.task('sfn:stopExecution', { 'ExecutionArn.$': '$.ExecutionArn', 'Cause': 'Taken back by hand' }, { resources: executions })],
        ['It goes back', { Type: 'Pass' }],
      ], { rest: { ResultPath: '$.outcome' } })],
      ['Release goes back', { Type: 'Pass', Parameters: { done: 'the running release was stopped, and is taken back' }, End: true }],
      ['Deployments go back', { Type: 'Pass', Parameters: { done: 'the running deployments were stopped, and go back' }, End: true }],
    ];
  }

  private releaseBefore(calls: AwsCalls): States {
    const { stateMachine, lastReleaseName, _targets: targets } = this.props.release;
    const arns = new ReleaseArns(this, targets);
    const images = targets.map(({ repositoryName }) => `"${repositoryName}":"{}"`).join(',');
    const tags = targets.map((_, index) => `$.last.of.services[${index}].tag`).join(', ');
    return [
      ['Last release', calls.task('ssm:getParameter', { Name: lastReleaseName }, { resources: [arns.parameter(lastReleaseName)], at: '$.last', keep: { 'text.$': '$.Parameter.Value' } })],
      ['Any last release?', choice([{ Variable: '$.last.text', StringEquals: 'none' }], 'Nothing before')],
      ['Read', put('$.last', { 'of.$': 'States.StringToJson($.last.text)' })],
      ['Was it the first?', choice([{ Variable: '$.last.of.services[0].tag', StringEquals: 'none' }], 'Nothing before')],
      ['Images', put('$.before', { 'input.$': `States.StringToJson(States.Format('\\{"images":\\{${images}\\}\\}', ${tags}))` })],
      ['Release', calls.task('sfn:startExecution', { 'StateMachineArn': stateMachine.stateMachineArn, 'Input.$': 'States.JsonToString($.before.input)' }, {
        resources: [stateMachine.stateMachineArn], at: '$.started', keep: { 'execution.$': '$.ExecutionArn' },
      })],
      ['Release begins', { Type: 'Pass', Parameters: { 'done': 'the images before the last release are released', 'execution.$': '$.started.execution', 'input.$': '$.before.input' }, End: true }],
      ...refuse('Nothing before', 'Rollback.NothingBefore', 'No version was released before the one that serves.'),
    ];
  }

  private createDocument(): CfnDocument {
    const { release } = this.props;
    const { stateMachineArn } = this.stateMachine;
    const role = new Role(this, 'CommandRole', { description: `Starts the way back of ${release.stageName}`, assumedBy: ofThisAccount(this, 'ssm.amazonaws.com') });
    const executions = executionsOf(this.stateMachine);
    const policy = new ManagedPolicy(this, 'CommandPolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
        new PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution'], resources: [executions] }),
      ],
    });
    acknowledgeWildcard(policy, executions, 'Executions are named by AWS, below the one state machine.');
    const document = new CfnDocument(this, 'Document', {
      documentType: 'Automation',
      documentFormat: 'JSON',
      updateMethod: 'NewVersion',
      content: {
        schemaVersion: '0.3',
        description: `Takes ${release.stageName} back: stops what runs, or releases the images before the last release.`,
        assumeRole: role.roleArn,
        mainSteps: [{ name: 'Back', action: 'aws:executeStateMachine', inputs: { stateMachineArn, input: '{}' }, isEnd: true }],
      },
    });
    document.node.addDependency(policy);
    return document;
  }
}

function executionsOf(machine: StateMachine): string {
  return Stack.of(machine).formatArn({ service: 'states', resource: 'execution', resourceName: `${machine.stateMachineName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
