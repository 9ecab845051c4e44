import { absent, choice, type Condition, copy, present, put, refuse, type States } from '../asl/asl';
import type { AwsCalls } from '../asl/sdk-integrations';
import type { ReleaseArns } from './service-facts';

/** Every status of a service deployment that has not ended. */
export const UNFINISHED = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];
const NOTHING = 'none';
/** A release that takes a version back: what fires and what is unhealthy now is why, and no reason to refuse it. */
export const GOES_BACK: Condition = { And: [present('$.back'), { Variable: '$.back', BooleanEquals: true }] };

/** Alarms of a list that fire now; the list is not empty, which CloudWatch would take for all alarms. */
export function askForAlarms(name: string, calls: AwsCalls, alarms: string): States {
  return [
    [
      name,
      calls.task(
        'cloudwatch:describeAlarms',
        { 'AlarmNames.$': alarms, 'AlarmTypes': ['MetricAlarm', 'CompositeAlarm'], 'StateValue': 'ALARM' },
        { resources: ['*'], at: '$.firing' },
      ),
    ],
  ];
}

/** Where no alarm fires, `next`. Otherwise on to the states behind, with the names in `$.alarmsFiring`. */
export function whereNoneFires(name: string, next: string): States {
  return [
    [
      name,
      {
        Type: 'Choice',
        Choices: [
          { Or: [present('$.firing.MetricAlarms[0]'), present('$.firing.CompositeAlarms[0]')], Next: `${name}: which` },
        ],
        Default: next,
      },
    ],
    [`${name}: which`, choice([present('$.firing.MetricAlarms[0]')], `${name}: metrics`)],
    [
      `${name}: composites`,
      {
        ...put('$.alarmsFiring', { 'names.$': 'States.JsonToString($.firing.CompositeAlarms[*].AlarmName)' }),
        Next: `${name}: told`,
      },
    ],
    [
      `${name}: metrics`,
      put('$.alarmsFiring', { 'names.$': 'States.JsonToString($.firing.MetricAlarms[*].AlarmName)' }),
    ],
    [`${name}: told`, { Type: 'Pass' }],
  ];
}

/** What must hold of a service before anything is changed. Leaves what serves now in `$.before`. */
export function checkService(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    [
      'Released image',
      calls.task(
        'ssm:getParameter',
        { 'Name.$': '$.parameter' },
        { resources: arns.parameters, at: '$.released', keep: { 'tag.$': '$.Parameter.Value' } },
      ),
    ],
    ['New image?', choice([present('$.tag')], 'Image is there')],
    ['Anything released?', choice([{ Variable: '$.released.tag', StringEquals: NOTHING }], 'Nothing yet')],
    ['The same image', { ...copy('$.released.tag', '$.tag'), Next: 'Image is there' }],
    ['Nothing yet', choice([GOES_BACK], 'Left alone', 'Nothing to release')],
    ['Left alone', { Type: 'Pass', Result: false, ResultPath: '$.taken', End: true }],
    ...refuse(
      'Nothing to release',
      'Release.NoImage',
      '{} has never been released, and no image was named for {}',
      '$.name',
      '$.repository',
    ),
    [
      'Image is there',
      calls.task(
        'ecr:describeImages',
        { 'RepositoryName.$': '$.repository', 'ImageIds': [{ 'ImageTag.$': '$.tag' }] },
        {
          resources: arns.repositories,
          final: ['Ecr.ImageNotFoundException'],
        },
      ),
    ],
    [
      'Stack',
      calls.task(
        'cloudformation:describeStacks',
        { 'StackName.$': '$.stack' },
        { resources: arns.stacks, at: '$.stackNow' },
      ),
    ],
    ['Stack is there?', choice([present('$.stackNow.Stacks[0].StackStatus')], 'Stack now')],
    ...refuse('No stack', 'Release.StackUpdate', 'CloudFormation knows no stack {} of {}', '$.stack', '$.name'),
    ['Stack now', put('$.stackNow', { 'status.$': '$.stackNow.Stacks[0].StackStatus' })],
    [
      'Stack at rest?',
      {
        Type: 'Choice',
        Choices: [
          {
            Or: [
              { Variable: '$.stackNow.status', StringMatches: '*_IN_PROGRESS' },
              { Variable: '$.stackNow.status', StringEquals: 'UPDATE_ROLLBACK_FAILED' },
            ],
            Next: 'Stack moves',
          },
        ],
        Default: 'Service',
      },
    ],
    ...refuse(
      'Stack moves',
      'Release.StackUpdate',
      'the stack {} of {} is {}',
      '$.stack',
      '$.name',
      '$.stackNow.status',
    ),
    ...whatServes(calls, arns),
    ...whatIsDeployed(calls, arns),
    ...whichAlarmsFire(calls),
    ['First release?', choice([{ Variable: '$.released.tag', StringEquals: NOTHING }], 'No tasks?')],
    ['Traffic at all?', choice([GOES_BACK], 'Running revision')],
    ...trafficStandsStill(calls, {
      prefix: 'Now',
      well: 'Running revision',
      divided: 'Traffic is divided',
      nobody: 'Nobody serves',
    }),
    ...refuse(
      'Traffic is divided',
      'Release.Traffic',
      'the traffic of {} is divided between two versions, or goes to no group',
      '$.name',
    ),
    ...refuse(
      'Nobody serves',
      'Release.NoHealthyTask',
      'the group that {} gets its traffic from has no healthy task: {}',
      '$.name',
      '$.group',
    ),
    ...parameterIsRight(calls),
    ['No tasks?', choice([{ Variable: '$.now.tasks', NumericEquals: 0 }], 'First of all')],
    ...refuse(
      'Parameter was reset',
      'Release.ParameterReset',
      'the parameter {} says none, but tasks of {} run: write back the tag that runs (docs/delivery.md, Drift)',
      '$.parameter',
      '$.name',
    ),
    ['First of all', { ...put('$.before', beforehand(true)), Next: 'Checked' }],
    ['Not the first', put('$.before', beforehand(false))],
    ['Checked', { Type: 'Pass', Result: true, ResultPath: '$.taken' }],
  ];
}

