import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { graph, type Sized } from './dashboard-widgets';

const PERIOD = Duration.minutes(5);
const REASONS: { readonly [status: string]: string } = {
  502: 'a task closed the connection',
  503: 'no healthy task',
  504: 'a task answered too late',
};

/** Refused requests by target group, and errors of the load balancer by their reason. Source: requirement A-37. */
export function failureGraphs({ loadBalancerFullName: LoadBalancer, targetGroupFullNames }: ServiceSignals): Sized[] {
  const metric = (metricName: string, label: string, dimensions: { [name: string]: string } = {}): Metric =>
    new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      statistic: 'Sum',
      period: PERIOD,
      label,
      dimensionsMap: { LoadBalancer, ...dimensions },
    });
  return [
    graph('Refused requests (4xx) in 5 minutes', {
      left: targetGroupFullNames.map((TargetGroup, index) =>
        metric('HTTPCode_Target_4XX_Count', `Target group ${index + 1}`, { TargetGroup }),
      ),
      leftYAxis: { label: 'requests', showUnits: false },
    }),
    graph('Errors of the load balancer by reason', {
      left: Object.entries(REASONS).map(([status, reason]) =>
        metric(`HTTPCode_ELB_${status}_Count`, `${status}: ${reason}`),
      ),
      leftYAxis: { label: 'requests', showUnits: false },
    }),
  ];
}
