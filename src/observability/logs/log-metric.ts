import { Duration, Stack, Token } from 'aws-cdk-lib';
import { type Metric, type MetricOptions, Stats, type Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { type IFilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { sortedByName } from '../../contracts/sorted-by-name';
import { checkDefaultValue, checkDimensions, checkMetricName, checkPattern, checkValue } from './validate-log-metric';

/** What a {@link LogMetric} is made from. */
export interface LogMetricProps {
  /** The log group that is read: events that arrive after the deployment count, older ones don't. */
  readonly logGroup: ILogGroup;
  /** Which events count: `FilterPattern.stringValue('$.event', '=', 'item.created')` for logs in JSON (requirement A-15). At most 1024 characters. */
  readonly pattern: IFilterPattern;
  /**
   * What an event adds: a number, or a field that the pattern names: `$.duration`.
   * @default '1' - events are counted
   */
  readonly value?: string;
  /**
   * Under which the metric stands, 1 to 255 characters without `:`, `*` and `$`, not beginning with `AWS/`.
   * @default - the name of the stack, so that staging and production never add up to one number
   */
  readonly metricNamespace?: string;
  /**
   * The metric's name, 1 to 255 characters without `:`, `*` and `$`.
   * @default - the construct's path below the stack: two of them never add up to one number by accident
   */
  readonly metricName?: string;
  /**
   * What the values are, for graphs; it converts nothing.
   * @default - none
   */
  readonly unit?: Unit;
  /**
   * One metric for each value of up to three fields: `{ Tenant: '$.tenant' }`. Each value is charged as a metric of its own, and CloudWatch Logs
   * may switch the filter off at 1000 values within an hour: never the user or the request's id. To count different users there is {@link DistinctCount}.
   * @default - one metric
   */
  readonly dimensions?: { [name: string]: string };
  /**
   * What stands for a minute whose events don't match; a minute without any event has no value at all. CloudWatch Logs refuses it together with dimensions.
   * @default - 0 where events are counted without dimensions, so that a graph shows zero instead of a gap; none otherwise, where it would be averaged in
   */
  readonly defaultValue?: number;
}

/**
 * A number out of a log, by a metric filter (requirement A-18): items created in an hour, duplicates detected, seconds that a job took. No code runs; each metric costs
 * what a custom metric costs. {@link metric} is what alarms and dashboards take.
 */
export class LogMetric extends Construct {
  /** The filter. */
  public readonly filter: MetricFilter;
  /** Under which the metric stands. */
  public readonly metricNamespace: string;
  /** The metric's name. */
  public readonly metricName: string;
  private readonly counts: boolean;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: LogMetricProps,
  ) {
    super(scope, id);
    this.metricNamespace = props.metricNamespace ?? Stack.of(this).stackName;
    this.metricName = props.metricName ?? pathBelowStack(this);
    this.counts = props.value === undefined || !props.value.includes('$');
    this.check();
    this.filter = this.createFilter();
  }

  /**
   * The metric. An hour's sum where events are counted (requirement A-18), an hour's average where a field is measured, unless the options say otherwise.
   * Where the filter has dimensions, `dimensionsMap` says whose value is meant: `{ Tenant: 'acme' }`.
   */
  public metric(options: MetricOptions = {}): Metric {
    return this.filter.metric({
      statistic: this.counts ? Stats.SUM : Stats.AVERAGE,
      period: Duration.hours(1),
      label: this.node.id,
      ...options,
    });
  }

  private check(): void {
    const { dimensions = {}, value, pattern } = this.props;
    checkMetricName(this, 'metricNamespace', this.metricNamespace);
    checkMetricName(this, 'metricName', this.metricName);
    checkPattern(this, pattern);
    checkValue(this, value, pattern);
    checkDimensions(this, dimensions, pattern);
    checkDefaultValue(this, this.props.defaultValue, dimensions);
  }

  private createFilter(): MetricFilter {
    const { logGroup, pattern, value, unit, dimensions } = this.props;
    return new MetricFilter(this, 'Filter', {
      logGroup,
      filterPattern: pattern,
      metricNamespace: this.metricNamespace,
      metricName: this.metricName,
      metricValue: value,
      unit,
      dimensions: dimensions && sortedByName(dimensions),
      defaultValue: this.props.defaultValue ?? (this.counts && !hasAny(dimensions) ? 0 : undefined),
    });
  }
}

function hasAny(dimensions: { [name: string]: string } = {}): boolean {
  return Object.keys(dimensions).length > 0;
}

/** In ASCII, which is all that a metric's name may hold. */
function pathBelowStack(construct: Construct): string {
  const { scopes } = construct.node;
  const path = scopes
    .slice(scopes.findIndex((scope) => Stack.isStack(scope)) + 1)
    .map(({ node }) => node.id)
    .join('/');
  return Token.isUnresolved(path) ? path : path.replace(/[^\x20-\x7e]|[:*$]/g, '-');
}
