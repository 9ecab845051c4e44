import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** Where a service's traffic is counted, as CloudWatch names it. */
export interface TargetGroupNames {
  /** `app/<name>/<id>`, the last part of its ARN: a dimension of the metrics. */
  readonly loadBalancerFullName: string;
  /** All between which production moves. */
  readonly targetGroupFullNames: string[];
}

/** How {@link TargetGroupMetrics} are asked for. */
export interface TargetGroupMetricsOptions {
  /** What one value is made from, whole minutes. */
  readonly period: Duration;
  /**
   * Keeps identifiers apart where metrics of several services stand in one graph: a lower-case letter, then letters and digits.
   * @default - none
   */
  readonly prefix?: string;
}

/**
 * The newest minutes often are not there yet (of load balancers three are reported), and FILL makes them good ones: an alarm that wants each of its
 * minutes bad would never fire. So it looks at so many more than it wants (CloudWatch user guide, metric maths: FILL and metrics that come late).
 * It fires no later for that, and ends so many minutes later.
 */
export const LATE_MINUTES = 4;

/** What stands in the place of one group in an expression over all. */
type OfGroup = (index: number) => { readonly expression: string; readonly usingMetrics: { [id: string]: IMetric } };

/**
 * Metrics of the target groups between which production moves, made so that they hold whichever serves: of each group by itself, then
 * combined. At a canary of 10 % a rate over both would need ten times the errors, and a group without targets reports nothing.
 */
export class TargetGroupMetrics {
  public constructor(
    private readonly names: TargetGroupNames,
    private readonly options: TargetGroupMetricsOptions,
  ) {}

  /** Requests that a target answered. */
  public requests(label?: string): MathExpression {
    return this.sumOf((index) => this.filled(index, { requests: ['RequestCount', 'Sum'] }), label);
  }

  /** Answers with a 5xx of the targets, and connections that they refused. */
  public errors(label?: string): MathExpression {
    return this.sumOf(
      (index) =>
        this.filled(index, {
          refused: ['TargetConnectionErrorCount', 'Sum'],
          errors: ['HTTPCode_Target_5XX_Count', 'Sum'],
        }),
      label,
    );
  }

  /** Targets that at least one node of the load balancer finds healthy. */
  public healthyTargets(label?: string): MathExpression {
    return this.sumOf((index) => this.filled(index, { healthy: ['HealthyHostCount', 'Maximum'] }), label);
  }

  /** Targets that fail their health checks, on average over the period. */
  public unhealthyTargets(label?: string): MathExpression {
    return this.sumOf((index) => this.filled(index, { unhealthy: ['UnHealthyHostCount', 'Average'] }), label);
  }

  /** Of each group, the share of requests that failed, 0 to 1. RequestCount holds only what a target answered; refused connections stand beside it. */
  public errorShares(): MathExpression[] {
    return this.each((index) =>
      this.share(index, {
        answered: 'RequestCount',
        unanswered: 'TargetConnectionErrorCount',
        failed: 'HTTPCode_Target_5XX_Count',
      }),
    );
  }

  /** The share of requests that the load balancer answered with an error of its own, 0 to 1: all of them in a total outage, which no target sees. */
  public loadBalancerErrorShare(): MathExpression {
    const [answered, made] = ['answered', 'made'].map((stem) => this.id(stem, 'l'));
    return this.expression(
      `IF(FILL(${answered},0)+FILL(${made},0)>0,FILL(${made},0)/(FILL(${answered},0)+FILL(${made},0)),0)`,
      {
        [answered]: this.ofLoadBalancer('RequestCount'),
        [made]: this.ofLoadBalancer('HTTPCode_ELB_5XX_Count'),
      },
    );
  }

  /** Errors that the load balancer made itself; they belong to no target group. */
  public loadBalancerErrors(): Metric {
    return this.ofLoadBalancer('HTTPCode_ELB_5XX_Count');
  }

  /** Of each group, a percentile of the response time in seconds: `p90`. 0 where fewer than `fewest` requests were answered. */
  public responseTimes(percentile: string, fewest = 0): MathExpression[] {
    return this.each((index) => {
      const [time, counted] = [`time${percentile.replace(/\W/g, '')}`, 'counted'].map((stem) => this.id(stem, index));
      const usingMetrics = { [time]: this.ofGroup(index, 'TargetResponseTime', percentile) };
      return fewest === 0
        ? { expression: `FILL(${time},0)`, usingMetrics }
        : {
          expression: `IF(FILL(${counted},0)>=${fewest},FILL(${time},0),0)`,
          usingMetrics: { ...usingMetrics, [counted]: this.ofGroup(index, 'RequestCount', 'Sum') },
        };
    });
  }

