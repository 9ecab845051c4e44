import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';

/** The metric by which releases that ended well are counted, by the ARN of their state machine: executions that succeed are clean-ups, too. */
export const RELEASED = { namespace: 'prod-constructs/releases', metricName: 'Released', dimension: 'StateMachineArn' };

/**
 * What the state machine is told of each service, as a constant. The same states run for every service; what they differ in is here.
 */
export function factsOf(target: ReleaseTarget): { [name: string]: unknown } {
  return {
    name: target.source.node.path,
    cluster: target.clusterName,
    service: target.serviceName,
    family: target.family,
    container: target.containerName,
    repository: target.repositoryName,
    uri: target.repositoryUri,
    parameter: target.releasedImageParameterName,
    alarms: target.rollbackAlarmNames,
    stack: Stack.of(target.source).stackName,
    minTasks: target.minTasks,
    ...(target.productionRuleArn !== undefined && { rule: target.productionRuleArn }),
  };
}

/** ARNs by which the machine's permissions name what belongs to its services. */
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

  /** ECS names deployments itself, below the service. */
  public get deployments(): string[] {
    return this.targets.map(({ clusterName, serviceName }) =>
      this.ecs('service-deployment', `${clusterName}/${serviceName}/*`),
    );
  }

  /** All revisions of the families: the next one's number is not known. */
  public get revisions(): string[] {
    return this.targets.map(({ family }) => this.revisionsOf(family));
  }

  public revisionsOf(family: string): string {
    return this.ecs('task-definition', `${family}:*`);
  }

  public get tasks(): string[] {
    return [...new Set(this.targets.map(({ clusterName }) => this.ecs('task', `${clusterName}/*`)))];
  }

  public get alarms(): string[] {
    return [
      this.stack.formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: '*',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ];
  }

  public get stacks(): string[] {
    return [
      ...new Set(
        this.targets.map(({ source }) =>
          this.stack.formatArn({
            service: 'cloudformation',
            resource: 'stack',
            resourceName: `${Stack.of(source).stackName}/*`,
          }),
        ),
      ),
    ];
  }

  public get repositories(): string[] {
    return [...new Set(this.targets.map(({ repositoryArn }) => repositoryArn))];
  }

  public get parameters(): string[] {
    return [
      ...new Set(
        this.targets.flatMap(({ releasedImageParameterName: name }) =>
          name === undefined ? [] : this.parameter(name),
        ),
      ),
    ];
  }

  public parameter(name: string): string {
    return this.stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, '') });
  }

  public get roles(): string[] {
    return [...new Set(this.targets.flatMap(({ taskRoleArns }) => taskRoleArns))];
  }

  public get scalableTargets(): string[] {
    return [
      this.stack.formatArn({ service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' }),
    ];
  }

  private ecs(resource: string, resourceName: string): string {
    return this.stack.formatArn({ service: 'ecs', resource, resourceName });
  }
}
