import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** CloudWatch's quotas of a dashboard. */
const MOST_WIDGETS = 500;
const MOST_METRICS = 2500;
const MOST_METRICS_IN_A_WIDGET = 500;

interface Drawn {
  readonly properties: { readonly title?: string; readonly metrics?: unknown[] };
}

/** Refuses more than CloudWatch draws: it would take the dashboard and leave graphs empty. */
export function checkDashboardLimits(scope: IConstruct, widgets: IWidget[]): void {
  const drawn = widgets.flatMap((widget) => widget.toJson() as Drawn[]);
  const counts = drawn.map(({ properties }) => properties.metrics?.length ?? 0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const fix = 'make several dashboards, one for each team or domain';
  if (drawn.length > MOST_WIDGETS) {
    throw new PropError(scope, {
      prop: 'signals',
      value: `${drawn.length} widgets`,
      expected: `up to ${MOST_WIDGETS} widgets on a dashboard`,
      fix,
    });
  }
  if (all > MOST_METRICS) {
    throw new PropError(scope, {
      prop: 'signals',
      value: `${all} metrics`,
      expected: `up to ${MOST_METRICS} metrics on a dashboard`,
      fix,
    });
  }
  const largest = drawn[counts.findIndex((count) => count > MOST_METRICS_IN_A_WIDGET)];
  if (largest !== undefined) {
    throw new PropError(scope, {
      prop: 'business',
      value: `'${largest.properties.title}' with ${largest.properties.metrics!.length} metrics`,
      expected: `up to ${MOST_METRICS_IN_A_WIDGET} metrics in a graph`,
      fix: 'show fewer of them',
    });
  }
}
