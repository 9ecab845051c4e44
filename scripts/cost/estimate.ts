import { INSIGHTS_METRICS, type Price, type PriceKey, PRICES } from './price-list';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- templates are untyped JSON
export interface TemplateJson { readonly Resources?: { readonly [id: string]: { readonly Type: string; readonly Properties?: any } } }

/** Part of a monthly bill. */
export interface Line {
  readonly price: PriceKey;
  /** Number of units; missing where a template doesn't say it. */
  readonly units?: number;
}

/** What one or more templates cost a month to observe, by price. Lines with the same price are added up. */
export function observabilityCost(templates: TemplateJson[]): Line[] {
  const all = templates.flatMap(({ Resources = {} }) => Object.values(Resources));
  const of = (type: string) => all.filter(({ Type }) => Type === type).map(({ Properties }) => Properties ?? {});
  const lines: Line[] = [
    ...of('AWS::CloudWatch::Alarm').map(alarm),
    ...of('AWS::ApplicationAutoScaling::ScalingPolicy').flatMap(alarmsOfPolicy),
    ...of('AWS::CloudWatch::CompositeAlarm').map((): Line => ({ price: 'composite', units: 1 })),
    ...of('AWS::Logs::MetricFilter').flatMap(({ MetricTransformations = [] }) => MetricTransformations.map(filtered)),
    ...of('AWS::CloudWatch::Dashboard').map((): Line => ({ price: 'dashboard', units: 1 })),
    ...of('AWS::ApplicationSignals::ServiceLevelObjective').map((): Line => ({ price: 'objective' })),
    ...insights(of('AWS::ECS::Cluster'), of('AWS::ECS::Service').length, of('AWS::ECS::TaskDefinition').length),
    ...of('AWS::Logs::LogGroup').slice(0, 1).map((): Line => ({ price: 'logs' })),
  ];
  return (Object.keys(PRICES) as PriceKey[]).flatMap((price) => {
    const same = lines.filter((line) => line.price === price);
    return same.length === 0 ? [] : [{ price, units: sum(same.map(({ units }) => units)) }];
  });
}

/** Cost of a line a month in USD; undefined if it is unknown. */
export function usdOf({ price, units }: Line): number | undefined {
  const { usd } = PRICES[price] as Price;
  return usd === undefined || units === undefined ? undefined : usd * units;
}

/** Sum of the known lines in USD. */
export function total(lines: Line[]): number {
  return lines.reduce((all, line) => all + (usdOf(line) ?? 0), 0);
}

/** An alarm is billed by its metrics. A band of anomaly detection has two more, its edges. */
function alarm({ Metrics = [], Period }: { Metrics?: any[]; Period?: number }): Line {
  const metrics = Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
  const edges = Metrics.some(({ Expression = '' }) => String(Expression).includes('ANOMALY_DETECTION_BAND')) ? 2 : 0;
  const queries = Metrics.some(({ Expression = '' }) => /^\s*SELECT\b/i.test(String(Expression)));
  const fast = [Period, ...Metrics.map(({ MetricStat }) => MetricStat?.Period)].some((period) => Number(period) < 60);
  return { price: fast ? 'fastAlarm' : 'alarm', units: queries ? undefined : Math.max(metrics, 1) + edges };
}

/** Auto scaling creates one alarm above the target and one below it. */
function alarmsOfPolicy({ TargetTrackingScalingPolicyConfiguration: target }: { TargetTrackingScalingPolicyConfiguration?: any }): Line[] {
  if (target === undefined) {
    return [];
  }
  const queries: any[] = target.CustomizedMetricSpecification?.Metrics ?? [];
  return [{ price: 'alarm', units: 2 * Math.max(queries.filter(({ MetricStat }) => MetricStat !== undefined).length, 1) }];
}

/** A dimension makes a metric for each of its values, which no template knows. */
function filtered({ Dimensions }: { Dimensions?: unknown[] }): Line {
  return { price: 'metric', units: Dimensions === undefined || Dimensions.length === 0 ? 1 : undefined };
}

/** Services without a cluster in these templates report to one elsewhere, which is taken to have plain insights. */
function insights(clusters: any[], services: number, definitions: number): Line[] {
  const level = clusters.flatMap(({ ClusterSettings = [] }) => ClusterSettings).find(({ Name }) => Name === 'containerInsights')?.Value;
  const off = level === 'disabled' || (clusters.length > 0 && level === undefined);
  const { cluster, service, taskDefinition } = INSIGHTS_METRICS;
  if (off || clusters.length + services === 0) {
    return [];
  }
  return level === 'enhanced'
    ? [{ price: 'enhancedInsights' }]
    : [{ price: 'insights', units: clusters.length * cluster + services * service + definitions * taskDefinition }];
}

/** Undefined if a part is. */
function sum(parts: Array<number | undefined>): number | undefined {
  return parts.reduce((all, part) => (all === undefined || part === undefined ? undefined : all + part), 0);
}
