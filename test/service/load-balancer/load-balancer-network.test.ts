import { Template } from 'aws-cdk-lib/assertions';
import { type ISubnet, Subnet, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type ISecureVpc, SecureLoadBalancer, SecureVpc } from '../../../src';
import { refusal, templateOf, testStack } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';

const ZONES = ['eu-central-1a', 'eu-central-1b'];
type Stack = ReturnType<typeof testStack>;

const ids = (...ends: string[]) => ends.map((end) => `subnet-${end.padStart(17, '0')}`);

/** Adopted VPC with two public subnets in each of two zones, unless others are given. */
function adopted(stack: Stack, publicSubnets?: ISubnet[]): ISecureVpc {
  const vpc = Vpc.fromVpcAttributes(stack, 'Existing', {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.20.0.0/16',
    availabilityZones: ZONES,
    publicSubnetIds: ids('a1', 'b1', 'a2', 'b2'),
    publicSubnetNames: ['One', 'Two'],
    publicSubnetRouteTableIds: ['rtb-0000000000000000a', 'rtb-0000000000000000b', 'rtb-0000000000000000a', 'rtb-0000000000000000b'],
    privateSubnetIds: ids('1a', '1b'),
    privateSubnetRouteTableIds: ['rtb-0000000000000001a', 'rtb-0000000000000001b'],
  });
  return SecureVpc.fromVpc(stack, 'Network', {
    vpc,
    publicSubnets: publicSubnets ? { subnets: publicSubnets } : { subnetType: SubnetType.PUBLIC },
    applicationSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
  });
}

function subnetsOf(stack: Stack, network: ISecureVpc): unknown {
  new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) });
  const template: Template = templateOf(stack);
  return Object.values(template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'))[0].Properties.Subnets;
}

const subnet = (stack: Stack, id: string, availabilityZone?: string) =>
  Subnet.fromSubnetAttributes(stack, id, { subnetId: ids(id)[0], availabilityZone, routeTableId: 'rtb-0000000000000000a' });

describe('A load balancer', () => {
  test('is in one subnet of each zone where an adopted tier has more, because AWS refuses a second one', () => {
    const stack = testStack();
    expect(subnetsOf(stack, adopted(stack))).toEqual(ids('a1', 'b1'));
    const listed = testStack();
    const subnets = [subnet(listed, 'a', ZONES[0]), subnet(listed, 'b', ZONES[0]), subnet(listed, 'c', ZONES[1])];
    expect(subnetsOf(listed, adopted(listed, subnets))).toEqual(ids('a', 'c'));
  });

  test('is refused where its tier is in one zone, because AWS requires two', () => {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network', { availabilityZoneCount: 1 });
    expect(refusal(() => subnetsOf(stack, network))).toBe(
      "SecureLoadBalancer 'Test/Balancer': network has a public tier in 1 Availability Zone, expected two or more, as AWS requires. "
      + 'Set availabilityZoneCount of the SecureVpc to 2 or 3, or adopt subnets in two zones.');
    const listed = testStack();
    const subnets = [subnet(listed, 'a', ZONES[0]), subnet(listed, 'b', ZONES[0])];
    expect(refusal(() => subnetsOf(listed, adopted(listed, subnets)))).toContain('network has a public tier in 1 Availability Zone');
  });

  test('takes imported subnets whose zones nobody gave', () => {
    const stack = testStack();
    expect(subnetsOf(stack, adopted(stack, [subnet(stack, 'a'), subnet(stack, 'b')]))).toEqual(ids('a', 'b'));
  });
});
