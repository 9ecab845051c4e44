import { Duration, Names } from 'aws-cdk-lib';
import { CfnServiceLevelObjective } from 'aws-cdk-lib/aws-applicationsignals';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { RequestBudget } from './error-budget';
import type { CheckedObjective, ObjectiveExclusion } from './service-objective';

/** What an {@link ObjectiveRecord} is made from. */
export interface ObjectiveRecordSource {
  /** The goal, its days, and when the record warns. */
  readonly objective: CheckedObjective;
  /** Counts failed and all requests, minute by minute. */
  readonly budget: RequestBudget;
  /** The service's path and what is promised, for the console. */
  readonly description: string;
  /** Windows over which the record tells its burn rate, too: those of the alarms. */
  readonly windows: Duration[];
}

/** The objective in Application Signals, counted by the load balancer: no agent is needed. Its name is the account's and region's, and ends in a hash. */
export class ObjectiveRecord extends Construct {
  public readonly resource: CfnServiceLevelObjective;

  public constructor(scope: Construct, id: string, source: ObjectiveRecordSource) {
    super(scope, id);
    const { objective, budget, description, windows } = source;
    const { failed, all, metrics } = budget.counts(Duration.minutes(1));
    this.resource = new CfnServiceLevelObjective(this, 'Resource', {
      name: Names.uniqueResourceName(this, { maxLength: 120, separator: '-' }),
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
      exclusionWindows: objective.record?.exclusions?.map(exclusion),
    });
  }
}

function exclusion({
  reason,
  duration,
  start,
  recurrence,
}: ObjectiveExclusion): CfnServiceLevelObjective.ExclusionWindowProperty {
  return {
    reason,
    startTime: start,
    recurrenceRule: recurrence === undefined ? undefined : { expression: recurrence },
    window: { duration: duration.toMinutes(), durationUnit: 'MINUTE' },
  };
}

/** One expression and the metrics that it reads. */
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
