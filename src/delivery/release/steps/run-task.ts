import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../../../contracts';
import { sortedByName } from '../../../contracts/sorted-by-name';
import { LABEL, type Part, part, put } from '../../asl/asl';
import { absent, anyOf, choice, type Condition, equals, present } from '../../asl/conditions';
import { add, array, CONTEXT, format, hash, toJson } from '../../asl/intrinsics';
import { forEach, refuse } from '../../asl/parts';
import type { PollingIntervals } from '../../asl/polling';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath, State } from '../../asl/state';
import { ReleaseArns } from '../context/release-arns';

/** Command that runs once, in the network and with the roles of a service. */
export interface TaskRun {
  /** Construct whose stack names account and region of the ARNs. */
  readonly scope: IConstruct;
  /** Prefix of the names of the states, and of reasons. */
  readonly name: string;
  /** Service whose network it runs in, with the family, groups and roles of the task. */
  readonly target: ReleaseTarget;
  /** Command in the place of the container's own. */
  readonly command: string[];
  /** Variables that are added to the container's. Nothing secret, because they are part of the definition. */
  readonly environment: { readonly [name: string]: string };
  /** Path to the ARN of the revision to run. */
  readonly revision: JsonPath;
  /** Seconds after which the task is stopped and counts as failed. */
  readonly timeoutSeconds: number;
}

const INTERVAL_SECONDS = 30;
/** ECS may not know a task yet that it has just started. */
const UNKNOWN_POLLS = 5;
/** A container has up to two minutes to end itself. The rest is for an outage of the API. */
const STOP_SECONDS = 1800;
const STOP_INTERVAL_SECONDS = 60;

const STARTED = '$.started';
const DESCRIBED = '$.describedTasks';
const ENDED = '$.ended';
/** ARN of the task that {@link runTask} has run. */
export const TASK = '$.task.arn';

/** Runs a task, waits for its end, and fails unless the container ended with 0. Its ARN stays in {@link TASK}. */
export function runTask(calls: AwsCalls, intervals: PollingIntervals, run: TaskRun): Part {
  const { scope, name, target } = run;
  const arns = new ReleaseArns(scope, [target]);
  const state = (of: string) => `${name}: ${of}`;
  const conditions = arns.inClusterOf(target);
  const [ended, late, lost] = [state('find exit code'), state('stop'), state('is lost')];
  calls.allow(['iam:PassRole'], target.taskRoleArns, {
    StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  });
  return part(
    start(calls, arns, run),
    intervals.poll(
      {
        name: state('follow'),
        timeoutSeconds: run.timeoutSeconds,
        intervalSeconds: INTERVAL_SECONDS,
        waitFirst: true,
        onTimeout: late,
      },
      (again) =>
        part(
          [
            state('describe task'),
            calls.task(
              'ecs:describeTasks',
              { 'Cluster': target.clusterName, 'Tasks.$': array(TASK) },
              { resources: arns.tasks, conditions, resultPath: DESCRIBED, failed: again },
            ),
          ],
          [state('does ECS know it?'), choice([present(`${DESCRIBED}.Tasks[0]`)], state('has it ended?'))],
          [state('count unknown'), put(STARTED, { 'unknown.$': add(`${STARTED}.unknown`, 1) })],
          [
            state('is it new?'),
            choice([{ Variable: `${STARTED}.unknown`, NumericLessThan: UNKNOWN_POLLS }], again, lost),
          ],
          [state('has it ended?'), choice([equals(`${DESCRIBED}.Tasks[0].LastStatus`, 'STOPPED')], ended, again)],
        ),
    ),
    refuse(lost, 'Release.Task', `${name}: ECS does not know the task {} any more`, TASK),
    [
      late,
      calls.task(
        'ecs:stopTask',
        { 'Cluster': target.clusterName, 'Task.$': TASK, 'Reason': 'It has run out of time' },
        { resources: arns.tasks, conditions },
      ),
    ],
    refuse(state('takes too long'), 'Release.Task', `${name} has not ended in its time and was stopped: {}`, TASK),
    checkExitCode(name, target.containerName, ended),
    [state('forget result'), put(DESCRIBED, {})],
  );
}

function start(calls: AwsCalls, arns: ReleaseArns, run: TaskRun): Part {
  const { name, target, command, environment } = run;
  const state = (of: string) => `${name}: ${of}`;
  return part(
    [
      state('start'),
      calls.task(
        'ecs:runTask',
        {
          'Cluster': target.clusterName,
          'TaskDefinition.$': run.revision,
          'LaunchType': 'FARGATE',
          'Count': 1,
          // A repeated call gets the task that runs already.
          'ClientToken.$': hash(format(`{} ${name}`, CONTEXT.executionName), 'SHA-256'),
          'StartedBy.$': startedBy(CONTEXT.executionName),
          'NetworkConfiguration': {
            AwsvpcConfiguration: {
              Subnets: target.subnetIds,
              SecurityGroups: target.securityGroupIds,
              AssignPublicIp: 'DISABLED',
            },
          },
          'Overrides': {
            ContainerOverrides: [{ Name: target.containerName, Command: command, ...environmentOf(environment) }],
          },
        },
        {
          resources: [arns.revisionsOf(target.family)],
          conditions: arns.inClusterOf(target),
          resultPath: STARTED,
        },
      ),
    ],
    [state('has it started?'), choice([present(`${STARTED}.Tasks[0]`)], state('keep ARN'))],
    refuse(
      state('has not started'),
      'Release.Task',
      `${name}: ECS could not start the task: {}`,
      toJson(`${STARTED}.Failures`),
    ),
    [state('keep ARN'), put('$.task', { 'arn.$': `${STARTED}.Tasks[0].TaskArn` })],
    [state('reset count'), put(STARTED, { unknown: 0 })],
  );
}

