import type { Duration } from 'aws-cdk-lib';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationProtocol,
  ApplicationTargetGroup,
  type HealthCheck,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct, IConstruct } from 'constructs';
import type { ISecureVpc } from '../../network';

/** How requests come to a service's tasks, whoever moves them between versions. */
export interface WebTraffic extends IConstruct {
  /** All between which production moves; the first one serves at the beginning. */
  readonly targetGroups: ApplicationTargetGroup[];
  /** Makes the tasks of a service the targets. */
  attach(service: FargateService, containerName: string): void;
}

/** What a target group of a service is made from. */
export interface WebTargetGroupProps {
  /** Targets are addresses of its VPC. */
  readonly network: ISecureVpc;
  /** The container's TCP port; the load balancer speaks plain HTTP to it. */
  readonly port: number;
  /** The load balancer's own; with it, traffic comes to a task and stops. */
  readonly healthCheck: HealthCheck;
  /** How long open requests may take to end when a task leaves. */
  readonly deregistrationDelay: Duration;
}

export function createWebTargetGroup(scope: Construct, id: string, props: WebTargetGroupProps): ApplicationTargetGroup {
  return new ApplicationTargetGroup(scope, id, {
    vpc: props.network.vpc,
    targetType: TargetType.IP,
    protocol: ApplicationProtocol.HTTP,
    port: props.port,
    healthCheck: props.healthCheck,
    deregistrationDelay: props.deregistrationDelay,
  });
}
