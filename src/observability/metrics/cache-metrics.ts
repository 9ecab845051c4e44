import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheSignals } from '../../contracts';

/**
 * Metrics of a cache, for alarms and dashboards.
 *
 * ElastiCache reports metrics by node. The worst node counts, because roles change with a failover. Names and units are
 * those of the ElastiCache user guide (Metrics for Valkey and Redis OSS).
 */
export class CacheMetrics {
  /** @param prefix prefix of metric ids, for graphs of several caches: a lower-case letter, then letters and digits */
  public constructor(
    private readonly signals: CacheSignals,
    private readonly prefix = 'of',
  ) {}

  /** CPU of the busiest node's engine, in percent of its one processor. */
  public engineCpu(options?: MetricOptions): IMetric {
    return this.combined('EngineCPUUtilization', 'MAX', Stats.MAXIMUM, 'Engine CPU (%)', options);
  }

  /** CPU of the busiest node's host, in percent of all its processors. */
  public hostCpu(options?: MetricOptions): IMetric {
    return this.combined('CPUUtilization', 'MAX', Stats.MAXIMUM, 'CPU of the host (%)', options);
  }

  /** Data in percent of the fullest node's `maxmemory`. */
  public memoryShare(options?: MetricOptions): IMetric {
    return this.combined('DatabaseMemoryUsagePercentage', 'MAX', Stats.MAXIMUM, 'Memory (%)', options);
  }

  /** Entries that a full node evicted, on the node with the most evictions. Replicas follow their primary. */
  public evictions(options?: MetricOptions): IMetric {
    return this.combined('Evictions', 'MAX', Stats.SUM, 'Evictions', options);
  }

  /** Lag of the slowest replica in seconds. */
  public replicationLag(options?: MetricOptions): IMetric {
    return this.combined('ReplicationLag', 'MAX', Stats.MAXIMUM, 'Replication lag (s)', options);
  }

  /** Connections to the node with the most of them. */
  public connections(options?: MetricOptions): IMetric {
    return this.combined('CurrConnections', 'MAX', Stats.MAXIMUM, 'Connections', options);
  }

  /** Lookups that found their key, on all nodes. Source: requirement C-28. */
  public hits(options?: MetricOptions): IMetric {
    return this.combined('CacheHits', 'SUM', Stats.SUM, 'Hits', options);
  }

  /** Lookups that found no key, on all nodes. Source: requirement C-28. */
  public misses(options?: MetricOptions): IMetric {
    return this.combined('CacheMisses', 'SUM', Stats.SUM, 'Misses', options);
  }

  private combined(
    metricName: string,
    combine: 'MAX' | 'SUM',
    statistic: string,
    label: string,
    options: MetricOptions = {},
  ): IMetric {
    const period = options.period ?? Duration.minutes(1);
    const metrics = this.signals.nodeIds.map(
      (node) =>
        new Metric({
          namespace: 'AWS/ElastiCache',
          metricName,
          dimensionsMap: { CacheClusterId: node },
          statistic,
          label,
          ...options,
          period,
        }),
    );
    const ids = metrics.map((_, index) => `${this.prefix}${metricName}${index}`);
    return metrics.length === 1
      ? metrics[0]
      : new MathExpression({
        expression: `${combine}([${ids.join(',')}])`,
        usingMetrics: Object.fromEntries(ids.map((id, index) => [id, metrics[index]])),
        period,
        label: options.label ?? label,
      });
  }
}
