import type { Template } from 'aws-cdk-lib/assertions';

/** What CloudWatch has for one metric of an alarm in its window; undefined where there is no data point. */
export type Observation = (metric: { name: string; statistic: string; group?: string; periodInSeconds: number }) => number | undefined;

interface Query {
  Id: string;
  Expression?: string;
  ReturnData?: boolean;
  MetricStat?: { Period: number; Stat: string; Metric: { MetricName: string; Dimensions: Array<{ Name: string; Value: string }> } };
}

export interface WindowAlarm { readonly Metrics: Query[]; readonly Threshold: number; readonly [prop: string]: unknown }

/** The alarms of a template, by the end of their logical id without its hash. */
export function windowAlarm(template: Template, id: string): WindowAlarm {
  const found = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([logicalId]) => logicalId.slice(0, -8).endsWith(id));
  if (found.length !== 1) {
    throw new Error(`${found.length} alarms end in ${id}`);
  }
  return found[0][1].Properties as WindowAlarm;
}

/** The value that an alarm of one window compares, from what was observed in it. */
export function valueOf(alarm: WindowAlarm, observed: Observation): number {
  const functions = { FILL: (value: number | undefined, filler: number) => value ?? filler, IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no) };
  const values = Object.fromEntries(alarm.Metrics.filter(({ MetricStat }) => MetricStat).map(({ Id, MetricStat }) => {
    const { Period, Stat, Metric } = MetricStat!;
    return [Id, observed({ name: Metric.MetricName, statistic: Stat, group: Metric.Dimensions.find(({ Name }) => Name === 'TargetGroup')?.Value, periodInSeconds: Period })];
  }));
  const { Expression } = alarm.Metrics.find(({ ReturnData }) => ReturnData !== false)!;
  const known = { ...functions, ...values };
  return new Function(...Object.keys(known), `return (${Expression});`)(...Object.values(known)) as number;
}
