import type { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { LATE_MINUTES } from '../../metrics/target-group-metrics';
import type { AlarmDefinition } from './alarm-definition';

/**
 * Minutes that are evaluated in addition to those that must breach, where gaps are not filled. CloudWatch evaluates
 * about two more by itself for minutes without data, so that data may be four minutes late, as where gaps are filled.
 */
export const SPARE_MINUTES = 2;

/** Periods that may have no data yet and are filled with a good value. */
export function filledPeriods({ metric }: AlarmDefinition, period: Duration): number {
  return seconds(period) === 60 && fillsGaps(metric) ? LATE_MINUTES : 0;
}

/** True if a missing minute becomes a value. */
export function fillsGaps(metric: IMetric): boolean {
  const { mathExpression } = metric.toMetricConfig();
  return (
    mathExpression !== undefined &&
    (mathExpression.expression.includes('FILL(') || Object.values(mathExpression.usingMetrics).some(fillsGaps))
  );
}

/** Length of a period. Fractions count, because they are refused later. */
export function seconds(period: Duration): number {
  return period.toSeconds({ integral: false });
}
