import { Fn, Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { consoleUrl } from '../../text/console-url';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { chart, copy, LABEL, output, part, type Part, put } from '../asl/asl';
import { absent, choice } from '../asl/conditions';
import { array, arrayItem, format, split } from '../asl/intrinsics';
import { LoggedStateMachine } from '../asl/logged-state-machine';
import { PollingIntervals } from '../asl/polling';
import { AwsCalls } from '../asl/sdk-integrations';
import type { JsonPath } from '../asl/state';
import type { PlanConfig } from './context/migration-config';
import { ReleaseArns } from './context/release-arns';
import { FOUND, INPUT } from './context/service-facts';
import { factsOfFamily, withOwnRevision } from './steps/own-revision';
import { readReleasedTag } from './steps/released-tag';
import { numbered } from './steps/run-commands';
import { runTask, TASK } from './steps/run-task';

/** Properties of a {@link MigrationDryRun}. All are required. */
export interface MigrationDryRunProps {
  /** Dry runs, in the order of their migrations. */
  readonly plans: PlanConfig[];
  /** Environment profile that supplies the retention of the log. */
  readonly profile: EnvironmentProfile;
}

const FACTS = '$.facts';
const LOG = '$.log';
/** Slash in a part of the console's address for logs. */
const SLASH = '$252F';

/**
 * Dry run of migrations: runs the plan of each with the new image, one after another.
 * It outputs where the log of each plan is. Source: requirement A-08.
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
      description: textFor('role', `Shows what the migrations of ${stackPath(scope)} would do`),
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    const write = (intervals: PollingIntervals) => this.definition(calls, intervals);
    this.stateMachine = new LoggedStateMachine(this, 'Machine', {
      definition: PollingIntervals.share(0, write, props.plans.length).written,
      calls,
      role,
      profile: props.profile,
    }).stateMachine;
  }

  private definition(calls: AwsCalls, intervals: PollingIntervals): object {
    const names = this.props.plans.map((_, index) => numbered('Plan', index));
    const results = names.map((_, index) => `$.plans${index}` as const);
    return {
      Comment: `Shows what the migrations of ${stackPath(this.node.scope!)} would do`,
      ...chart(
        ['Keep images', LABEL],
        ...this.props.plans.map((plan, index) =>
          part([
            names[index],
            {
              Type: 'Parallel',
              Parameters: { 'facts': factsOfFamily(plan.target), 'images.$': INPUT.images },
              Branches: [chart(this.showPlan(calls, intervals, names[index], plan))],
              ResultPath: results[index],
            },
          ]),
        ),
        ['Output plans', output({ 'plans.$': array(...results.map((path) => `${path}[0]` as const)) })],
      ),
    };
  }

  private showPlan(calls: AwsCalls, intervals: PollingIntervals, name: string, plan: PlanConfig): Part {
    const { target, ...run } = plan;
    const arns = new ReleaseArns(this, [target]);
    const task = { ...run, scope: this, name, target, revision: FOUND.candidate };
    return part(
      chooseImage(calls, arns, name, plan),
      withOwnRevision(calls, arns, name, runTask(calls, intervals, task)),
      this.outputLog(name, plan),
    );
  }

  /**
   * Outputs the place of the log, and does not read it.
   *
   * A command may print any amount. The output of a state has a limit, and the error of exceeding it can't be caught.
   */
  private outputLog(name: string, { target }: PlanConfig): Part {
    const { logGroupName: group, containerName: container } = target;
    const state = (of: string) => `${name}: ${of}`;
    if (group === undefined) {
      return part([state('output task'), output({ 'task.$': TASK })]);
    }
    const escaped = [container, container, '{}'].join(SLASH);
    const url = consoleUrl(this, 'cloudwatch/home', `#logsV2:log-groups/log-group/{}/log-events/${escaped}`);
    return part(
      // The last part of arn:aws:ecs:region:account:task/cluster/id. A stream is prefix/container/id.
      [
        state('name the log'),
        put(LOG, { 'task.$': arrayItem(split(TASK, '/'), 2), 'group': Fn.join(SLASH, Fn.split('/', group)) }),
      ],
      [
        state('output log'),
        output({
          log: {
            group,
            'stream.$': format(`${container}/${container}/{}`, `${LOG}.task`),
            'url.$': format(url, `${LOG}.group`, `${LOG}.task`),
          },
        }),
      ],
    );
  }
}

function chooseImage(calls: AwsCalls, arns: ReleaseArns, name: string, { target }: PlanConfig): Part {
  const named: JsonPath = `${INPUT.images}['${target.repositoryName}']`;
  const state = (of: string) => `${name}: ${of}`;
  const chosen = state('keep facts');
  return part(
    [state('is no image named?'), choice([absent(named)], state('read released image'))],
    [state('take named image'), { ...copy(named, `${FACTS}.tag`), Next: chosen }],
    [state('read released image'), readReleasedTag(calls, arns, `${FACTS}.parameter`)],
    [state('take released image'), copy(FOUND.releasedTag, `${FACTS}.tag`)],
    [chosen, { Type: 'Pass', OutputPath: FACTS }],
  );
}
