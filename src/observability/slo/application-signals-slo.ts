import { Duration } from 'aws-cdk-lib';
import { CfnServiceLevelObjective } from 'aws-cdk-lib/aws-applicationsignals';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { uniqueName } from '../../text/stack-path';
import type { ErrorBudget } from './error-budget';
import type { ObjectiveExclusion } from './objective-exclusion';
import type { CheckedObjective } from './service-objective';

/** Properties of an {@link ApplicationSignalsSlo}. All are required. */
export interface ApplicationSignalsSloProps {
  /** Objective with its goal, days and record. */
  readonly objective: CheckedObjective;
  /** Counts of failed and all requests. */
  readonly budget: ErrorBudget;
  /** Description in the console. */
  readonly description: string;
  /** Windows of the recorded burn rates, those of the alarms. */
  readonly windows: Duration[];
}

/**
 * Service level objective in Application Signals, on metrics of the load balancer.
 *
 * It needs no agent. Its name is unique in the account and region and ends in a hash.
 */
export class ApplicationSignalsSlo extends Construct {
  /** The objective. */
  public readonly resource: CfnServiceLevelObjective;

  public constructor(scope: Construct, id: string, props: ApplicationSignalsSloProps) {
    super(scope, id);
    const { objective, budget, description, windows } = props;
    const { failed, all, metrics } = budget.counts(Duration.minutes(1));
    this.resource = new CfnServiceLevelObjective(this, 'Resource', {
      name: uniqueName(this, { maxLength: 120, separator: '-' }),
      description,
      requestBasedSli: {
        requestBasedSliMetric: {
          totalRequestCountMetric: queries('all', all, metrics),
          monitoredRequestCountMetric: { badCountMetric: queries('failed', failed, metrics) },
        },
      },
      goal: {
        attainmentGoal: objective.percent,
        warningThreshold: objective.record?.warnAt ?? 50,
        interval: { rollingInterval: { duration: objective.days, durationUnit: 'DAY' } },
      },
      burnRateConfigurations: windows.map((window) => ({ lookBackWindowMinutes: window.toMinutes() })),
      exclusionWindows: objective.record?.exclusions?.map(exclusionWindow),
    });
  }
}

function exclusionWindow({ _props }: ObjectiveExclusion): CfnServiceLevelObjective.ExclusionWindowProperty {
  const { reason, duration, start, recurrence } = _props;
  return {
    reason,
    startTime: start,
    recurrenceRule: recurrence === undefined ? undefined : { expression: recurrence },
    window: { duration: duration.toMinutes(), durationUnit: 'MINUTE' },
  };
}

/** Expression and the metrics that it reads. */
function queries(
  id: string,
  expression: string,
  metrics: { [id: string]: Metric },
): CfnServiceLevelObjective.MetricDataQueryProperty[] {
  const read = Object.entries(metrics).filter(([name]) => new RegExp(`\\b${name}\\b`).test(expression));
  return [
    { id, expression, returnData: true },
    ...read.map(([name, metric]) => ({ id: name, metricStat: stat(metric), returnData: false })),
  ];
}

function stat(metric: Metric): CfnServiceLevelObjective.MetricStatProperty {
  const { namespace, metricName, dimensions = [], period, statistic } = metric.toMetricConfig().metricStat!;
  return {
    metric: {
      namespace,
      metricName,
      dimensions: dimensions.map(({ name, value }) => ({ name, value: String(value) })),
    },
    period: period.toSeconds(),
    stat: statistic,
  };
}
