import { CfnResource, type Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpointAwsService, type IVpc, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type AdoptedVpcProps, type ISecureVpc, SecureVpc, SubnetTier } from '../../src';
import { refusal, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';

const ZONES = ['eu-central-1a', 'eu-central-1b'];

function existing(stack: Stack): IVpc {
  return Vpc.fromVpcAttributes(stack, 'Existing', {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.20.0.0/16',
    availabilityZones: ZONES,
    publicSubnetIds: ['subnet-0000000000000000a', 'subnet-0000000000000000b'],
    publicSubnetRouteTableIds: ['rtb-0000000000000000a', 'rtb-0000000000000000b'],
    privateSubnetIds: ['subnet-0000000000000001a', 'subnet-0000000000000001b'],
    privateSubnetRouteTableIds: ['rtb-0000000000000001a', 'rtb-0000000000000001b'],
    isolatedSubnetIds: ['subnet-0000000000000002a', 'subnet-0000000000000002b'],
    isolatedSubnetRouteTableIds: ['rtb-0000000000000002a', 'rtb-0000000000000002b'],
  });
}

function adopt(stack: Stack, props: Partial<AdoptedVpcProps> = {}): ISecureVpc {
  return SecureVpc.fromVpc(stack, 'Network', {
    vpc: props.vpc ?? existing(stack),
    publicSubnets: { subnetType: SubnetType.PUBLIC },
    applicationSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    dataSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    ...props,
  });
}

function resourcesIn(stack: Stack): string[] {
  return stack.node.findAll().filter((construct) => CfnResource.isCfnResource(construct)).map(({ node }) => node.path);
}

describe('An adopted VPC', () => {
  test('has the tiers that are named, and creates no resources (E-01)', () => {
    const stack = testStack();
    const network = adopt(stack);
    expect(Object.values(SubnetTier).map((tier) => network.hasTier(tier))).toEqual([true, true, true]);
    expect(network.vpc.selectSubnets(network.subnets(SubnetTier.DATA)).subnetIds).toEqual(['subnet-0000000000000002a', 'subnet-0000000000000002b']);
    expect([network.availabilityZoneCount, network.reachesInternet, network.dataPorts]).toEqual([2, true, [5432, 3306, 6379]]);
    expect(resourcesIn(stack)).toEqual([]);
  });

  test('from a look-up is usable before the look-up has a result (E-01)', () => {
    const stack = testStack();
    const network = adopt(stack, { vpc: Vpc.fromLookup(stack, 'Existing', { vpcName: 'shared' }), dataSubnets: undefined });
    expect(network.availabilityZoneCount).toBe(2);
    expect(network.vpc.selectSubnets(network.subnets(SubnetTier.APPLICATION)).subnetIds).toHaveLength(2);
    expect(resourcesIn(stack)).toEqual([]);
  });

  test('from a look-up accepts a data tier that the look-up has not confirmed yet (E-01)', () => {
    const stack = testStack();
    expect(() => adopt(stack, { vpc: Vpc.fromLookup(stack, 'Existing', { vpcName: 'shared' }), dataSubnets: { subnetGroupName: 'Database' } })).not.toThrow();
  });

  test('has no unacknowledged finding of the four packs (E-01)', () => {
    const stack = testStack();
    new SecurityGroup(stack, 'Client', { vpc: adopt(stack).vpc, allowAllOutbound: false, description: 'A client' })
      .connections.allowTo(Peer.ipv4('10.20.0.0/16'), Port.tcp(443), 'Inside');
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('refuses a tier whose subnets do not exist (E-01)', () => {
    const stack = testStack();
    const message = refusal(() => adopt(stack, { dataSubnets: { subnetGroupName: 'Database' } }));
    expect(message).toMatch(/^AdoptedVpc 'Test\/Network': dataSubnets is \{"subnetGroupName":"Database"\}, expected a selection that matches subnets of Test\/Existing \(.*Database.*\)\. Name a group, type or ids that the VPC has, or remove the prop\.$/);
    expect(message).not.toContain('\n');
  });

  test('refuses an application tier without subnets (E-01)', () => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Bare', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ZONES });
    expect(refusal(() => adopt(stack, { vpc, publicSubnets: undefined, dataSubnets: undefined }))).toContain('applicationSubnets is {"subnetType":"Private"}');
    expect(refusal(() => SecureVpc.fromVpc(stack, 'Other', { vpc, applicationSubnets: { subnets: [] } }))).toContain("AdoptedVpc 'Test/Other': applicationSubnets is");
  });

  test('refuses a tier that is not named where a construct needs it (E-01)', () => {
    const network = adopt(testStack(), { dataSubnets: undefined });
    expect(network.hasTier(SubnetTier.DATA)).toBe(false);
    expect(refusal(() => network.subnets(SubnetTier.DATA))).toBe(
      "AdoptedVpc 'Test/Network': dataSubnets is not given, expected a selection of subnets for the data tier, which a construct in this network needs. Name them in SecureVpc.fromVpc.");
  });

  test('has the database ports that it is given', () => {
    expect(adopt(testStack(), { dataPorts: [5432] }).dataPorts).toEqual([5432]);
  });
});

describe('A client of AWS services in an adopted VPC', () => {
  const services = [InterfaceVpcEndpointAwsService.ECR, InterfaceVpcEndpointAwsService.SECRETS_MANAGER];

  function allow(stack: Stack, network: ISecureVpc) {
    const client = new SecurityGroup(stack, 'Client', { vpc: network.vpc, allowAllOutbound: false }).connections;
    network.allowToAwsServices({ client, services, purpose: 'the secrets of Shop/Api' });
  }

  test('uses HTTPS to any address where the VPC reaches the internet', () => {
    const stack = testStack();
    allow(stack, adopt(stack));
    templateOf(stack).hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })] });
  });

  test('reaches the security group of the endpoints beside NAT, because their names resolve to them', () => {
    const stack = testStack();
    const endpointSecurityGroup = SecurityGroup.fromSecurityGroupId(stack, 'Endpoints', 'sg-0123456789abcdef0');
    allow(stack, adopt(stack, { endpointSecurityGroup }));
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-0123456789abcdef0', FromPort: 443, ToPort: 443, SourceSecurityGroupId: Match.anyValue() });
    const ways = [
      ...Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap(({ Properties }) => Properties.SecurityGroupEgress as unknown[]),
      ...Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).map(({ Properties }) => Properties as unknown),
    ];
    expect(ways).toContainEqual(expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }));
  });

  test('is refused without internet access where an endpoint is missing, which the error names (B-14)', () => {
    const stack = testStack();
    const network = adopt(stack, { reachesInternet: false, interfaceEndpoints: [InterfaceVpcEndpointAwsService.ECR] });
    expect(refusal(() => allow(stack, network))).toBe(
      "AdoptedVpc 'Test/Network': interfaceEndpoints is [\"ecr.api\"], expected a list with secretsmanager, which the secrets of Shop/Api needs in a network without internet access. "
      + 'Create an interface endpoint for secretsmanager with the VPC, and name it here.');
  });

  test('gets no endpoints, because AWS refuses a second one with the same name (B-14)', () => {
    const stack = testStack();
    allow(stack, adopt(stack, { reachesInternet: false, interfaceEndpoints: services }));
    const template = templateOf(stack);
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [Match.objectLike({ CidrIp: '10.20.0.0/16', FromPort: 443, ToPort: 443 })] });
    template.allResourcesProperties('AWS::EC2::SecurityGroupEgress', { DestinationPrefixListId: 'pl-6ea54007', FromPort: 443, ToPort: 443 });
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
  });

  test('is refused without internet access where neither the group of the endpoints nor the block of the VPC is known', () => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'WithoutBlock', {
      vpcId: 'vpc-0123456789abcdef0', availabilityZones: ZONES, privateSubnetIds: ['subnet-0000000000000001a', 'subnet-0000000000000001b'],
    });
    const network = SecureVpc.fromVpc(stack, 'Network', {
      vpc, applicationSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, reachesInternet: false, interfaceEndpoints: services,
    });
    const client = new SecurityGroup(stack, 'Client', { vpc, allowAllOutbound: false }).connections;
    expect(refusal(() => network.allowToAwsServices({ client, services, purpose: 'the secrets of Shop/Api' }))).toBe(
      "AdoptedVpc 'Test/Network': endpointSecurityGroup is not given, and the block of the VPC, which holds the interface endpoints, is unknown. "
      + 'Give endpointSecurityGroup, or vpcCidrBlock to Vpc.fromVpcAttributes.');
  });

  test('is refused where the group of the endpoints has no room for another rule', () => {
    const stack = testStack();
    const network = adopt(stack, { endpointSecurityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Endpoints', 'sg-0123456789abcdef0') });
    const next = (id: string) => network.allowToAwsServices({ client: new SecurityGroup(stack, id, { vpc: network.vpc }).connections, services, purpose: id });
    Array.from({ length: 59 }, (_, index) => next(`Client${index}`));
    expect(refusal(() => next('Last'))).toContain("AdoptedVpc 'Test/Network': endpointSecurityGroup has 60 clients of interface endpoints");
  });

  test('reaches only the security group of the endpoints where it is named', () => {
    const stack = testStack();
    const endpointSecurityGroup = SecurityGroup.fromSecurityGroupId(stack, 'Endpoints', 'sg-0123456789abcdef0');
    allow(stack, adopt(stack, { reachesInternet: false, interfaceEndpoints: services, endpointSecurityGroup, s3PrefixListId: 'pl-11111111' }));
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { DestinationSecurityGroupId: 'sg-0123456789abcdef0', FromPort: 443 });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-0123456789abcdef0', FromPort: 443 });
    expect(JSON.stringify(template.toJSON())).not.toContain('10.20.0.0/16');
  });
});
