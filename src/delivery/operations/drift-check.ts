import { Duration, Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import type { AlertRouting } from '../../observability';
import { rateExpression, scheduleAction } from '../../scheduling/scheduled-action';
import { checkWholeNumber } from '../../validation/checks';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { chart, LABEL, output, type Part, part, put } from '../asl/asl';
import { absent, choice, equalsPath, isTrue, present } from '../asl/conditions';
import { array, contains, CONTEXT, format, toJson } from '../asl/intrinsics';
import { LoggedStateMachine } from '../asl/logged-state-machine';
import { findByName, forEach, ITEM } from '../asl/parts';
import { allowKeyOf, AwsCalls } from '../asl/sdk-integrations';
import { ReleaseArns } from '../release/context/release-arns';
import { runbookOf } from '../release/context/runbook';
import { factsOf, SERVICES } from '../release/context/service-facts';
import type { Release } from '../release/release';
import { publish } from '../release/steps/notify';
import { readRecord, RECORD } from '../release/steps/release-record';

/** Properties of a {@link DriftCheck}. Release and alert routing are required. */
export interface DriftCheckProps {
  /** Release whose services are checked. */
  readonly release: Release;
  /** Alert routing whose deployment topic is notified of drift. */
  readonly alertRouting: AlertRouting;
  /**
   * Interval between two checks, 1 to 168 whole hours.
   * @default Duration.hours(24)
   */
  readonly interval?: Duration;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}

const RUNNING = '$.running';
const FOUND_DRIFT = '$.found';
const RUNS = '$.current.services[0].TaskDefinition';
const RELEASED_REVISION = '$.before.candidate';

/**
 * Notification when a service runs another revision than the released one. The cause is a deployment by hand, or a
 * change by CloudFormation, for which ECS takes the family's latest revision. While a release runs, nothing is
 * compared.
 * Source: requirement B-12.
 *
 * @example
 * new DriftCheck(this, 'Drift', { release, alertRouting });
 */
export class DriftCheck extends Construct {
  /** State machine that compares and notifies. */
  public readonly stateMachine: StateMachine;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DriftCheckProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    const interval = props.interval ?? Duration.hours(24);
    checkWholeNumber(this, 'interval', interval.toHours({ integral: false }), {
      min: 1,
      max: 168,
      unit: 'hours',
      fix: 'give Duration.hours(n) with a whole n',
    });
    this.stateMachine = this.createStateMachine();
    this.createSchedule(interval);
  }

  private createStateMachine(): StateMachine {
    const { release, alertRouting, profile = EnvironmentProfile.of(this) } = this.props;
    const role = new Role(this, 'Role', {
      description: `Compares what runs in ${release.stageName} with what was released`,
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    allowKeyOf(calls, alertRouting.deploymentTopic);
    const definition = this.definition(calls);
    return new LoggedStateMachine(this, 'Machine', { definition, calls, role, profile }).stateMachine;
  }

  private definition(calls: AwsCalls): object {
    const { release, alertRouting } = this.props;
    const { _targets: targets, stateMachine, lastReleaseParameterName: lastReleaseName, stageName } = release;
    const arns = new ReleaseArns(this, targets);
    const [nothing, read] = ['Nothing to notify of', 'Read last release'];
    return {
      Comment: `Compares what runs in ${stageName} with what was released`,
      ...chart(
        ['Services', { Type: 'Pass', Result: targets.map(factsOf), ResultPath: SERVICES }],
        [
          'List running releases',
          calls.task(
            'sfn:listExecutions',
            { StateMachineArn: stateMachine.stateMachineArn, StatusFilter: 'RUNNING' },
            { resources: [stateMachine.stateMachineArn], resultPath: RUNNING },
          ),
        ],
        ['Does no release run?', choice([absent(`${RUNNING}.Executions[0]`)], read, nothing)],
        readRecord(calls, arns, { name: read, parameter: lastReleaseName, none: nothing }),
        [
          'Compare services',
          forEach(RECORD.services, compare(calls, arns), {
            selector: { 'before.$': CONTEXT.mapItem, 'services.$': SERVICES },
            fields: { ResultPath: FOUND_DRIFT },
          }),
        ],
        ['Collect drift', put('$.any', { 'drift.$': contains(`${FOUND_DRIFT}[*].drift`, true) })],
        ['Is there any drift?', choice([isTrue('$.any.drift')], 'Report drift', nothing)],
        ['Report drift', LABEL],
        publish(calls, alertRouting.deploymentTopic.topicArn, {
          name: 'Notify of drift',
          subject: `Something else runs in ${stageName} than was released`,
          sentences: [
            format('The last release was {}.', RECORD.execution),
            format('What runs: {}.', toJson(FOUND_DRIFT)),
            `What to do: ${runbookOf('release-drift', alertRouting)}`,
          ],
        }),
        ['Drift is reported', { Type: 'Succeed' }],
        [nothing, { Type: 'Succeed' }],
      ),
    };
  }

  private createSchedule(interval: Duration): void {
    const { stageName } = this.props.release;
    const { stateMachineArn } = this.stateMachine;
    scheduleAction(this, {
      idPrefix: 'Schedule',
      roleDescription: `Starts the comparison of ${stageName}`,
      target: stateMachineArn,
      action: 'states:StartExecution',
      resources: [stateMachineArn],
      schedules: [
        {
          id: 'Schedule',
          description: `Compares what runs in ${stageName} with what was released`,
          expression: rateExpression(interval.toHours(), 'hour'),
          input: '{}',
        },
      ],
    });
  }
}

/** Compares one service of the last release. A service that the stage does not have any more has no drift. */
function compare(calls: AwsCalls, arns: ReleaseArns): Part {
  const [unknown, same] = ['Service is not of this stage', 'Service runs the released revision'];
  return part(
    findByName('Find service', SERVICES, '$.before.name', unknown),
    [
      'Describe service',
      calls.task(
        'ecs:describeServices',
        { 'Cluster.$': `${ITEM}.cluster`, 'Services.$': array(`${ITEM}.service`) },
        { resources: arns.services, resultPath: '$.current', resultSelector: { 'services.$': '$.Services' } },
      ),
    ],
    ['Does ECS know it?', choice([present(RUNS)], 'Does it run the released revision?')],
    [
      'Service is missing',
      output({ 'service.$': `${ITEM}.name`, 'runs': 'nothing: there is no such service', 'drift': true }),
    ],
    ['Does it run the released revision?', choice([equalsPath(RUNS, RELEASED_REVISION)], same)],
    [
      'Service runs another revision',
      output({ 'service.$': `${ITEM}.name`, 'runs.$': RUNS, 'released.$': RELEASED_REVISION, 'drift': true }),
    ],
    [same, output({ 'service.$': `${ITEM}.name`, 'runs.$': RUNS, 'drift': false })],
    [unknown, output({ drift: false })],
  );
}
