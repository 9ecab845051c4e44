import { type ResourceEnvironment, Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';
import { knownToDiffer } from './checks';

/**
 * True if two resources are known to be in different accounts or regions.
 * An unresolved token may turn out to be either.
 */
export function inOtherEnvironment(one: ResourceEnvironment, other: ResourceEnvironment): boolean {
  return knownToDiffer(one.account, other.account) || knownToDiffer(one.region, other.region);
}

/** Partition of a scope, undefined if its region is a token or newer than CDK. Some services do not exist in all. */
export function partitionOf(scope: IConstruct): string | undefined {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) ? undefined : RegionInfo.get(region).partition;
}
