import type { AwsCalls } from './aws-calls';
import type { ReleaseArns } from './release-facts';
import { absent, choice, copy, present, put, refuse, type States } from './state-chart';

/** Every status of a service deployment that has not ended. */
export const UNFINISHED = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];
const NOTHING = 'none';

/** Alarms of a list that fire now; the list is not empty, which CloudWatch would take for all alarms. */
export function askForAlarms(name: string, calls: AwsCalls, alarms: string): States {
  return [[name, calls.task('cloudwatch:describeAlarms', { 'AlarmNames.$': alarms, 'AlarmTypes': ['MetricAlarm', 'CompositeAlarm'], 'StateValue': 'ALARM' }, { resources: ['*'], at: '$.firing' })]];
}

/** Where no alarm fires, `next`. Otherwise on to the states behind, with the names in `$.alarmsFiring`. */
export function whereNoneFires(name: string, next: string): States {
  return [
    [name, { Type: 'Choice', Choices: [{ Or: [present('$.firing.MetricAlarms[0]'), present('$.firing.CompositeAlarms[0]')], Next: `${name}: which` }], Default: next }],
    [`${name}: which`, choice([present('$.firing.MetricAlarms[0]')], `${name}: metrics`)],
    [`${name}: composites`, { ...put('$.alarmsFiring', { 'names.$': 'States.JsonToString($.firing.CompositeAlarms[*].AlarmName)' }), Next: `${name}: told` }],
    [`${name}: metrics`, put('$.alarmsFiring', { 'names.$': 'States.JsonToString($.firing.MetricAlarms[*].AlarmName)' })],
    [`${name}: told`, { Type: 'Pass' }],
  ];
}

/** What must hold of a service before anything is changed. Leaves what serves now in `$.before`. */
export function checkService(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    ['Released image', calls.task('ssm:getParameter', { 'Name.$': '$.parameter' }, { resources: arns.parameters, at: '$.released', keep: { 'tag.$': '$.Parameter.Value' } })],
    ['New image?', choice([present('$.tag')], 'Image is there')],
    ['Anything released?', choice([{ Variable: '$.released.tag', StringEquals: NOTHING }], 'Nothing to release')],
    ['The same image', { ...copy('$.released.tag', '$.tag'), Next: 'Image is there' }],
    ...refuse('Nothing to release', 'Release.NoImage', '{} has never been released, and no image was named for {}', '$.name', '$.repository'),
    ['Image is there', calls.task('ecr:describeImages', { 'RepositoryName.$': '$.repository', 'ImageIds': [{ 'ImageTag.$': '$.tag' }] }, {
      resources: arns.repositories, final: ['Ecr.ImageNotFoundException'],
    })],
    ['Stack', calls.task('cloudformation:describeStacks', { 'StackName.$': '$.stack' }, { resources: arns.stacks, at: '$.stackNow', keep: { 'status.$': '$.Stacks[0].StackStatus' } })],
    ['Stack at rest?', {
      Type: 'Choice',
      Choices: [{
        Or: [{ Variable: '$.stackNow.status', StringMatches: '*_IN_PROGRESS' }, { Variable: '$.stackNow.status', StringEquals: 'UPDATE_ROLLBACK_FAILED' }], Next: 'Stack moves',
      }],
      Default: 'Service',
    }],
    ...refuse('Stack moves', 'Release.StackUpdate', 'the stack {} of {} is {}', '$.stack', '$.name', '$.stackNow.status'),
    ...whatServes(calls, arns),
    ...whatIsDeployed(calls, arns),
    ...whichAlarmsFire(calls),
    ['First release?', choice([{ Variable: '$.released.tag', StringEquals: NOTHING }], 'No tasks?')],
    ...trafficStandsStill(calls),
    ...parameterIsRight(calls),
    ['No tasks?', choice([{ Variable: '$.now.tasks', NumericEquals: 0 }], 'First of all')],
    ...refuse('Parameter was reset', 'Release.ParameterReset', 'the parameter {} says none, but tasks of {} run: write back the tag that runs (docs/delivery.md, Drift)', '$.parameter', '$.name'),
    ['First of all', { ...put('$.before', beforehand(true)), Next: 'Checked' }],
    ['Not the first', put('$.before', beforehand(false))],
    ['Checked', { Type: 'Pass' }],
  ];
}

/** What a way back needs to know, and nothing else: it is kept in a parameter of 4 KB. */
function beforehand(first: boolean): { [name: string]: unknown } {
  return { 'revision.$': '$.now.revision', 'tag.$': '$.released.tag', 'latest.$': '$.latest.arn', first };
}

