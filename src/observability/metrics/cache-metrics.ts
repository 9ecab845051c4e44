import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheSignals } from '../../contracts';

/**
 * What CloudWatch knows of a cache, for alarms and dashboards alike. ElastiCache reports by node, and the worst counts: roles change with a
 * failover. Names and units are those of the ElastiCache user guide (Metrics for Valkey and Redis OSS).
 */
export class CacheMetrics {
  /** @param prefix keeps identifiers apart where several caches stand in one graph: a lower-case letter, then letters and digits */
  public constructor(
    private readonly signals: CacheSignals,
    private readonly prefix = 'evaluationPeriods',
  ) {}

  /** Percent of the one processor that the busiest node's engine runs on. */
  public engineCpu(options?: MetricOptions): IMetric {
    return this.combined('EngineCPUUtilization', 'MAX', Stats.MAXIMUM, 'Engine CPU (%)', options);
  }

  /** Percent of the fullest node's `maxmemory` that holds data. */
  public memoryShare(options?: MetricOptions): IMetric {
    return this.combined('DatabaseMemoryUsagePercentage', 'MAX', Stats.MAXIMUM, 'Memory (%)', options);
  }

  /** Entries that had to go for want of memory, on the node that dropped most: replicas follow their primary. */
  public evictions(options?: MetricOptions): IMetric {
    return this.combined('Evictions', 'MAX', Stats.SUM, 'Evictions', options);
  }

  /** Seconds that the last replica is behind; only replicas tell. */
  public replicationLag(options?: MetricOptions): IMetric {
    return this.combined('ReplicationLag', 'MAX', Stats.MAXIMUM, 'Replication lag (s)', options);
  }

  /** Connections to the node that has most of them. */
  public connections(options?: MetricOptions): IMetric {
    return this.combined('CurrConnections', 'MAX', Stats.MAXIMUM, 'Connections', options);
  }

  /** Lookups that found their key, on all nodes (requirement C-28). */
  public hits(options?: MetricOptions): IMetric {
    return this.combined('CacheHits', 'SUM', Stats.SUM, 'Hits', options);
  }

  /** Lookups that didn't, on all nodes (requirement C-28). */
  public misses(options?: MetricOptions): IMetric {
    return this.combined('CacheMisses', 'SUM', Stats.SUM, 'Misses', options);
  }

  private combined(
    metricName: string,
    how: 'MAX' | 'SUM',
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
        expression: `${how}([${ids.join(',')}])`,
        usingMetrics: Object.fromEntries(ids.map((id, index) => [id, metrics[index]])),
        period,
        label: options.label ?? label,
      });
  }
}
