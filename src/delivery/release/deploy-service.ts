import { absent, choice, present, put, refuse, type States } from '../asl/asl';
import type { Loop, Paces } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import { askForService } from './preflight-checks';
import type { ReleaseArns } from './service-facts';

/** For how long deployments are followed, and of how many services one execution does. */
export type Following = Pick<Loop, 'seconds' | 'times'>;

export const PACE_SECONDS = 60;

/** Points the service at the new revision and follows its deployment to the end. The service's own hook verifies the new version. */
export function deployService(calls: AwsCalls, paces: Paces, arns: ReleaseArns, following: Following): States {
  const update = (parameters: { [name: string]: unknown } = {}) =>
    calls.task(
      'ecs:updateService',
      {
        'Cluster.$': '$.cluster',
        'Service.$': '$.service',
        'TaskDefinition.$': '$.candidate',
        ...parameters,
      },
      { resources: arns.services, final: ['Ecs.InvalidParameterException', 'Ecs.ServiceNotActiveException'] },
    );
  return [
    ['Update', put('$.update', { 'at.$': '$$.State.EnteredTime' })],
    [
      'First tasks?',
      choice([{ Variable: '$.before.first', BooleanEquals: true }, present('$.minTasks')], 'Start tasks'),
    ],
    ['Update service', { ...update(), Next: 'Deployment: begin' }],
    ['Start tasks', update({ 'DesiredCount.$': '$.minTasks' })],
    ...followDeployment(calls, paces, arns, following),
    ...askForService('Deployed service', calls, arns),
    ['Is it the new one?', choice([{ Variable: '$.now.revision', StringEqualsPath: '$.candidate' }], 'First minimum?')],
    ...refuse(
      'Another revision runs',
      'Release.OtherRevision',
      '{} runs {} after its deployment: something else deployed, too',
      '$.name',
      '$.now.revision',
    ),
    ...raiseMinimum(calls, arns),
  ];
}

/** Of all that were made since the update there may be one: with a second one somebody else deploys, and the first of a list is any of them. */
function followDeployment(calls: AwsCalls, paces: Paces, arns: ReleaseArns, following: Following): States {
  const deployment = (index: number) => `$.listed.ServiceDeployments[${index}]`;
  const status = `${deployment(0)}.Status`;
  const is = (value: string) => ({ Variable: status, StringEquals: value });
  return [
    ...paces.loop({ ...following, name: 'Deployment', at: '$.watch', pace: PACE_SECONDS }, (turn) => [
      ['Deployment: wait', turn.wait],
      [
        'Deployment: look',
        calls.task(
          'ecs:listServiceDeployments',
          {
            'Cluster.$': '$.cluster',
            'Service.$': '$.service',
            'CreatedAt': { 'After.$': '$.update.at' },
          },
          { resources: arns.services, at: '$.listed' },
        ),
      ],
      [
        'Deployment: ended?',
        {
          Type: 'Choice',
          Choices: [
            { ...present(deployment(1)), Next: 'Deployment of somebody else' },
            { ...absent(status), Next: 'Deployment: count' },
            { ...is('SUCCESSFUL'), Next: 'Deployed service' },
            { Or: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'].map(is), Next: 'Deployment: reason?' },
            // What it rolls back to has no image: it would not end while there have to be tasks.
            {
              And: [
                { Variable: '$.before.first', BooleanEquals: true },
                { Variable: status, StringMatches: 'ROLLBACK_*' },
              ],
              Next: 'Deployment: reason?',
            },
          ],
        },
      ],
      ...turn.count('Deployment: wait', 'Deployment takes too long'),
    ]),
    [
      'Deployment: reason?',
      choice([present(`${deployment(0)}.StatusReason`)], 'Deployment failed', 'Deployment failed without a reason'),
    ],
    ...refuse(
      'Deployment failed',
      'Release.Deployment',
      'the deployment of {} ended as {}: {}',
      '$.name',
      status,
      `${deployment(0)}.StatusReason`,
    ),
    ...refuse(
      'Deployment failed without a reason',
      'Release.Deployment',
      'the deployment of {} ended as {}',
      '$.name',
      status,
    ),
    ...refuse(
      'Deployment takes too long',
      'Release.Timeout',
      'the deployment of {} has not ended in the time that it was given',
      '$.name',
    ),
    ...refuse(
      'Deployment of somebody else',
      'Release.OtherRevision',
      '{} has a second deployment: something else deployed, too: {}',
      '$.name',
      'States.JsonToString($.listed.ServiceDeployments[*].ServiceDeploymentArn)',
    ),
  ];
}

/** What follows where the first release has started tasks: scaling may not take the service below its minimum again. */
function raiseMinimum(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    [
      'First minimum?',
      choice(
        [{ Variable: '$.before.first', BooleanEquals: true }, present('$.minTasks')],
        'Minimum',
        'Service is released',
      ),
    ],
    ...setMinimum(calls, arns, {
      name: 'Minimum',
      minimum: { 'MinCapacity.$': '$.minTasks' },
      next: 'Service is released',
    }),
    ['Service is released', { Type: 'Pass' }],
  ];
}

