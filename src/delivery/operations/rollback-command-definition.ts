import type { IConstruct } from 'constructs';
import {
  chart,
  choice,
  type Condition,
  copy,
  findByName,
  forEach,
  present,
  put,
  refuse,
  type States,
  text,
} from '../asl/asl';
import { executionsOf } from '../asl/logged-state-machine';
import { Paces } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import type { Release } from '../release/release';
import { factsOf, ReleaseArns } from '../release/service-facts';

const PACE_SECONDS = 60;

/** What goes back, and how: decided by what is found. */
export class RollbackDefinition {
  private readonly arns: ReleaseArns;

  public constructor(
    scope: IConstruct,
    private readonly calls: AwsCalls,
    private readonly release: Release,
  ) {
    this.arns = new ReleaseArns(scope, release._targets);
  }

  /** As the states language writes it. */
  public get states(): object {
    return Paces.shared(this.release._targets.length, (paces) => ({
      Comment: `Takes ${this.release.stageName} back`,
      ...chart([
        ...this.runningReleases(),
        ...this.stopDeployments(),
        ...this.stopReleases(),
        ...this.releaseBefore(),
        ...this.waitForEnd(paces),
      ]),
    })).written;
  }

  /** One that goes back already may not be stopped: it would be taken back itself. */
  private runningReleases(): States {
    const { stateMachine } = this.release;
    return [
      [
        'Releases',
        this.calls.task(
          'sfn:listExecutions',
          { StateMachineArn: stateMachine.stateMachineArn, StatusFilter: 'RUNNING' },
          { resources: [stateMachine.stateMachineArn], at: '$.running' },
        ),
      ],
      ['Any that run?', choice([present('$.running.Executions[0]')], 'What are they')],
      ['No releases', { Type: 'Pass', Result: [], ResultPath: '$.releases', Next: 'Services' }],
      [
        'What are they',
        forEach(
          '$.running.Executions',
          [
            [
              'What is it',
              this.calls.task(
                'sfn:describeExecution',
                { 'ExecutionArn.$': '$.ExecutionArn' },
                { resources: [executionsOf(stateMachine)], at: '$.described', keep: { 'input.$': '$.Input' } },
              ),
            ],
            ['Its input', put('$.described', { 'input.$': 'States.StringToJson($.described.input)' })],
            [
              'Goes it back?',
              choice(
                [{ Or: ['clean', 'back'].map((field) => present(`$.described.input.${field}`)) }],
                'Goes it back by a release?',
                'It brings something out',
              ),
            ],
            ['Goes it back by a release?', choice([present('$.described.input.back')], 'It goes back by a release')],
            ['It cleans up', kindOf('clean-up')],
            ['It goes back by a release', kindOf('back')],
            ['It brings something out', kindOf('release')],
          ],
          { rest: { ResultPath: '$.releases' } },
        ),
      ],
      ['Any that goes back?', put('$.any', { 'back.$': "States.ArrayContains($.releases[*].kind, 'back')" })],
      ['Goes back by a release?', choice([yes('$.any.back')], 'It goes back already')],
    ];
  }

