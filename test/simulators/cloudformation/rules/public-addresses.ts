import type { Existing, Resource } from '../resource';
import type { Rules } from './rule';

const GATEWAY = 'AWS::EC2::NatGateway';
const ADDRESS = 'AWS::EC2::EIP';
/** Elastic IP addresses of a region, unless the quota was raised. */
const ADDRESSES = 5;

/** Public addresses by which a network calls others. */
export const PUBLIC_ADDRESSES: Rules = {
  refusals: [
    {
      id: 'addresses-of-a-region',
      source: 'API reference of Amazon EC2, "Error codes": AddressLimitExceeded; "Elastic IP addresses": quota of 5',
      types: [ADDRESS],
      refuses: ({ before }, existing) => {
        const { addresses = ADDRESSES } = existing.place;
        return !before && existing.of(ADDRESS).length >= addresses
          ? `the maximum number of addresses has been reached: ${addresses} Elastic IP addresses`
          : undefined;
      },
    },
  ],
  aftermath: [
    {
      id: 'another-public-address',
      source: 'Amazon VPC User Guide, "NAT gateways": traffic has the address of the gateway as its source',
      takes: (before, after) =>
        after
          .of(GATEWAY)
          .filter(({ physicalId }) => before.named(physicalId, GATEWAY) === undefined)
          .filter((gateway) => before.of(GATEWAY).some((other) => vpcOf(other, before) === vpcOf(gateway, after)))
          .map((resource) => ({
            resource,
            verdict: 'some affected',
            says: `partners that list public addresses refuse calls through ${resource.logicalId}`,
          })),
    },
  ],
};

function vpcOf({ properties: { VpcId, SubnetId } }: Resource, existing: Existing): unknown {
  return VpcId ?? existing.named(SubnetId, 'AWS::EC2::Subnet')?.properties.VpcId ?? SubnetId;
}
