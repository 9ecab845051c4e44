import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../binding';
import { sortedByName } from '../binding/sorted-by-name';
import type { AwsCalls } from './aws-calls';
import { counter, wait } from './release-deploy';
import { ReleaseArns } from './release-facts';
import { absent, choice, present, put, refuse, type States } from './state-chart';

/** A command that runs once, in the network and with the roles of a service. */
export interface OneOffTask {
  /** Its stack names account and region of the ARNs. */
  readonly scope: IConstruct;
  /** Stands before the states' names. */
  readonly prefix: string;
  /** The service whose cluster, subnets, security groups and roles it runs with. */
  readonly target: ReleaseTarget;
  /** In place of the container's own, one word each. */
  readonly command: string[];
  /** Added to the container's variables; nothing secret, because it stands in the machine's definition. */
  readonly environment: { [name: string]: string };
  /** Path to the ARN of the revision that it runs. */
  readonly revision: string;
  /** Family of that revision. */
  readonly family: string;
  /** After them it is stopped and counts as failed; looked at every 30 s. */
  readonly timeoutSeconds: number;
}

const PACE_SECONDS = 30;

/** Runs the task, waits for its end, and fails unless the container ended with 0. Its ARN stays in `$.task`. */
export function oneOffTask(calls: AwsCalls, task: OneOffTask): States {
  const { scope, prefix, target } = task;
  const arns = new ReleaseArns(scope, [target]);
  const name = (state: string) => `${prefix}: ${state}`;
  const { begin, turn } = counter(name('time'), '$.watch');
  const clusterArn = Stack.of(scope).formatArn({ service: 'ecs', resource: 'cluster', resourceName: target.clusterName });
  const inCluster = { ArnEquals: { 'ecs:cluster': clusterArn } };
  calls.allow(['iam:PassRole'], target.taskRoleArns, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  return [
    [name('start'), calls.task('ecs:runTask', {
      'Cluster': target.clusterName,
      'TaskDefinition.$': task.revision,
      'LaunchType': 'FARGATE',
      'Count': 1,
      // Asked again, ECS answers with the task that runs already.
      'ClientToken.$': `States.Hash(States.Format('{} ${prefix}', $$.Execution.Name), 'SHA-256')`,
      'NetworkConfiguration': { AwsvpcConfiguration: { Subnets: target.subnetIds, SecurityGroups: target.securityGroupIds, AssignPublicIp: 'DISABLED' } },
      'Overrides': {
        ContainerOverrides: [{
          Name: target.containerName,
          Command: task.command,
          ...(Object.keys(task.environment).length > 0 && { Environment: Object.entries(sortedByName(task.environment)).map(([Name, Value]) => ({ Name, Value })) }),
        }],
      },
    }, { resources: [arns.revisionsOf(task.family)], conditions: inCluster, at: '$.started' })],
    [name('started?'), choice([present('$.started.Tasks[0]')], name('task'))],
    ...refuse(name('not started'), 'Release.Task', `${prefix}: ECS could not start the task: {}`, 'States.JsonToString($.started.Failures)'),
    [name('task'), put('$.task', { 'arn.$': '$.started.Tasks[0].TaskArn' })],
    [name('started'), put('$.started', {})],
    ...begin,
    [name('wait'), wait(PACE_SECONDS)],
    [name('look'), calls.task('ecs:describeTasks', { 'Cluster': target.clusterName, 'Tasks.$': 'States.Array($.task.arn)' }, {
      resources: arns.tasks,
      conditions: inCluster,
      at: '$.task',
      keep: {
        'arn.$': '$.Tasks[0].TaskArn', 'status.$': '$.Tasks[0].LastStatus', 'container.$': `$.Tasks[0].Containers[?(@.Name == '${target.containerName}')]`, 'all.$': '$.Tasks[0]',
      },
    })],
    [name('ended?'), choice([{ Variable: '$.task.status', StringEquals: 'STOPPED' }], name('exit code?'))],
    [name('most'), put('$.most', { polls: Math.ceil(task.timeoutSeconds / PACE_SECONDS) })],
    ...turn('$.most.polls', name('wait'), name('stop')),
    [name('stop'), calls.task('ecs:stopTask', { 'Cluster': target.clusterName, 'Task.$': '$.task.arn', 'Reason': 'The release has no more time for it' }, {
      resources: arns.tasks, conditions: inCluster,
    })],
    ...refuse(name('too long'), 'Release.Task', `${prefix} has not ended in its time and was stopped: {}`, '$.task.arn'),
    [name('exit code?'), choice([absent('$.task.container[0].ExitCode')], name('did not run'))],
    [name('went well?'), choice([{ Variable: '$.task.container[0].ExitCode', NumericEquals: 0 }], name('done'))],
    ...refuse(name('failed'), 'Release.Task', `${prefix} ended with {}: {}`, '$.task.container[0].ExitCode', '$.task.arn'),
    [name('did not run'), choice([present('$.task.all.StoppedReason')], name('reason'), name('no reason'))],
    ...refuse(name('reason'), 'Release.Task', `${prefix} did not run: {}`, '$.task.all.StoppedReason'),
    ...refuse(name('no reason'), 'Release.Task', `${prefix} did not run: {}`, '$.task.arn'),
    [name('done'), put('$.task', { 'arn.$': '$.task.arn' })],
  ];
}
