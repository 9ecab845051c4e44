import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';
import { sortedByName } from '../../contracts/sorted-by-name';
import { absent, choice, type Condition, forEach, present, put, refuse, type States } from '../asl/asl';
import type { Paces } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import { ReleaseArns } from './service-facts';

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
  /** After them it is stopped and counts as failed. */
  readonly timeoutSeconds: number;
}

const PACE_SECONDS = 30;
/** ECS may not know a task yet that it has just started. */
const PATIENCE = 5;
/** A container has up to two minutes to end itself. */
const STOP_SECONDS = 600;

/** Runs the task, waits for its end, and fails unless the container ended with 0. Its ARN stays in `$.task`. */
export function oneOffTask(calls: AwsCalls, paces: Paces, task: OneOffTask): States {
  const { scope, prefix, target } = task;
  const arns = new ReleaseArns(scope, [target]);
  const name = (state: string) => `${prefix}: ${state}`;
  const inCluster = inClusterOf(scope, target);
  calls.allow(['iam:PassRole'], target.taskRoleArns, {
    StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  });
  return [
    [
      name('start'),
      calls.task(
        'ecs:runTask',
        {
          'Cluster': target.clusterName,
          'TaskDefinition.$': task.revision,
          'LaunchType': 'FARGATE',
          'Count': 1,
          // Asked again, ECS answers with the task that runs already.
          'ClientToken.$': `States.Hash(States.Format('{} ${prefix}', $$.Execution.Name), 'SHA-256')`,
          'StartedBy.$': startedBy('$$.Execution.Name'),
          'NetworkConfiguration': {
            AwsvpcConfiguration: {
              Subnets: target.subnetIds,
              SecurityGroups: target.securityGroupIds,
              AssignPublicIp: 'DISABLED',
            },
          },
          'Overrides': {
            ContainerOverrides: [
              {
                Name: target.containerName,
                Command: task.command,
                ...(Object.keys(task.environment).length > 0 && {
                  Environment: Object.entries(sortedByName(task.environment)).map(([Name, Value]) => ({ Name, Value })),
                }),
              },
            ],
          },
        },
        { resources: [arns.revisionsOf(task.family)], conditions: inCluster, at: '$.started' },
      ),
    ],
    [name('started?'), choice([present('$.started.Tasks[0]')], name('task'))],
    ...refuse(
      name('not started'),
      'Release.Task',
      `${prefix}: ECS could not start the task: {}`,
      'States.JsonToString($.started.Failures)',
    ),
    [name('task'), put('$.task', { 'arn.$': '$.started.Tasks[0].TaskArn' })],
    [name('started'), put('$.started', { unknown: 0 })],
    ...paces.loop({ name: name('time'), at: '$.watch', seconds: task.timeoutSeconds, pace: PACE_SECONDS }, (turn) => [
      [name('wait'), turn.wait],
      [
        name('look'),
        calls.task(
          'ecs:describeTasks',
          { 'Cluster': target.clusterName, 'Tasks.$': 'States.Array($.task.arn)' },
          { resources: arns.tasks, conditions: inCluster, at: '$.looked' },
        ),
      ],
      [name('known?'), choice([present('$.looked.Tasks[0]')], name('ended?'), name('unknown'))],
      [
        name('ended?'),
        choice([{ Variable: '$.looked.Tasks[0].LastStatus', StringEquals: 'STOPPED' }], name('how it ended')),
      ],
      ...turn.count(name('wait'), name('stop')),
      [name('unknown'), put('$.started', { 'unknown.$': 'States.MathAdd($.started.unknown, 1)' })],
      [
        name('unknown for long?'),
        choice([{ Variable: '$.started.unknown', NumericLessThan: PATIENCE }], name('time: count')),
      ],
    ]),
    ...refuse(name('lost'), 'Release.Task', `${prefix}: ECS does not know the task {} any more`, '$.task.arn'),
    [
      name('stop'),
      calls.task(
        'ecs:stopTask',
        { 'Cluster': target.clusterName, 'Task.$': '$.task.arn', 'Reason': 'The release has no more time for it' },
        {
          resources: arns.tasks,
          conditions: inCluster,
        },
      ),
    ],
    ...refuse(
      name('too long'),
      'Release.Task',
      `${prefix} has not ended in its time and was stopped: {}`,
      '$.task.arn',
    ),
    [
      name('how it ended'),
      put('$.ended', { 'container.$': `$.looked.Tasks[0].Containers[?(@.Name == '${target.containerName}')]` }),
    ],
    [name('exit code?'), choice([absent('$.ended.container[0].ExitCode')], name('did not run'))],
    [name('went well?'), choice([{ Variable: '$.ended.container[0].ExitCode', NumericEquals: 0 }], name('done'))],
    ...refuse(
      name('failed'),
      'Release.Task',
      `${prefix} ended with {}: {}`,
      '$.ended.container[0].ExitCode',
      '$.task.arn',
    ),
    [name('did not run'), choice([present('$.looked.Tasks[0].StoppedReason')], name('reason'), name('no reason'))],
    ...refuse(name('reason'), 'Release.Task', `${prefix} did not run: {}`, '$.looked.Tasks[0].StoppedReason'),
    ...refuse(name('no reason'), 'Release.Task', `${prefix} did not run: {}`, '$.task.arn'),
    [name('done'), put('$.looked', {})],
  ];
}

