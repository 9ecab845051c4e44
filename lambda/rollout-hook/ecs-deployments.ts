import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import type { Deployment, Deployments } from './decision';
import type { Invocation } from './invocation';

/** Limit of DescribeTasks. */
const MAX_TASKS_DESCRIBED = 100;
const IN_PROGRESS_STATUSES = ['PENDING', 'IN_PROGRESS'];

/** Deployment and tasks of the new version. It calls ECS only, so that the hook needs one VPC endpoint. */
export class EcsDeployments implements Deployments {
  public constructor(private readonly ecs: Pick<ECSClient, 'send'>) {}

  public async describe({ deploymentArn }: Invocation): Promise<Deployment> {
    const { serviceDeployments } = await this.ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [deploymentArn] }),
    );
    const [deployment] = serviceDeployments ?? [];
    if (!deployment?.createdAt || !deployment.status) {
      throw new Error(`ECS does not know ${deploymentArn}`);
    }
    return {
      first: (deployment.sourceServiceRevisions ?? []).length === 0,
      rollingBack: !IN_PROGRESS_STATUSES.includes(deployment.status),
      requestedTasks: deployment.targetServiceRevision?.requestedTaskCount ?? 1,
      createdAt: deployment.createdAt,
    };
  }

  /** Found by task definition and age, because a forced deployment leaves older tasks of the same definition. */
  public async addresses({ serviceArn, revisionArn }: Invocation, { createdAt }: Deployment): Promise<string[]> {
    const { serviceRevisions } = await this.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revisionArn] }),
    );
    const taskDefinition = serviceRevisions?.[0]?.taskDefinition;
    if (!taskDefinition) {
      throw new Error(`ECS does not know ${revisionArn}`);
    }
    const tasks = await this.tasks(serviceArn);
    const isNew = (task: Task) => task.createdAt !== undefined && task.createdAt >= createdAt;
    return tasks
      .filter((task) => task.taskDefinitionArn === taskDefinition && task.lastStatus === 'RUNNING' && isNew(task))
      .flatMap((task) => task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address ?? []);
  }

  private async tasks(serviceArn: string): Promise<Task[]> {
    const [cluster, serviceName] = serviceArn.split('/').slice(-2);
    const tasks: Task[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.ecs.send(
        new ListTasksCommand({
          cluster,
          serviceName,
          desiredStatus: 'RUNNING',
          maxResults: MAX_TASKS_DESCRIBED,
          nextToken,
        }),
      );
      if (page.taskArns?.length) {
        const described = await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: page.taskArns }));
        tasks.push(...(described.tasks ?? []));
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return tasks;
  }
}
