import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { failureShare, shown } from './failure-share';

/** CloudWatch names of the load balancer and the target groups of a service. */
export interface TargetGroupNames {
  /** Last part of the load balancer's ARN, `app/<name>/<id>`. It is a dimension of the metrics. */
  readonly loadBalancerFullName: string;
  /** Last parts of the ARNs of all target groups between which production moves. */
  readonly targetGroupFullNames: string[];
}

/** Options of {@link TargetGroupMetrics}. The period is required. */
export interface TargetGroupMetricsOptions {
  /** Period of the metrics, in whole minutes. */
  readonly period: Duration;
  /**
   * Prefix of the metric identifiers, which keeps several services in one graph apart.
   * It is a lower-case letter, followed by letters and digits.
   * @default - no prefix
   */
  readonly prefix?: string;
}

/**
 * Minutes that an alarm evaluates beyond those that must breach.
 *
 * Metrics of a load balancer arrive up to three minutes late, and FILL turns the missing minutes into good ones.
 * Without the extra minutes, an alarm whose every minute must breach would never fire. The extra minutes do not delay
 * the alarm. They delay its return to OK by as many minutes.
 * Source: CloudWatch user guide, metric math, FILL and metrics that arrive late.
 */
export const LATE_MINUTES = 4;

/** Expression over one target group, by the group's index. */
type OfGroup = (index: number) => { readonly expression: string; readonly usingMetrics: { [id: string]: IMetric } };

/**
 * Metrics of the target groups between which production moves, whichever of them serves.
 *
 * Each group is measured alone, and the results are combined. During a canary of 10 %, a rate over both groups would
 * need ten times the errors. A group without targets reports no data.
 */
export class TargetGroupMetrics {
  public constructor(
    private readonly names: TargetGroupNames,
    private readonly options: TargetGroupMetricsOptions,
  ) {}

  /** Number of requests that a target answered. */
  public requests(label?: string): MathExpression {
    return this.sumOf((index) => this.filled(index, { requests: ['RequestCount', 'Sum'] }), label);
  }

  /** Number of 5xx responses of the targets and of connections that the targets refused. */
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

  /** Number of targets that at least one node of the load balancer considers healthy. */
  public healthyTargets(label?: string): MathExpression {
    return this.sumOf((index) => this.filled(index, { healthy: ['HealthyHostCount', 'Maximum'] }), label);
  }

  /** Number of targets that fail their health checks, as the average over the period. */
  public unhealthyTargets(label?: string): MathExpression {
    return this.sumOf((index) => this.filled(index, { unhealthy: ['UnHealthyHostCount', 'Average'] }), label);
  }

  /**
   * Share of failed requests of each target group, 0 to 1.
   * RequestCount holds only answered requests, so refused connections are added to it.
   */
  public errorShares(): MathExpression[] {
    return this.each((index) => {
      const { answered, unanswered, failed, usingMetrics } = this.answersOf(index);
      const all = `${answered}+${unanswered}`;
      return { expression: `IF(${all}>0,(${unanswered}+${failed})/(${all}),0)`, usingMetrics };
    });
  }

  /**
   * Failed requests of each target group beyond those that a success rate in percent allows.
   *
   * Below 0, fewer failed. It weighs a count against a share: one failure at night is no rate, and a small share of
   * many requests is a number. Minutes without requests are 0.
   */
  public errorExcesses(successRatePercent: number): MathExpression[] {
    return this.each((index) => {
      const { answered, unanswered, failed, usingMetrics } = this.answersOf(index);
      const [all, failures] = [`${answered}+${unanswered}`, `${failed}+${unanswered}`];
      return {
        expression: `IF(${all}>0,${failures}-${failureShare(successRatePercent)}*(${all}),0)`,
        usingMetrics,
      };
    });
  }

  /** Failed requests of all target groups together beyond those that a success rate allows. */
  public excessOfAll(successRatePercent: number): MathExpression {
    const { expression: all, usingMetrics: requests } = this.requests();
    const { expression: failed, usingMetrics: errors } = this.errors();
    const refused = this.names.targetGroupFullNames.map((_, index) => `FILL(${this.id('refused', index)},0)`).join('+');
    return this.expression(`${failed}-${failureShare(successRatePercent)}*(${all}+${refused})`, {
      ...requests,
      ...errors,
    });
  }

