import { type Case, changed, resource, updating } from './case';

const vpc = (CidrBlock: string) => resource('AWS::EC2::VPC', { CidrBlock });
const subnet = (name: string, CidrBlock: string, zone = 'a') =>
  resource('AWS::EC2::Subnet', { VpcId: { Ref: name }, CidrBlock, AvailabilityZone: `eu-central-1${zone}` });
const NETWORKS = {
  Vpc: vpc('10.0.0.0/16'),
  A: subnet('Vpc', '10.0.0.0/24'),
  B: subnet('Vpc', '10.0.1.0/24', 'b'),
  OtherVpc: vpc('10.1.0.0/16'),
  Other: subnet('OtherVpc', '10.1.0.0/24'),
};
const group = (...ids: string[]) =>
  resource('AWS::RDS::DBSubnetGroup', { DBSubnetGroupDescription: 'Shop', SubnetIds: ids.map((Ref) => ({ Ref })) });
const SERVER = { Server: resource('AWS::RDS::DBInstance', { DBSubnetGroupName: { Ref: 'Subject' } }) };
const gateway = (SubnetId: string) => resource('AWS::EC2::NatGateway', { SubnetId, AllocationId: 'eipalloc-1' });
const balancer = (...ids: string[]) =>
  resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network', Subnets: ids.map((Ref) => ({ Ref })) });
const attachment = (name: string) =>
  resource('AWS::EC2::VPCGatewayAttachment', { VpcId: { Ref: name }, InternetGatewayId: 'igw-1' });

/** Documented behaviour of what stands in one VPC. */
export const PLACE_CASES: readonly Case[] = [
  changed(
    'unique-allocation-of-a-nat-gateway',
    'refused by AWS',
    'a NAT gateway in another subnet comes before the former one lets its address go',
    gateway('subnet-1'),
    gateway('subnet-2'),
  ),
  {
    rule: 'unique-attachment-of-an-internet-gateway',
    verdict: 'refused by AWS',
    shows: 'an internet gateway is attached to one VPC',
    play: updating({ ...NETWORKS, Former: attachment('Vpc') }, { ...NETWORKS, Later: attachment('OtherVpc') }),
  },
  changed(
    'subnet-group-of-one-vpc',
    'refused by AWS',
    'a subnet group stays in its VPC',
    group('A', 'B'),
    group('Other'),
    NETWORKS,
  ),
  changed(
    'subnet-of-a-server',
    'refused by AWS',
    'the subnet of a server stays in its group',
    group('A', 'B'),
    group('A'),
    { ...NETWORKS, ...SERVER },
  ),
  changed(
    'association-changed',
    'in place',
    'a subnet leaves the group where no member of the cluster is in its zone',
    group('A', 'B'),
    group('A'),
    {
      ...NETWORKS,
      Cluster: resource('AWS::RDS::DBCluster', { DBSubnetGroupName: { Ref: 'Subject' } }),
      Member: resource('AWS::RDS::DBInstance', {
        DBClusterIdentifier: { Ref: 'Cluster' },
        AvailabilityZone: 'eu-central-1a',
      }),
    },
  ),
  changed(
    'load-balancer-of-one-vpc',
    'refused by AWS',
    'a load balancer stays in its VPC',
    balancer('A'),
    balancer('Other'),
    NETWORKS,
  ),
];
