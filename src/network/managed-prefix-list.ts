import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../validation/prop-error';

/** An AWS-managed prefix list whose id differs by region. */
export interface ManagedPrefixList {
  /** Its name at AWS, for the message. */
  readonly name: string;
  /** Ids by region; a look-up at synthesis would need credentials. */
  readonly ids: { [region: string]: string };
  /** The prop by which a caller gives the id for a region that is missing. */
  readonly prop: string;
  /** What to write instead. */
  readonly fix: string;
}

/** The id that was given, or that of the scope's region. Throws a PropError where neither is known. */
export function prefixListId(scope: IConstruct, list: ManagedPrefixList, given: string | undefined): string {
  const region = Stack.of(scope).region;
  const known = given ?? (Token.isUnresolved(region) ? undefined : list.ids[region]);
  if (!known) {
    throw new PropError(scope, {
      prop: list.prop,
      value: given,
      expected: `the id of the prefix list ${list.name}, where the region (${Token.isUnresolved(region) ? 'unknown' : region}) is not in the library's table`,
      fix: list.fix,
    });
  }
  return known;
}
