import type { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { Severity } from '../alerting/severity';

/** Thresholds of one signal by severity, an alarm each. */
export type Thresholds = { readonly [severity in Severity]?: number };

/** Alarms on one signal of one source: a row of the documents' tables. */
export interface AlarmDefinition {
  /** Key in overrides, and name of the runbook page: `service-errors-many`. */
  readonly key: string;
  /** Service, load balancer, database or cache that it is about. */
  readonly source: IConstruct;
  /** Predicate of a sentence about the source: `answers many requests with an error`. */
  readonly happened: string;
  /** First step, an imperative sentence. */
  readonly firstAction: string;
  /** Metric with one value for each period. */
  readonly metric: IMetric;
  /**
   * Metric for another period, where the expression contains the period.
   * @default - `metric` with that period
   */
  readonly metricOver?: (period: Duration) => IMetric;
  /**
   * Creates the metric filters that count the metric. Called only if it has an alarm.
   * @default - the metric exists
   */
  readonly createMetricFilters?: () => void;
  /** Side of the threshold that breaches. Thresholds of an anomaly detection band are standard deviations. */
  readonly comparison: ComparisonOperator;
  /** Thresholds by severity. Without any the signal alarms only where the caller sets one. */
  readonly thresholds: Thresholds;
  /** Unit of the thresholds: `%`, `s`, `errors`, `connections`. */
  readonly unit: string;
  /** Period of one datapoint: whole minutes, up to 7 days. */
  readonly period: Duration;
  /** Periods that are evaluated (N of "M out of N"). */
  readonly evaluationPeriods: number;
  /** Datapoints that must breach (M of "M out of N"). */
  readonly datapointsToAlarm: number;
  /** Treatment of a period without data. A source without traffic reports none, nor does a deleted one. */
  readonly missing: TreatMissingData;
  /**
   * Rolls back a running deployment of the service when its critical alarm fires.
   * Source: requirement A-13.
   * @default false
   */
  readonly rollsBackWhenCritical?: boolean;
  /**
   * Creates the alarm only with `allAlarms`, so not in development by default.
   * Source: requirement E-09.
   * @default false - created everywhere
   */
  readonly onlyWithAllAlarms?: boolean;
}

/** Alarm without the values that it shares with the other alarms of its source. */
export type AlarmRow = Pick<AlarmDefinition, 'key' | 'happened' | 'firstAction' | 'metric' | 'thresholds' | 'unit'> &
  Partial<AlarmDefinition>;

/** True if the thresholds are standard deviations of an anomaly detection band. */
export function isBand(comparison: ComparisonOperator): boolean {
  return [ComparisonOperator.LESS_THAN_LOWER_THRESHOLD, ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD].includes(
    comparison,
  );
}
