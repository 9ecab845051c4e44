import { type CompositeRule, parseCompositeRule } from './composite-rule';
import { asText } from './intrinsics';
import type { Comparison, MetricAlarmDefinition } from './metric-alarm';
import type { Query } from './metric-maths';

/* eslint-disable @typescript-eslint/no-explicit-any -- templates are untyped JSON */

/** The part of a template that is read. */
export interface TemplateJson {
  readonly Resources: { readonly [logicalId: string]: { readonly Type: string; readonly Properties?: any } };
}

/** An alarm on the states of others. */
export interface CompositeAlarmDefinition {
  readonly name: string;
  readonly rule: CompositeRule;
  /** Alarms that the rule names. */
  readonly members: string[];
  readonly actions: string[];
  /** Alarm that suppresses the actions, and minutes for which they wait for it, and after it. */
  readonly suppressor?: { readonly alarm: string; readonly wait: number; readonly extension: number };
}

/** All alarms of a template. */
export interface AlarmSet {
  readonly metricAlarms: MetricAlarmDefinition[];
  readonly compositeAlarms: CompositeAlarmDefinition[];
  /** Names that a rule may use for an alarm, and the alarm's own. */
  readonly names: Map<string, string>;
  /** What an alarm is called in short, by its name: as its page, or the end of its name. */
  readonly titles: Map<string, string>;
  /** What takes a running deployment back. */
  readonly rollback: string[];
}

const TEXT_ONLY = ['AlarmName', 'AlarmDescription', 'Tags', 'OKActions', 'InsufficientDataActions'];
const OF_ALL = [...TEXT_ONLY, 'ActionsEnabled', 'AlarmActions'];
const OF_METRIC_ALARMS = [
  ...OF_ALL, 'ComparisonOperator', 'Threshold', 'ThresholdMetricId', 'EvaluationPeriods', 'DatapointsToAlarm', 'TreatMissingData', 'Metrics',
  'Namespace', 'MetricName', 'Dimensions', 'Statistic', 'ExtendedStatistic', 'Period', 'Unit', 'EvaluateLowSampleCountPercentile',
];

/** Reads alarms as CloudFormation gets them. Throws for a property that is not simulated. */
export function alarmsOf(template: TemplateJson): AlarmSet {
  const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type).map(([id, { Properties }]) => [id, Properties] as [string, any]);
  const names = new Map<string, string>();
  const titles = new Map<string, string>();
  const named = (id: string, { AlarmName, AlarmDescription = '' }: any): string => {
    const name = AlarmName === undefined ? id : asText(AlarmName);
    [id, `${id}.Arn`, name].forEach((alias) => names.set(alias, name));
    titles.set(name, /([\w-]+)\.md/.exec(asText(AlarmDescription))?.[1] ?? name.replace(/^.*-[0-9a-f]{8}-/, ''));
    return name;
  };
  return {
    metricAlarms: ofType('AWS::CloudWatch::Alarm').map(([id, properties]) => metricAlarm(named(id, properties), properties)),
    compositeAlarms: ofType('AWS::CloudWatch::CompositeAlarm').map(([id, properties]) => compositeAlarm(named(id, properties), properties)),
    names,
    titles,
    rollback: ofType('AWS::ECS::Service').flatMap(([, properties]) => properties.DeploymentConfiguration?.Alarms?.AlarmNames ?? []).map(asText),
  };
}

function metricAlarm(name: string, properties: any): MetricAlarmDefinition {
  checkKnown(name, properties, OF_METRIC_ALARMS);
  const { EvaluationPeriods, DatapointsToAlarm, TreatMissingData, ComparisonOperator, Threshold, ThresholdMetricId, ExtendedStatistic, Statistic } = properties;
  const metrics: any[] = properties.Metrics ?? [{ Id: 'metric', MetricStat: { Metric: properties, Stat: ExtendedStatistic ?? Statistic, Period: properties.Period } }];
  const [{ Id: judged }] = metrics.length === 1 ? metrics : metrics.filter(({ Id, ReturnData }) => ReturnData !== false && Id !== ThresholdMetricId);
  return {
    name,
    queries: metrics.map(query),
    judged,
    period: periodOf(name, metrics),
    comparison: ComparisonOperator as Comparison,
    threshold: ThresholdMetricId === undefined ? Threshold : { band: ThresholdMetricId },
    evaluationPeriods: EvaluationPeriods,
    datapointsToAlarm: DatapointsToAlarm ?? EvaluationPeriods,
    treatMissingData: TreatMissingData ?? 'missing',
    fewestSamples: properties.EvaluateLowSampleCountPercentile === 'ignore' ? fewestSamples(ExtendedStatistic) : undefined,
    actions: actionsOf(properties),
  };
}

function compositeAlarm(name: string, properties: any): CompositeAlarmDefinition {
  checkKnown(name, properties, [...OF_ALL, 'AlarmRule', 'ActionsSuppressor', 'ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod']);
  const { ActionsSuppressor, ActionsSuppressorWaitPeriod: wait, ActionsSuppressorExtensionPeriod: extension } = properties;
  const suppressor = ActionsSuppressor && { alarm: asText(ActionsSuppressor), wait: wait / 60, extension: extension / 60 };
  const rule = asText(properties.AlarmRule);
  return { name, rule: parseCompositeRule(rule), members: [...rule.matchAll(/"([^"]*)"/g)].map(([, member]) => member), actions: actionsOf(properties), suppressor };
}

function query({ Id, Expression, MetricStat }: any): Query {
  if (Expression !== undefined) {
    return { id: Id, expression: asText(Expression) };
  }
  const { Namespace, MetricName, Dimensions } = MetricStat.Metric;
  const dimensions = Object.fromEntries((Dimensions ?? []).map(({ Name, Value }: any) => [Name, asText(Value)]));
  return { id: Id, metric: { namespace: asText(Namespace), name: asText(MetricName), dimensions, statistic: MetricStat.Stat } };
}

/** Minutes. All metrics of an alarm have the same period. */
function periodOf(name: string, metrics: any[]): number {
  const seconds = [...new Set(metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []))];
  if (seconds.length !== 1 || seconds[0] % 60 !== 0) {
    throw new Error(`${name}: one period of whole minutes is simulated, not ${seconds.join(', ')} s`);
  }
  return seconds[0] / 60;
}

/** As documented: a p99 needs 1000 samples, a p01 as well. */
function fewestSamples(statistic: string): number {
  const share = Number(statistic.slice(1)) / 100;
  return 10 / Math.min(share, 1 - share);
}

function actionsOf({ ActionsEnabled, AlarmActions }: any): string[] {
  return ActionsEnabled === false ? [] : (AlarmActions ?? []).map(asText);
}

function checkKnown(name: string, properties: any, known: string[]): void {
  const unknown = Object.keys(properties).filter((property) => !known.includes(property));
  if (unknown.length > 0) {
    throw new Error(`${name}: ${unknown.join(', ')} is not simulated`);
  }
}
