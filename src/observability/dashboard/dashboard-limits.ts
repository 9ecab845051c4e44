import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';

/** CloudWatch's quotas of a dashboard. */
const MAX_WIDGETS = 500;
const MAX_METRICS_PER_DASHBOARD = 2500;
const MAX_METRICS_PER_WIDGET = 500;

/** Widget in the body of a dashboard. */
interface WidgetJson {
  readonly properties: { readonly title?: string; readonly metrics?: unknown[] };
}

/** Throws a PropError above CloudWatch's quotas. CloudWatch would accept the dashboard and leave graphs empty. */
export function checkDashboardLimits(scope: IConstruct, widgets: IWidget[]): void {
  const bodies = widgets.flatMap((widget) => widget.toJson() as WidgetJson[]);
  const counts = bodies.map(({ properties }) => properties.metrics?.length ?? 0);
  const metrics = counts.reduce((sum, count) => sum + count, 0);
  const largest = bodies[counts.findIndex((count) => count > MAX_METRICS_PER_WIDGET)] as WidgetJson | undefined;
  const fix = 'create several dashboards, one for each team or domain';
  checkRules(scope, [
    {
      condition: bodies.length > MAX_WIDGETS,
      prop: 'signals',
      problem: `need ${bodies.length} widgets, and a dashboard accepts ${MAX_WIDGETS}`,
      fix,
    },
    {
      condition: metrics > MAX_METRICS_PER_DASHBOARD,
      prop: 'signals',
      problem: `need ${metrics} metrics, and a dashboard accepts ${MAX_METRICS_PER_DASHBOARD}`,
      fix,
    },
    {
      condition: largest !== undefined,
      prop: 'business',
      problem:
        `has ${largest?.properties.metrics?.length} metrics in the graph '${largest?.properties.title}', ` +
        `and a graph accepts ${MAX_METRICS_PER_WIDGET}`,
      fix: 'show fewer of them',
    },
  ]);
}
