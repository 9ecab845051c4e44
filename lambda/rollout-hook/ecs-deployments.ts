import {
  DescribeServiceDeploymentsCommand, DescribeServiceRevisionsCommand, DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task,
} from '@aws-sdk/client-ecs';
import type { Deployment, Deployments } from './decision';
import type { Invocation } from './invocation';

const MOST_TASKS_DESCRIBED = 100;
const UNDER_WAY = ['PENDING', 'IN_PROGRESS'];

/** The deployment and the new version's tasks, by four calls of the ECS API: one endpoint is enough. */
export class EcsDeployments implements Deployments {
  public constructor(private readonly ecs: Pick<ECSClient, 'send'>) {}

  public async describe({ deploymentArn }: Invocation): Promise<Deployment> {
    const { serviceDeployments } = await this.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [deploymentArn] }));
    const [deployment] = serviceDeployments ?? [];
    if (!deployment?.createdAt || !deployment.status) {
      throw new Error(`ECS does not know ${deploymentArn}`);
    }
    return {
      first: (deployment.sourceServiceRevisions ?? []).length === 0,
      goesBack: !UNDER_WAY.includes(deployment.status),
      requestedTasks: deployment.targetServiceRevision?.requestedTaskCount ?? 1,
      createdAt: deployment.createdAt,
    };
  }

  /** By task definition, and by age: a deployment without a new task definition has older tasks of the same one. */
  public async addresses({ serviceArn, revisionArn }: Invocation, { createdAt }: Deployment): Promise<string[]> {
    const { serviceRevisions } = await this.ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revisionArn] }));
    const taskDefinition = serviceRevisions?.[0]?.taskDefinition;
    if (!taskDefinition) {
      throw new Error(`ECS does not know ${revisionArn}`);
    }
    const tasks = await this.tasks(serviceArn);
    return tasks
      .filter((task) => task.taskDefinitionArn === taskDefinition && task.lastStatus === 'RUNNING' && task.createdAt !== undefined && task.createdAt >= createdAt)
      .flatMap((task) => task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address ?? []);
  }

  private async tasks(serviceArn: string): Promise<Task[]> {
    const [cluster, serviceName] = serviceArn.split('/').slice(-2);
    const tasks: Task[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.ecs.send(new ListTasksCommand({ cluster, serviceName, desiredStatus: 'RUNNING', maxResults: MOST_TASKS_DESCRIBED, nextToken }));
      if (page.taskArns?.length) {
        tasks.push(...(await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: page.taskArns }))).tasks ?? []);
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return tasks;
  }
}
