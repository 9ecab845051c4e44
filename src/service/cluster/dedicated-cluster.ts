import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import type { ISecureVpc } from '../../network';
import { EcsExecLog } from './ecs-exec';

/** Properties of a {@link dedicatedCluster}. */
interface DedicatedClusterProps {
  /** Network whose VPC holds the tasks. */
  readonly network: ISecureVpc;
  /** Supplies the retention of the session log. */
  readonly profile: EnvironmentProfile;
  /** Allows tasks on Fargate Spot. */
  readonly spot: boolean;
  /** Allows sessions in containers with ECS Exec, which are logged. */
  readonly ecsExec: boolean;
}

/**
 * Cluster of a single service, with Container Insights. Source: requirement B-04.
 *
 * Enhanced observability adds metrics of each task and container, which no alarm, graph or scaling policy reads.
 * docs/cost.md compares both.
 */
export function dedicatedCluster(service: Construct, props: DedicatedClusterProps): Cluster {
  return new Cluster(service, 'Cluster', {
    vpc: props.network.vpc,
    containerInsightsV2: ContainerInsights.ENABLED,
    enableFargateCapacityProviders: props.spot ? true : undefined,
    executeCommandConfiguration: props.ecsExec
      ? new EcsExecLog(service, 'Sessions', props.profile).configuration
      : undefined,
  });
}