  /** Requests that all target groups refused as wrong (4xx) beyond a percentage of them. */
  public clientErrorExcess(allowedPercent: number, label?: string): MathExpression {
    return this.sumOf((index) => {
      const [refusals, requests] = ['refusals', 'requests'].map((stem) => this.id(stem, index));
      return {
        expression: `FILL(${refusals},0)-${shown(allowedPercent / 100)}*FILL(${requests},0)`,
        usingMetrics: {
          [refusals]: this.ofGroup(index, 'HTTPCode_Target_4XX_Count', 'Sum'),
          [requests]: this.ofGroup(index, 'RequestCount', 'Sum'),
        },
      };
    }, label);
  }

  /** Errors of the load balancer beyond those that a success rate allows. It needs no answered request. */
  public loadBalancerErrorExcess(successRatePercent: number): MathExpression {
    const [answered, made] = ['answered', 'made'].map((stem) => this.id(stem, 'l'));
    return this.expression(
      `FILL(${made},0)-${failureShare(successRatePercent)}*(FILL(${answered},0)+FILL(${made},0))`,
      {
        [answered]: this.ofLoadBalancer('RequestCount'),
        [made]: this.ofLoadBalancer('HTTPCode_ELB_5XX_Count'),
      },
    );
  }

  /** Requests of each target group that took longer than a time, beyond the percentage that may. */
  public slowExcesses(seconds: number, allowedPercent: number): MathExpression[] {
    return this.each((index) => {
      const [timed, inTime] = ['timed', 'inTime'].map((role) => this.id(role, index));
      return {
        expression: `${shown(1 - allowedPercent / 100)}*FILL(${timed},0)-FILL(${inTime},0)`,
        usingMetrics: {
          [timed]: this.ofGroup(index, 'TargetResponseTime', 'SampleCount'),
          [inTime]: this.ofGroup(index, 'TargetResponseTime', `TC(:${shown(seconds)})`),
        },
      };
    });
  }

  /** Number of errors that the load balancer generated. They belong to no target group. */
  public loadBalancerErrors(): Metric {
    return this.ofLoadBalancer('HTTPCode_ELB_5XX_Count');
  }

  /**
   * Percentile of the response time of each target group in seconds, for example `p90`.
   * It is 0 in periods with fewer than `fewest` answered requests.
   */
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

  /**
   * Percentage of each target group's targets that fail their health checks.
   * A group without targets has 0.
   */
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
   * The worst of several values, or a formula over it. The expression refers to each value by the stem and its index.
   *
   * A single value is used without MAX, because MAX of one series is one number over its whole time range.
   * Source: CloudWatch user guide, metric math.
   */
  public ofWorst(
    stem: string,
    values: MathExpression[],
    label?: string,
    formula: (worst: string) => string = (worst) => worst,
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

  /** Metric of one target group, by the group's index. */
  public ofGroup(index: number, metricName: string, statistic: string): Metric {
    return this.metric(metricName, statistic, {
      LoadBalancer: this.names.loadBalancerFullName,
      TargetGroup: this.names.targetGroupFullNames[index],
    });
  }

  /** Identifier of a metric in an expression: prefix, stem and index. */
  public id(stem: string, index: number | string): string {
    return this.options.prefix === undefined
      ? `${stem}${index}`
      : `${this.options.prefix}${stem[0].toUpperCase()}${stem.slice(1)}${index}`;
  }

  /** Expression over the period of these metrics. */
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

  /** Sum of metrics of one target group. A metric without data counts as 0. */
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

  /** Requests of one target group by their end, each filled where there are none. */
  private answersOf(index: number) {
    const [answered, unanswered, failed] = ['answered', 'unanswered', 'failed'].map((role) => this.id(role, index));
    return {
      answered: `FILL(${answered},0)`,
      unanswered: `FILL(${unanswered},0)`,
      failed: `FILL(${failed},0)`,
      usingMetrics: {
        [answered]: this.ofGroup(index, 'RequestCount', 'Sum'),
        [unanswered]: this.ofGroup(index, 'TargetConnectionErrorCount', 'Sum'),
        [failed]: this.ofGroup(index, 'HTTPCode_Target_5XX_Count', 'Sum'),
      },
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
