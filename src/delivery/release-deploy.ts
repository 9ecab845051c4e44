import type { AwsCalls } from './aws-calls';
import { listDeployments } from './release-check';
import type { ReleaseArns } from './release-facts';
import { choice, present, put, refuse, type State, type States } from './state-chart';

/** How long a loop waits, and how often it may. */
export interface Pace {
  /** At least 60: an execution has 25,000 events. */
  readonly seconds: number;
}

/** A loop's counter: one state before it, and two in it, of which the second leaves for `tooLong`. */
export function counter(name: string, at: string): { begin: States; turn: (most: string, next: string, tooLong: string) => States } {
  return {
    begin: [[`${name}: begin`, put(at, { polls: 0 })]],
    turn: (most, next, tooLong) => [
      [`${name}: count`, put(at, { 'polls.$': `States.MathAdd(${at}.polls, 1)` })],
      [`${name}: too long?`, choice([{ Variable: `${at}.polls`, NumericGreaterThanPath: most }], tooLong, next)],
    ],
  };
}

export function wait(seconds: number): State {
  return { Type: 'Wait', Seconds: seconds };
}

/** Points the service at the new revision and follows its deployment to the end. The service's own hook verifies the new version. */
export function deployService(calls: AwsCalls, arns: ReleaseArns, pace: Pace): States {
  const { begin, turn } = counter('Deployment', '$.watch');
  const update = (parameters: { [name: string]: unknown } = {}) => calls.task('ecs:updateService', {
    'Cluster.$': '$.cluster', 'Service.$': '$.service', 'TaskDefinition.$': '$.candidate', ...parameters,
  }, { resources: arns.services, final: ['Ecs.InvalidParameterException', 'Ecs.ServiceNotActiveException'] });
  return [
    ['First tasks?', choice([{ Variable: '$.before.first', BooleanEquals: true }, present('$.minTasks')], 'Start tasks')],
    ['Update service', { ...update(), Next: 'Deployment: begin' }],
    ['Start tasks', update({ 'DesiredCount.$': '$.minTasks' })],
    ...begin,
    ['Deployment: wait', wait(pace.seconds)],
    ['Deployment: which', calls.task('ecs:listServiceDeployments', {
      'Cluster.$': '$.cluster', 'Service.$': '$.service', 'CreatedAt': { 'After.$': '$$.Execution.StartTime' },
    }, { resources: arns.services, at: '$.listed' })],
    ...turn('$.polls', 'Deployment: there?', 'Deployment takes too long'),
    ['Deployment: there?', choice([present('$.listed.ServiceDeployments[0]')], 'Deployment: look', 'Deployment: wait')],
    ['Deployment: look', calls.task('ecs:describeServiceDeployments', { 'ServiceDeploymentArns.$': 'States.Array($.listed.ServiceDeployments[0].ServiceDeploymentArn)' }, {
      resources: [...arns.services, ...arns.deployments], at: '$.deployment', keep: { 'now.$': '$.ServiceDeployments[0]' },
    })],
    ['Deployment: ended?', {
      Type: 'Choice',
      Choices: [
        { Variable: '$.deployment.now.Status', StringEquals: 'SUCCESSFUL', Next: 'Deployed service' },
        { Or: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'].map((status) => ({ Variable: '$.deployment.now.Status', StringEquals: status })), Next: 'Deployment: reason?' },
      ],
      Default: 'Deployment: wait',
    }],
    ['Deployment: reason?', choice([present('$.deployment.now.StatusReason')], 'Deployment failed', 'Deployment failed without a reason')],
    ...refuse('Deployment failed', 'Release.Deployment', 'the deployment of {} ended as {}: {}', '$.name', '$.deployment.now.Status', '$.deployment.now.StatusReason'),
    ...refuse('Deployment failed without a reason', 'Release.Deployment', 'the deployment of {} ended as {}', '$.name', '$.deployment.now.Status'),
    ...refuse('Deployment takes too long', 'Release.Timeout', 'the deployment of {} has not ended in the time that it was given', '$.name'),
    ['Deployed service', calls.task('ecs:describeServices', { 'Cluster.$': '$.cluster', 'Services.$': 'States.Array($.service)' }, {
      resources: arns.services, at: '$.now', keep: { 'revision.$': '$.Services[0].TaskDefinition' },
    })],
    ['Is it the new one?', choice([{ Variable: '$.now.revision', StringEqualsPath: '$.candidate' }], 'Service is released')],
    ...refuse('Another revision runs', 'Release.OtherRevision', '{} runs {} after its deployment: something else deployed, too', '$.name', '$.now.revision'),
    ['Service is released', { Type: 'Pass' }],
  ];
}

/** Takes one service back to what served before, whatever state it is in. Finds out by asking, so that it can be repeated. */
export function takeServiceBack(calls: AwsCalls, arns: ReleaseArns, pace: Pace): States {
  const { begin, turn } = counter('Back', '$.watch');
  const describe = (name: string): States[number] => [name, calls.task('ecs:describeServices', { 'Cluster.$': '$.cluster', 'Services.$': 'States.Array($.service)' }, {
    resources: arns.services, at: '$.now', keep: { 'revision.$': '$.Services[0].TaskDefinition' },
  })];
  const asBefore = { Variable: '$.now.revision', StringEqualsPath: '$.before.revision' };
  return [
    describe('Back: service'),
    ['Back: again', put('$.tries', { updates: 0 })],
    ...begin,
    ['Back: deployments', listDeployments(calls, arns)],
    ['Back: anything runs?', choice([present('$.deployments.ServiceDeployments[0]')], 'Back: whose is it?', 'Back: what serves')],
    ['Back: whose is it?', {
      Type: 'Choice',
      Choices: [
        // Ours on the way back, or one of the way back itself.
        { Or: [asBefore, { Variable: '$.deployments.ServiceDeployments[0].Status', StringMatches: 'ROLLBACK_*' }, { Variable: '$.deployments.ServiceDeployments[0].Status', StringEquals: 'STOP_REQUESTED' }], Next: 'Back: wait' },
      ],
    }],
    ['Back: stop the deployment', calls.task('ecs:stopServiceDeployment', { 'ServiceDeploymentArn.$': '$.deployments.ServiceDeployments[0].ServiceDeploymentArn', 'StopType': 'ROLLBACK' }, {
      resources: [...arns.services, ...arns.deployments],
      final: ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'],
      // It has just ended, or goes back by itself.
      rest: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.notStopped', Next: 'Back: wait' }] },
    })],
    ['Back: wait', wait(pace.seconds)],
    describe('Back: service now'),
    ...turn('$.polls', 'Back: deployments', 'Back takes too long'),
    describe('Back: what serves'),
    ['Back: as before?', choice([asBefore], 'Back: empty?')],
    ['Back: tried?', choice([{ Variable: '$.tries.updates', NumericGreaterThan: 0 }], 'Back failed')],
    ['Back: count the try', put('$.tries', { updates: 1 })],
    ['Back: release the revision before', {
      ...calls.task('ecs:updateService', { 'Cluster.$': '$.cluster', 'Service.$': '$.service', 'TaskDefinition.$': '$.before.revision' }, { resources: arns.services }), Next: 'Back: wait',
    }],
    ...refuse('Back failed', 'Release.NotBack', '{} still runs {}', '$.name', '$.now.revision'),
    ...refuse('Back takes too long', 'Release.NotBack', 'the way back of {} has not ended in the time that it was given', '$.name'),
    ['Back: empty?', choice([{ Variable: '$.before.first', BooleanEquals: true }], 'Back: no tasks', 'Back: parameter')],
    ['Back: no tasks', calls.task('ecs:updateService', { 'Cluster.$': '$.cluster', 'Service.$': '$.service', 'DesiredCount': 0 }, { resources: arns.services })],
    ...parameterAsBefore(calls, arns),
  ];
}

function parameterAsBefore(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    ['Back: parameter', calls.task('ssm:getParameter', { 'Name.$': '$.parameter' }, { resources: arns.parameters, at: '$.released', keep: { 'tag.$': '$.Parameter.Value' } })],
    ['Back: parameter as before?', choice([{ Variable: '$.released.tag', StringEqualsPath: '$.before.tag' }], 'Back: recorded')],
    ['Back: write the parameter', calls.task('ssm:putParameter', { 'Name.$': '$.parameter', 'Value.$': '$.before.tag', 'Type': 'String', 'Overwrite': true }, { resources: arns.parameters })],
    ['Back: recorded', { Type: 'Pass' }],
  ];
}

