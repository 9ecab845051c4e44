import { type Duration, Tokenization } from 'aws-cdk-lib';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationListenerRule,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type HealthCheck,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct, IConstruct } from 'constructs';
import type { ISecureVpc } from '../../network';
import { protocolVersionOf, type TargetProtocol } from './target-protocol';

/** Path of requests to the tasks of a service, for every deployment engine. */
export interface TargetGroups extends IConstruct {
  /** Target groups between which production traffic moves. The first one serves at the beginning. */
  readonly targetGroups: ApplicationTargetGroup[];
  /**
   * Rule of the production listener that forwards to the target groups.
   * @default - the default action of the listener forwards
   */
  readonly productionRule?: ApplicationListenerRule;
  /** Registers the tasks of a service as targets. */
  attach(service: FargateService, containerName: string): void;
}

/** Properties of the target groups of a service. */
export interface WebTargetGroupProps {
  /** Network whose VPC holds the targets. */
  readonly network: ISecureVpc;
  /** TCP port of the container, at which ECS registers each task. */
  readonly port: number;
  /** Protocol in which the load balancer speaks to the tasks. */
  readonly protocol: TargetProtocol;
  /** Health check of the load balancer. */
  readonly healthCheck: HealthCheck;
  /** Time that open requests have to end when a task is deregistered. */
  readonly deregistrationDelay: Duration;
}

/**
 * Port of every target group.
 *
 * Another port replaces a target group, under traffic. It is only the default of targets without a port, and ECS
 * registers each task at the port of its container. So it is a constant, and another `port` of a service is a rollout.
 */
const TARGET_GROUP_PORT = 8080;

/** Target group for the tasks of a service. */
export function createWebTargetGroup(scope: Construct, id: string, props: WebTargetGroupProps): ApplicationTargetGroup {
  const { deregistrationDelay } = props;
  const targetGroup = new ApplicationTargetGroup(scope, id, {
    vpc: props.network.vpc,
    targetType: TargetType.IP,
    protocol: props.protocol.tls ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP,
    protocolVersion: protocolVersionOf(props.protocol),
    port: TARGET_GROUP_PORT,
    healthCheck: props.healthCheck,
    deregistrationDelay,
  });
  // The L2 writes a time that only CloudFormation knows as a number of JavaScript.
  const seconds = Tokenization.stringifyNumber(deregistrationDelay.toSeconds());
  targetGroup.setAttribute('deregistration_delay.timeout_seconds', seconds);
  return targetGroup;
}
