import { Token } from 'aws-cdk-lib';
import type { IFilterPattern } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { escapeRegExp } from '../../text/glob';
import { checkRules, type Rule } from '../../validation/rules';

/** Settings of a metric filter, with their defaults applied. */
interface FilterSettings {
  readonly metricNamespace: string;
  readonly metricName: string;
  readonly pattern: IFilterPattern;
  readonly value?: string;
  readonly dimensions?: { readonly [name: string]: string };
  readonly defaultValue?: number;
}

const MAX_PATTERN = 1024;
const MAX_DIMENSIONS = 3;

/** Throws a PropError for settings that CloudWatch Logs rejects, or accepts and never matches. */
export function checkLogMetric(scope: IConstruct, settings: FilterSettings): void {
  checkRules(scope, [
    nameRule('metricNamespace', settings.metricNamespace),
    nameRule('metricName', settings.metricName),
    patternRule(settings.pattern),
    ...valueRules(settings),
    ...dimensionRules(settings),
    defaultValueRule(settings),
  ]);
}

function nameRule(prop: string, value: string): Rule {
  return {
    condition:
      !Token.isUnresolved(value) &&
      (!/^[\x20-\x7e]{1,255}$/.test(value) || /[:*$]/.test(value) || value.startsWith('AWS/') || value.trim() === ''),
    prop,
    value,
    expected: '1 to 255 ASCII characters without ":", "*" and "$", not beginning with "AWS/"',
    fix: `use letters, digits, "-", "_", "." and "/", or remove ${prop}`,
  };
}

function patternRule({ logPatternString: text }: IFilterPattern): Rule {
  return {
    condition: !Token.isUnresolved(text) && text.length > MAX_PATTERN,
    prop: 'pattern',
    value: `${text.slice(0, 40)}... (${text.length} characters)`,
    expected: `up to ${MAX_PATTERN} characters`,
    fix: 'create two metrics and add them',
  };
}

/** CloudWatch Logs reads a field only if the pattern names it. */
function valueRules({ value = '1', pattern }: FilterSettings): Rule[] {
  const isField = value.startsWith('$');
  const isKnown = !Token.isUnresolved(value) && !isNumber(value);
  return [
    {
      condition: isKnown && !isField,
      prop: 'value',
      value,
      expected: 'a number, or a field that begins with "$"',
      fix: `write '$.${value}', and name the field in the pattern`,
    },
    {
      condition: isKnown && isField && !Token.isUnresolved(pattern.logPatternString) && !names(pattern, value),
      prop: 'value',
      value,
      expected: 'a field that the pattern names',
      fix: `add it to the pattern: FilterPattern.all(<yours>, FilterPattern.exists('${value}'))`,
    },
  ];
}

/** Values of dimensions are fields. Constants are not supported. */
function dimensionRules({ dimensions = {}, pattern }: FilterSettings): Rule[] {
  const entries = Object.entries(dimensions);
  const { logPatternString: text } = pattern;
  return [
    {
      condition: entries.length > MAX_DIMENSIONS,
      prop: 'dimensions',
      value: Object.keys(dimensions),
      expected: `up to ${MAX_DIMENSIONS}`,
      fix: 'create a metric for each question',
    },
    {
      condition: entries.length > 0 && !Token.isUnresolved(text) && !/^\s*[{[]/.test(text),
      prop: 'dimensions',
      problem: 'need a pattern for JSON or for columns',
      fix: 'use FilterPattern.stringValue(...) or FilterPattern.spaceDelimited(...), or remove dimensions',
    },
    ...entries.flatMap(([name, field]) => [
      {
        condition: !Token.isUnresolved(field) && !field.startsWith('$'),
        prop: `dimensions.${name}`,
        value: field,
        expected: 'a field of the event, which begins with "$"',
        fix: `write '$.${field}', or put a constant into metricName`,
      },
      {
        condition:
          !Token.isUnresolved(name) &&
          (!/^[\x20-\x7e]{1,255}$/.test(name) || name.startsWith(':') || name.trim() === ''),
        prop: 'dimensions',
        value: name,
        expected: '1 to 255 ASCII characters, not beginning with ":"',
        fix: 'name the dimension with letters and digits',
      },
    ]),
  ];
}

/** CloudWatch Logs would not know the dimension values of a default value. */
function defaultValueRule({ defaultValue, dimensions = {} }: FilterSettings): Rule {
  return {
    condition: defaultValue !== undefined && Object.keys(dimensions).length > 0,
    prop: 'defaultValue',
    problem: 'is not supported with dimensions',
    fix: 'remove it, and use FILL(m, 0) where the metric is used',
  };
}

function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value));
}

/** True if a pattern names a field. `{ $.identity = * }` doesn't name `$.id`. */
function names(pattern: IFilterPattern, field: string): boolean {
  const text = pattern.logPatternString;
  const named = field.startsWith('$.') ? field : field.slice(1);
  return new RegExp(`(^|[^\\w.$])${escapeRegExp(named)}(?![\\w.])`).test(text);
}
