import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { DatabaseFamily, type DatabaseSignals } from '../../contracts';

/** Bytes of a GiB. */
export const GIB = 1024 ** 3;
/** Instances of which an alarm can read two metrics each. */
const INSTANCES_WITH_TWO_METRICS = 5;
/** Lag in seconds of a replica that has stopped, for which RDS reports -1. A day exceeds any threshold. */
const REPLICATION_STOPPED = 86_400;

/**
 * Metrics of a database, for alarms and dashboards.
 *
 * RDS reports metrics by instance, of which the worst counts. Aurora also reports them by cluster, as one value of all
 * members. That includes readers which scaling adds, whichever member is the writer. Names, units and dimensions are
 * those of the RDS and Aurora user guides (Amazon CloudWatch metrics, Amazon CloudWatch dimensions).
 */
export class DatabaseMetrics {
  /**
   * @param prefix prefix of metric ids, for graphs of several databases: a lower-case letter, then letters and digits
   */
  public constructor(
    private readonly signals: DatabaseSignals,
    private readonly prefix?: string,
  ) {}

  /** Connections to the instance with the most of them. */
  public connections(options?: MetricOptions): IMetric {
    return this.highest('DatabaseConnections', 'Connections', options);
  }

  /** Connections that the busiest instance still accepts. The maximum must be known. */
  public connectionsLeft(options?: MetricOptions): IMetric {
    return this.derived(
      (connections) => `${this.signals.maxConnections!}-${connections}`,
      'connections',
      this.connections(options),
      'Connections left',
      options,
    );
  }

  /** Connections to the busiest instance in percent of its maximum, which must be known. */
  public connectionShare(options?: MetricOptions): IMetric {
    return this.derived(
      (connections) => `100*${connections}/${this.signals.maxConnections!}`,
      'connections',
      this.connections(options),
      'Connections (% of the ceiling)',
      options,
    );
  }

  /** CPU of the busiest instance in percent. A serverless instance's is that of its maximum capacity. */
  public cpu(options?: MetricOptions): IMetric {
    return this.highest('CPUUtilization', 'CPU (%)', options);
  }

  /** True if sessions are counted. The metrics are by instance, so the instances have to be known. */
  public get countsSessions(): boolean {
    const { instanceIdentifiers, performanceInsights = true } = this.signals;
    return performanceInsights && instanceIdentifiers.length > 0;
  }

  /** Active sessions for each vCPU on the busiest instance. Performance Insights report it while there is load. */
  public loadPerProcessor(options?: MetricOptions): IMetric {
    return this.worstInstance('DBLoadRelativeToNumVCPUs', 'Load per vCPU', 'MAX', options);
  }

  /** Active sessions on the busiest instance. */
  public load(options?: MetricOptions): IMetric {
    return this.worstInstance('DBLoad', 'Sessions at work', 'MAX', options);
  }

  /** Freeable memory of the fullest instance in bytes, with caches of the operating system. */
  public freeableMemory(options?: MetricOptions): IMetric {
    return this.lowest('FreeableMemory', 'Freeable memory (bytes)', options);
  }

  /** Freeable memory in percent of the nominal memory, which must be known. */
  public freeableMemoryShare(options?: MetricOptions): IMetric {
    return this.derived(
      (memory) => `100*${memory}/${this.signals.memoryBytes!}`,
      'memory',
      this.freeableMemory(options),
      'Freeable memory (%)',
      options,
    );
  }

  /** Free storage of the fullest disk in GiB. Aurora's volume grows by itself and has none. */
  public freeStorage(options?: MetricOptions): IMetric {
    return this.derived(
      (storage) => `${storage}/${GIB}`,
      'storage',
      this.lowest('FreeStorageSpace', 'Free storage (bytes)', options),
      'Free storage (GiB)',
      options,
    );
  }

  /** Requests that wait for the slowest disk. */
  public diskQueue(options?: MetricOptions): IMetric {
    return this.highest('DiskQueueDepth', 'Disk queue', options);
  }

