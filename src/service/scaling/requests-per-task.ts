import { Duration } from 'aws-cdk-lib';
import type { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** What the metric is made from. */
interface RequestsPerTaskProps {
  /** Its running tasks are the divisor; the cluster needs Container Insights to count them. */
  readonly service: FargateService;
  readonly loadBalancer: ApplicationLoadBalancer;
  /** All between which production moves: their requests are added up. */
  readonly targetGroups: ApplicationTargetGroup[];
}

interface Part {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: { [name: string]: string };
  readonly stat: string;
}

const LABEL = 'Requests a minute and task';

/**
 * Requests a minute, over the tasks that run. CDK's own metric belongs to one target group, and production moves between two: here
 * both are counted, and divided by what Container Insights counts. While both versions run there are twice the tasks; ECS removes
 * none until the deployment has ended.
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

  /** For an alarm or a dashboard. */
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

  /** For target tracking, to which CDK's L2 gives no metric maths; its period is always a minute. */
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
