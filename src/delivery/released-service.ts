import { Duration } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { DeploymentEngine, type IReleasedService, type ReleaseTarget } from '../binding';
import { PropError } from '../refusal/prop-error';

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
   * Whether ECS deploys it with two target groups. Otherwise it is rolling.
   * @default true
   */
  readonly blueGreen?: boolean;
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
      throw new PropError(service, { prop: 'taskDefinition', value: 'a task definition without containers', allowed: 'one with a container, whose image is replaced', wayOut: 'add the container first' });
    }
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
      taskRoleArns: [taskDefinition.taskRole.roleArn, ...taskDefinition.executionRole ? [taskDefinition.executionRole.roleArn] : []],
      rollbackAlarmNames: props.rollbackAlarmNames ?? [],
      engine: props.blueGreen ?? true ? DeploymentEngine.BLUE_GREEN : DeploymentEngine.ROLLING,
      productionRuleArn: props.productionRuleArn,
      subnetIds: cluster.vpc.selectSubnets().subnetIds,
      securityGroupIds: service.connections.securityGroups.map(({ securityGroupId }) => securityGroupId),
      minTasks: props.minTasks,
      longestDeployment: props.longestDeployment ?? Duration.hours(2),
      logGroupName: props.logGroupName,
    };
  }
}