  /**
   * Lowest share in percent of the I/O credits or byte credits that instances have left towards EBS.
   *
   * Small and medium classes have credits for half an hour of their maximum. Larger ones report nothing.
   */
  public burstBalance(options?: MetricOptions): IMetric {
    // Two metrics of each instance: an alarm reads ten.
    const balances = this.signals.instanceIdentifiers
      .slice(0, INSTANCES_WITH_TWO_METRICS)
      .flatMap((identifier) =>
        ['EBSIOBalance%', 'EBSByteBalance%'].map((name) =>
          this.ofInstance(name, identifier, { statistic: Stats.MINIMUM, ...options }),
        ),
      );
    return this.combined(balances, 'balance', 'MIN', 'EBS burst balance (%)', options);
  }

  /** Write-ahead log in GiB that the slowest replication slot of the writer keeps. PostgreSQL instances only. */
  public slotLag(options?: MetricOptions): IMetric {
    const [writer] = this.signals.instanceIdentifiers;
    return this.derived(
      (bytes) => `${bytes}/${GIB}`,
      'slot',
      this.ofInstance('OldestReplicationSlotLag', writer, { statistic: Stats.MAXIMUM, ...options }),
      'Log kept by a replication slot (GiB)',
      options,
    );
  }

  /** Lag of the slowest replica or reader in seconds. Undefined for an instance without replicas. */
  public replicaLag(options?: MetricOptions): IMetric | undefined {
    const { clusterIdentifier, instanceIdentifiers } = this.signals;
    if (clusterIdentifier !== undefined) {
      return this.derived(
        (milliseconds) => `${milliseconds}/1000`,
        'milliseconds',
        this.highest('AuroraReplicaLagMaximum', 'Lag of the last reader (ms)', options),
        'Lag of the last reader (s)',
        options,
      );
    }
    if (instanceIdentifiers.length < 2) {
      return undefined;
    }
    const lags = instanceIdentifiers
      .slice(1)
      .map((identifier) => this.ofInstance('ReplicaLag', identifier, { statistic: Stats.MAXIMUM, ...options }));
    return this.combined(
      lags,
      'replica',
      'MAX',
      'Lag of the last replica (s)',
      options,
      (id) => `IF(${id}<0,${REPLICATION_STOPPED},${id})`,
    );
  }

  /** Transactions since the oldest row that no vacuum has frozen. PostgreSQL only. */
  public transactionAge(options?: MetricOptions): IMetric {
    return this.highest('MaximumUsedTransactionIDs', 'Age of the oldest transaction', options);
  }

  /** Lowest CPU credit balance of burstable instances, which RDS reports every 5 minutes. */
  public cpuCredits(options?: MetricOptions): IMetric {
    return this.lowest('CPUCreditBalance', 'CPU credits', { period: Duration.minutes(5), ...options });
  }

  /** Capacity of the largest serverless member in percent of its maximum. */
  public capacityShare(options?: MetricOptions): IMetric {
    return this.highest('ACUUtilization', 'Capacity (% of the most ACU)', options);
  }

  /** Capacity units of the largest serverless member. */
  public capacity(options?: MetricOptions): IMetric {
    return this.highest('ServerlessDatabaseCapacity', 'Capacity (ACU)', options);
  }

  /**
   * Operations per second of all instances.
   *
   * They are statements of Aurora MySQL, and disk reads and writes of all others. Source: requirement A-37.
   */
  public operations(options?: MetricOptions): IMetric {
    const { clusterIdentifier, family, instanceIdentifiers } = this.signals;
    const names =
      clusterIdentifier !== undefined && family === DatabaseFamily.MYSQL ? ['Queries'] : ['ReadIOPS', 'WriteIOPS'];
    if (clusterIdentifier === undefined) {
      const operations = names.flatMap((name) =>
        instanceIdentifiers.map((identifier) => this.ofInstance(name, identifier, options)),
      );
      return this.combined(operations, 'operations', 'SUM', 'Operations a second', options);
    }
    // Sum of the members' rates over the period, divided by its minutes.
    const operations = names.map((name) => this.ofCluster(name, { ...options, statistic: Stats.SUM }));
    return this.combined(
      operations,
      'operations',
      'SUM',
      'Operations a second',
      options,
      (id) => `60*${id}/PERIOD(${id})`,
    );
  }

