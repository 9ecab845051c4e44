import { deepEqual } from '@aws-cdk/cloudformation-diff';
import { type Properties, type Template, TemplateError } from './template';

/* eslint-disable @typescript-eslint/no-explicit-any -- values of templates are of every kind */

/** Surroundings of an evaluation. */
export interface Scope {
  readonly template: Template;
  /** Values of parameters, those of type `AWS::SSM::Parameter::Value` already fetched. */
  readonly parameters: { readonly [name: string]: unknown };
  /** Values of `AWS::Region` and the like. */
  readonly pseudo: { readonly [name: string]: unknown };
  /** Availability Zones that Fn::GetAZs returns. */
  readonly zones: readonly string[];
  ref(logicalId: string): string | undefined;
  attribute(logicalId: string, name: string): string | undefined;
  importValue(name: string): unknown;
  stackOutput(stack: string, name: string): unknown;
}

type Intrinsic = (evaluation: Evaluation, argument: any) => unknown;

/** Evaluation of intrinsic functions and conditions against what exists at that moment. */
export class Evaluation {
  public constructor(public readonly scope: Scope) {}

  /** Value with all its intrinsic functions resolved; `undefined` for AWS::NoValue. */
  public value(value: any): any {
    if (Array.isArray(value)) {
      return isPlain(value) ? value : value.map((item) => this.value(item) as unknown).filter((item) => item !== undefined);
    }
    if (value === null || typeof value !== 'object') {
      return value;
    }
    if (isPlain(value as object)) {
      return value;
    }
    const [[key, argument] = [], ...others] = Object.entries(value as object) as Array<[string, any]>;
    if (others.length === 0 && key !== undefined && key in INTRINSICS) {
      return INTRINSICS[key](this, argument);
    }
    return Object.fromEntries(
      Object.entries(value as object)
        .map(([name, inner]) => [name, this.value(inner)] as const)
        .filter(([, inner]) => inner !== undefined),
    );
  }

  /** Properties of a declared resource. */
  public properties(properties: Properties = {}): Properties {
    return this.value(properties) as Properties;
  }

  /** Tells if a condition of the template holds. A resource without one is always there. */
  public holds(condition: string | undefined): boolean {
    return condition === undefined || this.value(this.declared('Conditions', condition)) === true;
  }

  public declared(section: 'Conditions' | 'Mappings', name: string): any {
    const found = this.scope.template[section]?.[name];
    if (found === undefined) {
      throw new TemplateError(`Template error: unresolved ${section.toLowerCase().slice(0, -1)} ${name}`);
    }
    return found;
  }

  public reference(name: string): any {
    if (name === 'AWS::NoValue') {
      return undefined;
    }
    const found = this.scope.pseudo[name] ?? this.scope.parameters[name] ?? this.scope.ref(name);
    return known(found, name);
  }

  public attribute(id: string, name: string): string {
    return known(this.scope.attribute(id, name), `${id}.${name}`) as string;
  }
}

function known(value: unknown, name: string): any {
  if (value === undefined) {
    throw new TemplateError(`Template error: unresolved reference ${name}`);
  }
  return value;
}

function select(index: number, values: unknown[]): unknown {
  if (!Array.isArray(values) || Number(index) >= values.length) {
    throw new TemplateError(`Template error: Fn::Select cannot select nonexistent value at index ${index}`);
  }
  return values[Number(index)];
}

function substitute(evaluation: Evaluation, argument: string | [string, { [name: string]: unknown }]): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) {
      return `\${${name.slice(1)}}`;
    }
    if (name in variables) {
      return String(evaluation.value(variables[name]));
    }
    const [id, ...attribute] = name.split('.');
    return String(attribute.length > 0 ? evaluation.attribute(id, attribute.join('.')) : evaluation.reference(name));
  });
}

const INTRINSICS: { readonly [name: string]: Intrinsic } = {
  'Ref': (evaluation, name: string) => evaluation.reference(name),
  'Condition': (evaluation, name: string) => evaluation.holds(name),
  'Fn::GetAtt': (evaluation, argument: string | [string, unknown]) => {
    const [id, ...path] = Array.isArray(argument) ? argument : argument.split('.');
    return evaluation.attribute(id as string, path.map((part) => String(evaluation.value(part))).join('.'));
  },
  'Fn::Sub': substitute,
  'Fn::Join': (evaluation, [separator, values]) => (evaluation.value(values) as unknown[]).join(separator as string),
  'Fn::Split': (evaluation, [separator, text]) => String(evaluation.value(text)).split(separator as string),
  'Fn::Select': (evaluation, [index, values]) =>
    select(evaluation.value(index) as number, evaluation.value(values) as unknown[]),
  'Fn::If': (evaluation, [condition, yes, no]) => evaluation.value(evaluation.holds(condition as string) ? yes : no),
  'Fn::Equals': (evaluation, [left, right]) => deepEqual(evaluation.value(left), evaluation.value(right)),
  'Fn::Not': (evaluation, [inner]) => evaluation.value(inner) !== true,
  'Fn::And': (evaluation, inner: unknown[]) => inner.every((one) => evaluation.value(one) === true),
  'Fn::Or': (evaluation, inner: unknown[]) => inner.some((one) => evaluation.value(one) === true),
  'Fn::GetAZs': ({ scope }) => scope.zones,
  'Fn::Base64': (evaluation, text) => Buffer.from(String(evaluation.value(text))).toString('base64'),
  'Fn::ToJsonString': (evaluation, value) => JSON.stringify(evaluation.value(value)),
  'Fn::ImportValue': (evaluation, name) => evaluation.scope.importValue(String(evaluation.value(name))),
  'Fn::GetStackOutput': (evaluation, { StackName, OutputName }) =>
    evaluation.scope.stackOutput(String(evaluation.value(StackName)), String(evaluation.value(OutputName))),
  'Fn::FindInMap': (evaluation, [map, top, second]) => {
    const found = evaluation.declared('Mappings', String(evaluation.value(map)))[String(evaluation.value(top))];
    return known(found?.[String(evaluation.value(second))], `mapping ${map}`);
  },
};

/** Parts of templates by whether they are the same in every evaluation. A deployment is repeated for each resource that may fail. */
const PLAIN = new WeakMap<object, boolean>();

function isPlain(value: object): boolean {
  const before = PLAIN.get(value);
  if (before !== undefined) {
    return before;
  }
  const plain = Object.entries(value).every(([key, inner]: [string, unknown]) =>
    !(key in INTRINSICS) && inner !== undefined && (inner === null || typeof inner !== 'object' || isPlain(inner)));
  PLAIN.set(value, plain);
  return plain;
}
