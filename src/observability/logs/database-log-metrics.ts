import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type IFilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DatabaseFamily, type DatabaseSignals } from '../../contracts';
import { uniqueName } from '../../text/stack-path';

const NAMESPACE = 'prod-constructs/databases';

/**
 * Log messages of refused connections. PostgreSQL: texts of FATAL lines about passwords, IAM tokens (PAM), free
 * connections and pg_hba.conf, which refuses connections without TLS. `log_error_verbosity` and
 * `log_min_error_statement` don't affect them. MySQL: texts of the audit log and of the error log.
 */
export const CONNECTION_FAILURES: { [family in DatabaseFamily]: string[] } = {
  [DatabaseFamily.POSTGRES]: [
    'password authentication failed',
    'PAM authentication failed',
    'too many clients already',
    'remaining connection slots are reserved',
    'no pg_hba.conf entry',
    'pg_hba.conf rejects connection',
  ],
  [DatabaseFamily.MYSQL]: ['FAILED_CONNECT', 'Too many connections'],
};

/**
 * Log message of a deadlock in PostgreSQL, and in InnoDB with `innodb_print_all_deadlocks`. InnoDB logs it with query
 * text, so not in production. Source: requirement A-31.
 */
export const DEADLOCK = 'deadlock detected';

/**
 * Metrics of a database's logs, with metric filters that are created on request.
 *
 * The filters are in the scope of the caller and count into separate metrics, so that two callers don't count
 * twice. All logs of a database count into one metric. Source: requirement E-09.
 */
export class DatabaseLogMetrics extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly signals: DatabaseSignals,
  ) {
    super(scope, id);
  }

  /** Creates the filters of refused connections. */
  public countConnectionFailures(): void {
    this.count('connection-failures', FilterPattern.anyTerm(...CONNECTION_FAILURES[this.signals.family]));
  }

  /** Creates the filters of deadlocks. */
  public countDeadlocks(): void {
    this.count('deadlocks', FilterPattern.allTerms(DEADLOCK));
  }

  /** Connections that the server refused. Undefined where no log is known. */
  public connectionFailures(options?: MetricOptions): Metric | undefined {
    return this.sum('connection-failures', { label: 'Refused connections', ...options });
  }

  /** Transactions that the server ended because of a deadlock. Undefined where no log is known. */
  public deadlocks(options?: MetricOptions): Metric | undefined {
    return this.sum('deadlocks', { label: 'Deadlocks', ...options });
  }

  private count(suffix: string, filterPattern: IFilterPattern): void {
    this.signals.logGroups.forEach(
      (logGroup, index) =>
        new MetricFilter(this, `${suffix}-${index + 1}`, {
          logGroup,
          filterPattern,
          metricNamespace: NAMESPACE,
          metricName: this.metricName(suffix),
          metricValue: '1',
          defaultValue: 0,
        }),
    );
  }

  private sum(suffix: string, options: MetricOptions): Metric | undefined {
    return this.signals.logGroups.length === 0
      ? undefined
      : new Metric({
        namespace: NAMESPACE,
        metricName: this.metricName(suffix),
        statistic: Stats.SUM,
        period: Duration.minutes(5),
        ...options,
      });
  }

  private metricName(suffix: string): string {
    return `${uniqueName(this, { maxLength: 200, separator: '-' })}-${suffix}`;
  }
}