/** What a way back needs to know, and nothing else: it is kept in a parameter of 4 KB. */
function beforehand(first: boolean): { [name: string]: unknown } {
  return {
    'name.$': '$.name',
    'repository.$': '$.repository',
    'revision.$': '$.now.revision',
    'tag.$': '$.released.tag',
    'latest.$': '$.latest.arn',
    first,
  };
}

function whatServes(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    ...askForService('Service', calls, arns),
    [
      'Latest revision',
      calls.task(
        'ecs:describeTaskDefinition',
        { 'TaskDefinition.$': '$.family' },
        { resources: ['*'], at: '$.latest', keep: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn' } },
      ),
    ],
    ['Service is active?', choice([{ Variable: '$.now.status', StringEquals: 'ACTIVE' }], 'Deployments')],
    ...refuse('Service is not active', 'Release.Service', 'the service {} is {}', '$.name', '$.now.status'),
  ];
}

/** What ECS says of a service, in `$.now`. One that it doesn't know is an empty list, and a path into that would end the execution where nothing is caught. */
export function askForService(name: string, calls: AwsCalls, arns: ReleaseArns): States {
  return [
    [
      name,
      calls.task(
        'ecs:describeServices',
        { 'Cluster.$': '$.cluster', 'Services.$': 'States.Array($.service)' },
        { resources: arns.services, at: '$.now', keep: { 'services.$': '$.Services' } },
      ),
    ],
    [`${name}: known?`, choice([present('$.now.services[0].TaskDefinition')], `${name}: now`)],
    ...refuse(`${name}: unknown`, 'Release.Service', 'ECS knows no service {}', '$.name'),
    [
      `${name}: now`,
      put('$.now', {
        'status.$': '$.now.services[0].Status',
        'revision.$': '$.now.services[0].TaskDefinition',
        'tasks.$': '$.now.services[0].DesiredCount',
      }),
    ],
  ];
}

function whatIsDeployed(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    ['Deployments', listDeployments(calls, arns)],
    ['Any deployment?', choice([absent('$.deployments.ServiceDeployments[0]')], 'Any alarms?')],
    ...refuse(
      'Deployment runs',
      'Release.DeploymentRuns',
      'a deployment of {} is {}: {}',
      '$.name',
      '$.deployments.ServiceDeployments[0].Status',
      '$.deployments.ServiceDeployments[0].ServiceDeploymentArn',
    ),
  ];
}

