import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** AWS-managed prefix list whose id differs by region. */
export interface ManagedPrefixList {
  /** Name of the list at AWS, for error messages. */
  readonly name: string;
  /** Ids by region. A look-up at synthesis would need credentials. */
  readonly ids: { [region: string]: string };
  /** Prop that takes the id for other regions. */
  readonly prop: string;
  /** Fix for a region that has no id, in the imperative. */
  readonly fix: string;
}

/** Id that the caller gave, or that of the scope's region. Throws an error where neither is known. */
export function prefixListId(scope: IConstruct, list: ManagedPrefixList, given: string | undefined): string {
  const region = Stack.of(scope).region;
  const known = given ?? (Object.hasOwn(list.ids, region) ? list.ids[region] : undefined);
  if (!known) {
    const shownRegion = Token.isUnresolved(region) ? 'unknown' : region;
    throw new PropError(scope, {
      prop: list.prop,
      value: given,
      expected: `the id of the prefix list ${list.name}, because the library's table lacks the region (${shownRegion})`,
      fix: list.fix,
    });
  }
  return known;
}
