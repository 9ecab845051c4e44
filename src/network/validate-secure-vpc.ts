import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkList, checkPort, checkWholeNumber } from '../validation/checks';
import { checkRules } from '../validation/rules';
import { portsOfOneRange } from './acl-flows';
import {
  availabilityZonesOfNewAccounts,
  availabilityZonesOfRegion,
  MOST_AVAILABILITY_ZONES,
} from './addresses/availability-zones';
import { DEFAULT_DATA_PORTS } from './data-ports';
import type { EndpointTrust } from './endpoints/endpoint-policies';
import type { SecureVpcProps } from './secure-vpc-props';

const DEFAULT_AVAILABILITY_ZONES = 3;

/** Checked Availability Zones of a network, by name or by their place in the region. */
export function availabilityZonesOf(scope: IConstruct, props: SecureVpcProps): string[] {
  const { availabilityZones: names, availabilityZoneCount } = props;
  const count = names?.length ?? availabilityZoneCount ?? DEFAULT_AVAILABILITY_ZONES;
  checkRules(scope, [
    {
      condition: names !== undefined && availabilityZoneCount !== undefined,
      prop: 'availabilityZoneCount',
      problem: 'is not supported together with availabilityZones',
      fix: 'remove one of the two',
    },
    {
      condition: names !== undefined && !Token.isUnresolved(names) && hasDuplicates(names),
      prop: 'availabilityZones',
      value: names,
      expected: 'each Availability Zone once',
      fix: 'name different Availability Zones',
    },
  ]);
  checkWholeNumber(scope, availabilityZonesProp(props), count, {
    min: 1,
    max: MOST_AVAILABILITY_ZONES,
    unit: 'Availability Zones',
    fix: 'use as many Availability Zones as the region has',
  });
  if (!names) {
    checkRegionHas(scope, count);
  }
  return names ?? availabilityZonesOfRegion(count);
}

/** Refuses more zones than `Fn::GetAZs` may list: the deployment would fail after its first resources. */
function checkRegionHas(scope: IConstruct, count: number): void {
  const { region } = Stack.of(scope);
  const most = availabilityZonesOfNewAccounts(region);
  checkRules(scope, [
    {
      condition: count > most,
      prop: 'availabilityZoneCount',
      problem: `is ${count}, expected at most ${most} in ${region}, which gives new accounts no more`,
      fix: `set availabilityZoneCount: ${most}, or name the zones of your account in availabilityZones`,
    },
  ]);
}

/** Prop that sets the number of Availability Zones, for messages. */
export function availabilityZonesProp({ availabilityZones }: SecureVpcProps): string {
  return availabilityZones ? 'availabilityZones.length' : 'availabilityZoneCount';
}

/** Checked TCP ports of the data tier. */
export function dataPortsOf(scope: IConstruct, props: SecureVpcProps): number[] {
  const ports = props.dataPorts ?? [...DEFAULT_DATA_PORTS];
  ports.forEach((port) => checkPort(scope, 'dataPorts', port));
  const sharing = hasDuplicates(ports) ? undefined : portsOfOneRange(ports);
  checkRules(scope, [
    {
      condition: hasDuplicates(ports),
      prop: 'dataPorts',
      value: ports,
      expected: 'each port once',
      fix: 'name different ports',
    },
    {
      condition: sharing !== undefined,
      prop: 'dataPorts',
      value: sharing,
      expected: 'ports that do not differ by a multiple of 2500, because those share their rule numbers',
      fix: 'let one of the databases listen on another port',
    },
  ]);
  return ports;
}

/** Checked accounts and buckets that the VPC endpoints admit. */
export function endpointTrustOf(scope: IConstruct, props: SecureVpcProps): EndpointTrust {
  const { trustedAccounts = [], openBuckets = [], ownResourcesOnly = false } = props;
  checkList(scope, 'trustedAccounts', trustedAccounts);
  checkList(scope, 'openBuckets', openBuckets);
  checkRules(scope, [
    ...trustedAccounts.map((account) => ({
      condition: !Token.isUnresolved(account) && !/^\d{12}$/.test(account),
      prop: 'trustedAccounts',
      value: account,
      expected: 'account ids of 12 digits',
      fix: 'write it like 111122223333',
    })),
    ...openBuckets.map((bucket) => ({
      condition: !Token.isUnresolved(bucket) && !/^[a-z0-9][a-z0-9.-]{2,62}\*?$/.test(bucket),
      prop: 'openBuckets',
      value: bucket,
      expected: 'names of buckets, of which the last character may be *',
      fix: 'write it like partner-exchange, without arn:aws:s3:::',
    })),
  ]);
  return { trustedAccounts, openBuckets, ownResourcesOnly };
}

function hasDuplicates(values: ReadonlyArray<string | number>): boolean {
  return new Set(values).size !== values.length;
}
