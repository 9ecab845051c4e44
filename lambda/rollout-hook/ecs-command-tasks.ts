import { createHash } from 'node:crypto';
import {
  ConflictException,
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  type ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import type { CommandTask, CommandTasks } from './command';
import type { Invocation } from './invocation';
import type { SmokeCommand } from './plan';

/** The function may stop tasks with this tag alone. `src/service/deployment/lifecycle-hook.ts` has it, too. */
const TAG = { key: 'prod-constructs:started-by', value: 'rollout-hook' };

/** Task of a command: a standalone task with the task definition and network of the new revision. */
export class EcsCommandTasks implements CommandTasks {
  public constructor(private readonly ecs: Pick<ECSClient, 'send'>) {}

  public async start(invocation: Invocation, smokeCommand: SmokeCommand, url: string): Promise<string> {
    const { container, command, environment } = smokeCommand;
    const { serviceRevisions } = await this.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [invocation.revisionArn] }),
    );
    const { taskDefinition, networkConfiguration } = serviceRevisions?.[0] ?? {};
    const variables = { ...environment, SMOKE_TEST_URL: url };
    if (!taskDefinition || !networkConfiguration) {
      throw new Error(`ECS does not know ${invocation.revisionArn}`);
    }
    return this.run({
      cluster: clusterOf(invocation),
      taskDefinition,
      networkConfiguration,
      launchType: 'FARGATE',
      count: 1,
      clientToken: createHash('sha256').update(invocation.deploymentArn).digest('hex'),
      startedBy: 'smoke-test',
      tags: [TAG],
      overrides: {
        containerOverrides: [
          {
            name: container,
            command,
            environment: Object.entries(variables).map(([name, value]) => ({ name, value })),
          },
        ],
      },
    });
  }

  public async describe(invocation: Invocation, task: string, { container }: SmokeCommand): Promise<CommandTask> {
    const { tasks } = await this.ecs.send(new DescribeTasksCommand({ cluster: clusterOf(invocation), tasks: [task] }));
    const [found] = tasks ?? [];
    if (!found?.createdAt) {
      throw new Error(`ECS does not know ${task}`);
    }
    const own = found.containers?.find(({ name }) => name === container);
    return {
      ended: found.lastStatus === 'STOPPED',
      createdAt: found.createdAt,
      exitCode: own?.exitCode,
      reason: own?.reason ?? found.stoppedReason,
    };
  }

  public async stop(invocation: Invocation, task: string, reason: string): Promise<void> {
    await this.ecs.send(new StopTaskCommand({ cluster: clusterOf(invocation), task, reason }));
  }

  /**
   * Starts the task once for each client token.
   *
   * ECS returns the same task for the same token and request. For the same token with another URL it fails with a
   * conflict, which names the task.
   */
  private async run(request: RunTaskCommandInput): Promise<string> {
    try {
      const { tasks, failures } = await this.ecs.send(new RunTaskCommand(request));
      const [task] = tasks ?? [];
      if (!task?.taskArn) {
        throw new Error(`the command's task could not be started: ${failures?.[0]?.reason ?? 'ECS gives no reason'}`);
      }
      return task.taskArn;
    } catch (error) {
      const [started] = error instanceof ConflictException ? (error.resourceIds ?? []) : [];
      if (started) {
        return started;
      }
      throw error;
    }
  }
}

function clusterOf({ serviceArn }: Invocation): string {
  return serviceArn.split('/').slice(-2)[0];
}