  /** The fastest way: the version before still runs. A release that follows the deployment takes its other services back. */
  private stopDeployments(): States {
    const { _targets: targets, recordName } = this.release;
    const { services, deployments } = this.arns;
    const outcome = (found: string) => ({ Type: 'Pass', Parameters: { found }, End: true });
    return [
      ['Services', { Type: 'Pass', Result: targets.map(factsOf), ResultPath: '$.services' }],
      [
        'Record',
        this.calls.task(
          'ssm:getParameter',
          { Name: recordName },
          { resources: [this.arns.parameter(recordName)], at: '$.record', keep: { 'text.$': '$.Parameter.Value' } },
        ),
      ],
      ['Any record?', choice([{ Variable: '$.record.text', StringEquals: 'none' }], 'No record', 'Its services')],
      ['No record', { Type: 'Pass', Result: { services: [] }, ResultPath: '$.record', Next: 'Deployments' }],
      ['Its services', put('$.record', { 'of.$': 'States.StringToJson($.record.text)' })],
      ['Only its services', put('$.record', { 'services.$': '$.record.of.services' })],
      [
        'Deployments',
        forEach(
          '$.services',
          [
            [
              'Running deployments',
              this.calls.task(
                'ecs:listServiceDeployments',
                {
                  'Cluster.$': '$.facts.cluster',
                  'Service.$': '$.facts.service',
                  'Status': ['PENDING', 'IN_PROGRESS'],
                },
                { resources: services, at: '$.deployments' },
              ),
            ],
            ['Any?', choice([present('$.deployments.ServiceDeployments[0]')], 'Before: begin')],
            ['Nothing runs', outcome('nothing')],
            ...findByName('Before', '$.before', '$.facts.name', 'Stop the deployment'),
            [
              'Service',
              this.calls.task(
                'ecs:describeServices',
                { 'Cluster.$': '$.facts.cluster', 'Services.$': 'States.Array($.facts.service)' },
                { resources: services, at: '$.now', keep: { 'services.$': '$.Services' } },
              ),
            ],
            [
              'As before?',
              choice(
                [
                  present('$.now.services[0].TaskDefinition'),
                  { Variable: '$.now.services[0].TaskDefinition', StringEqualsPath: '$.find.item.revision' },
                ],
                'Goes back',
              ),
            ],
            [
              'Stop the deployment',
              this.calls.task(
                'ecs:stopServiceDeployment',
                {
                  'ServiceDeploymentArn.$': '$.deployments.ServiceDeployments[0].ServiceDeploymentArn',
                  'StopType': 'ROLLBACK',
                },
                {
                  resources: [...services, ...deployments],
                  final: ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'],
                  // It goes back already, or has just ended.
                  rest: {
                    Catch: [
                      {
                        ErrorEquals: ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'],
                        ResultPath: null,
                        Next: 'Nothing runs',
                      },
                    ],
                  },
                },
              ),
            ],
            ['Stopped', outcome('stopped')],
            ['Goes back', outcome('goes back')],
          ],
          {
            selector: { 'facts.$': '$$.Map.Item.Value', 'before.$': '$.record.services' },
            rest: { ResultPath: '$.outcome' },
          },
        ),
      ],
      [
        'Found any?',
        put('$.any', {
          'stopped.$': "States.ArrayContains($.outcome[*].found, 'stopped')",
          'back.$': "States.ArrayContains($.outcome[*].found, 'goes back')",
        }),
      ],
      ['Was it that?', choice([yes('$.any.stopped')], 'Deployments go back')],
      ['Or goes back?', choice([yes('$.any.back')], 'It goes back already')],
    ];
  }

  /** Between deployments, or while it watches: its own clean-up takes back what it has done. One that cleans up is left alone. */
  private stopReleases(): States {
    return [
      ['Any release?', choice([present('$.releases[0]')], 'Stop releases', 'Last release')],
      [
        'Stop releases',
        forEach(
          '$.releases',
          [
            ['Is it one?', choice([{ Variable: '$.kind', StringEquals: 'release' }], 'Stop the release')],
            ['Left alone', { Type: 'Pass', End: true }],
            [
              'Stop the release',
              this.calls.task(
                'sfn:stopExecution',
                { 'ExecutionArn.$': '$.execution', 'Cause': 'Taken back by hand' },
                { resources: [executionsOf(this.release.stateMachine)] },
              ),
            ],
          ],
          { rest: { ResultPath: null } },
        ),
      ],
      ['Any to stop?', put('$.any', { 'stopped.$': "States.ArrayContains($.releases[*].kind, 'release')" })],
      ['Stopped one?', choice([yes('$.any.stopped')], 'Release goes back')],
      [
        'It goes back already',
        done('it goes back already: nothing was stopped. Its end is told by the notification of the release'),
      ],
      [
        'Release goes back',
        done('the running release was stopped, and is taken back. Its end is told by the notification of the release'),
      ],
      [
        'Deployments go back',
        done('the running deployments were stopped, and go back. Their end is told by the notification of the release'),
      ],
    ];
  }

