import { Duration } from 'aws-cdk-lib';
import type { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Properties of a {@link RequestsPerTask}. */
interface RequestsPerTaskProps {
  /** Service whose running tasks are the divisor. Its cluster needs Container Insights to count them. */
  readonly service: FargateService;
  /** Load balancer of the service. */
  readonly loadBalancer: ApplicationLoadBalancer;
  /** All target groups between which production traffic moves. Their requests are added up. */
  readonly targetGroups: ApplicationTargetGroup[];
}

/** Metric that the expression refers to. */
interface Part {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: { [name: string]: string };
  readonly stat: string;
}

const LABEL = 'Requests a minute and task';

/**
 * Requests per minute and running task, over all target groups of a service.
 *
 * CDK's own metric belongs to one target group, and production traffic moves between two. Container Insights counts the
 * tasks. There are twice as many while both versions run, because ECS removes none until the deployment ends.
 */
export class RequestsPerTask {
  private readonly parts: { [id: string]: Part };
  private readonly expression: string;

  public constructor({ service, loadBalancer, targetGroups }: RequestsPerTaskProps) {
    const groups = targetGroups.map(
      (group, index) =>
        [
          `group${index}`,
          {
            namespace: 'AWS/ApplicationELB',
            metricName: 'RequestCount',
            dimensions: { LoadBalancer: loadBalancer.loadBalancerFullName, TargetGroup: group.targetGroupFullName },
            stat: 'Sum',
          },
        ] as [string, Part],
    );
    const running = {
      namespace: 'ECS/ContainerInsights',
      metricName: 'RunningTaskCount',
      dimensions: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
      stat: 'Average',
    };
    this.parts = { ...Object.fromEntries(groups), running };
    this.expression = `IF(running>0,(${groups.map(([id]) => `FILL(${id},0)`).join('+')})/running,0)`;
  }

  /** Metric for an alarm or a dashboard. */
  public metric(): IMetric {
    const period = Duration.minutes(1);
    const usingMetrics = Object.fromEntries(
      Object.entries(this.parts).map(([id, { namespace, metricName, dimensions, stat }]) => [
        id,
        new Metric({ namespace, metricName, dimensionsMap: dimensions, statistic: stat, period }),
      ]),
    );
    return new MathExpression({ expression: this.expression, usingMetrics, period, label: LABEL });
  }

  /** Queries for target tracking, where CDK's L2 has no metric math. The period is always a minute. */
  public queries(): CfnScalingPolicy.TargetTrackingMetricDataQueryProperty[] {
    const parts = Object.entries(this.parts).map(([id, { namespace, metricName, dimensions, stat }]) => ({
      id,
      metricStat: {
        metric: {
          namespace,
          metricName,
          dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
        },
        stat,
      },
      returnData: false,
    }));
    return [...parts, { id: 'requests', expression: this.expression, label: LABEL, returnData: true }];
  }
}
