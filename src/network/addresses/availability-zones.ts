import { Fn, type Stack } from 'aws-cdk-lib';

/** Availability Zones of the largest region. */
export const MOST_AVAILABILITY_ZONES = 6;

/** Availability Zones of regions that give new accounts fewer than three. Accounts of before may have more. */
const FEW_AVAILABILITY_ZONES: { readonly [region: string]: number } = { 'us-west-1': 2 };

/** Availability Zones that every account has in a region. */
export function availabilityZonesOfNewAccounts(region: string): number {
  return Object.hasOwn(FEW_AVAILABILITY_ZONES, region) ? FEW_AVAILABILITY_ZONES[region] : MOST_AVAILABILITY_ZONES;
}

/** First Availability Zones of the region that the stack is deployed to. */
export function availabilityZonesOfRegion(count: number): string[] {
  return Array.from({ length: count }, (_, index) => Fn.select(index, Fn.getAzs()));
}

/**
 * Runs a function while the stack reports the given Availability Zones.
 *
 * CDK's VPC compares its zones with those that a context look-up returns. Without credentials that look-up makes
 * synthesis fail. With credentials its result becomes part of the app's context.
 */
export function withoutAvailabilityZoneLookup<T>(stack: Stack, availabilityZones: string[], create: () => T): T {
  Object.defineProperty(stack, 'availabilityZones', { value: availabilityZones, configurable: true });
  try {
    return create();
  } finally {
    Reflect.deleteProperty(stack, 'availabilityZones');
  }
}
