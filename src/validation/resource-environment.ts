import type { ResourceEnvironment } from 'aws-cdk-lib';
import { knownToDiffer } from './checks';

/**
 * True if two resources are known to be in different accounts or regions.
 * An unresolved token may turn out to be either.
 */
export function inOtherEnvironment(one: ResourceEnvironment, other: ResourceEnvironment): boolean {
  return knownToDiffer(one.account, other.account) || knownToDiffer(one.region, other.region);
}