  /** One after another, because the names of images can't stand in a path. A service that was released for the first time keeps its image. */
  private releaseBefore(): States {
    const { stateMachine, lastReleaseName } = this.release;
    const service = '$.current.item';
    return [
      [
        'Last release',
        this.calls.task(
          'ssm:getParameter',
          { Name: lastReleaseName },
          { resources: [this.arns.parameter(lastReleaseName)], at: '$.last', keep: { 'text.$': '$.Parameter.Value' } },
        ),
      ],
      ['Any last release?', choice([{ Variable: '$.last.text', StringEquals: 'none' }], 'Nothing before')],
      ['Read', put('$.last', { 'of.$': 'States.StringToJson($.last.text)' })],
      ['No images yet', { Type: 'Pass', Result: {}, ResultPath: '$.images' }],
      ['Images: begin', put('$.turn', { 'index': 0, 'count.$': 'States.ArrayLength($.last.of.services)' })],
      [
        'Images: more?',
        choice([{ Variable: '$.turn.index', NumericLessThanPath: '$.turn.count' }], 'Images: which', 'Images: all'),
      ],
      ['Images: which', put('$.current', { 'item.$': 'States.ArrayGetItem($.last.of.services, $.turn.index)' })],
      [
        'Images: released before?',
        choice(
          [present(`${service}.repository`), { Not: { Variable: `${service}.tag`, StringEquals: 'none' } }],
          'Images: one',
          'Images: count',
        ),
      ],
      [
        'Images: one',
        put('$.image', {
          'named.$': `States.StringToJson(States.Format('\\{"{}":"{}"\\}', ${service}.repository, ${service}.tag))`,
        }),
      ],
      ['Images: beside the others', put('$.image', { 'all.$': 'States.JsonMerge($.images, $.image.named, false)' })],
      ['Images: so far', copy('$.image.all', '$.images')],
      [
        'Images: count',
        {
          ...put('$.turn', { 'index.$': 'States.MathAdd($.turn.index, 1)', 'count.$': '$.turn.count' }),
          Next: 'Images: more?',
        },
      ],
      [
        'Images: all',
        put('$.before', {
          'text.$': 'States.JsonToString($.images)',
          'input': { 'images.$': '$.images', 'back': true },
        }),
      ],
      ['Images: any?', choice([{ Variable: '$.before.text', StringEquals: '{}' }], 'Nothing before')],
      [
        'Release',
        this.calls.task(
          'sfn:startExecution',
          { 'StateMachineArn': stateMachine.stateMachineArn, 'Input.$': 'States.JsonToString($.before.input)' },
          {
            resources: [stateMachine.stateMachineArn],
            at: '$.started',
            keep: { 'execution.$': '$.ExecutionArn' },
          },
        ),
      ],
    ];
  }

  private waitForEnd(paces: Paces): States {
    const { stateMachine, _longestWayBack: longest } = this.release;
    return [
      ...paces.loop({ name: 'Release', at: '$.watch', seconds: longest.toSeconds(), pace: PACE_SECONDS }, (turn) => [
        ['Release: wait', turn.wait],
        [
          'Release: look',
          this.calls.task(
            'sfn:describeExecution',
            { 'ExecutionArn.$': '$.started.execution' },
            { resources: [executionsOf(stateMachine)], at: '$.now' },
          ),
        ],
        [
          'Release: ended?',
          {
            Type: 'Choice',
            Choices: [
              { Variable: '$.now.Status', StringEquals: 'SUCCEEDED', Next: 'Before serves' },
              { Not: { Variable: '$.now.Status', StringEquals: 'RUNNING' }, Next: 'Release: reason?' },
            ],
          },
        ],
        ...turn.count('Release: wait', 'Release: goes on'),
      ]),
      ['Release: reason?', choice([text('$.now.Cause')], 'Not back')],
      ...refuse(
        'Not back without a reason',
        'Rollback.NotBack',
        'the release of the images before ended as {}: {}',
        '$.now.Status',
        '$.started.execution',
      ),
      ...refuse(
        'Not back',
        'Rollback.NotBack',
        'the release of the images before ended as {}: {}: {}',
        '$.now.Status',
        '$.now.Cause',
        '$.started.execution',
      ),
      ...refuse(
        'Release: goes on',
        'Rollback.NotBack',
        'the release of the images before still runs: {}',
        '$.started.execution',
      ),
      [
        'Before serves',
        {
          Type: 'Pass',
          Parameters: {
            'done': 'the images before the last release serve',
            'execution.$': '$.started.execution',
            'input.$': '$.before.input',
          },
          End: true,
        },
      ],
      ...refuse('Nothing before', 'Rollback.NothingBefore', 'No version was released before the one that serves.'),
    ];
  }
}

const yes = (path: string): Condition => ({ Variable: path, BooleanEquals: true });

function done(what: string): States[number][1] {
  return { Type: 'Pass', Parameters: { done: what }, End: true };
}

function kindOf(kind: string): States[number][1] {
  return { Type: 'Pass', Parameters: { 'kind': kind, 'execution.$': '$.ExecutionArn' }, End: true };
}
