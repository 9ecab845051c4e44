import { diffTemplate, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { Properties } from './template';

/**
 * Effect of one changed property, by the published resource specification.
 * `undocumented` is a property, or a property of a type, that the specification does not list.
 */
export type PropertyImpact = 'replaces' | 'may replace' | 'updates' | 'undocumented';

/** Property whose resolved value differs. */
export interface PropertyChange {
  readonly name: string;
  readonly impact: PropertyImpact;
}

const IMPACTS: { readonly [impact: string]: PropertyImpact } = {
  [ResourceImpact.WILL_REPLACE]: 'replaces',
  [ResourceImpact.MAY_REPLACE]: 'may replace',
  [ResourceImpact.WILL_UPDATE]: 'updates',
};

/** Custom resources of the library, whose function answers each request with the same physical id. */
const KEEPING_THEIR_ID = ['Custom::DatabaseSetup'];

/**
 * Properties that differ between two resolved resources of one type.
 * Numbers and booleans equal their text, as in CloudFormation.
 * Source: the resource specification behind `@aws-cdk/cloudformation-diff`.
 */
export function propertyChanges(type: string, before: Properties, after: Properties): PropertyChange[] {
  if (before === after || JSON.stringify(before) === JSON.stringify(after)) {
    return [];
  }
  const [difference] = Object.values(diffTemplate(only(type, before), only(type, after)).resources.changes);
  return Object.entries(difference?.propertyUpdates ?? {}).map(([name, { changeImpact }]) => ({
    name,
    impact: IMPACTS[changeImpact ?? ''] ?? (KEEPING_THEIR_ID.includes(type) ? 'updates' : 'undocumented'),
  }));
}

function only(type: string, properties: Properties): { Resources: object } {
  return { Resources: { Only: { Type: type, Properties: properties } } };
}
