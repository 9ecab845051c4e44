import { Token } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { LATE_MINUTES } from '../../metrics/target-group-metrics';
import { checkReason, repeatedIn } from '../../validation/checks';
import { checkRules, type Rule } from '../../validation/rules';
import { SEVERITIES, type Severity } from '../alerting/severity';
import type { AlarmDefinition } from './alarm-definition';
import { denotes } from './alarm-key';
import type { AlarmOverride, AlarmOverrideProps } from './alarm-override';
import type { DisabledAlarm } from './disabled-alarm';
import { filledPeriods, fillsGaps, seconds } from './late-data';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
const LESS_IS_WORSE = [ComparisonOperator.LESS_THAN_THRESHOLD, ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD];

/** Throws a PropError for an unknown or repeated key, and for a disabled alarm without a reason. */
export function checkKeys(
  scope: IConstruct,
  documented: AlarmDefinition[],
  overrides: AlarmOverride[],
  disabledAlarms: DisabledAlarm[],
): void {
  checkRules(scope, [
    ...keyRules('overrides', overrides, documented),
    ...overrides.map((override) => ({
      condition: givenProps(override).length === 0,
      prop: `overrides['${override.key}']`,
      problem: 'changes nothing',
      fix: 'set a threshold or a window, or remove it',
    })),
    ...keyRules('disabledAlarms', disabledAlarms, documented),
  ]);
  disabledAlarms.forEach(({ key, reason }) => checkReason(scope, `disabledAlarms['${key}'].reason`, reason));
}

function keyRules(prop: string, settings: { readonly key: string }[], documented: AlarmDefinition[]): Rule[] {
  const keys = settings.map(({ key }) => key);
  const unknown = keys.find((key) => !documented.some((definition) => denotes(key, definition)));
  const repeated = repeatedIn(keys);
  return [
    {
      condition: unknown !== undefined,
      prop,
      value: unknown,
      expected: unknown === undefined ? '' : knownKeys(unknown, documented),
      fix: 'use the key of an alarm that exists here',
    },
    {
      condition: repeated !== undefined,
      prop: `${prop}['${repeated}']`,
      problem: 'is listed twice',
      fix: 'merge the two into one',
    },
  ];
}

/** The sources of the alarm, where only the source is wrong; else the keys of all alarms. */
function knownKeys(unknown: string, documented: AlarmDefinition[]): string {
  const ofKey = documented.filter(({ key }) => unknown.endsWith(`/${key}`));
  if (ofKey.length > 0) {
    return `${ofKey[0].key} of ${ofKey.map(({ source }) => source.node.path).join(', ')}`;
  }
  const [{ source, key: first }] = documented;
  const all = [...new Set(documented.map(({ key }) => key))].sort().join(', ');
  return `${all}, or one of them for a single source ('${source.node.id}/${first}')`;
}

/** An override for all sources may coexist with disabling one source. An override for a disabled source is refused. */
export function checkNotDisabled(
  scope: IConstruct,
  disabled: DisabledAlarm | undefined,
  overrides: AlarmOverride[],
): void {
  const override = overrides.find(({ key }) => disabled !== undefined && key.length >= disabled.key.length);
  checkRules(scope, [
    {
      condition: override !== undefined,
      prop: `overrides['${override?.key}']`,
      problem: `changes an alarm that disabledAlarms['${disabled?.key}'] disables`,
      fix: 'remove one of the two',
    },
  ]);
}

/** A window alone creates no alarm where no threshold is documented. */
export function checkHasThreshold(
  scope: IConstruct,
  override: AlarmOverride,
  definitions: AlarmDefinition[],
): void {
  checkRules(scope, [
    {
      condition:
        definitions.length > 0 && definitions.every(({ thresholds }) => Object.keys(thresholds).length === 0),
      prop: `overrides['${override.key}']`,
      problem: `sets ${givenProps(override).join(', ')} but no threshold, and none is documented for this alarm`,
      fix: `add warningThreshold, errorThreshold or criticalThreshold, in ${definitions[0]?.unit}`,
    },
  ]);
}

function givenProps({ _props }: AlarmOverride): string[] {
  return Object.entries(_props).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}

/** Throws a PropError for thresholds and windows that can't work together. */
export function checkOverridden(scope: IConstruct, override: AlarmOverride, definition: AlarmDefinition): void {
  const prop = `overrides['${override.key}']`;
  checkRules(scope, [
    ...thresholdRules(prop, definition),
    ...orderRules(prop, override._props, definition),
    ...periodRules(prop, definition),
  ]);
  checkRules(scope, windowRules(prop, override._props, definition));
}

function thresholdRules(prop: string, { comparison, thresholds, unit }: AlarmDefinition): Rule[] {
  const { includes, inWords } = thresholdRange(comparison, unit.startsWith('%'));
  return knownSeverities({ thresholds }).map((severity) => ({
    condition: !Number.isFinite(thresholds[severity]) || !includes(thresholds[severity]!),
    prop: `${prop}.${severity}Threshold`,
    value: thresholds[severity],
    expected: `a number of ${unit} ${inWords}`,
    fix: 'give a threshold that the metric can cross, or remove it',
  }));
}

