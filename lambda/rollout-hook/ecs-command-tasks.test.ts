import { ConflictException, type ECSClient } from '@aws-sdk/client-ecs';
import { EcsCommandTasks } from './ecs-command-tasks';
import { type Invocation, read } from './invocation';
import { beforeShift, GREEN } from './payloads';
import type { SmokeCommand } from './plan';

const INVOCATION = read(beforeShift(0)) as Invocation;
const CREATED = new Date('2026-01-01T12:00:00Z');
const DEFINITION = 'arn:aws:ecs:eu-central-1:111111111111:task-definition/web:2';
const TASK = 'arn:aws:ecs:eu-central-1:111111111111:task/shop/0123456789abcdef';
const NETWORK = {
  awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
};
const COMMAND: SmokeCommand = {
  container: 'web',
  command: ['npm', 'test'],
  environment: { SUITE: 'short' },
  timeoutSeconds: 600,
};
const URL = 'http://10.0.11.7:3000';

/** ECS with canned answers by command; it keeps what it is asked. */
function ecs(answers: { [command: string]: object }) {
  const asked: Array<{ command: string; input: any }> = [];
  const send = async (command: { input: object }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    asked.push({ command: name, input: command.input });
    const answer = answers[name] ?? {};
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { asked, tasks: new EcsCommandTasks({ send } as unknown as ECSClient) };
}

const REVISION = { serviceRevisions: [{ taskDefinition: DEFINITION, networkConfiguration: NETWORK }] };
const starting = (RunTask: object, DescribeServiceRevisions: object = REVISION) => {
  const { asked, tasks } = ecs({ DescribeServiceRevisions, RunTask });
  return { asked, answer: tasks.start(INVOCATION, COMMAND, URL) };
};

describe('The task of a command', () => {
  test('has the task definition, subnets and security group of the new revision, the command and the URL', async () => {
    const { asked, answer } = starting({ tasks: [{ taskArn: TASK }] });
    expect(await answer).toBe(TASK);
    expect(asked).toEqual([
      { command: 'DescribeServiceRevisions', input: { serviceRevisionArns: [GREEN] } },
      {
        command: 'RunTask',
        input: {
          cluster: 'shop',
          taskDefinition: DEFINITION,
          networkConfiguration: NETWORK,
          launchType: 'FARGATE',
          count: 1,
          clientToken: expect.stringMatching(/^[0-9a-f]{64}$/),
          startedBy: 'smoke-test',
          tags: [{ key: 'prod-constructs:started-by', value: 'rollout-hook' }],
          overrides: {
            containerOverrides: [
              {
                name: 'web',
                command: ['npm', 'test'],
                environment: [
                  { name: 'SUITE', value: 'short' },
                  { name: 'SMOKE_TEST_URL', value: URL },
                ],
              },
            ],
          },
        },
      },
    ]);
  });

  test('has one token for each deployment, so that a repeated start returns it', async () => {
    const token = async (deploymentArn: string) => {
      const { asked, tasks } = ecs({ DescribeServiceRevisions: REVISION, RunTask: { tasks: [{ taskArn: TASK }] } });
      await tasks.start({ ...INVOCATION, deploymentArn }, COMMAND, URL);
      return asked[1].input.clientToken;
    };
    const [one, again, other] = [await token('a'), await token('a'), await token('b')];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  test('is the running one if ECS refuses the token with another URL', async () => {
    const conflict = (resourceIds?: string[]) =>
      new ConflictException({ message: 'conflict', resourceIds, $metadata: {} });
    expect(await starting(conflict([TASK])).answer).toBe(TASK);
    await expect(starting(conflict()).answer).rejects.toThrow('conflict');
  });

  test.each<[string, object, RegExp]>([
    [
      'ECS has no room for it',
      { tasks: [], failures: [{ reason: 'Capacity is unavailable at this time' }] },
      /could not be started: Capacity is unavailable/,
    ],
    ['ECS answers nothing', {}, /could not be started: ECS gives no reason/],
    ['the hook may not', new Error('AccessDenied'), /AccessDenied/],
  ])("can't be started when %s", async (_, answer, message) => {
    await expect(starting(answer).answer).rejects.toThrow(message);
  });

  test.each<[string, object]>([
    ["doesn't know", {}],
    ['knows without a network', { serviceRevisions: [{ taskDefinition: DEFINITION }] }],
  ])("isn't started for a revision that ECS %s", async (_, revision) => {
    const { asked, answer } = starting({ tasks: [{ taskArn: TASK }] }, revision);
    await expect(answer).rejects.toThrow(GREEN);
    expect(asked.map(({ command }) => command)).toEqual(['DescribeServiceRevisions']);
  });

  test.each<[string, object, object]>([
    ['that runs', { lastStatus: 'RUNNING', containers: [{ name: 'web' }] }, { ended: false }],
    [
      'that is being stopped, though its code is known',
      { lastStatus: 'DEPROVISIONING', containers: [{ name: 'web', exitCode: 0 }] },
      { ended: false, exitCode: 0 },
    ],
    [
      "that ended, by the application's container and no other",
      {
        lastStatus: 'STOPPED',
        containers: [
          { name: 'proxy', exitCode: 0 },
          { name: 'web', exitCode: 3 },
        ],
      },
      { ended: true, exitCode: 3 },
    ],
    [
      "that never ran, by the container's own reason",
      {
        lastStatus: 'STOPPED',
        stoppedReason: 'Task failed to start',
        containers: [{ name: 'web', reason: 'CannotPullContainerError' }],
      },
      { ended: true, reason: 'CannotPullContainerError' },
    ],
    [
      'that has no container, by its own reason',
      { lastStatus: 'STOPPED', stoppedReason: 'Task failed to start' },
      { ended: true, reason: 'Task failed to start' },
    ],
  ])('is described as one %s', async (_, task, told) => {
    const { asked, tasks } = ecs({ DescribeTasks: { tasks: [{ createdAt: CREATED, ...task }] } });
    expect(await tasks.describe(INVOCATION, TASK, COMMAND)).toEqual({ createdAt: CREATED, ...told });
    expect(asked).toEqual([{ command: 'DescribeTasks', input: { cluster: 'shop', tasks: [TASK] } }]);
  });

  test("that ECS doesn't know is a failure, not an end", async () => {
    await expect(
      ecs({ DescribeTasks: { tasks: [], failures: [{ reason: 'MISSING' }] } }).tasks.describe(
        INVOCATION,
        TASK,
        COMMAND,
      ),
    ).rejects.toThrow(TASK);
  });

  test('is stopped with the reason', async () => {
    const { asked, tasks } = ecs({});
    await tasks.stop(INVOCATION, TASK, 'too long');
    expect(asked).toEqual([{ command: 'StopTask', input: { cluster: 'shop', task: TASK, reason: 'too long' } }]);
  });
});
