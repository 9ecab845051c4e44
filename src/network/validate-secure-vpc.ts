import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkPort, checkWholeNumber } from '../validation/checks';
import { checkRules } from '../validation/rules';
import { availabilityZonesOfRegion, MOST_AVAILABILITY_ZONES } from './addresses/availability-zones';
import { DEFAULT_DATA_PORTS } from './data-ports';
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
  return names ?? availabilityZonesOfRegion(count);
}

/** Prop that sets the number of Availability Zones, for messages. */
export function availabilityZonesProp({ availabilityZones }: SecureVpcProps): string {
  return availabilityZones ? 'availabilityZones.length' : 'availabilityZoneCount';
}

/** Checked TCP ports of the data tier. */
export function dataPortsOf(scope: IConstruct, props: SecureVpcProps): number[] {
  const ports = props.dataPorts ?? [...DEFAULT_DATA_PORTS];
  ports.forEach((port) => checkPort(scope, 'dataPorts', port));
  checkRules(scope, [
    {
      condition: hasDuplicates(ports),
      prop: 'dataPorts',
      value: ports,
      expected: 'each port once',
      fix: 'name different ports',
    },
  ]);
  return ports;
}

function hasDuplicates(values: ReadonlyArray<string | number>): boolean {
  return new Set(values).size !== values.length;
}
