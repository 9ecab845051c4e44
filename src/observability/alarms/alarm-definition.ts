import type { Duration } from 'aws-cdk-lib';
import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { Severity } from '../alerting/severity';

/** Limits of one signal by severity: an alarm each. */
export type Thresholds = { readonly [severity in Severity]?: number };

/**
 * Minutes that are looked at beside those that have to be bad, where gaps are not filled: for minutes that are not there yet CloudWatch looks about two
 * further back, so that data may be four minutes late, as where gaps are filled.
 */
export const SPARE_MINUTES = 2;

/** One signal of one thing that is watched, and when it alarms. A row of the documents' tables. */
export interface AlarmDefinition {
  /** By which the caller changes it or leaves it out, and the name of its runbook's page: `service-errors-many`. */
  readonly key: string;
  /** The service, database or cache that it is about. */
  readonly source: IConstruct;
  /** What happened, a sentence without the subject: `answers more than 10 requests with an error of its own in 5 minutes`. */
  readonly happened: string;
  /** What to do first, an imperative sentence. */
  readonly first: string;
  /** One value a period. */
  readonly metric: IMetric;
  /**
   * The same for another period, where that stands in its expression, too.
   * @default - `metric` with that period
   */
  readonly metricOver?: (period: Duration) => IMetric;
  /**
   * Makes what counts the metric, where something has to: only if it has an alarm.
   * @default - the metric is there
   */
  readonly count?: () => void;
  /** On which side of a limit it is bad; a band counts its limits in standard deviations from what is usual. */
  readonly comparison: ComparisonOperator;
  /** None: the signal is known, and alarms where the caller gives it a limit. */
  readonly thresholds: Thresholds;
  /** What the thresholds count: `%`, `s`, `errors`, `connections`. */
  readonly unit: string;
  /** What one value is made from: whole minutes, up to 7 days. */
  readonly period: Duration;
  /** Periods that are looked at. */
  readonly evaluationPeriods: number;
  /** How many of them have to be bad. */
  readonly datapointsToAlarm: number;
  /** What a period without data counts as: what has no traffic reports nothing, nor does what is gone. */
  readonly missing: TreatMissingData;
  /**
   * Whether its critical alarm takes a running deployment of the service back (requirement A-13).
   * @default false
   */
  readonly rollsBack?: boolean;
  /**
   * Left out in the small set of a development environment (requirement E-09).
   * @default false - made everywhere
   */
  readonly onlyInFullSet?: boolean;
}