function environmentOf(environment: TaskRun['environment']): object {
  const variables = Object.entries(sortedByName(environment)).map(([Name, Value]) => ({ Name, Value }));
  return variables.length > 0 ? { Environment: variables } : {};
}

function checkExitCode(name: string, container: string, entry: string): Part {
  const state = (of: string) => `${name}: ${of}`;
  const exitCode: JsonPath = `${ENDED}.container[0].ExitCode`;
  const reason: JsonPath = `${DESCRIBED}.Tasks[0].StoppedReason`;
  const succeeded = state('succeeded');
  return part(
    [entry, put(ENDED, { 'container.$': `${DESCRIBED}.Tasks[0].Containers[?(@.Name == '${container}')]` })],
    [state('has it no exit code?'), choice([absent(exitCode)], state('has it a reason?'))],
    [state('is the exit code 0?'), choice([{ Variable: exitCode, NumericEquals: 0 }], succeeded)],
    refuse(state('failed'), 'Release.Task', `${name} ended with {}: {}`, exitCode, TASK),
    [state('has it a reason?'), choice([present(reason)], state('did not run'), state('reason is unknown'))],
    refuse(state('did not run'), 'Release.Task', `${name} did not run: {}`, reason),
    refuse(state('reason is unknown'), 'Release.Task', `${name} did not run: {}`, TASK),
    [succeeded, LABEL],
  );
}

/** Tasks that an execution has started in one cluster. */
interface StartedTasks {
  /** Construct whose stack names account and region of the ARNs. */
  readonly scope: IConstruct;
  /** Prefix of the names of the states. */
  readonly name: string;
  /** One of the services in the cluster. */
  readonly target: ReleaseTarget;
  /** Most tasks that an execution starts there. */
  readonly most: number;
  /** Path to the name of the execution that started them. */
  readonly execution: JsonPath;
}

const TASKS = '$.tasks';

/**
 * Stops tasks that an execution has left running, and waits for their end. A migration may not run on behind the
 * version before.
 */
export function stopTasks(calls: AwsCalls, intervals: PollingIntervals, tasks: StartedTasks): Part {
  const { scope, name, target, execution, most } = tasks;
  const state = (of: string) => `${name}: ${of}`;
  const arns = new ReleaseArns(scope, [target]);
  const conditions = arns.inClusterOf(target);
  const cluster = { Cluster: target.clusterName };
  const again = state('count polls');
  const list = (status: string): State =>
    calls.task(
      'ecs:listTasks',
      { ...cluster, 'StartedBy.$': startedBy(execution), 'DesiredStatus': status },
      { resources: ['*'], conditions, resultPath: TASKS, failed: again },
    );
  const [stopped, late] = [state('all have stopped'), state('some do not stop')];
  const stop = forEach(
    `${TASKS}.TaskArns`,
    part([
      state('stop one'),
      calls.task(
        'ecs:stopTask',
        { ...cluster, 'Task.$': '$', 'Reason': 'The release is rolled back' },
        { resources: arns.tasks, conditions, failed: state('leave it') },
      ),
    ], [state('leave it'), LABEL]),
    { fields: { ResultPath: null } },
  );
  return part(
    intervals.poll(
      { name, timeoutSeconds: STOP_SECONDS, intervalSeconds: STOP_INTERVAL_SECONDS, onTimeout: late },
      () =>
        part(
          [state('list running tasks'), list('RUNNING')],
          [state('does any run?'), choice([absent(`${TASKS}.TaskArns[0]`)], state('list stopping tasks'))],
          [state('stop each'), { ...stop, Next: again }],
          [state('list stopping tasks'), list('STOPPED')],
          [state('does none stop?'), choice([absent(`${TASKS}.TaskArns[0]`)], stopped)],
          [
            state('describe'),
            calls.task(
              'ecs:describeTasks',
              { ...cluster, 'Tasks.$': `${TASKS}.TaskArns` },
              { resources: arns.tasks, conditions, resultPath: DESCRIBED, failed: again },
            ),
          ],
          [
            state('have all ended?'),
            choice(Array.from({ length: most }, (_, index) => hasEnded(index)), stopped, again),
          ],
        ),
    ),
    refuse(
      late,
      'Release.Task',
      'a task that the release has started does not end: {}',
      toJson(`${TASKS}.TaskArns`),
    ),
    [stopped, LABEL],
  );
}

function hasEnded(index: number): Condition {
  const task: JsonPath = `${DESCRIBED}.Tasks[${index}]`;
  return anyOf(absent(task), equals(`${task}.LastStatus`, 'STOPPED'));
}

/** Mark of an execution's tasks. Names of executions may be longer, and have other letters, than ECS accepts. */
function startedBy(execution: JsonPath): string {
  return hash(execution, 'MD5');
}
