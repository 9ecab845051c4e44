import { Duration, Token, Tokenization } from 'aws-cdk-lib';
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
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { IMonitoredService } from '../../contracts';
import { uniqueName } from '../../text/stack-path';
import type { AlertRouting } from '../alerting/alert-routing';
import type { Runbooks } from '../alerting/runbooks';
import type { Severity } from '../alerting/severity';
import { type AlarmDefinition, isBand } from './alarm-definition';
import { describeAlarm } from './alarm-description';

/** Properties of a {@link ThresholdAlarm}. All but the service are required. */
export interface ThresholdAlarmProps {
  /** Signal with its window and all its thresholds. */
  readonly definition: AlarmDefinition;
  /** Severity whose threshold this alarm has. The definition must have one. */
  readonly severity: Severity;
  /** Routing with the topic of the severity. */
  readonly alertRouting: AlertRouting;
  /** Location of the runbook page, which the definition's key names. */
  readonly runbooks: Runbooks;
  /**
   * Service whose running deployment the alarm rolls back, if the service supports it.
   * @default - no rollback
   */
  readonly rollbackService?: IMonitoredService;
  /**
   * True where the alarm is part of an incident, which notifies instead of it.
   * @default false
   */
  readonly partOfIncident?: boolean;
}

/** Characters that CloudWatch accepts in an alarm's name. */
const MAX_NAME = 255;
/** Words for a breach. */
const BEYOND: { [comparison in ComparisonOperator]?: string } = {
  [ComparisonOperator.GREATER_THAN_THRESHOLD]: 'above',
  [ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD]: 'at or above',
  [ComparisonOperator.LESS_THAN_THRESHOLD]: 'below',
  [ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD]: 'at or below',
  [ComparisonOperator.LESS_THAN_LOWER_THRESHOLD]: 'below what is usual by more than',
  [ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD]: 'above what is usual by more than',
};

/** Alarm on one threshold of a signal. Its end is notified where a channel closes what it opened. */
export class ThresholdAlarm extends Construct {
  /** The alarm. */
  public readonly alarm: Alarm;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ThresholdAlarmProps,
  ) {
    super(scope, id);
    const { definition, severity, runbooks, rollbackService } = props;
    const alarmName = this.rollbackName();
    this.alarm = this.createAlarm(definition, definition.thresholds[severity]!, {
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
    this.notify();
    if (alarmName !== undefined) {
      rollbackService!.rollBackOn(alarmName, this.alarm);
    }
  }

  private notify(): void {
    const { severity, alertRouting, partOfIncident } = this.props;
    if (partOfIncident) {
      acknowledgeInCompliancePacks(
        this.alarm,
        'CloudWatchAlarmAction',
        'It is part of the incident of its source, a composite alarm that notifies once for all of them.',
      );
      return;
    }
    const action = new SnsAction(alertRouting.topicFor(severity));
    this.alarm.addAlarmAction(action);
    if (alertRouting._notifiesEnds(severity)) {
      this.alarm.addOkAction(action);
    }
  }

  /** Literal name, so that the service can refer to the alarm without a cycle. Other alarms have no name. */
  private rollbackName(): string | undefined {
    const alarmName = uniqueName(this, { maxLength: MAX_NAME, separator: '-' }).toLowerCase();
    return this.props.rollbackService?.rollBackOn(alarmName) ? alarmName : undefined;
  }

  private createAlarm(
    definition: AlarmDefinition,
    threshold: number,
    options: Omit<CreateAlarmOptions, 'threshold'>,
  ): Alarm {
    const metric = alarmMetric(definition);
    const { comparison: comparisonOperator } = definition;
    return isBand(comparisonOperator)
      ? new AnomalyDetectionAlarm(this, 'Alarm', { ...options, metric, comparisonOperator, stdDevs: threshold })
      : new Alarm(this, 'Alarm', { ...options, metric, comparisonOperator, threshold });
  }
}

/** Metric that is compared with the thresholds. */
export function alarmMetric({ metric, metricOver, period }: AlarmDefinition): IMetric {
  return metricOver?.(period) ?? withPeriod(metric, period);
}

/** Threshold and window in words: `above 10 errors in 5 minutes`. */
export function limit(definition: AlarmDefinition, severity: Severity): string {
  return `${bound(definition, severity)} ${timeSpan(definition)}`;
}

/** Threshold in words: `above 10 errors`, `below 1 healthy tasks`. */
export function bound({ comparison, thresholds, unit }: AlarmDefinition, severity: Severity): string {
  const threshold = thresholds[severity]!;
  const shown = Token.isUnresolved(threshold) ? Tokenization.stringifyNumber(threshold) : `${threshold}`;
  return `${BEYOND[comparison]} ${shown}${unit === '%' ? ' %' : ` ${unit}`}`;
}

/** Window in words: `in 5 minutes`, `for 5 minutes`, `in 3 of 5 minutes`. */
export function timeSpan({
  period,
  evaluationPeriods,
  datapointsToAlarm,
}: Pick<AlarmDefinition, 'period' | 'evaluationPeriods' | 'datapointsToAlarm'>): string {
  if (evaluationPeriods === 1) {
    return `in ${inWords(period)}`;
  }
  if (datapointsToAlarm === evaluationPeriods) {
    return `for ${inWords(Duration.seconds(period.toSeconds() * evaluationPeriods))}`;
  }
  const periods = period.toSeconds() === 60 ? 'minutes' : `periods of ${inWords(period)}`;
  return `in ${datapointsToAlarm} of ${evaluationPeriods} ${periods}`;
}

function inWords(duration: Duration): string {
  const minutes = duration.toMinutes();
  const [count, unit] = minutes % 60 === 0 && minutes > 60 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Metric with another period, nested ones included. CDK warns of an expression whose metrics have another period. */
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
