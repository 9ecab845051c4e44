import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type IFilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { uniqueName } from '../../text/stack-path';

/** Properties of {@link LogErrors}. Log groups are required. */
export interface LogErrorsProps {
  /** Log groups, at least one. All count into one metric. */
  readonly logGroups: ILogGroup[];
}

const NAMESPACE = 'prod-constructs/services';
const LEVELS = ['error', 'fatal', 'critical'];
/** Lowest numeric level of an error, as in bunyan and pino. */
const LOWEST_ERROR_LEVEL = 50;

/** Events in JSON, in any common spelling of the level. Source: requirement A-15. */
const IN_JSON: IFilterPattern = FilterPattern.any(
  ...LEVELS.flatMap((level) => [level, level.toUpperCase(), level[0].toUpperCase() + level.slice(1)]).map((level) =>
    FilterPattern.stringValue('$.level', '=', level),
  ),
  FilterPattern.numberValue('$.level', '>=', LOWEST_ERROR_LEVEL),
);

/**
 * Plain lines, without those in JSON, which begin with a brace. CloudWatch Logs does not support groups in regular
 * expressions.
 */
const IN_TEXT: IFilterPattern = FilterPattern.literal(
  `%${['ERROR', 'FATAL', 'CRITICAL'].map((word) => `^[^{]*${word}`).join('|')}%`,
);

/**
 * Metric of errors in a service's logs, with metric filters that are created on request.
 *
 * The filters are in the scope of the caller, so that two callers don't count twice. Source: requirements C-14 and
 * E-09.
 */
export class LogErrors extends Construct {
  /** Errors in 5 minutes. */
  public readonly metric: Metric;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: LogErrorsProps,
  ) {
    super(scope, id);
    const metricName = uniqueName(this, { maxLength: 255, separator: '-' });
    this.metric = new Metric({ namespace: NAMESPACE, metricName, statistic: 'Sum', label: 'Errors in the log' });
  }

  /** Creates the filters. */
  public createMetricFilters(): void {
    const { metricName } = this.metric;
    this.props.logGroups.forEach((logGroup, index) =>
      Object.entries({ Json: IN_JSON, Text: IN_TEXT }).forEach(
        ([form, filterPattern]) =>
          new MetricFilter(this, `${form}${index}`, {
            logGroup,
            filterPattern,
            metricNamespace: NAMESPACE,
            metricName,
            metricValue: '1',
            defaultValue: 0,
          }),
      ),
    );
  }
}
