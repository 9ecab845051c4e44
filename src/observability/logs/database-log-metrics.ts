import { Duration, Names } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type IFilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DatabaseFamily, type DatabaseSignals } from '../../contracts';

const NAMESPACE = 'prod-constructs/databases';

/**
 * How a server says that it let nobody in. PostgreSQL: the text of its FATAL lines, which `log_error_verbosity` and `log_min_error_statement` leave
 * alone; passwords, IAM's tokens (PAM), room, and what pg_hba.conf turns down, a connection without TLS above all. MySQL: the audit's word for it, and
 * the error log's.
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

/** PostgreSQL's own words, and InnoDB's where `innodb_print_all_deadlocks` is on: with query text, so not in production (requirement A-31). */
export const DEADLOCK = 'deadlock detected';

/**
 * What only a database's log tells (requirement E-09), and nothing counts before it is asked to. The filters stand with whoever watches, and count into
 * metrics of their own, so that two watchers don't count twice. All logs of a database count into one.
 */
export class DatabaseLogMetrics extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly signals: DatabaseSignals,
  ) {
    super(scope, id);
  }

  /** Makes the filters of attempts to connect. */
  public countConnectionFailures(): void {
    this.count('connection-failures', FilterPattern.anyTerm(...CONNECTION_FAILURES[this.signals.family]));
  }

  /** Makes the filters of deadlocks. */
  public countDeadlocks(): void {
    this.count('deadlocks', FilterPattern.allTerms(DEADLOCK));
  }

  /** Attempts to connect that the server turned down; nothing where no log is known. */
  public connectionFailures(options?: MetricOptions): Metric | undefined {
    return this.sum('connection-failures', { label: 'Refused connections', ...options });
  }

  /** Transactions that the server ended because they waited for each other; nothing where no log is known. */
  public deadlocks(options?: MetricOptions): Metric | undefined {
    return this.sum('deadlocks', { label: 'Deadlocks', ...options });
  }

  private count(what: string, filterPattern: IFilterPattern): void {
    this.signals.logGroups.forEach(
      (logGroup, index) =>
        new MetricFilter(this, `${what}-${index + 1}`, {
          logGroup,
          filterPattern,
          metricNamespace: NAMESPACE,
          metricName: this.nameOf(what),
          metricValue: '1',
          defaultValue: 0,
        }),
    );
  }

  private sum(what: string, options: MetricOptions): Metric | undefined {
    return this.signals.logGroups.length === 0
      ? undefined
      : new Metric({
        namespace: NAMESPACE,
        metricName: this.nameOf(what),
        statistic: Stats.SUM,
        period: Duration.minutes(5),
        ...options,
      });
  }

  private nameOf(what: string): string {
    return `${Names.uniqueResourceName(this, { maxLength: 200, separator: '-' })}-${what}`;
  }
}
