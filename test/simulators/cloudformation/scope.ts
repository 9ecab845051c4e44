import type { Scope } from './evaluation';
import { attribute } from './physical-ids';
import type { Resource } from './resource';
import { type Template, TemplateError, type TemplateParameter } from './template';
import type { World } from './world';

/** Values for a stack's parameters, by name. */
export type ParameterValues = { readonly [name: string]: unknown };

/** Scope of a template: resources and parameters of its stack, and outputs of other stacks. */
export function scopeOf(
  world: World,
  stack: string,
  template: Template,
  given: ParameterValues,
  resources: ReadonlyMap<string, Resource>,
  imported: (name: string) => void,
): Scope {
  const { account, region } = world.place;
  return {
    template,
    parameters: parameterValues(world, template, given),
    zones: world.zones,
    pseudo: {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack,
      'AWS::NotificationARNs': [],
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stack}/00000000-0000-0000-0000-000000000000`,
    },
    ref: (id) => resources.get(id)?.physicalId,
    attribute: (id, name) => (resources.has(id) ? attribute(world.place, resources.get(id)!, name) : undefined),
    importValue: (name) => {
      imported(name);
      return found(
        [...world.stacks.values()].map(({ exports }) => exports[name]),
        `No export named ${name} found`,
      );
    },
    stackOutput: (other, name) =>
      found([world.stacks.get(other)?.outputs[name]], `Output ${name} of stack ${other} not found`),
  };
}

/**
 * What a deployment gives for each parameter of a template: a value of the stack, or the default.
 * `cdk deploy` keeps the values that the stack has (`--previous-parameters`), so another default changes nothing.
 */
export function givenValues(template: Template, known: ParameterValues): ParameterValues {
  return Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [
      name,
      found([known[name], Default], `Parameters: [${name}] must have values`),
    ]),
  );
}

/** Values of a template's parameters. Typed ones are fetched from the Parameter Store. */
function parameterValues(world: World, template: Template, given: ParameterValues): ParameterValues {
  return Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, parameter]) => [
      name,
      parameterValue(world, parameter, given[name]),
    ]),
  );
}

function parameterValue(world: World, { Type }: TemplateParameter, value: unknown): unknown {
  if (Type.startsWith('AWS::SSM::Parameter::Value')) {
    const stored = world.existing.of('AWS::SSM::Parameter').find(({ properties }) => properties.Name === value);
    const text = world.parameterStore[String(value)] ?? (stored?.properties.Value as unknown);
    const fetched = found(
      [text],
      `Unable to fetch parameters [${String(value)}] from parameter store for this account and region`,
    );
    return Type.includes('List<') ? String(fetched).split(',') : fetched;
  }
  return /^(CommaDelimitedList|List<)/.test(Type) ? String(value).split(',') : value;
}

function found(candidates: unknown[], fault: string): unknown {
  const value = candidates.find((candidate) => candidate !== undefined);
  if (value === undefined) {
    throw new TemplateError(fault);
  }
  return value;
}
