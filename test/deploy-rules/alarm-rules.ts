import { type DeployRule, type Found, list, resources } from './template-json';

const DAY = 86_400;

function read(alarm: Found): any[] {
  return list(alarm.p.Metrics).filter(({ MetricStat }) => MetricStat !== undefined);
}

/** Seconds that an alarm looks back over, and of one of its periods. */
function lookBack(alarm: Found): { readonly period: number; readonly whole: number } {
  const period: number = alarm.p.Period ?? Math.max(0, ...read(alarm).map(({ MetricStat }) => MetricStat.Period as number));
  return { period, whole: period * alarm.p.EvaluationPeriods };
}

/** Whether an expression takes the worst, best, mean or sum of a list of one. */
function ofOneSeries(expression: string): boolean {
  return [...expression.matchAll(/\b(?:AVG|MAX|MIN|SUM)\(\[/g)].some(({ 0: call, index }) => {
    let depth = 0;
    for (const sign of expression.slice(index + call.length)) {
      if (depth === 0 && (sign === ',' || sign === ']')) {
        return sign === ']';
      }
      depth += '(['.includes(sign) ? 1 : ')]'.includes(sign) ? -1 : 0;
    }
    return false;
  });
}

export const ALARM_RULES: DeployRule[] = [
  {
    id: 'ten-metrics-an-alarm',
    why: 'An alarm reads at most ten metrics and evaluates at most ten expressions; one with more is refused.',
    check: (template) => resources(template, 'AWS::CloudWatch::Alarm')
      .filter((alarm) => read(alarm).length > 10 || list(alarm.p.Metrics).length - read(alarm).length > 10).map(({ id }) => id),
  },
  {
    id: 'alarm-looks-back-a-week',
    why: 'An alarm looks back over at most seven days, and over one where its period is shorter than an hour; another is refused.',
    check: (template) => resources(template, 'AWS::CloudWatch::Alarm').filter((alarm) => {
      const { period, whole } = lookBack(alarm);
      return whole > (period < 3600 ? DAY : 7 * DAY);
    }).map(({ id }) => id),
  },
  {
    id: 'filled-minute-is-no-bad-one',
    // A longer period is not empty without its newest minute: FILL leaves it, and it counts the others.
    why: 'The newest minute often is not there yet, and FILL makes it a good one: an alarm that wants each of its minutes bad, or its only one, never fires.',
    check: (template) => resources(template, 'AWS::CloudWatch::Alarm').filter((alarm) => {
      const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Metrics } = alarm.p;
      return DatapointsToAlarm === EvaluationPeriods && lookBack(alarm).period === 60 && JSON.stringify(Metrics ?? '').includes('FILL(');
    }).map(({ id }) => id),
  },
  {
    id: 'worst-of-several-series',
    why: 'MAX of a single series is one number over all of its time, not a value each minute, and so are AVG, MIN and SUM.',
    check: (template) => resources(template, 'AWS::CloudWatch::Alarm').filter((alarm) => list(alarm.p.Metrics).some(({ Expression }) => typeof Expression === 'string' && ofOneSeries(Expression))).map(({ id }) => id),
  },
  {
    id: 'metric-name-of-a-filter',
    why: 'A metric filter refuses a metric name with a colon, an asterisk or a dollar sign.',
    check: (template) => resources(template, 'AWS::Logs::MetricFilter')
      .filter(({ p }) => list(p.MetricTransformations).some(({ MetricName }) => typeof MetricName === 'string' && /[:*$]/.test(MetricName))).map(({ id }) => id),
  },
  {
    id: 'objective-named-once',
    why: 'The name of an objective in Application Signals is the account\'s and region\'s: letters, digits, dots, dashes and blanks, up to 128.',
    check: (template) => resources(template, 'AWS::ApplicationSignals::ServiceLevelObjective')
      .filter(({ p }, index, all) => !/^[0-9A-Za-z][-._0-9A-Za-z ]{0,126}[0-9A-Za-z]$/.test(p.Name) || all.findIndex((other) => other.p.Name === p.Name) !== index).map(({ id }) => id),
  },
];
