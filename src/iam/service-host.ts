import { Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';

const COMMON_SUFFIX = 'amazonaws.com';

/** Name of a service in the region of a scope, for services whose principal has the region in its name. */
export function regionalHost(scope: IConstruct, service: string): string {
  return `${service}.${Stack.of(scope).region}.${hostSuffix(scope)}`;
}

/**
 * Value of `kms:ViaService` for a service in the region of a scope.
 *
 * Where a partition has a suffix of its own, the service has both names. Neither is a stranger's.
 */
export function viaService(scope: IConstruct, service: string): string | string[] {
  const [name, ...others] = viaServices(scope, [service], Stack.of(scope).region);
  return others.length === 0 ? name : [name, ...others];
}

/** Values of `kms:ViaService` for services in a region, which may be a wildcard. */
export function viaServices(scope: IConstruct, services: string[], region: string): string[] {
  const suffixes = [...new Set([COMMON_SUFFIX, hostSuffix(scope)])];
  return suffixes.flatMap((suffix) => services.map((service) => `${service}.${region}.${suffix}`));
}

/** `amazonaws.com`, and in China `amazonaws.com.cn`. */
function hostSuffix(scope: IConstruct): string {
  const { region, urlSuffix } = Stack.of(scope);
  return (Token.isUnresolved(region) ? undefined : RegionInfo.get(region).domainSuffix) ?? urlSuffix;
}
