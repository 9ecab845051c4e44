import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../../../contracts';
import { distinct } from '../../../contracts/lists';
import type { IamConditions } from '../../asl/sdk-integrations';

/** ARNs in the permissions of a state machine for its services. */
export class ReleaseArns {
  private readonly stack: Stack;

  public constructor(
    scope: IConstruct,
    private readonly targets: ReleaseTarget[],
  ) {
    this.stack = Stack.of(scope);
  }

  public get services(): string[] {
    return this.targets.map(({ clusterName, serviceName }) => this.ecs('service', `${clusterName}/${serviceName}`));
  }

  /** All deployments of the services: ECS names them. */
  public get deployments(): string[] {
    return this.targets.map(({ clusterName, serviceName }) =>
      this.ecs('service-deployment', `${clusterName}/${serviceName}/*`),
    );
  }

  /** All revisions of the families: the number of the next one is not known. */
  public get revisions(): string[] {
    return this.targets.map(({ family }) => this.revisionsOf(family));
  }

  public revisionsOf(family: string): string {
    return this.ecs('task-definition', `${family}:*`);
  }

  public get tasks(): string[] {
    return distinct(this.targets.map(({ clusterName }) => this.ecs('task', `${clusterName}/*`)));
  }

  public get stacks(): string[] {
    return distinct(
      this.targets.map(({ source }) =>
        this.stack.formatArn({
          service: 'cloudformation',
          resource: 'stack',
          resourceName: `${Stack.of(source).stackName}/*`,
        }),
      ),
    );
  }

  public get repositories(): string[] {
    return distinct(this.targets.map(({ repositoryArn }) => repositoryArn));
  }

  /** Parameters of the released images. */
  public get parameters(): string[] {
    return distinct(
      this.targets.flatMap(({ releasedImageParameterName: name }) => (name === undefined ? [] : this.parameter(name))),
    );
  }

  public parameter(name: string): string {
    return this.stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, '') });
  }

  public get taskRoles(): string[] {
    return distinct(this.targets.flatMap(({ taskRoleArns }) => taskRoleArns));
  }

  public get scalableTargets(): string[] {
    return [
      this.stack.formatArn({ service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' }),
    ];
  }

  /** Condition that confines calls about tasks to the cluster of a service. */
  public inClusterOf({ clusterName }: ReleaseTarget): IamConditions {
    return { ArnEquals: { 'ecs:cluster': this.ecs('cluster', clusterName) } };
  }

  private ecs(resource: string, resourceName: string): string {
    return this.stack.formatArn({ service: 'ecs', resource, resourceName });
  }
}
