import { Fn, type Stack } from 'aws-cdk-lib';

/** So many zones of whatever region the stack is deployed to. */
export function zonesOfTheRegion(count: number): string[] {
  return Array.from({ length: count }, (_, index) => Fn.select(index, Fn.getAzs()));
}

/**
 * Makes something while the stack already knows its zones. The VPC of CDK compares the zones it is
 * given with those that a look-up in the account returns: without credentials the app could not be
 * synthesized, with them the answer would become part of the app's context.
 */
export function withoutZoneLookup<T>(stack: Stack, zones: string[], make: () => T): T {
  Object.defineProperty(stack, 'availabilityZones', { value: zones, configurable: true });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(stack, 'availabilityZones');
  }
}
