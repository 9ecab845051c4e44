import type { Template } from 'aws-cdk-lib/assertions';

/** One value a minute; undefined where CloudWatch has no data point. */
export type Series = Array<number | undefined>;

/**
 * Values of a metric, by the last part of the target group's logical id (or `LoadBalancer`, or `Service` for those of ECS) and the metric's name, or its
 * name and statistic: `TargetResponseTime TC(:2)`.
 */
export type Observed = { [source: string]: { [metric: string]: Series } };

interface Query {
  Id: string;
  Expression?: string;
  ReturnData: boolean;
  MetricStat?: { Stat: string; Metric: { MetricName: string; Dimensions: Array<{ Name: string; Value: { 'Fn::GetAtt': [string, string] } }> } };
}

/** An alarm of a template, or the queries of a scaling policy, evaluated as CloudWatch does: metric maths minute by minute, then M of N. */
export class AlarmMaths {
  /** The only alarm of a template that a construct of such an id made: `service-error-rate-error`. */
  public static of(template: Template, id: string): AlarmMaths {
    const ids = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([logicalId]) => logicalId.includes(`${id.replace(/\W/g, '')}Alarm`));
    return new AlarmMaths(ids[0][1].Properties);
  }

  /** The only alarm of a template whose name ends so. */
  public static find(template: Template, suffix: string): AlarmMaths {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    const [alarm] = alarms.filter(({ AlarmName }) => AlarmName?.endsWith(suffix));
    return new AlarmMaths(alarm);
  }

  private readonly queries: Query[];

  public constructor(private readonly alarm: { [prop: string]: any }) {
    this.queries = alarm.Metrics;
  }

  /** The metric that the alarm judges, minute by minute, or another of its queries. */
  public values(observed: Observed, minutes: number, query = this.queries.find(({ ReturnData }) => ReturnData)!.Id): Series {
    return Array.from({ length: minutes }, (_, minute) => {
      const results = new Map<string, number | undefined>();
      const value = (id: string): number | undefined => {
        if (!results.has(id)) {
          const asked = this.queries.find((candidate) => candidate.Id === id)!;
          results.set(id, asked.Expression ? this.evaluate(asked.Expression, value) : this.sample(asked, observed, minute));
        }
        return results.get(id);
      };
      return value(query);
    });
  }

  /** The first minute at whose end the alarm fires, or undefined. */
  public firesAfter(observed: Observed, minutes: number): number | undefined {
    const breaching = this.values(observed, minutes).map((value) => value !== undefined && this.breaches(value));
    const { EvaluationPeriods: n, DatapointsToAlarm: m } = this.alarm;
    // What was before the first minute is missing, and no alarm of ours takes that for bad.
    const minute = breaching.findIndex((_, end) => breaching.slice(Math.max(0, end + 1 - n), end + 1).filter(Boolean).length >= m);
    return minute === -1 ? undefined : minute + 1;
  }

  private breaches(value: number): boolean {
    const { ComparisonOperator, Threshold } = this.alarm;
    switch (ComparisonOperator) {
      case 'GreaterThanThreshold': return value > Threshold;
      case 'GreaterThanOrEqualToThreshold': return value >= Threshold;
      case 'LessThanThreshold': return value < Threshold;
      default: throw new Error(`${ComparisonOperator} is not simulated`);
    }
  }

  private sample(query: Query, observed: Observed, minute: number): number | undefined {
    const { Metric: { MetricName, Dimensions }, Stat } = query.MetricStat!;
    const group = Dimensions.find(({ Name }) => Name === 'TargetGroup')?.Value['Fn::GetAtt'][0];
    const whole = Dimensions.some(({ Name }) => Name === 'ServiceName') ? 'Service' : 'LoadBalancer';
    const source = group === undefined ? whole : Object.keys(observed).find((name) => group.includes(name));
    const samples = source === undefined ? undefined : observed[source];
    return (samples?.[`${MetricName} ${Stat}`] ?? samples?.[MetricName])?.[minute];
  }

  /** The functions that CloudWatch has and our alarms use; metric maths is JavaScript's syntax but for them. */
  private evaluate(expression: string, value: (id: string) => number | undefined): number | undefined {
    const scope = {
      FILL: (sample: number | undefined, filler: number) => sample ?? filler,
      MAX: (samples: Array<number | undefined>) => Math.max(...samples.filter((sample): sample is number => sample !== undefined)),
      IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
    };
    const ids = this.queries.map(({ Id }) => Id);
    const names = [...Object.keys(scope), ...ids];
    const known = [...Object.values(scope), ...ids.map((id) => (expression.match(new RegExp(`\\b${id}\\b`)) ? value(id) : undefined))];
    return new Function(...names, `return (${expression});`)(...known) as number | undefined;
  }
}
