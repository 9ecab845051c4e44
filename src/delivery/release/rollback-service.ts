import { absent, choice, copy, present, put, refuse, type States } from '../asl/asl';
import type { Paces } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import { type Following, PACE_SECONDS, setMinimum } from './deploy-service';
import { askForService, listDeployments, trafficStandsStill } from './preflight-checks';
import type { ReleaseArns } from './service-facts';

const FIRST = { Variable: '$.before.first', BooleanEquals: true };
const AS_BEFORE = { Variable: '$.now.revision', StringEqualsPath: '$.before.revision' };
/** For how long a way back may be in no list, and targets behind it unhealthy. */
const PATIENCE_SECONDS = 300;

/** Takes one service back to what served before, whatever state it is in. Finds out by asking, so that it can be repeated. */
export function takeServiceBack(calls: AwsCalls, paces: Paces, arns: ReleaseArns, following: Following): States {
  return [
    ...askForService('Back: service', calls, arns),
    ['Back: again', put('$.tries', { 'updates': 0, 'bad': ['ROLLBACK_FAILED'], 'since.$': '$.at' })],
    ...withoutTasks(calls, arns),
    ...stopDeployments(calls, paces, arns, following),
    ...askForService('Back: what serves', calls, arns),
    ['Back: as before?', choice([AS_BEFORE], 'Back: how it ended')],
    ['Back: tried?', choice([{ Variable: '$.tries.updates', NumericGreaterThan: 0 }], 'Back failed')],
    [
      'Back: count the try',
      put('$.tries', {
        'updates': 1,
        'bad': ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'],
        'since.$': '$$.State.EnteredTime',
      }),
    ],
    ['Back: what it will be', put('$.now', { 'revision.$': '$.before.revision' })],
    // Also where it is that revision already: then the deployment that went back to it has failed.
    [
      'Back: release the revision before',
      {
        ...calls.task(
          'ecs:updateService',
          {
            'Cluster.$': '$.cluster',
            'Service.$': '$.service',
            'TaskDefinition.$': '$.before.revision',
            'ForceNewDeployment': true,
          },
          { resources: arns.services },
        ),
        Next: 'Back begins: begin',
      },
    ],
    ...itBegins(calls, paces, arns, following),
    ...refuse('Back failed', 'Release.NotBack', '{} still runs {}', '$.name', '$.now.revision'),
    ...refuse(
      'Back takes too long',
      'Release.NotBack',
      'the way back of {} has not ended in the time that it was given',
      '$.name',
    ),
    [
      'Back: how it ended',
      calls.task(
        'ecs:listServiceDeployments',
        {
          'Cluster.$': '$.cluster',
          'Service.$': '$.service',
          'Status.$': '$.tries.bad',
          'CreatedAt': { 'After.$': '$.tries.since' },
        },
        { resources: arns.services, at: '$.listed' },
      ),
    ],
    ['Back: ended badly?', choice([present('$.listed.ServiceDeployments[0]')], 'Back: tried?')],
    ['Back: empty?', choice([FIRST], 'Back: no tasks')],
    ...itServes(calls, paces, following),
    [
      'Back: no tasks',
      calls.task(
        'ecs:updateService',
        { 'Cluster.$': '$.cluster', 'Service.$': '$.service', 'DesiredCount': 0 },
        { resources: arns.services },
      ),
    ],
    ...parameterAsBefore(calls, arns),
  ];
}