/** The deployments of a service that have not ended. */
export function listDeployments(calls: AwsCalls, arns: ReleaseArns, at: string = '$.deployments') {
  return calls.task(
    'ecs:listServiceDeployments',
    { 'Cluster.$': '$.cluster', 'Service.$': '$.service', 'Status': UNFINISHED },
    { resources: arns.services, at },
  );
}

/** One that fires already would be left out of the deployment's own checks. */
function whichAlarmsFire(calls: AwsCalls): States {
  return [
    ['Any alarms?', choice([{ Or: [absent('$.alarms[0]'), GOES_BACK] }], 'First release?')],
    ...askForAlarms('Rollback alarms', calls, '$.alarms'),
    ...whereNoneFires('Alarms at rest?', 'First release?'),
    ...refuse(
      'Alarm fires',
      'Release.AlarmFires',
      'an alarm fires before the release of {}: {}',
      '$.name',
      '$.alarmsFiring.names',
    ),
  ];
}

/** Where {@link trafficStandsStill} goes on. */
interface TrafficWays {
  /** Stands before the names of its states. */
  readonly prefix: string;
  readonly well: string;
  readonly divided: string;
  readonly nobody: string;
}

/** All traffic goes to one group, and that group has a healthy task. */
export function trafficStandsStill(calls: AwsCalls, { prefix, well, divided, nobody }: TrafficWays): States {
  const name = (state: string) => `${prefix}: ${state}`;
  const groups = '$.traffic.rules[0].Actions[0].ForwardConfig.TargetGroups';
  const weight = (group: number, more: boolean) => ({
    Variable: `${groups}[${group}].Weight`,
    [more ? 'NumericGreaterThan' : 'NumericEquals']: 0,
  });
  return [
    [name('any rule?'), choice([absent('$.rule')], well)],
    [
      name('rule'),
      calls.task(
        'elasticloadbalancingv2:describeRules',
        { 'RuleArns.$': 'States.Array($.rule)' },
        { resources: ['*'], at: '$.traffic', keep: { 'rules.$': '$.Rules' } },
      ),
    ],
    [
      name('which group?'),
      {
        Type: 'Choice',
        Choices: [
          { ...absent(`${groups}[0]`), Next: divided },
          { ...absent(`${groups}[1]`), Next: name('first group') },
          { And: [weight(0, true), weight(1, false)], Next: name('first group') },
          { And: [weight(0, false), weight(1, true)], Next: name('second group') },
        ],
        Default: divided,
      },
    ],
    [name('first group'), { ...copy(`${groups}[0].TargetGroupArn`, '$.group'), Next: name('targets') }],
    [name('second group'), copy(`${groups}[1].TargetGroupArn`, '$.group')],
    [
      name('targets'),
      calls.task(
        'elasticloadbalancingv2:describeTargetHealth',
        { 'TargetGroupArn.$': '$.group' },
        { resources: ['*'], at: '$.targets' },
      ),
    ],
    [name('any target?'), choice([absent('$.targets.TargetHealthDescriptions[0]')], nobody)],
    [
      name('health'),
      put('$.targets', {
        'healthy.$': "States.ArrayContains($.targets.TargetHealthDescriptions[*].TargetHealth.State, 'healthy')",
      }),
    ],
    [name('any healthy?'), choice([{ Variable: '$.targets.healthy', BooleanEquals: true }], well, nobody)],
  ];
}

/** CloudFormation puts `none` back whenever it updates the parameter (docs/adr/0002-one-deployer.md), and a person may have deployed by hand. */
function parameterIsRight(calls: AwsCalls): States {
  return [
    [
      'Running revision',
      calls.task(
        'ecs:describeTaskDefinition',
        { 'TaskDefinition.$': '$.now.revision' },
        { resources: ['*'], at: '$.running' },
      ),
    ],
    [
      'Running image',
      put('$.running', {
        'released.$':
          "States.ArrayContains($.running.TaskDefinition.ContainerDefinitions[*].Image, States.Format('{}:{}', $.uri, $.released.tag))",
      }),
    ],
    ['As released?', choice([{ Variable: '$.running.released', BooleanEquals: true }], 'Not the first')],
    ...refuse(
      'Not as released',
      'Release.Drift',
      'the parameter {} says {}, but {} runs another image, in {} (docs/delivery.md, Drift)',
      '$.parameter',
      '$.released.tag',
      '$.name',
      '$.now.revision',
    ),
  ];
}