function whatServes(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    ['Service', calls.task('ecs:describeServices', { 'Cluster.$': '$.cluster', 'Services.$': 'States.Array($.service)' }, {
      resources: arns.services, at: '$.now', keep: { 'status.$': '$.Services[0].Status', 'revision.$': '$.Services[0].TaskDefinition', 'tasks.$': '$.Services[0].DesiredCount' },
    })],
    ['Latest revision', calls.task('ecs:describeTaskDefinition', { 'TaskDefinition.$': '$.family' }, { resources: ['*'], at: '$.latest', keep: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn' } })],
    ['Service is active?', choice([{ Variable: '$.now.status', StringEquals: 'ACTIVE' }], 'Deployments')],
    ...refuse('Service is not active', 'Release.Service', 'the service {} is {}', '$.name', '$.now.status'),
  ];
}

function whatIsDeployed(calls: AwsCalls, arns: ReleaseArns): States {
  return [
    ['Deployments', listDeployments(calls, arns)],
    ['Any deployment?', choice([absent('$.deployments.ServiceDeployments[0]')], 'Any alarms?')],
    ...refuse('Deployment runs', 'Release.DeploymentRuns', 'a deployment of {} is {}: {}', '$.name', '$.deployments.ServiceDeployments[0].Status', '$.deployments.ServiceDeployments[0].ServiceDeploymentArn'),
  ];
}

/** The deployments of a service that have not ended. */
export function listDeployments(calls: AwsCalls, arns: ReleaseArns, at: string = '$.deployments') {
  return calls.task('ecs:listServiceDeployments', { 'Cluster.$': '$.cluster', 'Service.$': '$.service', 'Status': UNFINISHED }, { resources: arns.services, at });
}

/** One that fires already would be left out of the deployment's own checks. */
function whichAlarmsFire(calls: AwsCalls): States {
  return [
    ['Any alarms?', choice([absent('$.alarms[0]')], 'First release?')],
    ...askForAlarms('Rollback alarms', calls, '$.alarms'),
    ...whereNoneFires('Alarms at rest?', 'First release?'),
    ...refuse('Alarm fires', 'Release.AlarmFires', 'an alarm fires before the release of {}: {}', '$.name', '$.alarmsFiring.names'),
  ];
}

/** All traffic goes to one group, and that group has a healthy task. */
function trafficStandsStill(calls: AwsCalls): States {
  const groups = '$.traffic.groups';
  const weight = (group: number, more: boolean) => ({ Variable: `${groups}[${group}].Weight`, [more ? 'NumericGreaterThan' : 'NumericEquals']: 0 });
  return [
    ['Any rule?', choice([absent('$.rule')], 'Running revision')],
    ['Rule', calls.task('elasticloadbalancingv2:describeRules', { 'RuleArns.$': 'States.Array($.rule)' }, {
      resources: ['*'], at: '$.traffic', keep: { 'groups.$': '$.Rules[0].Actions[0].ForwardConfig.TargetGroups' },
    })],
    ['Which group?', {
      Type: 'Choice',
      Choices: [
        { ...absent(`${groups}[1]`), Next: 'First group' },
        { And: [weight(0, true), weight(1, false)], Next: 'First group' },
        { And: [weight(0, false), weight(1, true)], Next: 'Second group' },
      ],
      Default: 'Traffic is divided',
    }],
    ...refuse('Traffic is divided', 'Release.Traffic', 'the traffic of {} is divided between two versions', '$.name'),
    ['First group', { ...copy(`${groups}[0].TargetGroupArn`, '$.group'), Next: 'Targets' }],
    ['Second group', copy(`${groups}[1].TargetGroupArn`, '$.group')],
    ['Targets', calls.task('elasticloadbalancingv2:describeTargetHealth', { 'TargetGroupArn.$': '$.group' }, { resources: ['*'], at: '$.targets' })],
    ['Any target?', choice([absent('$.targets.TargetHealthDescriptions[0]')], 'Nobody serves')],
    ['Health', put('$.targets', { 'healthy.$': "States.ArrayContains($.targets.TargetHealthDescriptions[*].TargetHealth.State, 'healthy')" })],
    ['Any healthy?', choice([{ Variable: '$.targets.healthy', BooleanEquals: true }], 'Running revision')],
    ...refuse('Nobody serves', 'Release.NoHealthyTask', 'the group that {} gets its traffic from has no healthy task: {}', '$.name', '$.group'),
  ];
}

/** CloudFormation puts `none` back whenever it updates the parameter (docs/adr/0002-one-deployer.md), and a person may have deployed by hand. */
function parameterIsRight(calls: AwsCalls): States {
  return [
    ['Running revision', calls.task('ecs:describeTaskDefinition', { 'TaskDefinition.$': '$.now.revision' }, { resources: ['*'], at: '$.running' })],
    ['Running image', put('$.running', {
      'released.$': "States.ArrayContains($.running.TaskDefinition.ContainerDefinitions[*].Image, States.Format('{}:{}', $.uri, $.released.tag))",
    })],
    ['As released?', choice([{ Variable: '$.running.released', BooleanEquals: true }], 'Not the first')],
    ...refuse('Not as released', 'Release.Drift', 'the parameter {} says {}, but {} runs another image, in {} (docs/delivery.md, Drift)', '$.parameter', '$.released.tag', '$.name', '$.now.revision'),
  ];
}
