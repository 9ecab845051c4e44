import { Duration, Stack } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { CfnService, FargateService } from 'aws-cdk-lib/aws-ecs';
import { DeploymentEngine, type IReleasedService, type ReleaseTarget } from '../../contracts';
import { PropError } from '../../validation/prop-error';

/** Properties of a {@link ReleasedService} on Fargate. Repository and parameter name are required. */
export interface ReleasedFargateServiceProps {
  /** ECR repository of the images. */
  readonly repository: IRepository;
  /** Name of a String parameter that holds the released tag, or `none`. */
  readonly releasedImageParameterName: string;
  /**
   * Names of the alarms that roll back a deployment.
   * @default - none
   */
  readonly rollbackAlarmNames?: string[];
  /**
   * ARN of the listener rule for production traffic, with one forward action.
   * @default - the release doesn't check the traffic
   */
  readonly productionRuleArn?: string;
  /**
   * Longest planned duration of a deployment: steps, verification and bake time.
   * @default Duration.hours(2)
   */
  readonly longestDeployment?: Duration;
  /**
   * Number of tasks that the first release starts.
   * @default - the service has its tasks from the beginning
   */
  readonly minTasks?: number;
  /**
   * Name of the log group of the tasks, with streams that `awslogs` names after the container.
   * @default - the dry run of a migration outputs its task, and no log
   */
  readonly logGroupName?: string;
}

/**
 * Service from outside this library that a release can deploy.
 *
 * @example
 * const service = ReleasedService.fromFargate(fargateService, {
 *   repository: images.repository,
 *   releasedImageParameterName: '/shop/released',
 * });
 */
export class ReleasedService implements IReleasedService {
  /**
   * CDK's Fargate service, whose task definition must name its family.
   *
   * With `TaskDefinitionRevision.LATEST`, CloudFormation never starts a deployment of a new revision. The release
   * replaces the image of the default container.
   */
  public static fromFargate(service: FargateService, props: ReleasedFargateServiceProps): IReleasedService {
    return new ReleasedService(service, props);
  }

  /** Identity and resources of the service for releases. */
  public readonly releaseTarget: ReleaseTarget;

  private constructor(service: FargateService, props: ReleasedFargateServiceProps) {
    const { taskDefinition, cluster } = service;
    const container = taskDefinition.defaultContainer;
    if (!container) {
      throw new PropError(service, {
        prop: 'taskDefinition',
        problem: 'has no container whose image a release could replace',
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

/**
 * Properties in a service's template that decide how it can be released.
 * References have CloudFormation's form.
 */
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
      expected: 'ECS, because no other controller accepts the deployments of a release',
      fix: 'start a deployment of its deployment group, or create a service without deploymentController',
    });
  }
  if (!isSame(taskDefinition, Stack.of(service).resolve(service.taskDefinition.family))) {
    throw new PropError(service, {
      prop: 'taskDefinition',
      problem: 'is one revision: CloudFormation deploys it, too, and the two deployers undo each other',
      fix: 'give the service taskDefinitionRevision: TaskDefinitionRevision.LATEST',
    });
  }
}

/** A strategy that shifts traffic verifies the new version before. */
function engineOf({ deploymentConfiguration }: ServiceResource): DeploymentEngine {
  const strategy = deploymentConfiguration?.strategy ?? 'ROLLING';
  return strategy === 'ROLLING' ? DeploymentEngine.ROLLING : DeploymentEngine.BLUE_GREEN;
}

/** A task that runs once needs the routes of the service; those of other subnets may lead elsewhere. */
function subnetsOf(service: FargateService, { networkConfiguration }: ServiceResource): string[] {
  const { vpc } = service.cluster;
  const own = networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const known = [...vpc.privateSubnets, ...vpc.isolatedSubnets, ...vpc.publicSubnets].map(({ subnetId }) => subnetId);
  return own.map((subnet) => known.find((id) => isSame(subnet, Stack.of(service).resolve(id))) ?? (subnet as string));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