  /** Of each group, percent of targets that fail their health checks. A group without targets is not ill. */
  public unhealthyPercents(): MathExpression[] {
    return this.each((index) => {
      const [well, ill] = ['well', 'ill'].map((stem) => this.id(stem, index));
      return {
        expression: `IF(FILL(${well},0)+FILL(${ill},0)>0,100*FILL(${ill},0)/(FILL(${well},0)+FILL(${ill},0)),0)`,
        usingMetrics: {
          [well]: this.ofGroup(index, 'HealthyHostCount', 'Minimum'),
          [ill]: this.ofGroup(index, 'UnHealthyHostCount', 'Maximum'),
        },
      };
    });
  }

  /**
   * What a formula makes of the worst of several values, which the expression calls by this stem. One value stands for itself: MAX of a single series is one
   * number over all of its time (CloudWatch user guide, metric maths).
   */
  public ofWorst(
    stem: string,
    values: MathExpression[],
    formula: (worst: string) => string,
    label?: string,
  ): MathExpression {
    if (values.length === 1) {
      const [{ expression, usingMetrics }] = values;
      return this.expression(formula(`(${expression})`), usingMetrics, label);
    }
    const ids = values.map((_, index) => this.id(stem, index));
    return this.expression(
      formula(`MAX([${ids.join(',')}])`),
      Object.fromEntries(ids.map((id, index) => [id, values[index]])),
      label,
    );
  }

  /** A metric of one group, by its place. */
  public ofGroup(index: number, metricName: string, statistic: string): Metric {
    return this.metric(metricName, statistic, {
      LoadBalancer: this.names.loadBalancerFullName,
      TargetGroup: this.names.targetGroupFullNames[index],
    });
  }

  /** The metric's identifiers in an expression, each with its place. */
  public id(stem: string, index: number | string): string {
    return this.options.prefix === undefined
      ? `${stem}${index}`
      : `${this.options.prefix}${stem[0].toUpperCase()}${stem.slice(1)}${index}`;
  }

  /** An expression of the period that was asked for. */
  public expression(expression: string, usingMetrics: { [id: string]: IMetric }, label?: string): MathExpression {
    return new MathExpression({ expression, usingMetrics, period: this.options.period, label });
  }

  private each(ofGroup: OfGroup): MathExpression[] {
    return this.names.targetGroupFullNames.map((_, index) => {
      const { expression, usingMetrics } = ofGroup(index);
      return this.expression(expression, usingMetrics);
    });
  }

  private sumOf(ofGroup: OfGroup, label?: string): MathExpression {
    const parts = this.names.targetGroupFullNames.map((_, index) => ofGroup(index));
    return this.expression(
      parts.map(({ expression }) => expression).join('+'),
      Object.assign({}, ...parts.map(({ usingMetrics }) => usingMetrics)),
      label,
    );
  }

  /** A sum of metrics of one group, in which one that has no data counts nothing. */
  private filled(index: number, metrics: { [stem: string]: [string, string] }): ReturnType<OfGroup> {
    const ids = Object.keys(metrics).map((stem) => this.id(stem, index));
    return {
      expression: ids.map((id) => `FILL(${id},0)`).join('+'),
      usingMetrics: Object.fromEntries(
        Object.values(metrics).map(([metricName, statistic], place) => [
          ids[place],
          this.ofGroup(index, metricName, statistic),
        ]),
      ),
    };
  }

  private share(index: number, metrics: { [role: string]: string }): ReturnType<OfGroup> {
    const [answered, unanswered, failed] = ['answered', 'unanswered', 'failed'].map((role) => this.id(role, index));
    const all = `FILL(${answered},0)+FILL(${unanswered},0)`;
    return {
      expression: `IF(${all}>0,(FILL(${unanswered},0)+FILL(${failed},0))/(${all}),0)`,
      usingMetrics: Object.fromEntries(
        Object.entries(metrics).map(([role, metricName]) => [
          this.id(role, index),
          this.ofGroup(index, metricName, 'Sum'),
        ]),
      ),
    };
  }

  private ofLoadBalancer(metricName: string): Metric {
    return this.metric(metricName, 'Sum', { LoadBalancer: this.names.loadBalancerFullName });
  }

  private metric(metricName: string, statistic: string, dimensionsMap: { [name: string]: string }): Metric {
    return new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      statistic,
      dimensionsMap,
      period: this.options.period,
    });
  }
}
