/** Price of one unit for a month, in USD. */
export interface Price {
  readonly item: string;
  /** Missing where no source has a price that a template decides. */
  readonly usd?: number;
  readonly unit: string;
  readonly source: string;
  /** Day of the source's content that was read, not of its last change. */
  readonly readOn: string;
}

/** A published extract of the API, which needs an account. */
const API = 'AWS Price List API, AmazonCloudWatch, us-east-1, prices since 2025-09-01';
const PAGE = 'aws.amazon.com/cloudwatch/pricing';

/** Prices of us-east-1, without the free tier of an account. */
export const PRICES = {
  alarm: { item: 'alarm', usd: 0.1, unit: 'metric of an alarm', source: API, readOn: '2025-10-28' },
  fastAlarm: { item: 'alarm with a period below a minute', usd: 0.3, unit: 'metric of an alarm', source: API, readOn: '2025-10-28' },
  composite: { item: 'composite alarm', usd: 0.5, unit: 'alarm', source: API, readOn: '2025-10-28' },
  metric: { item: 'custom metric', usd: 0.3, unit: 'metric, of the first 10,000', source: API, readOn: '2025-10-28' },
  dashboard: { item: 'dashboard', usd: 3, unit: 'dashboard', source: PAGE, readOn: '2022-04-29' },
  insights: { item: 'Container Insights', usd: 0.3, unit: 'metric, billed as a custom metric', source: API, readOn: '2025-10-28' },
  enhancedInsights: {
    item: 'Container Insights with enhanced observability', usd: 0.07, unit: 'metric; it adds metrics for each task and container', source: API, readOn: '2025-10-28',
  },
  logs: { item: 'log ingestion', usd: 0.5, unit: 'GB', source: API, readOn: '2025-10-28' },
  objective: { item: 'objective of Application Signals', unit: 'signal', source: PAGE, readOn: '2026-12-01' },
} satisfies { [key: string]: Price };

export type PriceKey = keyof typeof PRICES;

/**
 * Metrics of Container Insights for a Fargate cluster, by the archived page "Amazon ECS Container Insights metrics" of the
 * user guide of CloudWatch, read on 2026-12-01. It also says that they are billed as custom metrics.
 */
export const INSIGHTS_METRICS = { cluster: 10, service: 13, taskDefinition: 8 };

/**
 * Metrics of enhanced observability, as a team published them for a cluster whose services have one task each (August
 * 2026). No source of AWS gives the number for each task and container, so an estimate says "unknown", and this compares.
 */
export const ENHANCED_METRICS_MEASURED = { cluster: 23, serviceWithOneTask: 157 };