/** Stops what an execution has started and left running, and waits for its end: a migration may not go on behind the version before. */
export function stopTasks(
  calls: AwsCalls,
  paces: Paces,
  task: Pick<OneOffTask, 'scope' | 'target'> & { readonly execution: string },
): States {
  const { scope, target, execution } = task;
  const arns = new ReleaseArns(scope, [target]);
  const inCluster = inClusterOf(scope, target);
  const cluster = { Cluster: target.clusterName };
  const list = (status: string) =>
    calls.task(
      'ecs:listTasks',
      { ...cluster, 'StartedBy.$': startedBy(execution), 'DesiredStatus': status },
      { resources: ['*'], conditions: inCluster, at: '$.tasks' },
    );
  // There are two at most: the migration and its verification.
  const over = (index: number): Condition => ({
    Or: [
      absent(`$.looked.Tasks[${index}]`),
      { Variable: `$.looked.Tasks[${index}].LastStatus`, StringEquals: 'STOPPED' },
    ],
  });
  return paces
    .loop({ name: 'Tasks', at: '$.watch', seconds: STOP_SECONDS, pace: PACE_SECONDS }, (turn) => [
      ['Tasks: running', list('RUNNING')],
      ['Tasks: any running?', choice([present('$.tasks.TaskArns[0]')], 'Tasks: stop', 'Tasks: stopping')],
      [
        'Tasks: stop',
        {
          ...forEach(
            '$.tasks.TaskArns',
            [
              [
                'Tasks: stop one',
                calls.task(
                  'ecs:stopTask',
                  { ...cluster, 'Task.$': '$', 'Reason': 'The release is taken back' },
                  { resources: arns.tasks, conditions: inCluster },
                ),
              ],
            ],
            { rest: { ResultPath: null } },
          ),
          Next: 'Tasks: count',
        },
      ],
      ['Tasks: stopping', list('STOPPED')],
      ['Tasks: any stopping?', choice([present('$.tasks.TaskArns[0]')], 'Tasks: look', 'Tasks are over')],
      [
        'Tasks: look',
        calls.task(
          'ecs:describeTasks',
          { ...cluster, 'Tasks.$': '$.tasks.TaskArns' },
          { resources: arns.tasks, conditions: inCluster, at: '$.looked' },
        ),
      ],
      ['Tasks: over?', choice([over(0), over(1)], 'Tasks are over')],
      ...turn.count('Tasks: wait', 'Tasks go on'),
      ['Tasks: wait', { ...turn.wait, Next: 'Tasks: running' }],
    ])
    .concat([
      ...refuse(
        'Tasks go on',
        'Release.Task',
        'a task that the release has started does not end: {}',
        'States.JsonToString($.tasks.TaskArns)',
      ),
      ['Tasks are over', { Type: 'Pass' }],
    ]);
}

/** By which its tasks are found: the name of an execution may be longer, and have other letters, than ECS takes. */
function startedBy(execution: string): string {
  return `States.Hash(${execution}, 'MD5')`;
}

function inClusterOf(
  scope: IConstruct,
  { clusterName }: ReleaseTarget,
): { readonly [operator: string]: { [key: string]: unknown } } {
  return {
    ArnEquals: {
      'ecs:cluster': Stack.of(scope).formatArn({ service: 'ecs', resource: 'cluster', resourceName: clusterName }),
    },
  };
}
