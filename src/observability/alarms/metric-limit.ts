import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** So many metrics may an alarm's maths read (CloudWatch user guide, limits of alarms based on metric maths). */
export const MOST_METRICS = 10;

/** As many of the names as one alarm can watch; whoever has more is told, and which are left out. */
export function watchable(source: IConstruct, names: string[], what: string): string[] {
  if (names.length > MOST_METRICS) {
    Validations.of(source).addWarning(
      '@org/prod-constructs:unwatched',
      `An alarm reads at most ${MOST_METRICS} metrics: of ${names.length} ${what} of ${source.node.path} the last ${names.length - MOST_METRICS} are watched by none. Give them alarms of their own.`,
    );
  }
  return names.slice(0, MOST_METRICS);
}
