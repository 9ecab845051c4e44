import { Duration } from 'aws-cdk-lib';
import { type MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { TargetGroupMetrics } from '../../metrics/target-group-metrics';

/** How {@link ServiceMetrics} are asked for. */
export interface ServiceMetricsOptions {
  /**
   * What one value is made from, whole minutes.
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;
  /**
   * Keeps identifiers apart where metrics of several services stand in one graph: a lower-case letter, then letters and digits.
   * @default - none
   */
  readonly prefix?: string;
}

/** Metrics of a service, for alarms and dashboards alike. All hold on both sides of a swap of target groups. */
export class ServiceMetrics {
  private readonly period: Duration;
  private readonly targets: TargetGroupMetrics;

  public constructor(
    private readonly signals: ServiceSignals,
    options: ServiceMetricsOptions = {},
  ) {
    this.period = options.period ?? Duration.minutes(5);
    this.targets = new TargetGroupMetrics(signals, { ...options, period: this.period });
  }

  /** Requests that were answered; 0 where there were none. */
  public requests(): MathExpression {
    return this.targets.requests('Requests');
  }

  /** Requests that failed: 5xx answers, and connections that the tasks refused; 0 where there were none. */
  public errors(): MathExpression {
    return this.targets.errors('Errors');
  }

  /** Failed requests a minute, on average over the period. */
  public errorsPerMinute(): MathExpression {
    const { expression, usingMetrics } = this.errors();
    return this.targets.expression(`(${expression})/${this.period.toMinutes()}`, usingMetrics, 'Errors a minute');
  }

  /** Percent of requests that failed, in the worse target group. */
  public errorPercent(): MathExpression {
    return this.targets.ofWorst('share', this.targets.errorShares(), (worst) => `100*${worst}`, 'Error rate (%)');
  }

  /** Answers with an error that the load balancer made itself, for all services that share it; without data where there were none. */
  public loadBalancerErrors(): Metric {
    return this.targets.loadBalancerErrors().with({ label: 'Errors of the load balancer' });
  }

  /**
   * Response time in seconds within which this percentage of requests was answered, in the slower target group. Fewer requests than such a
   * percentile takes (10 for the 90th, 100 for the 99th) count as none: one slow request at night is no trend.
   */
  public latency(percentile: number): MathExpression {
    const fewest = Math.ceil(Number((100 / (100 - percentile)).toFixed(6)));
    return this.targets.ofWorst(
      `slow${percentile}Of`.replace(/\W/g, ''),
      this.targets.responseTimes(`p${percentile}`, fewest),
      (worst) => worst,
      `Response time p${percentile} (s)`,
    );
  }

  /** Tasks that pass their health checks, in both target groups together. */
  public healthyTasks(): MathExpression {
    return this.targets.healthyTargets('Healthy tasks');
  }

  /** The same, and 1 where no task is registered with the load balancer: a service that runs none on purpose is not ill. */
  public healthyOfRegisteredTasks(): MathExpression {
    const { expression, usingMetrics } = this.healthyTasks();
    const registered = Object.keys(usingMetrics).map((id) => `FILL(${id},-1)`);
    // MAX of a single series is one number over all of its time (CloudWatch user guide, metric maths).
    const most = registered.length === 1 ? registered[0] : `MAX([${registered.join(',')}])`;
    return this.targets.expression(`IF(${most}<0,1,${expression})`, usingMetrics, 'Healthy tasks');
  }

  /** Tasks that fail their health checks, in both target groups together, on average over the period. */
  public unhealthyTasks(): MathExpression {
    return this.targets.unhealthyTargets('Unhealthy tasks');
  }

  /** Percent of the CPU that its tasks may use. */
  public cpu(): Metric {
    return this.ofService('AWS/ECS', 'CPUUtilization', 'CPU (%)');
  }

  /** Percent of the memory that its tasks may use. */
  public memory(): Metric {
    return this.ofService('AWS/ECS', 'MemoryUtilization', 'Memory (%)');
  }

  /** Tasks that run, of both versions while there are two; counted by Container Insights. */
  public runningTasks(): Metric {
    return this.ofService('ECS/ContainerInsights', 'RunningTaskCount', 'Running tasks');
  }

  /** Tasks that scaling wants of one version; counted by Container Insights. */
  public desiredTasks(): Metric {
    return this.ofService('ECS/ContainerInsights', 'DesiredTaskCount', 'Desired tasks');
  }

  /** Bytes a second that the tasks receive and send, on average; counted by Container Insights. */
  public network(): Metric[] {
    return [
      this.ofService('ECS/ContainerInsights', 'NetworkRxBytes', 'Received'),
      this.ofService('ECS/ContainerInsights', 'NetworkTxBytes', 'Sent'),
    ];
  }

  /** Requests that each target group answered: who serves, and how traffic moves in a deployment. */
  public requestsByGroup(): Metric[] {
    return this.signals.targetGroupFullNames.map((_, index) =>
      this.targets.ofGroup(index, 'RequestCount', 'Sum').with({ label: `Target group ${index + 1}` }),
    );
  }

  /** Tasks that run, and 1 where none is wanted, or where nothing counts them: a service that rests or was never released is not ill. */
  public runningOfWantedTasks(): MathExpression {
    const [running, desired] = ['running', 'desired'].map((stem) => this.targets.id(stem, ''));
    return this.targets.expression(
      `IF(FILL(${desired},0)>0,FILL(${running},0),1)`,
      {
        [running]: this.runningTasks(),
        [desired]: this.desiredTasks(),
      },
      'Running tasks',
    );
  }

  private ofService(namespace: string, metricName: string, label: string): Metric {
    const { clusterName: ClusterName, serviceName: ServiceName } = this.signals;
    return new Metric({
      namespace,
      metricName,
      dimensionsMap: { ClusterName, ServiceName },
      statistic: 'Average',
      period: this.period,
      label,
    });
  }
}
