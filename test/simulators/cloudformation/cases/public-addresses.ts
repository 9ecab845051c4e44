import { type Case, resource, type Resources, STACK, template, updating } from './case';

const address = resource('AWS::EC2::EIP', { Domain: 'vpc' });
const addresses = (count: number): Resources =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`Address${index}`, address]));
const zone = (letter: string, third: number): Resources => ({
  [`Subnet${letter}`]: resource('AWS::EC2::Subnet', { VpcId: { Ref: 'Vpc' }, CidrBlock: `10.0.${third}.0/24` }),
  [`Nat${letter}`]: resource('AWS::EC2::NatGateway', { SubnetId: { Ref: `Subnet${letter}` }, AllocationId: letter }),
});
const VPC: Resources = { Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }) };

/** Documented behaviour of public addresses. */
export const PUBLIC_ADDRESS_CASES: readonly Case[] = [
  {
    rule: 'addresses-of-a-region',
    verdict: 'refused by AWS',
    shows: 'a region has five Elastic IP addresses, whichever stack has them',
    play: (account) => {
      account.deploy('First', template(addresses(3)));
      return account.deploy(STACK, template(addresses(3)));
    },
  },
  {
    rule: 'another-public-address',
    verdict: 'some affected',
    shows: 'what stands in a further zone calls others by the address of its own gateway',
    play: updating({ ...VPC, ...zone('A', 1) }, { ...VPC, ...zone('A', 1), ...zone('B', 2) }),
  },
];
