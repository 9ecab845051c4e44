import { type Duration, Token } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import { LATE_MINUTES } from '../../metrics/target-group-metrics';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { SEVERITIES, Severity } from '../alerting/severity';
import type { AlarmDefinition, Thresholds } from './alarm-definition';
import type { AlarmOverride } from './alarm-override';

/** What is changed of documented alarms, by key, or by key of one source alone: `service-cpu`, `Api/service-cpu`. */
export interface AlarmOverrides {
  /**
   * Changed limits and windows; the more exact key goes before the other.
   * @default - everything as documented
   */
  readonly overrides?: { [key: string]: AlarmOverride };
  /**
   * Alarms that are not made, each with its reason.
   * @default - none
   */
  readonly disabledAlarms?: { [key: string]: Waiver };
}

const DAY = 86_400;
const LESS_IS_WORSE = [ComparisonOperator.LESS_THAN_THRESHOLD, ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD];

/** The documented alarms, changed as the caller says, without those that he leaves out. Refuses what names no alarm, and what contradicts itself. */
export function adjustedAlarms(
  scope: IConstruct,
  documented: AlarmDefinition[],
  { overrides = {}, disabledAlarms = {} }: AlarmOverrides,
): AlarmDefinition[] {
  checkKeys(scope, 'overrides', Object.keys(overrides), documented);
  checkKeys(scope, 'disabledAlarms', Object.keys(disabledAlarms), documented);
  Object.entries(disabledAlarms).forEach(([key, { reason }]) =>
    checkReason(scope, `disabledAlarms['${key}'].reason`, reason),
  );
  const adjusted = documented.flatMap((definition) => {
    const names = namesIn(overrides, definition);
    const [omitted] = namesIn(disabledAlarms, definition).slice(-1);
    if (omitted === undefined) {
      return names.reduce((changed, name) => withOverride(scope, name, changed, overrides[name]), definition);
    }
    checkNotAdjusted(scope, omitted, names);
    return [];
  });
  Object.entries(overrides).forEach(([name, adjustment]) =>
    checkAlarms(
      scope,
      name,
      adjustment,
      adjusted.filter((definition) => means(name, definition)),
    ),
  );
  return adjusted;
}

/** Which of the caller's names mean this alarm: the one for all sources, then those for its own, the most exact last. */
function namesIn(named: { [key: string]: unknown }, definition: AlarmDefinition): string[] {
  return Object.keys(named)
    .filter((name) => means(name, definition))
    .sort((a, b) => a.length - b.length);
}

function means(name: string, { key, source }: AlarmDefinition): boolean {
  return name === key || `/${source.node.path}/${key}`.endsWith(`/${name}`);
}

function checkKeys(scope: IConstruct, prop: string, names: string[], documented: AlarmDefinition[]): void {
  const unknown = names.find((name) => !documented.some((definition) => means(name, definition)));
  if (unknown !== undefined) {
    const known = [...new Set(documented.map(({ key }) => key))].sort();
    const ofKey = documented.filter(({ key }) => unknown.endsWith(`/${key}`));
    throw new PropError(scope, {
      prop,
      value: unknown,
      expected:
        ofKey.length > 0
          ? `${ofKey[0].key} of ${ofKey.map(({ source }) => source.node.path).join(', ')}`
          : `${known.join(', ')}, each also of one source alone ('${documented[0].source.node.id}/${documented[0].key}')`,
      fix: 'name an alarm that what is watched here has',
    });
  }
}

/** Leaving out one source's alarm of a key that is adjusted for all is no contradiction; the reverse is. */
function checkNotAdjusted(scope: IConstruct, omitted: string, adjusted: string[]): void {
  const contradiction = adjusted.find((name) => name.length >= omitted.length);
  if (contradiction !== undefined) {
    throw new PropError(scope, {
      prop: 'overrides',
      value: contradiction,
      expected: `alarms that are not left out (disabledAlarms has '${omitted}')`,
      fix: 'take it out of one of the two',
    });
  }
}

/** A signal without any limit has no alarm that a window could change. */
function checkAlarms(scope: IConstruct, name: string, adjustment: AlarmOverride, adjusted: AlarmDefinition[]): void {
  if (adjusted.length > 0 && adjusted.every(({ thresholds }) => Object.keys(thresholds).length === 0)) {
    throw new PropError(scope, {
      prop: `overrides['${name}']`,
      value: Object.entries(adjustment)
        .filter(([, value]) => value !== undefined)
        .map(([key]) => key)
        .join(', '),
      expected: 'a limit with it: this signal has none that is documented, and no alarm without one',
      fix: `add warningThreshold, errorThreshold or criticalThreshold, in ${adjusted[0].unit}`,
    });
  }
}

function withOverride(
  scope: IConstruct,
  name: string,
  definition: AlarmDefinition,
  adjustment: AlarmOverride,
): AlarmDefinition {
  const prop = `overrides['${name}']`;
  const thresholds = { ...definition.thresholds, ...limitsOf(adjustment) };
  checkThresholds(scope, prop, definition, thresholds);
  const period = adjustment.period ?? definition.period;
  const evaluationPeriods = adjustment.evaluationPeriods ?? definition.evaluationPeriods;
  checkGapsAreSmall(scope, `${prop}.period`, definition, period);
  const late = period.toSeconds({ integral: false }) === 60 && fillsGaps(definition.metric) ? LATE_MINUTES : 0;
  const datapointsToAlarm =
    adjustment.datapointsToAlarm ??
    (adjustment.evaluationPeriods === undefined ? definition.datapointsToAlarm : evaluationPeriods - late);
  checkWindow(scope, prop, { period, evaluationPeriods, datapointsToAlarm, late });
  return { ...definition, thresholds, period, evaluationPeriods, datapointsToAlarm };
}

