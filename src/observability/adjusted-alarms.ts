import { type Duration, Token } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { Weakening } from '../acknowledgement';
import { checkReason, checkWholeNumber } from '../refusal/checks';
import { PropError } from '../refusal/prop-error';
import type { AlarmAdjustment } from './alarm-adjustment';
import type { AlarmDefinition, Thresholds } from './alarm-definition';
import { SEVERITIES, Severity } from './severity';

/** What is changed of documented alarms, by key, or by key of one source alone: `service-cpu`, `Api/service-cpu`. */
export interface Adjustments {
  /**
   * Changed limits and windows; the more exact key goes before the other.
   * @default - everything as documented
   */
  readonly adjustments?: { [key: string]: AlarmAdjustment };
  /**
   * Alarms that are not made, each with its reason.
   * @default - none
   */
  readonly leftOut?: { [key: string]: Weakening };
}

const DAY = 86_400;
const LESS_IS_WORSE = [ComparisonOperator.LESS_THAN_THRESHOLD, ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD];

/** The documented alarms, changed as the caller says, without those that he leaves out. Refuses what names no alarm, and what contradicts itself. */
export function adjustedAlarms(scope: IConstruct, documented: AlarmDefinition[], { adjustments = {}, leftOut = {} }: Adjustments): AlarmDefinition[] {
  checkKeys(scope, 'adjustments', Object.keys(adjustments), documented);
  checkKeys(scope, 'leftOut', Object.keys(leftOut), documented);
  Object.entries(leftOut).forEach(([key, { reason }]) => checkReason(scope, `leftOut['${key}'].reason`, reason));
  return documented.flatMap((definition) => {
    const names = namesIn(adjustments, definition);
    const [omitted] = namesIn(leftOut, definition).slice(-1);
    if (omitted === undefined) {
      return names.reduce((changed, name) => withAdjustment(scope, name, changed, adjustments[name]), definition);
    }
    checkNotAdjusted(scope, omitted, names);
    return [];
  });
}

/** Which of the caller's names mean this alarm: the one for all sources, then those for its own, the most exact last. */
function namesIn(named: { [key: string]: unknown }, definition: AlarmDefinition): string[] {
  return Object.keys(named).filter((name) => means(name, definition)).sort((a, b) => a.length - b.length);
}

function means(name: string, { key, source }: AlarmDefinition): boolean {
  return name === key || `/${source.node.path}/${key}`.endsWith(`/${name}`);
}

function checkKeys(scope: IConstruct, prop: string, names: string[], documented: AlarmDefinition[]): void {
  const unknown = names.find((name) => !documented.some((definition) => means(name, definition)));
  if (unknown !== undefined) {
    const known = [...new Set(documented.map(({ key }) => key))].sort();
    throw new PropError(scope, {
      prop,
      value: unknown,
      allowed: `${known.join(', ')}, each also of one source alone ('${documented[0].source.node.id}/${documented[0].key}')`,
      wayOut: 'name an alarm that what is watched here has',
    });
  }
}

/** Leaving out one source's alarm of a key that is adjusted for all is no contradiction; the reverse is. */
function checkNotAdjusted(scope: IConstruct, omitted: string, adjusted: string[]): void {
  const contradiction = adjusted.find((name) => name.length >= omitted.length);
  if (contradiction !== undefined) {
    throw new PropError(scope, {
      prop: 'adjustments', value: contradiction, allowed: `alarms that are not left out (leftOut has '${omitted}')`, wayOut: 'take it out of one of the two',
    });
  }
}

function withAdjustment(scope: IConstruct, name: string, definition: AlarmDefinition, adjustment: AlarmAdjustment): AlarmDefinition {
  const prop = `adjustments['${name}']`;
  const thresholds = { ...definition.thresholds, ...limitsOf(adjustment) };
  checkThresholds(scope, prop, definition, thresholds);
  const period = adjustment.period ?? definition.period;
  const of = adjustment.of ?? definition.of;
  const datapoints = adjustment.datapoints ?? (adjustment.of === undefined ? definition.datapoints : of);
  checkWindow(scope, prop, { period, of, datapoints });
  return { ...definition, thresholds, period, of, datapoints };
}

/** Without what is undefined, as other languages pass what was not said. */
function limitsOf({ warningAt, errorAt, criticalAt }: AlarmAdjustment): Thresholds {
  const given = { [Severity.WARNING]: warningAt, [Severity.ERROR]: errorAt, [Severity.CRITICAL]: criticalAt };
  return Object.fromEntries(Object.entries(given).filter(([, limit]) => limit !== undefined));
}

function checkThresholds(scope: IConstruct, prop: string, { comparison, unit }: AlarmDefinition, thresholds: Thresholds): void {
  const given = SEVERITIES.filter((severity) => thresholds[severity] !== undefined && !Token.isUnresolved(thresholds[severity]));
  const wrong = given.find((severity) => !Number.isFinite(thresholds[severity]) || (isBand(comparison) && thresholds[severity]! <= 0));
  if (wrong !== undefined) {
    throw new PropError(scope, { prop: `${prop}.${wrong}At`, value: thresholds[wrong], allowed: `a number of ${unit}${isBand(comparison) ? ' above 0' : ''}`, wayOut: 'give the limit as a number, or leave it out' });
  }
  const lessIsWorse = LESS_IS_WORSE.includes(comparison);
  given.slice(1).forEach((severity, index) => {
    const milder = given[index];
    const [mild, urgent] = [thresholds[milder]!, thresholds[severity]!];
    if (lessIsWorse ? mild < urgent : mild > urgent) {
      throw new PropError(scope, {
        prop: `${prop}.${milder}At`,
        value: mild,
        allowed: `${lessIsWorse ? 'not below' : 'not above'} ${severity}, which is ${urgent} ${unit}: the milder alarm comes first`,
        wayOut: `set ${milder}At and ${severity}At together`,
      });
    }
  });
}

function checkWindow(scope: IConstruct, prop: string, { period, of, datapoints }: { period: Duration; of: number; datapoints: number }): void {
  const seconds = period.toSeconds({ integral: false });
  if (seconds < 60 || seconds % 60 !== 0 || seconds > 7 * DAY) {
    throw new PropError(scope, {
      prop: `${prop}.period`, value: `${seconds} s`, allowed: 'whole minutes up to 7 days: AWS tells these metrics once a minute', wayOut: 'give it as Duration.minutes(5)',
    });
  }
  const most = seconds >= 3600 ? 7 * DAY : DAY;
  checkWholeNumber(scope, `${prop}.of`, of, {
    min: 1, max: Math.floor(most / seconds), unit: `periods of ${seconds} s: CloudWatch looks back ${most / DAY} ${most === DAY ? 'day' : 'days'}`, wayOut: 'look at fewer periods, or at longer ones',
  });
  checkWholeNumber(scope, `${prop}.datapoints`, datapoints, { min: 1, max: of, unit: `bad periods of the ${of} that are looked at`, wayOut: 'raise of, or leave out datapoints' });
}

/** Whether the limit is a number of standard deviations from what is usual. */
export function isBand(comparison: ComparisonOperator): boolean {
  return [ComparisonOperator.LESS_THAN_LOWER_THRESHOLD, ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD].includes(comparison);
}