/**
 * The family's latest active revision is what ECS takes when CloudFormation updates the service: it must never be one of a failed release.
 * Takes away what the machine's own role registered since the release began, and nothing of CloudFormation's.
 */
export function deregisterCandidates(calls: AwsCalls, roleName: string): States {
  const deregister = (arn: string, rest: { [field: string]: unknown } = {}) => calls.task('ecs:deregisterTaskDefinition', { 'TaskDefinition.$': arn }, { resources: ['*'], rest });
  return [
    ['Back: family', choice([present('$.before.candidate')], 'Back: candidate', 'Back: latest')],
    ['Back: candidate', deregister('$.before.candidate')],
    ['Back: latest', calls.task('ecs:describeTaskDefinition', { 'TaskDefinition.$': '$.family' }, {
      resources: ['*'], at: '$.latest', keep: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn', 'by.$': '$.TaskDefinition.RegisteredBy' },
    })],
    ['Back: is it of this release?', choice(
      [{ Variable: '$.latest.by', StringMatches: `*:assumed-role/${roleName}/*` }, { Not: { Variable: '$.latest.arn', StringEqualsPath: '$.before.latest' } }], 'Back: deregister', 'Back: done',
    )],
    ['Back: deregister', deregister('$.latest.arn', { Next: 'Back: latest' })],
    ['Back: done', { Type: 'Pass' }],
  ];
}