/** Whether a minute that is not there yet becomes a value: a good one. */
function fillsGaps(metric: IMetric): boolean {
  const { mathExpression } = metric.toMetricConfig();
  return (
    mathExpression !== undefined &&
    (mathExpression.expression.includes('FILL(') || Object.values(mathExpression.usingMetrics).some(fillsGaps))
  );
}

/** Without what is undefined, as other languages pass what was not said. */
function limitsOf({ warningThreshold, errorThreshold, criticalThreshold }: AlarmOverride): Thresholds {
  const given = {
    [Severity.WARNING]: warningThreshold,
    [Severity.ERROR]: errorThreshold,
    [Severity.CRITICAL]: criticalThreshold,
  };
  return Object.fromEntries(Object.entries(given).filter(([, limit]) => limit !== undefined));
}

function checkThresholds(
  scope: IConstruct,
  prop: string,
  { comparison, unit }: AlarmDefinition,
  thresholds: Thresholds,
): void {
  const given = SEVERITIES.filter(
    (severity) => thresholds[severity] !== undefined && !Token.isUnresolved(thresholds[severity]),
  );
  const { includes, inWords } = limitRange(comparison, unit.startsWith('%'));
  const wrong = given.find((severity) => !Number.isFinite(thresholds[severity]) || !includes(thresholds[severity]!));
  if (wrong !== undefined) {
    throw new PropError(scope, {
      prop: `${prop}.${wrong}Threshold`,
      value: thresholds[wrong],
      expected: `a number of ${unit} ${inWords}`,
      fix: 'give a limit that can be crossed, or leave it out',
    });
  }
  const lessIsWorse = LESS_IS_WORSE.includes(comparison);
  given.slice(1).forEach((severity, index) => {
    const milder = given[index];
    const [mild, urgent] = [thresholds[milder]!, thresholds[severity]!];
    if (lessIsWorse ? mild < urgent : mild > urgent) {
      throw new PropError(scope, {
        prop: `${prop}.${milder}Threshold`,
        value: mild,
        expected: `${lessIsWorse ? 'not below' : 'not above'} ${severity}, which is ${urgent} ${unit}: the milder alarm comes first`,
        fix: `set ${milder}Threshold and ${severity}Threshold together`,
      });
    }
  });
}

/** Limits that can be crossed: nothing that is counted is below 0, and no share above 100. */
function limitRange(
  comparison: ComparisonOperator,
  percent: boolean,
): { includes: (limit: number) => boolean; inWords: string } {
  const most = percent ? 100 : Infinity;
  return comparison === ComparisonOperator.GREATER_THAN_THRESHOLD
    ? { includes: (limit) => limit >= 0 && limit < most, inWords: percent ? 'from 0 to below 100' : 'not below 0' }
    : { includes: (limit) => limit > 0 && limit <= most, inWords: percent ? 'above 0, up to 100' : 'above 0' };
}

/** A minute that is not there yet has no requests: less than usual, if it is looked at by itself. */
function checkGapsAreSmall(
  scope: IConstruct,
  prop: string,
  { comparison, metric }: AlarmDefinition,
  period: Duration,
): void {
  if (
    comparison === ComparisonOperator.LESS_THAN_LOWER_THRESHOLD &&
    fillsGaps(metric) &&
    period.toSeconds({ integral: false }) < LATE_MINUTES * 60
  ) {
    throw new PropError(scope, {
      prop,
      value: `${period.toSeconds({ integral: false })} s`,
      expected: `from ${LATE_MINUTES} minutes: the newest ones may not be there yet, and count as without requests`,
      fix: 'give it as Duration.minutes(5)',
    });
  }
}

/** @param late minutes that may be missing yet, and are filled with what is good: so many more are looked at than have to be bad */
function checkWindow(
  scope: IConstruct,
  prop: string,
  {
    period,
    evaluationPeriods,
    datapointsToAlarm,
    late,
  }: { period: Duration; evaluationPeriods: number; datapointsToAlarm: number; late: number },
): void {
  const seconds = period.toSeconds({ integral: false });
  if (seconds < 60 || seconds % 60 !== 0 || seconds > 7 * DAY) {
    throw new PropError(scope, {
      prop: `${prop}.period`,
      value: `${seconds} s`,
      expected: 'whole minutes up to 7 days: AWS tells these metrics once a minute',
      fix: 'give it as Duration.minutes(5)',
    });
  }
  const most = seconds >= 3600 ? 7 * DAY : DAY;
  const why = late === 0 ? '' : `; the newest ${late} minutes may not be there yet, and count as good ones`;
  checkWholeNumber(scope, `${prop}.evaluationPeriods`, evaluationPeriods, {
    min: 1 + late,
    max: Math.floor(most / seconds),
    unit: `periods of ${seconds} s: CloudWatch looks back ${most / DAY} ${most === DAY ? 'day' : 'days'}${why}`,
    fix: 'look at as many periods, or at longer ones',
  });
  checkWholeNumber(scope, `${prop}.datapointsToAlarm`, datapointsToAlarm, {
    min: 1,
    max: evaluationPeriods - late,
    unit: `bad periods of the ${evaluationPeriods} that are looked at${why}`,
    fix: 'raise evaluationPeriods, or leave out datapointsToAlarm',
  });
}

/** Whether the limit is a number of standard deviations from what is usual. */
export function isBand(comparison: ComparisonOperator): boolean {
  return [ComparisonOperator.LESS_THAN_LOWER_THRESHOLD, ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD].includes(
    comparison,
  );
}
