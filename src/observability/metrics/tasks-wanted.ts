import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';

/** Options of {@link tasksWanted}. Both are required. */
export interface TasksWantedOptions {
  /** Period of one datapoint. */
  readonly period: Duration;
  /** True where they must be wanted in each minute of the period, false where one minute is enough. */
  readonly always: boolean;
}

/**
 * Tasks that services want, as an expression and its metrics.
 *
 * A service that rests or has nothing released wants none. One whose tasks nobody counts wants some, so that an alarm
 * that asks is not blind without Container Insights.
 */
export function tasksWanted(
  services: ServiceSignals[],
  { period, always }: TasksWantedOptions,
): { readonly expression: string; readonly usingMetrics: { [id: string]: Metric } } {
  const ids = services.map((_, index) => `wanted${index}`);
  return {
    expression: ids.map((id) => `FILL(${id},1)`).join('+'),
    usingMetrics: Object.fromEntries(
      services.map(({ clusterName: ClusterName, serviceName: ServiceName }, index) => [
        ids[index],
        new Metric({
          namespace: 'ECS/ContainerInsights',
          metricName: 'DesiredTaskCount',
          dimensionsMap: { ClusterName, ServiceName },
          statistic: always ? 'Minimum' : 'Maximum',
          period,
        }),
      ]),
    ),
  };
}