/** Writes down what is released: the parameter, and a tag that keeps the image (requirements A-12, C-12). */
export function recordService(calls: AwsCalls, arns: ReleaseArns, stageName: string): States {
  const keepImage = (name: string, tag: string, rest: { [field: string]: unknown }): States[number] => [name, calls.task('ecr:putImage', {
    'RepositoryName.$': '$.repository',
    'ImageManifest.$': '$.image.Images[0].ImageManifest',
    'ImageManifestMediaType.$': '$.image.Images[0].ImageManifestMediaType',
    'ImageTag.$': tag,
  }, { resources: arns.repositories, final: ['Ecr.ImageAlreadyExistsException', 'Ecr.ImageTagAlreadyExistsException'], rest })];
  return [
    ['Recorded', calls.task('ssm:getParameter', { 'Name.$': '$.parameter' }, { resources: arns.parameters, at: '$.released', keep: { 'tag.$': '$.Parameter.Value' } })],
    ['Recorded already?', choice([{ Variable: '$.released.tag', StringEqualsPath: '$.tag' }], 'Latest after all')],
    ['Record', calls.task('ssm:putParameter', { 'Name.$': '$.parameter', 'Value.$': '$.tag', 'Type': 'String', 'Overwrite': true }, {
      resources: arns.parameters, at: '$.recorded', keep: { 'number.$': '$.Version' },
    })],
    ['Image', calls.task('ecr:batchGetImage', { 'RepositoryName.$': '$.repository', 'ImageIds': [{ 'ImageTag.$': '$.tag' }] }, { resources: arns.repositories, at: '$.image' })],
    keepImage('Tag image', `States.Format('live-${stageName}-{}', $.recorded.number)`, {
      Catch: [{ ErrorEquals: ['Ecr.ImageAlreadyExistsException'], ResultPath: null, Next: 'Tagged' }, { ErrorEquals: ['Ecr.ImageTagAlreadyExistsException'], ResultPath: null, Next: 'Tag image anew' }],
      Next: 'Tagged',
    }),
    // The parameter was made anew and counts from 1 again.
    keepImage('Tag image anew', `States.Format('live-${stageName}-{}-{}', $.recorded.number, States.UUID())`, {}),
    ['Tagged', put('$.image', {})],
    ['Latest after all', calls.task('ecs:describeTaskDefinition', { 'TaskDefinition.$': '$.family' }, {
      resources: ['*'], at: '$.latest', keep: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn' },
    })],
  ];
}

/** What follows where the first release has started tasks: scaling may not take the service below its minimum again. */
export function raiseMinimum(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    ['First minimum?', choice([{ Variable: '$.before.first', BooleanEquals: true }, present('$.minTasks')], 'Minimum', 'Service is recorded')],
    ['Minimum', calls.task('applicationautoscaling:registerScalableTarget', {
      'ServiceNamespace': 'ecs', 'ScalableDimension': 'ecs:service:DesiredCount', 'ResourceId.$': "States.Format('service/{}/{}', $.cluster, $.service)", 'MinCapacity.$': '$.minTasks',
    }, { resources: arns.scalableTargets, conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } } })],
    ['Service is recorded', { Type: 'Pass' }],
  ];
}
