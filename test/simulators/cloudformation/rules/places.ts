import type { Existing, Resource } from '../resource';
import { list } from '../template';
import type { Rules } from './rule';

const INSTANCE = 'AWS::RDS::DBInstance';
const CLUSTER = 'AWS::RDS::DBCluster';
const SERVERS = [INSTANCE, CLUSTER];

/** What stands in one VPC for life, and what is attached to one thing at a time. */
export const PLACES: Rules = {
  unique: [
    {
      id: 'unique-allocation-of-a-nat-gateway',
      source: 'Amazon VPC User Guide, "Troubleshoot NAT gateways": Elastic IP address is already associated',
      types: ['AWS::EC2::NatGateway'],
      what: 'Elastic IP address',
      key: ({ properties: { AllocationId } }) => AllocationId as string | undefined,
    },
    {
      id: 'unique-attachment-of-an-internet-gateway',
      source: 'API reference of Amazon EC2, "Error codes": Resource.AlreadyAssociated',
      types: ['AWS::EC2::VPCGatewayAttachment'],
      what: 'attachment of',
      key: ({ properties: { InternetGatewayId } }) => InternetGatewayId as string | undefined,
    },
  ],
  refusals: [
    {
      id: 'subnet-group-of-one-vpc',
      source: 'API reference of Amazon RDS, "ModifyDBSubnetGroup": InvalidSubnet',
      types: ['AWS::RDS::DBSubnetGroup'],
      refuses: ({ resource, before }, existing) =>
        before && leavesItsVpc(subnetsOf(before, 'SubnetIds'), subnetsOf(resource, 'SubnetIds'), existing)
          ? 'the new subnets are not in the VPC of the subnet group'
          : undefined,
    },
    {
      id: 'subnet-of-a-server',
      source: 'API reference of Amazon RDS, "ModifyDBSubnetGroup": SubnetAlreadyInUse',
      types: ['AWS::RDS::DBSubnetGroup'],
      refuses: ({ resource, before }, existing) => {
        const kept = subnetsOf(resource, 'SubnetIds');
        const leaving = (before ? subnetsOf(before, 'SubnetIds') : []).filter((id) => !kept.includes(id));
        return leaving.some((id) => mayHoldServer(id, before!, existing))
          ? 'a subnet that leaves the group is in use where the server or its standby is in it'
          : undefined;
      },
    },
    {
      id: 'load-balancer-of-one-vpc',
      source: 'API reference of Elastic Load Balancing, "SetSubnets": InvalidSubnet',
      types: ['AWS::ElasticLoadBalancingV2::LoadBalancer'],
      refuses: ({ resource, before }, existing) =>
        before && leavesItsVpc(subnetsOf(before, 'Subnets'), subnetsOf(resource, 'Subnets'), existing)
          ? 'the new subnets are not in the VPC of the load balancer'
          : undefined,
    },
  ],
};

/** Tells if a server of a subnet group may be in a subnet: an instance whose zone nobody named may be in any. */
function mayHoldServer(subnet: string, group: Resource, existing: Existing): boolean {
  const zone = existing.named(subnet, 'AWS::EC2::Subnet')?.properties.AvailabilityZone as unknown;
  return existing
    .usersOf(group, ...SERVERS)
    .flatMap((server) => (server.type === CLUSTER ? existing.usersOf(server, INSTANCE) : [server]))
    .some(({ properties: { AvailabilityZone } }) => AvailabilityZone === undefined || AvailabilityZone === zone);
}

function subnetsOf({ properties }: Resource, name: string): string[] {
  return list(properties[name] as string[]);
}

/** Tells if any of the later subnets is in another VPC than the former ones, as far as their VPCs are known. */
function leavesItsVpc(before: string[], after: string[], existing: Existing): boolean {
  const [former, later] = [before, after].map((ids) =>
    ids.flatMap((id) => (existing.named(id, 'AWS::EC2::Subnet')?.properties.VpcId as string | undefined) ?? []),
  );
  return former.length > 0 && later.some((vpc) => !former.includes(vpc));
}
