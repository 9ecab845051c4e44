import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Metrics that an alarm's metric math may read (CloudWatch user guide, limits of metric math). */
export const MAX_METRICS_PER_ALARM = 10;

/** The first names, as many as one alarm can monitor. A warning reports how many are not monitored. */
export function withinMetricLimit(source: IConstruct, names: string[], noun: string): string[] {
  const excess = names.length - MAX_METRICS_PER_ALARM;
  if (excess > 0) {
    Validations.of(source).addWarning(
      '@org/prod-constructs:unwatched',
      `An alarm reads at most ${MAX_METRICS_PER_ALARM} metrics. ` +
        `Of the ${names.length} ${noun} of ${source.node.path} the last ${excess} are not monitored. ` +
        'Create custom alarms for them.',
    );
  }
  return names.slice(0, MAX_METRICS_PER_ALARM);
}