/** How few tasks scaling may leave. */
interface Minimum {
  /** Of the first state. */
  readonly name: string;
  /** As the API has it: a number, or the path to one. */
  readonly minimum: { readonly [field: string]: unknown };
  /** State of a service that doesn't scale, and so has no minimum. */
  readonly next: string;
}

export function setMinimum(calls: AwsCalls, arns: ReleaseArns, { name, minimum, next }: Minimum): States {
  const service = "States.Format('service/{}/{}', $.cluster, $.service)";
  const tasks = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' };
  return [
    [
      name,
      calls.task(
        'applicationautoscaling:describeScalableTargets',
        { ...tasks, 'ResourceIds.$': `States.Array(${service})` },
        { resources: ['*'], at: '$.scaling' },
      ),
    ],
    [`${name}: scales?`, choice([present('$.scaling.ScalableTargets[0]')], `${name}: set`, next)],
    [
      `${name}: set`,
      calls.task(
        'applicationautoscaling:registerScalableTarget',
        { ...tasks, 'ResourceId.$': service, ...minimum },
        {
          resources: arns.scalableTargets,
          conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
        },
      ),
    ],
  ];
}

/** Writes down what is released: the parameter, and a tag that keeps the image (requirements A-12, C-12). */
export function recordService(calls: AwsCalls, arns: ReleaseArns, stageName: string): States {
  const keepImage = (name: string, tag: string, rest: { [field: string]: unknown }): States[number] => [
    name,
    calls.task(
      'ecr:putImage',
      {
        'RepositoryName.$': '$.repository',
        'ImageManifest.$': '$.image.Images[0].ImageManifest',
        'ImageManifestMediaType.$': '$.image.Images[0].ImageManifestMediaType',
        'ImageTag.$': tag,
      },
      {
        resources: arns.repositories,
        final: ['Ecr.ImageAlreadyExistsException', 'Ecr.ImageTagAlreadyExistsException'],
        rest,
      },
    ),
  ];
  return [
    ...askForService('Released service', calls, arns),
    ['Still the new one?', choice([{ Variable: '$.now.revision', StringEqualsPath: '$.candidate' }], 'Recorded')],
    ...refuse(
      'Another revision by now',
      'Release.OtherRevision',
      '{} runs {} by now: something else deployed, too',
      '$.name',
      '$.now.revision',
    ),
    [
      'Recorded',
      calls.task(
        'ssm:getParameter',
        { 'Name.$': '$.parameter' },
        { resources: arns.parameters, at: '$.released', keep: { 'tag.$': '$.Parameter.Value' } },
      ),
    ],
    ['Recorded already?', choice([{ Variable: '$.released.tag', StringEqualsPath: '$.tag' }], 'Latest after all')],
    [
      'Record',
      calls.task(
        'ssm:putParameter',
        { 'Name.$': '$.parameter', 'Value.$': '$.tag', 'Type': 'String', 'Overwrite': true },
        {
          resources: arns.parameters,
          at: '$.recorded',
          keep: { 'number.$': '$.Version' },
        },
      ),
    ],
    [
      'Image',
      calls.task(
        'ecr:batchGetImage',
        { 'RepositoryName.$': '$.repository', 'ImageIds': [{ 'ImageTag.$': '$.tag' }] },
        { resources: arns.repositories, at: '$.image' },
      ),
    ],
    ['Image is still there?', choice([present('$.image.Images[0].ImageManifest')], 'Tag image')],
    ...refuse(
      'Image is gone',
      'Release.NoImage',
      'the image {} of {} is not in the repository any more',
      '$.tag',
      '$.name',
    ),
    keepImage('Tag image', `States.Format('live-${stageName}-{}', $.recorded.number)`, {
      Catch: [
        { ErrorEquals: ['Ecr.ImageAlreadyExistsException'], ResultPath: null, Next: 'Tagged' },
        { ErrorEquals: ['Ecr.ImageTagAlreadyExistsException'], ResultPath: null, Next: 'Tag image anew' },
      ],
      Next: 'Tagged',
    }),
    // The parameter was made anew and counts from 1 again.
    keepImage('Tag image anew', `States.Format('live-${stageName}-{}-{}', $.recorded.number, States.UUID())`, {}),
    ['Tagged', put('$.image', {})],
    [
      'Latest after all',
      calls.task(
        'ecs:describeTaskDefinition',
        { 'TaskDefinition.$': '$.family' },
        {
          resources: ['*'],
          at: '$.latest',
          keep: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn' },
        },
      ),
    ],
  ];
}
