import { Duration, Stack } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { CfnService, FargateService } from 'aws-cdk-lib/aws-ecs';
import { DeploymentEngine, type IReleasedService, type ReleaseTarget } from '../../contracts';
import { PropError } from '../../validation/prop-error';

/** What a release has to be told of a service that this library didn't make. */
export interface ReleasedFargateServiceProps {
  /** The repository of its images. */
  readonly repository: IRepository;
  /** Name of a String parameter that holds the released tag, or `none`. */
  readonly releasedImageParameterName: string;
  /**
   * Alarms that take its deployments back, by name.
   * @default - none
   */
  readonly rollbackAlarmNames?: string[];
  /**
   * ARN of the listener rule that serves, with one forward action.
   * @default - the release doesn't look where traffic goes
   */
  readonly productionRuleArn?: string;
  /**
   * The longest that a deployment takes by plan: steps, verification and bake.
   * @default Duration.hours(2)
   */
  readonly longestDeployment?: Duration;
  /**
   * Tasks that its first release starts.
   * @default - it has its tasks from the beginning
   */
  readonly minTasks?: number;
  /**
   * Name of the log group of its tasks, with streams as `awslogs` names them after the container.
   * @default - not known: nothing tells where the output of a migration is
   */
  readonly logGroupName?: string;
}

/** Services that a release can bring out, besides those of this library. */
export class ReleasedService implements IReleasedService {
  /**
   * A service of Fargate whose task definition names the family (`TaskDefinitionRevision.LATEST`), so that CloudFormation never starts a rollout.
   * The release replaces the image of the default container.
   */
  public static fromFargate(service: FargateService, props: ReleasedFargateServiceProps): IReleasedService {
    return new ReleasedService(service, props);
  }

  /** What a release must know of it. */
  public readonly releaseTarget: ReleaseTarget;

  private constructor(service: FargateService, props: ReleasedFargateServiceProps) {
    const { taskDefinition, cluster } = service;
    const container = taskDefinition.defaultContainer;
    if (!container) {
      throw new PropError(service, {
        prop: 'taskDefinition',
        value: 'a task definition without containers',
        expected: 'one with a container, whose image is replaced',
        fix: 'add the container first',
      });
    }
    const resource = resourceOf(service);
    checkDeployer(service, resource);
    this.releaseTarget = {
      source: service,
      clusterName: cluster.clusterName,
      serviceName: service.serviceName,
      family: taskDefinition.family,
      containerName: container.containerName,
      repositoryName: props.repository.repositoryName,
      repositoryUri: props.repository.repositoryUri,
      repositoryArn: props.repository.repositoryArn,
      releasedImageParameterName: props.releasedImageParameterName,
      taskRoleArns: [
        taskDefinition.taskRole.roleArn,
        ...(taskDefinition.executionRole ? [taskDefinition.executionRole.roleArn] : []),
      ],
      rollbackAlarmNames: props.rollbackAlarmNames ?? [],
      engine: engineOf(resource),
      productionRuleArn: props.productionRuleArn,
      subnetIds: subnetsOf(service, resource),
      securityGroupIds: service.connections.securityGroups.map(({ securityGroupId }) => securityGroupId),
      minTasks: props.minTasks,
      longestDeployment: props.longestDeployment ?? Duration.hours(2),
      logGroupName: props.logGroupName,
    };
  }
}

/** What of a service's template decides how it can be released, with references as CloudFormation writes them. */
interface ServiceResource {
  readonly deploymentController?: { readonly type?: string };
  readonly deploymentConfiguration?: { readonly strategy?: string };
  readonly taskDefinition?: unknown;
  readonly networkConfiguration?: { readonly awsvpcConfiguration?: { readonly subnets?: unknown[] } };
}

function resourceOf(service: FargateService): ServiceResource {
  const { deploymentController, deploymentConfiguration, taskDefinition, networkConfiguration } =
    service.node.findChild('Service') as CfnService;
  return Stack.of(service).resolve({
    deploymentController,
    deploymentConfiguration,
    taskDefinition,
    networkConfiguration,
  }) as ServiceResource;
}

function checkDeployer(service: FargateService, { deploymentController, taskDefinition }: ServiceResource): void {
  const type = deploymentController?.type ?? 'ECS';
  if (type !== 'ECS') {
    throw new PropError(service, {
      prop: 'deploymentController',
      value: type,
      expected: 'ECS: it takes no other deployer beside CodeDeploy',
      fix: 'start a deployment of its deployment group, or leave deploymentController out of a new service',
    });
  }
  if (!same(taskDefinition, Stack.of(service).resolve(service.taskDefinition.family))) {
    throw new PropError(service, {
      prop: 'taskDefinition',
      value: 'one revision of its family',
      expected: 'the family alone: else CloudFormation deploys, too, and the two undo each other',
      fix: 'give the service taskDefinitionRevision: TaskDefinitionRevision.LATEST',
    });
  }
}

/** What shifts traffic verifies before it does. */
function engineOf({ deploymentConfiguration }: ServiceResource): DeploymentEngine {
  const strategy = deploymentConfiguration?.strategy ?? 'ROLLING';
  return strategy === 'ROLLING' ? DeploymentEngine.ROLLING : DeploymentEngine.BLUE_GREEN;
}

/** A task that runs once needs the ways that the service has: those of other subnets may lead elsewhere. */
function subnetsOf(service: FargateService, { networkConfiguration }: ServiceResource): string[] {
  const { vpc } = service.cluster;
  const own = networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const known = [...vpc.privateSubnets, ...vpc.isolatedSubnets, ...vpc.publicSubnets].map(({ subnetId }) => subnetId);
  return own.map((subnet) => known.find((id) => same(subnet, Stack.of(service).resolve(id))) ?? (subnet as string));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
