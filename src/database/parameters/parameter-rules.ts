import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import { sortedByName } from '../../contracts/sorted-by-name';
import { checkReason } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';

/** Parameters by name. */
export interface Parameters {
  [name: string]: string;
}

/** What a parameter has to be for the construct to hold what it promises. */
export interface Guarantee {
  /** As the engine spells it. Of several guarantees on one parameter, the first that is broken speaks. */
  readonly parameter: string;
  /** Given the caller's value as it goes to RDS: always a string, formulas included. */
  readonly holds: (value: string) => boolean;
  /** What is lost otherwise, for the message. */
  readonly promise: string;
}

/** What an engine knows of its parameters. */
export interface ParameterRules {
  /** Engine and version, for messages. */
  readonly engine: string;
  /** Type and range of each parameter: `integer 1..10 s`, `bool`, `enum a,b`, `real 0..1`, `string`. */
  readonly known: Parameters;
  /** What the construct sets. */
  readonly defaults: Parameters;
  /** A value that breaks one needs the caller's reason, `parameterWaiver`. */
  readonly guarantees: Guarantee[];
}

/** RDS lets memory decide: `{DBInstanceClassMemory/9531392}`, `LEAST(...)`, `GREATEST(...)`, `SUM(...)`. */
const FORMULA = /\{.*\}|^(LEAST|GREATEST|SUM)\(/;
const BOOLEANS = ['0', '1', 'on', 'off', 'true', 'false'];

/** The construct's parameters with the caller's in their place, after refusing what does not exist, does not fit or breaks a promise. */
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

/** Why a value does not fit a description, or nothing when it does. */
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

/** `enum` may have spaces in its words; numbers have a unit after their range. */
function splitDescription(description: string): string[] {
  const [type, ...rest] = description.split(' ');
  return type === 'enum' ? [type, rest.join(' ')] : [type, ...rest];
}

function checkValue(scope: IConstruct, rules: ParameterRules, name: string, value: string): void {
  const description = rules.known[name];
  if (description === undefined) {
    throw new PropError(scope, {
      prop: `parameters['${name}']`,
      value,
      expected: `a parameter that ${rules.engine} has and RDS lets be set`,
      fix: 'correct the name; one that is not known here can be set by parameterGroup.addParameter',
    });
  }
  const expected = Token.isUnresolved(value) ? undefined : misfit(description, value);
  if (expected !== undefined) {
    throw new PropError(scope, {
      prop: `parameters['${name}']`,
      value,
      expected,
      fix: 'RDS takes the plain value, without a unit',
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
      fix: 'leave it out, or give the reason in parameterWaiver',
    });
  }
  checkReason(scope, 'parameterWaiver.reason', waiver.reason);
  scope.node.addMetadata('waiver', `parameters['${name}']: ${waiver.reason}`);
}
