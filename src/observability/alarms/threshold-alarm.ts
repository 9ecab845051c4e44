import { Duration, Names, Token, Tokenization } from 'aws-cdk-lib';
import {
  Alarm,
  AnomalyDetectionAlarm,
  ComparisonOperator,
  type CreateAlarmOptions,
  type IMetric,
  MathExpression,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { IMonitoredService } from '../../contracts';
import type { AlertRouting } from '../alerting/alert-routing';
import type { Runbooks } from '../alerting/runbooks';
import type { Severity } from '../alerting/severity';
import type { AlarmDefinition } from './alarm-definition';
import { describeAlarm } from './alarm-description';
import { isBand } from './apply-overrides';

/** What a {@link ThresholdAlarm} is made from. */
export interface ThresholdAlarmProps {
  /** The signal, with its window and all its limits. */
  readonly definition: AlarmDefinition;
  /** Which of the definition's limits this alarm has; there must be one. */
  readonly severity: Severity;
  /** Has the topic that is told of the alarm and of its end. */
  readonly alertRouting: AlertRouting;
  /** The definition's key names the page. */
  readonly runbooks: Runbooks;
  /**
   * The service whose deployments go back on it, if it can.
   * @default - no deployment goes back
   */
  readonly goesBack?: IMonitoredService;
}

/** Most characters of an alarm's name. */
const LONGEST_NAME = 255;
const BEYOND: { [comparison in ComparisonOperator]?: string } = {
  [ComparisonOperator.GREATER_THAN_THRESHOLD]: 'above',
  [ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD]: 'at or above',
  [ComparisonOperator.LESS_THAN_THRESHOLD]: 'below',
  [ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD]: 'at or below',
  [ComparisonOperator.LESS_THAN_LOWER_THRESHOLD]: 'below what is usual by more than',
  [ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD]: 'above what is usual by more than',
};

/** One alarm of one signal. Its end is sent, too, so that whoever pages can close what it opened. */
export class ThresholdAlarm extends Construct {
  public readonly alarm: Alarm;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ThresholdAlarmProps,
  ) {
    super(scope, id);
    const { definition, severity, alertRouting: routing, runbooks, goesBack } = props;
    const alarmName = this.nameForRollback();
    this.alarm = this.alarmOf(definition, definition.thresholds[severity]!, {
      alarmName,
      alarmDescription: describeAlarm(this, {
        ...definition,
        happened: `${definition.happened}: ${limit(definition, severity)}`,
        severity,
        runbooks,
      }),
      evaluationPeriods: definition.evaluationPeriods,
      datapointsToAlarm: definition.datapointsToAlarm,
      treatMissingData: definition.missing,
    });
    const action = new SnsAction(routing.topicFor(severity));
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
    if (alarmName !== undefined) {
      goesBack!.rollBackOn(alarmName, this.alarm);
    }
  }

  /** Known before the alarm is made, so that the service can name it without a cycle; none where nothing names it. */
  private nameForRollback(): string | undefined {
    const alarmName = Names.uniqueResourceName(this, { maxLength: LONGEST_NAME, separator: '-' }).toLowerCase();
    return this.props.goesBack?.rollBackOn(alarmName) ? alarmName : undefined;
  }

  private alarmOf(
    definition: AlarmDefinition,
    threshold: number,
    options: Omit<CreateAlarmOptions, 'threshold'>,
  ): Alarm {
    const metric = judgedMetric(definition);
    const { comparison: comparisonOperator } = definition;
    return isBand(comparisonOperator)
      ? new AnomalyDetectionAlarm(this, 'Alarm', { ...options, metric, comparisonOperator, stdDevs: threshold })
      : new Alarm(this, 'Alarm', { ...options, metric, comparisonOperator, threshold });
  }
}

/** What is compared with the limits. */
export function judgedMetric({ metric, metricOver, period }: AlarmDefinition): IMetric {
  return metricOver?.(period) ?? withPeriod(metric, period);
}

/** In words: `above 10 errors in 5 minutes`, `below 1 healthy tasks in 3 of 5 minutes`. */
export function limit(definition: AlarmDefinition, severity: Severity): string {
  return `${bound(definition, severity)} ${timeSpan(definition)}`;
}

/** In words: `above 10 errors`, `below 1 healthy tasks`. */
export function bound({ comparison, thresholds, unit }: AlarmDefinition, severity: Severity): string {
  const threshold = thresholds[severity]!;
  const shown = Token.isUnresolved(threshold) ? Tokenization.stringifyNumber(threshold) : `${threshold}`;
  return `${BEYOND[comparison]} ${shown}${unit === '%' ? ' %' : ` ${unit}`}`;
}

/** In words: `in 5 minutes`, `for 5 minutes`, `in 3 of 5 minutes`, `in 2 of 3 periods of 10 minutes`. */
export function timeSpan({
  period,
  evaluationPeriods: of,
  datapointsToAlarm: datapoints,
}: Pick<AlarmDefinition, 'period' | 'evaluationPeriods' | 'datapointsToAlarm'>): string {
  if (of === 1) {
    return `in ${inWords(period)}`;
  }
  const minute = period.toSeconds() === 60;
  if (datapoints === of) {
    return `for ${inWords(Duration.seconds(period.toSeconds() * of))}`;
  }
  return minute ? `in ${datapoints} of ${of} minutes` : `in ${datapoints} of ${of} periods of ${inWords(period)}`;
}

function inWords(duration: Duration): string {
  const minutes = duration.toMinutes();
  const [count, unit] = minutes % 60 === 0 && minutes > 60 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The same metric with another period, all the way down: CDK warns of an expression whose metrics have another period than it. */
function withPeriod(metric: IMetric, period: Duration): IMetric {
  if (metric instanceof MathExpression) {
    const { expression, label, color } = metric;
    const usingMetrics = Object.fromEntries(
      Object.entries(metric.usingMetrics).map(([id, part]) => [id, withPeriod(part, period)]),
    );
    return new MathExpression({ expression, label, color, period, usingMetrics });
  }
  return metric instanceof Metric ? metric.with({ period }) : metric;
}