  /** Read latency of the slowest disk: seconds on RDS, milliseconds on Aurora. */
  public readLatency(options?: MetricOptions): IMetric {
    return this.highest('ReadLatency', 'Read latency', options);
  }

  /** Write latency of the slowest disk: seconds on RDS, milliseconds on Aurora. */
  public writeLatency(options?: MetricOptions): IMetric {
    return this.highest('WriteLatency', 'Write latency', options);
  }

  /** Count over the period of a metric that Aurora members report as a rate per second. */
  public countOfRate(metricName: string, label: string, options?: MetricOptions): IMetric {
    return this.derived(
      (rate) => `60*${rate}`,
      `rateOf${metricName}`,
      this.ofCluster(metricName, { statistic: Stats.SUM, ...options }),
      label,
      options,
    );
  }

  private highest(metricName: string, label: string, options?: MetricOptions): IMetric {
    return this.signals.clusterIdentifier === undefined
      ? this.worstInstance(metricName, label, 'MAX', { statistic: Stats.MAXIMUM, ...options })
      : this.ofCluster(metricName, { statistic: Stats.MAXIMUM, label, ...options });
  }

  private lowest(metricName: string, label: string, options?: MetricOptions): IMetric {
    return this.signals.clusterIdentifier === undefined
      ? this.worstInstance(metricName, label, 'MIN', { statistic: Stats.MINIMUM, ...options })
      : this.ofCluster(metricName, { statistic: Stats.MINIMUM, label, ...options });
  }

  private worstInstance(metricName: string, label: string, worst: 'MAX' | 'MIN', options?: MetricOptions): IMetric {
    const metrics = this.signals.instanceIdentifiers.map((identifier) =>
      this.ofInstance(metricName, identifier, { label, ...options }),
    );
    return metrics.length === 1 ? metrics[0] : this.combined(metrics, `of${metricName}`, worst, label, options);
  }

  private combined(
    metrics: Metric[],
    stem: string,
    how: 'MAX' | 'MIN' | 'SUM',
    label: string,
    options?: MetricOptions,
    formula: (id: string) => string = (id) => id,
  ): MathExpression {
    const ids = metrics.map((_, index) => `${this.id(stem)}${index}`);
    const values = ids.map(formula);
    return expressionOf(
      values.length === 1 ? values[0] : `${how}([${values.join(',')}])`,
      Object.fromEntries(ids.map((id, index) => [id, metrics[index]])),
      label,
      options,
    );
  }

  private derived(
    formula: (id: string) => string,
    stem: string,
    from: IMetric,
    label: string,
    options?: MetricOptions,
  ): MathExpression {
    const id = this.id(stem);
    return expressionOf(formula(id), { [id]: from }, label, options);
  }

  private id(stem: string): string {
    return this.prefix === undefined ? stem : `${this.prefix}${stem.charAt(0).toUpperCase()}${stem.slice(1)}`;
  }

  private ofInstance(metricName: string, identifier: string, options?: MetricOptions): Metric {
    return metric(metricName, { DBInstanceIdentifier: identifier }, options);
  }

  private ofCluster(metricName: string, options?: MetricOptions): Metric {
    return metric(metricName, { DBClusterIdentifier: this.signals.clusterIdentifier! }, options);
  }
}

function expressionOf(
  expression: string,
  usingMetrics: { [id: string]: IMetric },
  label: string,
  options: MetricOptions = {},
): MathExpression {
  return new MathExpression({
    expression,
    usingMetrics,
    period: options.period ?? Duration.minutes(1),
    label: options.label ?? label,
  });
}

function metric(metricName: string, dimensionsMap: { [name: string]: string }, options?: MetricOptions): Metric {
  return new Metric({
    namespace: 'AWS/RDS',
    metricName,
    dimensionsMap,
    period: Duration.minutes(1),
    statistic: Stats.AVERAGE,
    ...options,
  });
}