/** Before a first release there is no image to start tasks from: nothing goes back while the service wants some. Not in vain where it can't be: it is tried once more at the end. */
function withoutTasks(calls: AwsCalls, arns: ReleaseArns): States {
  const rest = { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Back: begin' }] };
  const stop = calls.task(
    'ecs:updateService',
    { 'Cluster.$': '$.cluster', 'Service.$': '$.service', 'DesiredCount': 0 },
    { resources: arns.services },
  );
  return [
    ['Back: first?', choice([FIRST], 'Back: scales?', 'Back: begin')],
    ['Back: scales?', choice([present('$.minTasks')], 'Back: lower the minimum', 'Back: stop tasks')],
    ...setMinimum(calls, arns, {
      name: 'Back: lower the minimum',
      minimum: { MinCapacity: 0 },
      next: 'Back: stop tasks',
    }),
    ['Back: stop tasks', { ...stop, ...rest }],
  ];
}

function stopDeployments(calls: AwsCalls, paces: Paces, arns: ReleaseArns, following: Following): States {
  const deployment = '$.deployments.ServiceDeployments[0]';
  return paces.loop({ ...following, name: 'Back', at: '$.watch', pace: PACE_SECONDS }, (turn) => [
    ['Back: deployments', listDeployments(calls, arns)],
    [
      'Back: what runs?',
      {
        Type: 'Choice',
        Choices: [
          { ...absent(deployment), Next: 'Back: what serves' },
          // Ours on the way back, or one of the way back itself.
          {
            Or: [
              AS_BEFORE,
              { Variable: `${deployment}.Status`, StringMatches: 'ROLLBACK_*' },
              { Variable: `${deployment}.Status`, StringEquals: 'STOP_REQUESTED' },
            ],
            Next: 'Back: count',
          },
        ],
      },
    ],
    [
      'Back: stop the deployment',
      calls.task(
        'ecs:stopServiceDeployment',
        { 'ServiceDeploymentArn.$': `${deployment}.ServiceDeploymentArn`, 'StopType': 'ROLLBACK' },
        {
          resources: [...arns.services, ...arns.deployments],
          final: ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'],
          // It has just ended, or goes back by itself.
          rest: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.notStopped', Next: 'Back: count' }] },
        },
      ),
    ],
    ...turn.count('Back: wait', 'Back takes too long'),
    ['Back: wait', { ...turn.wait, Next: 'Back: deployments' }],
  ]);
}

/** A deployment that has just begun may be in no list yet: it would seem to have ended. */
function itBegins(calls: AwsCalls, paces: Paces, arns: ReleaseArns, { times }: Following): States {
  return paces.loop(
    { name: 'Back begins', at: '$.watch', seconds: PATIENCE_SECONDS, pace: PACE_SECONDS, times },
    (turn) => [
      ['Back begins: wait', turn.wait],
      [
        'Back begins: look',
        calls.task(
          'ecs:listServiceDeployments',
          { 'Cluster.$': '$.cluster', 'Service.$': '$.service', 'CreatedAt': { 'After.$': '$.tries.since' } },
          { resources: arns.services, at: '$.listed' },
        ),
      ],
      ['Back begins: seen?', choice([present('$.listed.ServiceDeployments[0]')], 'Back: begin')],
      ...turn.count('Back begins: wait', 'Back failed'),
    ],
  );
}

/** The revision alone says what the service should run. */
function itServes(calls: AwsCalls, paces: Paces, { times }: Following): States {
  return [
    ...paces.loop(
      { name: 'Back to health', at: '$.watch', seconds: PATIENCE_SECONDS, pace: PACE_SECONDS, times },
      (turn) => [
        ...trafficStandsStill(calls, {
          prefix: 'Back',
          well: 'Back: parameter',
          divided: 'Back to health: count',
          nobody: 'Back to health: count',
        }),
        ...turn.count('Back to health: wait', 'Nobody serves again'),
        ['Back to health: wait', { ...turn.wait, Next: 'Back: any rule?' }],
      ],
    ),
    ...refuse(
      'Nobody serves again',
      'Release.NotBack',
      '{} runs {} again, but its traffic does not go to one group with a healthy task',
      '$.name',
      '$.now.revision',
    ),
  ];
}

function parameterAsBefore(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    [
      'Back: parameter',
      calls.task(
        'ssm:getParameter',
        { 'Name.$': '$.parameter' },
        { resources: arns.parameters, at: '$.released', keep: { 'tag.$': '$.Parameter.Value' } },
      ),
    ],
    [
      'Back: parameter as before?',
      choice([{ Variable: '$.released.tag', StringEqualsPath: '$.before.tag' }], 'Back: recorded'),
    ],
    [
      'Back: write the parameter',
      calls.task(
        'ssm:putParameter',
        { 'Name.$': '$.parameter', 'Value.$': '$.before.tag', 'Type': 'String', 'Overwrite': true },
        { resources: arns.parameters },
      ),
    ],
    ['Back: recorded', { Type: 'Pass' }],
  ];
}

/**
 * The family's latest active revision is what ECS takes when CloudFormation updates the service: it must never be one of a failed release.
 * Takes away what the machine's own role registered since the release began, and nothing of CloudFormation's. Only of a service that is back: what a
 * service runs is never taken away.
 */
export function deregisterCandidates(calls: AwsCalls, roleName: string): States {
  const deregister = (arn: string, rest: { [field: string]: unknown } = {}) =>
    calls.task('ecs:deregisterTaskDefinition', { 'TaskDefinition.$': arn }, { resources: ['*'], rest });
  const latest = '$.latest.definition';
  return [
    ['Back: family', choice([present('$.before.candidate')], 'Back: candidate', 'Back: latest')],
    ['Back: candidate', deregister('$.before.candidate')],
    [
      'Back: latest',
      calls.task(
        'ecs:describeTaskDefinition',
        { 'TaskDefinition.$': '$.family' },
        { resources: ['*'], at: '$.latest', keep: { 'definition.$': '$.TaskDefinition' } },
      ),
    ],
    [
      'Back: is it of this release?',
      choice(
        [
          present(`${latest}.RegisteredBy`),
          { Variable: `${latest}.RegisteredBy`, StringMatches: `*:assumed-role/${roleName}/*` },
          ...['latest', 'revision'].map((kept) => ({
            Not: { Variable: `${latest}.TaskDefinitionArn`, StringEqualsPath: `$.before.${kept}` },
          })),
        ],
        'Back: deregister',
        'Back: done',
      ),
    ],
    ['Back: deregister', deregister(`${latest}.TaskDefinitionArn`, { Next: 'Back: latest' })],
    ['Back: done', copy(`${latest}.TaskDefinitionArn`, '$.latest')],
  ];
}
