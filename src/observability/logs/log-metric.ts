import { Duration, Stack, Token } from 'aws-cdk-lib';
import { type Metric, type MetricOptions, Stats, type Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { type IFilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { sortedByName } from '../../contracts/sorted-by-name';
import { pathInStack, uniqueName } from '../../text/stack-path';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { checkLogMetric } from './validate-log-metric';

/** Properties of a {@link LogMetric}. A log group and a pattern are required. */
export interface LogMetricProps {
  /** Log group of the events. Those after the deployment count. */
  readonly logGroup: ILogGroup;
  /**
   * Pattern of the events that count, at most 1024 characters.
   *
   * For logs in JSON: `FilterPattern.stringValue('$.event', '=', 'item.created')`. Source: requirement A-15.
   */
  readonly pattern: IFilterPattern;
  /**
   * Value of an event: a number, or a field that the pattern names, such as `$.duration`.
   * @default '1' - the metric counts events
   */
  readonly value?: string;
  /**
   * Namespace of the metric, 1 to 255 characters without `:`, `*` and `$`, not beginning with `AWS/`.
   * @default - the name of the stack, so that staging and production have a metric each
   */
  readonly metricNamespace?: string;
  /**
   * Name of the metric, 1 to 255 characters without `:`, `*` and `$`.
   * @default - the construct's path below the stack, which is unique
   */
  readonly metricName?: string;
  /**
   * Unit of the values in graphs. Nothing is converted.
   * @default - none
   */
  readonly unit?: Unit;
  /**
   * Dimensions from up to three fields of the event: `{ Tenant: '$.tenant' }`.
   *
   * Each value is charged as a custom metric. CloudWatch Logs may disable a filter with 1000 values within an hour, so
   * never use the user or the request id. {@link DistinctCount} counts distinct users.
   * @default - none
   */
  readonly dimensions?: { [name: string]: string };
  /**
   * Value of a minute whose events don't match. A minute without any event has no value.
   *
   * CloudWatch Logs does not support it together with dimensions.
   * @default - 0 where events are counted without dimensions, else none, because it would distort an average
   */
  readonly defaultValue?: number;
}

/**
 * Metric filter that counts or measures events of a log, such as created items or a job's duration.
 *
 * It runs no code. Each metric is charged as a custom metric. Source: requirement A-18.
 *
 * @example
 * const itemsCreated = new LogMetric(this, 'ItemsCreated', {
 *   logGroup: api.logGroup,
 *   pattern: FilterPattern.stringValue('$.event', '=', 'item.created'),
 * });
 * new OperationsDashboard(this, 'Operations', { signals, business: [itemsCreated.metric()] });
 */
export class LogMetric extends Construct {
  /** Metric filter. */
  public readonly filter: MetricFilter;
  /** Namespace of the metric. */
  public readonly metricNamespace: string;
  /** Name of the metric. */
  public readonly metricName: string;
  private readonly counts: boolean;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: LogMetricProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    this.metricNamespace = props.metricNamespace ?? Stack.of(this).stackName;
    this.metricName = props.metricName ?? nameOf(this);
    this.counts = props.value === undefined || !props.value.includes('$');
    checkLogMetric(this, {
      ...props,
      metricNamespace: this.metricNamespace,
      metricName: this.metricName,
    });
    this.filter = this.createFilter();
  }

  /**
   * Metric for alarms and dashboards: an hour's sum of counted events, or an hour's average of a field.
   *
   * Where the filter has dimensions, `dimensionsMap` selects the values: `{ Tenant: 'acme' }`. Source: requirement
   *
   *
   * @param options options of the metric, which win over the defaults
   */
  public metric(options: MetricOptions = {}): Metric {
    return this.filter.metric({
      statistic: this.counts ? Stats.SUM : Stats.AVERAGE,
      period: Duration.hours(1),
      label: this.node.id,
      ...options,
    });
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

/** Longest name of a metric. */
const MAX_NAME = 255;

/** Path in ASCII, because CloudWatch supports no other characters in a metric's name. */
function nameOf(construct: Construct): string {
  const path = pathInStack(construct);
  if (Token.isUnresolved(path)) {
    return path;
  }
  return path.length > MAX_NAME
    ? uniqueName(construct, { maxLength: MAX_NAME })
    : path.replace(/[^\x20-\x7e]|[:*$]/g, '-');
}
