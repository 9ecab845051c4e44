import { Duration, Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { rateExpression, scheduleAction } from '../../scheduling/scheduled-action';
import { checkWholeNumber } from '../../validation/checks';
import { absent, chart, choice, findByName, forEach, present, put, type States } from '../asl/asl';
import { DeliveryMachine } from '../asl/logged-state-machine';
import { allowTopic, AwsCalls } from '../asl/sdk-integrations';
import { publish } from '../release/notify';
import type { Release } from '../release/release';
import { factsOf, ReleaseArns } from '../release/service-facts';

/** What a {@link DriftCheck} has to be told. */
export interface DriftCheckProps {
  /** What was released by it should run. */
  readonly release: Release;
  /** Is told what runs instead. */
  readonly notifications: ITopic;
  /**
   * How often it looks, whole hours, 1 to 168.
   * @default Duration.hours(24)
   */
  readonly interval?: Duration;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * Tells when a service runs another revision than the one that was released (requirement B-12): somebody deployed by hand, or CloudFormation changed the
 * service and ECS took the family's latest revision. What a release does is none, and while one runs nothing is compared.
 */
export class DriftCheck extends Construct {
  /** Compares, and tells. */
  public readonly stateMachine: StateMachine;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DriftCheckProps,
  ) {
    super(scope, id);
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
    const { release, notifications, profile = EnvironmentProfile.of(this) } = this.props;
    const role = new Role(this, 'Role', {
      description: `Compares what runs in ${release.stageName} with what was released`,
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    allowTopic(calls, notifications);
    const definition = {
      Comment: `Compares what runs in ${release.stageName} with what was released`,
      ...chart(this.states(calls)),
    };
    return new DeliveryMachine(this, 'Machine', { definition, calls, role, profile }).stateMachine;
  }

  private states(calls: AwsCalls): States {
    const {
      release: {
        _targets: targets,
        stateMachine: { stateMachineArn },
        lastReleaseName,
        stageName,
      },
      notifications: { topicArn },
    } = this.props;
    const arns = new ReleaseArns(this, targets);
    return [
      ['Services', { Type: 'Pass', Result: targets.map(factsOf), ResultPath: '$.services' }],
      [
        'Releases',
        calls.task(
          'sfn:listExecutions',
          { StateMachineArn: stateMachineArn, StatusFilter: 'RUNNING' },
          { resources: [stateMachineArn], at: '$.running' },
        ),
      ],
      ['Any release?', choice([absent('$.running.Executions[0]')], 'Last release', 'Nothing to tell')],
      [
        'Last release',
        calls.task(
          'ssm:getParameter',
          { Name: lastReleaseName },
          { resources: [arns.parameter(lastReleaseName)], at: '$.last', keep: { 'text.$': '$.Parameter.Value' } },
        ),
      ],
      ['Ever released?', choice([{ Variable: '$.last.text', StringEquals: 'none' }], 'Nothing to tell')],
      ['Read', put('$.last', { 'of.$': 'States.StringToJson($.last.text)' })],
      [
        'Compare',
        forEach('$.last.of.services', this.compare(calls, arns), {
          selector: { 'before.$': '$$.Map.Item.Value', 'services.$': '$.services' },
          rest: { ResultPath: '$.found' },
        }),
      ],
      ['Any drift?', put('$.any', { 'drift.$': 'States.ArrayContains($.found[*].drift, true)' })],
      ['Tell?', choice([{ Variable: '$.any.drift', BooleanEquals: true }], 'Tell: words')],
      ['Nothing to tell', { Type: 'Succeed' }],
      ...publish(calls, topicArn, {
        name: 'Tell',
        subject: `Something else runs in ${stageName} than was released`,
        message:
          "States.Format('The last release was {}. What runs: {}. See docs/delivery.md, Drift.', $.last.of.execution, States.JsonToString($.found))",
      }),
      ['Told', { Type: 'Succeed' }],
    ];
  }

  private compare(calls: AwsCalls, arns: ReleaseArns): States {
    return [
      // Of a service that the stage has no more, and of one that the release didn't know, nothing can be said.
      ...findByName('Facts', '$.services', '$.before.name', 'Not of this stage'),
      [
        'Service',
        calls.task(
          'ecs:describeServices',
          { 'Cluster.$': '$.find.item.cluster', 'Services.$': 'States.Array($.find.item.service)' },
          {
            resources: arns.services,
            at: '$.now',
            keep: { 'services.$': '$.Services' },
          },
        ),
      ],
      ['Service is there?', choice([present('$.now.services[0].TaskDefinition')], 'As released?')],
      [
        'No service',
        {
          Type: 'Pass',
          Parameters: { 'service.$': '$.find.item.name', 'runs': 'nothing: there is no such service', 'drift': true },
          End: true,
        },
      ],
      [
        'As released?',
        choice(
          [{ Variable: '$.now.services[0].TaskDefinition', StringEqualsPath: '$.before.candidate' }],
          'As released',
          'Something else',
        ),
      ],
      [
        'As released',
        {
          Type: 'Pass',
          Parameters: { 'service.$': '$.find.item.name', 'runs.$': '$.now.services[0].TaskDefinition', 'drift': false },
          End: true,
        },
      ],
      [
        'Something else',
        {
          Type: 'Pass',
          Parameters: {
            'service.$': '$.find.item.name',
            'runs.$': '$.now.services[0].TaskDefinition',
            'released.$': '$.before.candidate',
            'drift': true,
          },
          End: true,
        },
      ],
      ['Not of this stage', { Type: 'Pass', Parameters: { drift: false } }],
    ];
  }

  private createSchedule(interval: Duration): void {
    const { stageName } = this.props.release;
    const { stateMachineArn } = this.stateMachine;
    scheduleAction(this, {
      idPrefix: 'Schedule',
      roleDescription: `Starts the comparison of ${stageName}`,
      target: stateMachineArn,
      action: 'states:StartExecution',
      resource: stateMachineArn,
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
