import { Duration } from 'aws-cdk-lib';
import { Color, MathExpression, Shading } from 'aws-cdk-lib/aws-cloudwatch';
import { failureShare, shown } from '../../metrics/failure-share';
import type { WatchedObjective } from '../slo/error-budget';
import { graph, type Sized } from './dashboard-widgets';

/** Days of the budget, as of the windows of its alarms. */
const BUDGET_DAYS = 30;
/** Burn rate of an hour that pages. */
const PAGES_ABOVE = 14.4;

/** Error budget that is left, and how fast it burns. Source: requirement D-12. */
export function budgetGraphs(watched: WatchedObjective): Sized[] {
  const { objective, budget } = watched;
  const { percent, withinSeconds } = objective;
  const name = `${shown(percent)} %${withinSeconds === undefined ? '' : ` within ${shown(withinSeconds)} s`}`;
  const hour = Duration.hours(1);
  return [
    graph(`Error budget left in ${BUDGET_DAYS} days (${name})`, {
      left: [budgetLeft(watched, hour)],
      leftYAxis: { max: 100, label: '%', showUnits: false },
      start: `-P${BUDGET_DAYS}D`,
      leftAnnotations: [{ value: 0, label: 'spent', color: Color.RED, fill: Shading.NONE }],
    }),
    graph(`Burn rate of the budget (${name})`, {
      left: [budget.burnRate(hour, 1, 'once').with({ label: 'Burn rate of an hour' })],
      leftYAxis: { label: 'times what the objective allows', showUnits: false },
      leftAnnotations: [
        { value: PAGES_ABOVE, label: `pages above ${PAGES_ABOVE}`, color: Color.RED, fill: Shading.NONE },
      ],
    }),
  ];
}

/** Share of the budget that is left. The budget is a share of all requests of the displayed time. */
function budgetLeft({ budget, objective }: WatchedObjective, period: Duration): MathExpression {
  const { failed, all, metrics } = budget.counts(period);
  const share = failureShare(objective.percent);
  return new MathExpression({
    expression: `100*(1-RUNNING_SUM(failures)/(SUM(answers)*${share}))`,
    usingMetrics: {
      failures: new MathExpression({ expression: failed, usingMetrics: metrics, period }),
      answers: new MathExpression({ expression: all, usingMetrics: metrics, period }),
    },
    period,
    label: 'Error budget left (%)',
  });
}