/** The milder alarm fires first. The message is about the threshold that this override sets. */
function orderRules(
  prop: string,
  props: AlarmOverrideProps,
  { comparison, thresholds, unit }: AlarmDefinition,
): Rule[] {
  const given = knownSeverities({ thresholds });
  const lessIsWorse = LESS_IS_WORSE.includes(comparison);
  return given.slice(1).map((severity, index) => {
    const milder = given[index];
    const [mild, urgent] = [thresholds[milder]!, thresholds[severity]!];
    const setsMilder = props[`${milder}Threshold`] !== undefined;
    return {
      condition: lessIsWorse ? mild < urgent : mild > urgent,
      prop: `${prop}.${setsMilder ? milder : severity}Threshold`,
      value: setsMilder ? mild : urgent,
      expected: setsMilder
        ? `at ${lessIsWorse ? 'least' : 'most'} ${urgent} ${unit}, the ${severity} threshold`
        : `at ${lessIsWorse ? 'most' : 'least'} ${mild} ${unit}, the ${milder} threshold`,
      fix: `set ${milder}Threshold and ${severity}Threshold together`,
    };
  });
}

function knownSeverities({ thresholds }: Pick<AlarmDefinition, 'thresholds'>): Severity[] {
  return SEVERITIES.filter(
    (severity) => thresholds[severity] !== undefined && !Token.isUnresolved(thresholds[severity]),
  );
}

/** Thresholds that can be crossed: a count is never below 0, and a percentage never above 100. */
function thresholdRange(
  comparison: ComparisonOperator,
  percent: boolean,
): { includes: (threshold: number) => boolean; inWords: string } {
  const max = percent ? 100 : Infinity;
  return comparison === ComparisonOperator.GREATER_THAN_THRESHOLD
    ? {
      includes: (threshold) => threshold >= 0 && threshold < max,
      inWords: percent ? 'from 0 to below 100' : 'not below 0',
    }
    : {
      includes: (threshold) => threshold > 0 && threshold <= max,
      inWords: percent ? 'above 0, up to 100' : 'above 0',
    };
}

/** A minute that has not arrived has no requests, which by itself is fewer than usual. */
function periodRules(prop: string, { comparison, metric, period }: AlarmDefinition): Rule[] {
  const length = seconds(period);
  return [
    {
      condition:
        comparison === ComparisonOperator.LESS_THAN_LOWER_THRESHOLD &&
        fillsGaps(metric) &&
        length < LATE_MINUTES * MINUTE,
      prop: `${prop}.period`,
      value: `${length} s`,
      expected: `${LATE_MINUTES} minutes or more, because minutes that arrive late count as without requests`,
      fix: 'give Duration.minutes(5)',
    },
    {
      condition: length < MINUTE || length % MINUTE !== 0 || length > 7 * DAY,
      prop: `${prop}.period`,
      value: `${length} s`,
      expected: 'whole minutes up to 7 days, because AWS reports these metrics once a minute',
      fix: 'give Duration.minutes(5)',
    },
  ];
}

/** More minutes are evaluated than must breach where late minutes are filled with good values. */
function windowRules(prop: string, props: AlarmOverrideProps, definition: AlarmDefinition): Rule[] {
  const { period, evaluationPeriods, datapointsToAlarm } = definition;
  const length = seconds(period);
  const late = filledPeriods(definition, period);
  const days = length >= HOUR ? 7 : 1;
  const why = late === 0 ? '' : `; up to ${late} minutes arrive late and count as good`;
  return [
    numberRule(`${prop}.evaluationPeriods`, props.evaluationPeriods, evaluationPeriods, {
      min: 1 + late,
      max: Math.floor((days * DAY) / length),
      unit: `periods of ${length} s in ${days === 1 ? 'one day' : `${days} days`}, CloudWatch's limit${why}`,
      fix: 'set evaluationPeriods to one of these, or give a longer period',
    }),
    numberRule(`${prop}.datapointsToAlarm`, props.datapointsToAlarm, datapointsToAlarm, {
      min: 1,
      max: evaluationPeriods - late,
      unit: `of the ${evaluationPeriods} evaluated periods${why}`,
      fix: 'raise evaluationPeriods, or remove datapointsToAlarm',
    }),
  ];
}

/** A documented number that no longer fits is not shown as the caller's. */
function numberRule(
  prop: string,
  given: number | undefined,
  value: number,
  { min, max, unit, fix }: { readonly min: number; readonly max: number; readonly unit: string; readonly fix: string },
): Rule {
  const condition =
    !Token.isUnresolved(value) &&
    ![min, max].some((limit) => Token.isUnresolved(limit)) &&
    (!Number.isInteger(value) || value < min || value > max);
  const expected = `${min} to ${max} ${unit}`;
  return given === undefined
    ? { condition, prop, problem: `must be set with this period: the documented ${value} is not ${expected}`, fix }
    : { condition, prop, value, expected, fix };
}
