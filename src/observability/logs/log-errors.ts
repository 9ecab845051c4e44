import { Names } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type IFilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What {@link LogErrors} are counted in. */
export interface LogErrorsProps {
  /** At least one; all are counted together. */
  readonly logGroups: ILogGroup[];
}

const NAMESPACE = 'prod-constructs/services';
const LEVELS = ['error', 'fatal', 'critical'];
/** From here on an event is an error where levels are numbers, as bunyan and pino write them. */
const LOWEST_NUMBER = 50;

/** Events in JSON (requirement A-15), whatever their level is spelt like. */
const IN_JSON: IFilterPattern = FilterPattern.any(
  ...LEVELS.flatMap((level) => [level, level.toUpperCase(), level[0].toUpperCase() + level.slice(1)]).map((level) =>
    FilterPattern.stringValue('$.level', '=', level),
  ),
  FilterPattern.numberValue('$.level', '>=', LOWEST_NUMBER),
);

/** Plain lines; never a line in JSON, which begins with a brace and is counted above. CloudWatch Logs knows no groups in regular expressions. */
const IN_TEXT: IFilterPattern = FilterPattern.literal(
  `%${['ERROR', 'FATAL', 'CRITICAL'].map((word) => `^[^{]*${word}`).join('|')}%`,
);

/**
 * Errors in the logs of a service (requirements C-14, E-09), which nothing counts before it is asked to. The filters stand with whoever watches, so that
 * two watchers don't count twice.
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
    const metricName = Names.uniqueResourceName(this, { maxLength: 255, separator: '-' });
    this.metric = new Metric({ namespace: NAMESPACE, metricName, statistic: 'Sum', label: 'Errors in the log' });
  }

  /** Makes the filters. */
  public count(): void {
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
