import { Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { chart, copy, output, part, type Part, put } from '../asl/asl';
import { absent, choice } from '../asl/conditions';
import { arrayItem, format, split } from '../asl/intrinsics';
import { LoggedStateMachine } from '../asl/logged-state-machine';
import { catchAll, FAILURE } from '../asl/parts';
import { PollingIntervals } from '../asl/polling';
import { AwsCalls } from '../asl/sdk-integrations';
import type { JsonPath } from '../asl/state';
import type { MigrationConfig } from './context/migration-config';
import { ReleaseArns } from './context/release-arns';
import { factsOf, FOUND, INPUT } from './context/service-facts';
import { registerTaskDefinition } from './steps/register-task-definition';
import { readReleasedTag } from './steps/released-tag';
import { runTask, TASK } from './steps/run-task';

/** Properties of a {@link MigrationDryRun}. All are required. */
export interface MigrationDryRunProps {
  /** Migration with a plan. */
  readonly migration: MigrationConfig;
  /** Environment profile that supplies the retention of the log. */
  readonly profile: EnvironmentProfile;
}

/** Suffix of the family, so that ECS never takes its revision for the service. */
const SUFFIX = '-plan';
const MAX_LINES = 200;

const FACTS = '$.facts';
const LOG = '$.log';
const EVENTS = '$.events';

/**
 * Dry run of a migration: runs its plan with the new image.
 * It outputs the lines of the plan and their log. Source: requirement A-08.
 */
export class MigrationDryRun extends Construct {
  public readonly stateMachine: StateMachine;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: MigrationDryRunProps,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: textFor('role', `Shows what the migration of ${stackPath(scope)} would do`),
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    this.stateMachine = new LoggedStateMachine(this, 'Machine', {
      definition: PollingIntervals.share(1, (intervals) => this.definition(calls, intervals)).written,
      calls,
      role,
      profile: props.profile,
    }).stateMachine;
  }

  private definition(calls: AwsCalls, intervals: PollingIntervals): object {
    const { target } = this.props.migration;
    const arns = new ReleaseArns(this, [target]);
    const deregister = calls.task(
      'ecs:deregisterTaskDefinition',
      { 'TaskDefinition.$': FOUND.candidate },
      { resources: ['*'] },
    );
    return {
      Comment: `Shows what the migration of ${stackPath(target.source)} would do`,
      ...chart(
        this.chooseImage(calls, arns),
        registerTaskDefinition(calls, arns, {
          name: 'Register',
          resultPath: FOUND.candidate,
          suffix: SUFFIX,
        }),
        ['Plan the migration', catchAll(this.runPlan(calls, intervals), { next: 'Deregister after a failure' })],
        ['Deregister task definition', deregister],
        this.outputLines(calls, target.logGroupName, target.containerName),
        ['Deregister after a failure', deregister],
        ['Fail the plan', { Type: 'Fail', ErrorPath: `${FAILURE}.Error`, CausePath: `${FAILURE}.Cause` }],
      ),
    };
  }

  private chooseImage(calls: AwsCalls, arns: ReleaseArns): Part {
    const { target } = this.props.migration;
    const named: JsonPath = `${INPUT.images}['${target.repositoryName}']`;
    const chosen = 'Keep facts of the service';
    return part(
      [
        'Add facts of the service',
        { Type: 'Pass', Parameters: { 'facts': factsOf(target), 'images.$': INPUT.images } },
      ],
      ['Is no image named?', choice([absent(named)], 'Read released image')],
      ['Take named image', { ...copy(named, `${FACTS}.tag`), Next: chosen }],
      ['Read released image', readReleasedTag(calls, arns, `${FACTS}.parameter`)],
      ['Take released image', copy(FOUND.releasedTag, `${FACTS}.tag`)],
      [chosen, { Type: 'Pass', OutputPath: FACTS }],
    );
  }

  private runPlan(calls: AwsCalls, intervals: PollingIntervals): Part {
    const { target, plan, environment, timeoutSeconds } = this.props.migration;
    return runTask(calls, intervals, {
      scope: this,
      name: 'Plan',
      target,
      command: plan!,
      environment,
      revision: FOUND.candidate,
      family: `${target.family}${SUFFIX}`,
      timeoutSeconds,
    });
  }

  private outputLines(calls: AwsCalls, logGroup: string | undefined, container: string): Part {
    if (logGroup === undefined) {
      return part(['Output task', output({ 'task.$': TASK })]);
    }
    const streams = Stack.of(this).formatArn({
      service: 'logs',
      resource: `log-group:${logGroup}:log-stream:${container}/${container}/*`,
    });
    return part(
      // The last part of arn:aws:ecs:region:account:task/cluster/id. A stream is prefix/container/id.
      [
        'Name log stream',
        put(LOG, {
          'group': logGroup,
          'stream.$': format(`${container}/${container}/{}`, arrayItem(split(TASK, '/'), 2)),
        }),
      ],
      [
        'Read log',
        calls.task(
          'cloudwatchlogs:getLogEvents',
          {
            'LogGroupName.$': `${LOG}.group`,
            'LogStreamName.$': `${LOG}.stream`,
            'StartFromHead': true,
            'Limit': MAX_LINES,
          },
          { resources: [streams], resultPath: EVENTS },
        ),
      ],
      ['Is the log empty?', choice([absent(`${EVENTS}.Events[0]`)], 'Output no lines')],
      ['Output lines', output({ 'log.$': LOG, 'lines.$': `${EVENTS}.Events[*].Message` })],
      ['Output no lines', output({ 'log.$': LOG, 'lines': [] })],
    );
  }
}
