import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import { sortedByName } from '../../contracts/sorted-by-name';
import { checkReason } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';

/** Parameters by name. The names come from the caller, so that lookups use own properties only. */
export interface Parameters {
  [name: string]: string;
}

/** Condition on a parameter that the construct relies on. */
export interface Guarantee {
  /** Name of the parameter. Of several guarantees on one parameter, the first broken one is reported. */
  readonly parameter: string;
  /** Decides on the caller's value, which is always a string and may be a formula. */
  readonly holds: (value: string) => boolean;
  /** Guarantee that is lost otherwise, for error messages. */
  readonly promise: string;
}

/** Known parameters of an engine, and the values that the construct sets. */
export interface ParameterRules {
  /** Engine and version, for error messages. */
  readonly engine: string;
  /** Type and range of each parameter: `integer 1..10 s`, `bool`, `enum a,b`, `real 0..1`, `string`. */
  readonly known: Parameters;
  /** Values that the construct sets. */
  readonly defaults: Parameters;
  /** Conditions that only a `parameterWaiver` may break. */
  readonly guarantees: Guarantee[];
}

/** Formula of RDS: `{DBInstanceClassMemory/9531392}`, `LEAST(...)`, `GREATEST(...)`, `SUM(...)`. */
const FORMULA = /\{.*\}|^(LEAST|GREATEST|SUM)\(/;
const BOOLEANS = ['0', '1', 'on', 'off', 'true', 'false'];

/** Merges the construct's parameters with the caller's. Refuses unknown names, misfits and broken guarantees. */
export function checkedParameters(
  scope: IConstruct,
  rules: ParameterRules,
  given: Parameters = {},
  waiver?: Waiver,
): Parameters {
  Object.entries(given).forEach(([name, value]) => {
    checkValue(scope, rules, name, value);
    checkGuarantees(scope, rules, name, value, waiver);
  });
  return { ...rules.defaults, ...sortedByName(given) };
}

/** Expected values where a value does not fit a description, else undefined. */
export function misfit(description: string, value: string): string | undefined {
  const [type, limits = '', unit = ''] = splitDescription(description);
  if (FORMULA.test(value) || type === 'string') {
    return undefined;
  }
  if (type === 'bool') {
    return BOOLEANS.includes(value.toLowerCase()) ? undefined : '0 or 1';
  }
  if (type === 'enum') {
    return limits.split(',').includes(value) ? undefined : limits.split(',').join(', ');
  }
  const [min, max] = limits.split('..').map(Number);
  const number = Number(value);
  const isNumber = value.trim() !== '' && Number.isFinite(number) && (type === 'real' || Number.isInteger(number));
  return isNumber && number >= min && number <= max
    ? undefined
    : `${type === 'real' ? 'a number' : 'a whole number'} from ${min} to ${max}${unit && `, in units of ${unit}`}`;
}

/** Splits into type, limits and unit. The words of an `enum` may contain spaces. */
function splitDescription(description: string): string[] {
  const [type, ...rest] = description.split(' ');
  return type === 'enum' ? [type, rest.join(' ')] : [type, ...rest];
}

function checkValue(scope: IConstruct, rules: ParameterRules, name: string, value: string): void {
  if (!Object.hasOwn(rules.known, name)) {
    throw new PropError(scope, {
      prop: `parameters['${name}']`,
      value,
      expected: `a parameter that ${rules.engine} has and RDS can set`,
      fix: 'correct the name, or set a parameter that is not known here with parameterGroup.addParameter',
    });
  }
  const expected = Token.isUnresolved(value) ? undefined : misfit(rules.known[name], value);
  if (expected !== undefined) {
    throw new PropError(scope, {
      prop: `parameters['${name}']`,
      value,
      expected,
      fix: 'give the plain value, without a unit',
    });
  }
}

function checkGuarantees(scope: IConstruct, rules: ParameterRules, name: string, value: string, waiver?: Waiver): void {
  const broken = rules.guarantees.find(({ parameter, holds }) => parameter === name && !holds(value));
  if (!broken) {
    return;
  }
  if (!waiver) {
    throw new PropError(scope, {
      prop: `parameters['${name}']`,
      value,
      expected: `a value with which ${broken.promise}`,
      fix: 'remove it, or give the reason in parameterWaiver',
    });
  }
  checkReason(scope, 'parameterWaiver.reason', waiver.reason);
  scope.node.addMetadata('waiver', `parameters['${name}']: ${waiver.reason}`);
}
