import { type Duration, Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';
import type { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { rateExpression, scheduleAction } from '../../scheduling/scheduled-action';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { chart, LABEL, part, type Part } from '../asl/asl';
import { absent, choice } from '../asl/conditions';
import { LoggedStateMachine } from '../asl/logged-state-machine';
import { refuse } from '../asl/parts';
import { PollingIntervals } from '../asl/polling';
import { AwsCalls } from '../asl/sdk-integrations';
import { ReleaseArns } from './context/release-arns';
import type { PartTools } from './context/release-settings';
import { factsOf, SERVICE } from './context/service-facts';
import { listDeployments, updateService } from './steps/ecs-calls';
import { readRecord } from './steps/release-record';

/** Service whose tasks are replaced. */
export interface ReplacedTasks {
  /** Identity of the service. */
  readonly target: ReleaseTarget;
  /** Interval between two replacements, in whole days. */
  readonly every: Duration;
}

/** Properties of {@link TaskReplacement}. All are required. */
export interface TaskReplacementProps {
  /** Name of the stage. */
  readonly stageName: string;
  /** State machine of the release. */
  readonly stateMachine: StateMachine;
  /** Name of the parameter with the record of the release. */
  readonly recordParameterName: string;
  /** Services, each with its interval. */
  readonly services: ReplacedTasks[];
  /** Environment profile that supplies the retention of the log. */
  readonly profile: EnvironmentProfile;
}

const INTERVAL_SECONDS = 900;
/** A replacement that finds no time within a day is left to the next one, before the old secret ends. */
const TIMEOUT_SECONDS = 24 * 3600;

const RUNNING = '$.running';
const DEPLOYMENTS = '$.deployments';

/**
 * Schedules that replace the tasks of released services, so that they read rotated secrets.
 *
 * A replacement is a deployment, and a second one would make a release roll back. So it waits while a release runs or
 * still needs rollback, and while the service is deployed. A release that begins meanwhile finds its deployment.
 */
export class TaskReplacement extends Construct {
  public readonly stateMachine: StateMachine;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskReplacementProps,
  ) {
    super(scope, id);
    this.stateMachine = this.createStateMachine();
    this.createSchedules();
  }

  private createStateMachine(): StateMachine {
    const role = new Role(this, 'Role', {
      description: textFor('role', `Replaces tasks of ${this.props.stageName}`),
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    const arns = new ReleaseArns(this, this.props.services.map(({ target }) => target));
    const definition = PollingIntervals.share(0, (intervals) => this.definition({ calls, intervals, arns })).written;
    return new LoggedStateMachine(this, 'Machine', { definition, calls, role, profile: this.props.profile })
      .stateMachine;
  }

  private definition(tools: PartTools): object {
    const { stageName } = this.props;
    const { calls, intervals, arns } = tools;
    const late = 'Find no time';
    return {
      Comment: `Replaces the tasks of a service of ${stageName}, between releases`,
      ...chart(
        intervals.poll(
          {
            name: 'Await releases',
            timeoutSeconds: TIMEOUT_SECONDS,
            intervalSeconds: INTERVAL_SECONDS,
            onTimeout: late,
          },
          (again) => this.findTime(tools, again),
        ),
        refuse(late, 'Replacement.NoTime', 'the tasks of {} were not replaced: releases ran for a day', SERVICE.name),
        ['Replace tasks', updateService(calls, arns, { ForceNewDeployment: true })],
        ['Tasks are being replaced', { Type: 'Succeed' }],
      ),
    };
  }

  /** Goes on to the replacement where nothing else deploys. */
  private findTime({ calls, arns }: PartTools, again: string): Part {
    const { stateMachine: { stateMachineArn }, recordParameterName: parameter } = this.props;
    const idle = 'List deployments of the service';
    return part(
      [
        'List releases',
        calls.task(
          'sfn:listExecutions',
          { StateMachineArn: stateMachineArn, StatusFilter: 'RUNNING' },
          { resources: [stateMachineArn], resultPath: RUNNING },
        ),
      ],
      ['Does no release run?', choice([absent(`${RUNNING}.Executions[0]`)], 'Read record', again)],
      readRecord(calls, arns, { name: 'Read record', parameter, none: idle }),
      ['A release needs rollback', { ...LABEL, Next: again }],
      [idle, listDeployments(calls, arns, DEPLOYMENTS)],
      [
        'Is the service idle?',
        choice([absent(`${DEPLOYMENTS}.ServiceDeployments[0]`)], 'Replace tasks', again),
      ],
    );
  }

  private createSchedules(): void {
    const { stateMachineArn } = this.stateMachine;
    scheduleAction(this, {
      idPrefix: 'Schedule',
      roleDescription: `Replaces tasks of ${this.props.stageName}`,
      target: stateMachineArn,
      action: 'states:StartExecution',
      resources: [stateMachineArn],
      schedules: this.props.services.map(({ target, every }, index) => {
        const { name, cluster, service } = factsOf(target);
        return {
          id: `Schedule${index + 1}`,
          description: `Replaces the tasks of ${stackPath(target.source)}, whose secrets change`,
          expression: rateExpression(every.toDays(), 'day'),
          input: Stack.of(this).toJsonString({ name, cluster, service }),
        };
      }),
    });
  }
}
