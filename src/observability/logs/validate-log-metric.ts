import { Token } from 'aws-cdk-lib';
import type { IFilterPattern } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { escapeRegExp } from '../../text/glob';
import { PropError } from '../../validation/prop-error';

/** What CloudWatch Logs refuses of metric filters, or takes and never matches. */
const MAX_PATTERN = 1024;
const MAX_DIMENSIONS = 3;

/** Refuses a namespace or a metric's name that CloudWatch Logs doesn't take. */
export function checkMetricName(scope: IConstruct, prop: 'metricNamespace' | 'metricName', value: string): void {
  if (
    !Token.isUnresolved(value) &&
    (!/^[\x20-\x7e]{1,255}$/.test(value) || /[:*$]/.test(value) || value.startsWith('AWS/') || value.trim() === '')
  ) {
    throw new PropError(scope, {
      prop,
      value,
      expected: '1 to 255 ASCII characters without ":", "*" and "$", not beginning with "AWS/"',
      fix: 'write letters, digits, "-", "_", "." and "/", or leave it out',
    });
  }
}

/** Refuses a pattern that is too long. */
export function checkPattern(scope: IConstruct, pattern: IFilterPattern): void {
  const text = pattern.logPatternString;
  if (!Token.isUnresolved(text) && text.length > MAX_PATTERN) {
    throw new PropError(scope, {
      prop: 'pattern',
      value: `${text.slice(0, 40)}... (${text.length} characters)`,
      expected: `up to ${MAX_PATTERN} characters`,
      fix: 'make two metrics and add them',
    });
  }
}

/** Refuses a value that is neither a number nor a field of the pattern: CloudWatch Logs can only take what the pattern names. */
export function checkValue(scope: IConstruct, value: string | undefined, pattern: IFilterPattern): void {
  if (value === undefined || Token.isUnresolved(value) || isNumber(value)) {
    return;
  }
  if (!value.startsWith('$')) {
    throw new PropError(scope, {
      prop: 'value',
      value,
      expected: 'a number, or a field that begins with "$"',
      fix: `write '$.${value}', and name the field in the pattern`,
    });
  }
  if (!Token.isUnresolved(pattern.logPatternString) && !names(pattern, value)) {
    throw new PropError(scope, {
      prop: 'value',
      value,
      expected: 'a field that the pattern names',
      fix: `add it to the pattern: FilterPattern.all(<yours>, FilterPattern.exists('${value}'))`,
    });
  }
}

/** Refuses dimensions that CloudWatch Logs doesn't take. Their values are fields: a constant isn't possible. */
export function checkDimensions(
  scope: IConstruct,
  dimensions: { [name: string]: string },
  pattern: IFilterPattern,
): void {
  const entries = Object.entries(dimensions);
  if (entries.length > MAX_DIMENSIONS) {
    throw new PropError(scope, {
      prop: 'dimensions',
      value: Object.keys(dimensions),
      expected: `up to ${MAX_DIMENSIONS}`,
      fix: 'make a metric for each question that is asked',
    });
  }
  if (
    entries.length > 0 &&
    !Token.isUnresolved(pattern.logPatternString) &&
    !/^\s*[{[]/.test(pattern.logPatternString)
  ) {
    throw new PropError(scope, {
      prop: 'dimensions',
      value: dimensions,
      expected: 'with patterns on JSON or on columns',
      fix: 'write the pattern with FilterPattern.stringValue(...) or FilterPattern.spaceDelimited(...), or leave the dimensions out',
    });
  }
  entries.forEach(([name, field]) => {
    if (!Token.isUnresolved(field) && !field.startsWith('$')) {
      throw new PropError(scope, {
        prop: `dimensions.${name}`,
        value: field,
        expected: 'a field of the event, which begins with "$"',
        fix: `write '$.${field}'; what is the same for all events belongs into the name`,
      });
    }
    if (
      !Token.isUnresolved(name) &&
      (!/^[\x20-\x7e]{1,255}$/.test(name) || name.startsWith(':') || name.trim() === '')
    ) {
      throw new PropError(scope, {
        prop: 'dimensions',
        value: name,
        expected: '1 to 255 ASCII characters, not beginning with ":"',
        fix: 'name the dimension with letters and digits',
      });
    }
  });
}

/** Refuses a default value beside dimensions, as CloudWatch Logs does: it would not know whose value it is. */
export function checkDefaultValue(
  scope: IConstruct,
  defaultValue: number | undefined,
  dimensions: { [name: string]: string },
): void {
  if (defaultValue !== undefined && Object.keys(dimensions).length > 0) {
    throw new PropError(scope, {
      prop: 'defaultValue',
      value: defaultValue,
      expected: 'only without dimensions',
      fix: 'leave it out, and write FILL(m, 0) where the metric is used',
    });
  }
}

function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value));
}

/** `$.duration` in `{ $.duration = * }`, `$status` in `[time, status]`; `$.id` isn't in `{ $.identity = * }`. */
function names(pattern: IFilterPattern, field: string): boolean {
  const text = pattern.logPatternString;
  const named = field.startsWith('$.') ? field : field.slice(1);
  return new RegExp(`(^|[^\\w.$])${escapeRegExp(named)}(?![\\w.])`).test(text);
}
