import { Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { absent, chart, choice, copy, put, type States, together } from '../asl/asl';
import { DeliveryMachine } from '../asl/logged-state-machine';
import { Paces } from '../asl/polling';
import { AwsCalls } from '../asl/sdk-integrations';
import type { Migration } from './migration';
import { registerRevision } from './register-task-definition';
import { oneOffTask } from './run-task';
import { factsOf, ReleaseArns } from './service-facts';

/** What a {@link MigrationPlan} is made from. */
export interface MigrationPlanProps {
  /** With a plan. */
  readonly migration: Migration;
  /** Answers how long the machine's log is kept. */
  readonly profile: EnvironmentProfile;
}

/** Of a family of its own, so that it never is what ECS takes for the service. */
const SUFFIX = '-plan';
const MOST_LINES = 200;

/** Shows what a migration would do (requirement A-08): runs its plan with the new image, and gives back the lines and where they are logged. */
export class MigrationPlan extends Construct {
  public readonly stateMachine: StateMachine;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: MigrationPlanProps,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: `Shows what the migration of ${scope.node.path} would do`,
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    this.stateMachine = new DeliveryMachine(this, 'Machine', {
      definition: Paces.shared(1, (paces) => this.definition(calls, paces)).written,
      calls,
      role,
      profile: props.profile,
    }).stateMachine;
  }

  private definition(calls: AwsCalls, paces: Paces): object {
    const { migration } = this.props;
    const target = migration._service.releaseTarget;
    const arns = new ReleaseArns(this, [target]);
    const path = `$.images['${target.repositoryName}']`;
    const { plan, environment = {} } = migration._options;
    const task = {
      scope: this,
      prefix: 'Plan',
      target,
      command: plan!,
      environment,
      revision: '$.candidate',
      family: `${target.family}${SUFFIX}`,
      timeoutSeconds: migration._timeout.toSeconds(),
    };
    const deregister = calls.task(
      'ecs:deregisterTaskDefinition',
      { 'TaskDefinition.$': '$.candidate' },
      { resources: ['*'] },
    );
    return {
      Comment: `Shows what the migration of ${target.source.node.path} would do`,
      ...chart([
        ['Images', { Type: 'Pass', Parameters: { 'facts': factsOf(target), 'images.$': '$.images' } }],
        ['Image named?', choice([absent(path)], 'Released image')],
        ['Image', { ...copy(path, '$.facts.tag'), Next: 'Service' }],
        [
          'Released image',
          calls.task(
            'ssm:getParameter',
            { 'Name.$': '$.facts.parameter' },
            { resources: arns.parameters, at: '$.released', keep: { 'tag.$': '$.Parameter.Value' } },
          ),
        ],
        ['Its tag', copy('$.released.tag', '$.facts.tag')],
        ['Service', { Type: 'Pass', OutputPath: '$.facts' }],
        ...registerRevision(calls, arns, { prefix: 'Revision', at: '$.candidate', suffix: SUFFIX }),
        ['Plan', together([...oneOffTask(calls, paces, task), ['Planned', { Type: 'Pass' }]], { next: 'Not planned' })],
        ['Away with it', deregister],
        ...this.lines(calls, target.logGroupName, target.containerName),
        ['Not planned', deregister],
        ['Failed', { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' }],
      ]),
    };
  }

  private lines(calls: AwsCalls, logGroup: string | undefined, container: string): States {
    if (logGroup === undefined) {
      return [['Result', { Type: 'Pass', Parameters: { 'task.$': '$.task.arn' }, End: true }]];
    }
    const streams = Stack.of(this).formatArn({
      service: 'logs',
      resource: `log-group:${logGroup}:log-stream:${container}/${container}/*`,
    });
    return [
      // The last part of arn:aws:ecs:region:account:task/cluster/id; the stream is prefix/container/id.
      [
        'Stream',
        put('$.log', {
          'group': logGroup,
          'stream.$': `States.Format('${container}/${container}/{}', States.ArrayGetItem(States.StringSplit($.task.arn, '/'), 2))`,
        }),
      ],
      [
        'Lines',
        calls.task(
          'cloudwatchlogs:getLogEvents',
          {
            'LogGroupName.$': '$.log.group',
            'LogStreamName.$': '$.log.stream',
            'StartFromHead': true,
            'Limit': MOST_LINES,
          },
          {
            resources: [streams],
            at: '$.events',
          },
        ),
      ],
      ['Any lines?', choice([absent('$.events.Events[0]')], 'Nothing was printed')],
      [
        'Printed',
        { Type: 'Pass', Parameters: { 'log.$': '$.log', 'lines.$': '$.events.Events[*].Message' }, End: true },
      ],
      ['Nothing was printed', { Type: 'Pass', Parameters: { 'log.$': '$.log', 'lines': [] }, End: true }],
    ];
  }
}
