import { Duration } from 'aws-cdk-lib';
import { type MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { TargetGroupMetrics } from '../../metrics/target-group-metrics';
import { tasksWanted } from './tasks-wanted';

/** Properties of {@link ServiceMetrics}. None is required. */
export interface ServiceMetricsOptions {
  /**
   * Period of one datapoint, in whole minutes.
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;
  /**
   * Prefix of metric ids, for graphs of several services: a lower-case letter, then letters and digits.
   * @default - none
   */
  readonly prefix?: string;
}

/** Metrics of a service, for alarms and dashboards. They cover both target groups of a blue/green deployment. */
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

  /** Requests that targets answered, 0 without any. */
  public requests(): MathExpression {
    return this.targets.requests('Requests');
  }

  /** Failed requests, 0 without any: 5xx responses, and connections that the tasks refused. */
  public errors(): MathExpression {
    return this.targets.errors('Errors');
  }

  /**
   * Failed requests beyond twice those that an objective in percent allows, of all target groups.
   *
   * At the rate of the objective it is below 0, so a busy service that meets its objective stays silent.
   */
  public errorsBeyondBudget(objectivePercent: number): MathExpression {
    const { expression, usingMetrics } = this.targets.excessOfAll(twiceAllowed(objectivePercent));
    return this.targets.expression(expression, usingMetrics, 'Errors beyond the budget');
  }

  /** The same per minute, on average over the period. */
  public errorsBeyondBudgetPerMinute(objectivePercent: number): MathExpression {
    const { expression, usingMetrics } = this.errorsBeyondBudget(objectivePercent);
    const perMinute = `(${expression})/${this.period.toMinutes()}`;
    return this.targets.expression(perMinute, usingMetrics, 'Errors beyond the budget a minute');
  }

  /** Failed requests beyond a percentage of all, in the worse target group. */
  public errorsBeyond(percent: number): MathExpression {
    return this.targets.ofWorst(
      'share',
      this.targets.errorExcesses(100 - percent),
      `Errors beyond ${percent} %`,
    );
  }

  /** Failed requests in percent, in the worse target group. */
  public errorPercent(): MathExpression {
    return this.targets.ofWorst('share', this.targets.errorShares(), 'Error rate (%)', (worst) => `100*${worst}`);
  }

  /** Error responses of the load balancer itself, for all services that share it. Without any there is no data. */
  public loadBalancerErrors(): Metric {
    return this.targets.loadBalancerErrors().with({ label: 'Errors of the load balancer' });
  }

  /** Requests that the service refused as wrong (4xx) beyond a percentage of all. */
  public clientErrorsBeyond(percent: number): MathExpression {
    return this.targets.clientErrorExcess(percent, `Client errors beyond ${percent} %`);
  }

  /**
   * Errors of the load balancer beyond twice those that an objective allows, while tasks are wanted.
   *
   * A service that rests at night answers stray requests with 503. Nobody needs to know.
   *
   * @param objectivePercent percent of requests that should succeed
   * @param services services behind the load balancer, one metric each
   */
  public loadBalancerErrorsBeyondBudget(objectivePercent: number, services: ServiceSignals[]): MathExpression {
    const { expression, usingMetrics } = this.targets.loadBalancerErrorExcess(twiceAllowed(objectivePercent));
    const gate = tasksWanted(services, { period: this.period, always: true });
    return this.targets.expression(
      `IF(${gate.expression}>0,${expression},0)`,
      { ...usingMetrics, ...gate.usingMetrics },
      'Errors of the load balancer beyond the budget',
    );
  }

  /**
   * Percentile of the response time in seconds, in the slower target group.
   *
   * It is 0 for fewer requests than the percentile needs: 10 for the 90th, 100 for the 99th. One slow request at night
   * is no trend.
   */
  public latency(percentile: number): MathExpression {
    const fewest = Math.ceil(Number((100 / (100 - percentile)).toFixed(6)));
    return this.targets.ofWorst(
      `slow${percentile}Of`.replace(/\W/g, ''),
      this.targets.responseTimes(`p${percentile}`, fewest),
      `Response time p${percentile} (s)`,
    );
  }

  /** Tasks that pass their health checks, in both target groups. */
  public healthyTasks(): MathExpression {
    return this.targets.healthyTargets('Healthy tasks');
  }

  /** Healthy tasks, or 1 where no task is registered, because a service may run none on purpose. */
  public healthyOfRegisteredTasks(): MathExpression {
    const { expression, usingMetrics } = this.healthyTasks();
    const registered = Object.keys(usingMetrics).map((id) => `FILL(${id},-1)`);
    // MAX of a single series is one number over all of its time (CloudWatch user guide, metric math).
    const most = registered.length === 1 ? registered[0] : `MAX([${registered.join(',')}])`;
    return this.targets.expression(`IF(${most}<0,1,${expression})`, usingMetrics, 'Healthy tasks');
  }

  /** Tasks that fail their health checks, in both target groups, on average over the period. */
  public unhealthyTasks(): MathExpression {
    return this.targets.unhealthyTargets('Unhealthy tasks');
  }

  /** CPU in percent of what the tasks reserve. */
  public cpu(): Metric {
    return this.ofService('AWS/ECS', 'CPUUtilization', 'CPU (%)');
  }

  /** Memory in percent of what the tasks reserve. */
  public memory(): Metric {
    return this.ofService('AWS/ECS', 'MemoryUtilization', 'Memory (%)');
  }

  /** Running tasks of all versions, by Container Insights. */
  public runningTasks(): Metric {
    return this.ofService('ECS/ContainerInsights', 'RunningTaskCount', 'Running tasks');
  }

  /** Desired tasks of one version, by Container Insights. */
  public desiredTasks(): Metric {
    return this.ofService('ECS/ContainerInsights', 'DesiredTaskCount', 'Desired tasks');
  }

  /** Bytes per second that the tasks receive and send, by Container Insights. */
  public network(): Metric[] {
    return [
      this.ofService('ECS/ContainerInsights', 'NetworkRxBytes', 'Received'),
      this.ofService('ECS/ContainerInsights', 'NetworkTxBytes', 'Sent'),
    ];
  }

  /** Requests by target group, which show a shift of traffic. */
  public requestsByGroup(): Metric[] {
    return this.signals.targetGroupFullNames.map((_, index) =>
      this.targets.ofGroup(index, 'RequestCount', 'Sum').with({ label: `Target group ${index + 1}` }),
    );
  }

  /** Running tasks, or 1 where none is desired or counted. A service may rest or have no release yet. */
  public runningOfDesiredTasks(): MathExpression {
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

  /** Tasks that are desired and don't run, 0 where Container Insights counts none. */
  public lackingTasks(): MathExpression {
    const [running, desired] = ['running', 'desired'].map((stem) => this.targets.id(stem, ''));
    return this.targets.expression(
      `IF(FILL(${desired},0)>0,FILL(${desired},0)-FILL(${running},0),0)`,
      {
        [running]: this.runningTasks(),
        [desired]: this.desiredTasks(),
      },
      'Tasks that are missing',
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

/** Success rate below which more than twice as many requests fail as an objective allows. */
function twiceAllowed(objectivePercent: number): number {
  return Number((2 * objectivePercent - 100).toFixed(10));
}
