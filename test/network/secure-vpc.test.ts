import { type App, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Egress, EnvironmentProfile, SecureVpc, type SecureVpcProps, SubnetTier } from '../../src';
import { refusal, REGION, templateOf, testApp, testStack, unacknowledged } from '../support/test-stack';

function stackWith(props: SecureVpcProps = {}): Stack {
  const stack = testStack();
  new SecureVpc(stack, 'Network', props);
  return stack;
}

interface Route { RouteTableId: { Ref: string }; DestinationCidrBlock?: string; NatGatewayId?: unknown; GatewayId?: unknown }

/** Routes by tier; route tables are named after the subnet groups. */
function routesOf(template: Template, tier: SubnetTier): Route[] {
  return Object.values(template.findResources('AWS::EC2::Route')).map(({ Properties }) => Properties as Route)
    .filter(({ RouteTableId }) => RouteTableId.Ref.includes(`Vpc${tier}Subnet`));
}

describe('the default network (A-26, B-15, D-15)', () => {
  let template: Template;
  beforeAll(() => { template = templateOf(stackWith()); });

  test('A-26: three tiers in three zones', () => {
    template.resourceCountIs('AWS::EC2::Subnet', 9);
    template.resourceCountIs('AWS::EC2::NetworkAcl', 3);
  });

  test('B-15, EC2.15: no subnet gives out public addresses', () => {
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('B-15: only public subnets are routed to the internet gateway', () => {
    const toGateway = Object.values(template.findResources('AWS::EC2::Route', { Properties: { GatewayId: Match.anyValue() } }));
    expect(toGateway).toHaveLength(3);
    expect(toGateway.every(({ Properties }) => Properties.RouteTableId.Ref.includes('Vpcpublic'))).toBe(true);
  });

  test('A-26, D-15: the data tier has no route out of the network', () => {
    expect(routesOf(template, SubnetTier.DATA)).toEqual([]);
  });

  test('names are resolved inside: endpoints and databases need it', () => {
    template.hasResourceProperties('AWS::EC2::VPC', { EnableDnsHostnames: true, EnableDnsSupport: true });
  });

  test('leaves the default security group alone, without a function', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 0);
  });

  test('tells what it has', () => {
    const network = new SecureVpc(testStack(), 'Network');
    expect([network.availabilityZoneCount, network.reachesInternet, network.dataPorts]).toEqual([3, true, [5432, 3306, 6379]]);
    expect(Object.values(SubnetTier).map((tier) => network.hasTier(tier))).toEqual([true, true, true]);
    expect(network.vpc.selectSubnets(network.subnets(SubnetTier.APPLICATION)).subnets).toHaveLength(3);
  });
});

test('closing the default security group takes a custom resource, and then nothing needs to be acknowledged for it', () => {
  templateOf(stackWith({ closeDefaultSecurityGroup: true })).resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
});

describe('zones', () => {
  test('B-15: the first three of whatever region it is, never looked up', () => {
    const template = templateOf(stackWith());
    const zones = Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties }) => Properties.AvailabilityZone);
    expect(new Set(zones.map((zone) => JSON.stringify(zone)))).toEqual(new Set([0, 1, 2].map((index) => JSON.stringify({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] }))));
  });

  test('B-15: named where a document names them', () => {
    const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];
    const subnets = Object.values(templateOf(stackWith({ availabilityZones: zones })).findResources('AWS::EC2::Subnet'));
    expect(subnets.map(({ Properties }) => Properties.AvailabilityZone)).toEqual([...zones, ...zones, ...zones]);
  });

  test.each<[string, SecureVpcProps]>([['by number', { availabilityZoneCount: 2 }], ['by name', { availabilityZones: ['eu-central-1a', 'eu-central-1b'] }]])('no account is asked for them: %s', (_how, props) => {
    const stack = stackWith(props);
    expect((stack.node.root as App).synth().manifest.missing ?? []).toEqual([]);
    // Afterwards the stack answers as any other does, for whoever else asks it.
    expect(Object.getOwnPropertyDescriptor(stack, 'availabilityZones')).toBeUndefined();
    expect(stack.availabilityZones).toEqual(testStack().availabilityZones);
  });

  test('an account and region need not be known', () => {
    const stack = new Stack(testApp(), 'Test');
    new SecureVpc(stack, 'Network');
    templateOf(stack).resourceCountIs('AWS::EC2::Subnet', 9);
  });

  test('zones and their number together are refused', () => {
    expect(refusal(() => stackWith({ availabilityZones: [`${REGION}a`], availabilityZoneCount: 2 }))).toBe(
      "SecureVpc 'Test/Network': availabilityZoneCount is 2, expected zones or availabilityZoneCount, not both. Leave out availabilityZoneCount where zones names them");
  });

  test.each([0, 7, 2.5])('%d zones are refused', (availabilityZoneCount) => {
    expect(refusal(() => stackWith({ availabilityZoneCount }))).toBe(`SecureVpc 'Test/Network': availabilityZoneCount is ${availabilityZoneCount}, expected 1 to 6 zones, whole. A region has at most 6 zones`);
  });

  test('no zone, and one zone named twice, are refused', () => {
    expect(refusal(() => stackWith({ availabilityZones: [] }))).toContain('zones.length is 0, expected 1 to 6 zones');
    expect(refusal(() => stackWith({ availabilityZones: ['eu-central-1a', 'eu-central-1a'] }))).toContain('expected each zone once');
  });
});

describe('findings of the four packs', () => {
  test.each<[string, SecureVpcProps]>([
    ['NAT in each zone', {}],
    ['one NAT', { egress: Egress.singleNatGateway() }],
    ['regional NAT', { egress: Egress.regionalNatGateway() }],
    ['endpoints only (B-02)', { egress: Egress.endpointsOnly() }],
    ['the default security group closed', { closeDefaultSecurityGroup: true }],
    ['zones named (B-15)', { availabilityZones: ['eu-central-1a', 'eu-central-1b'] }],
    ['development', { profile: EnvironmentProfile.development() }],
  ])('none with %s', (_what, props) => {
    expect(unacknowledged(stackWith(props))).toEqual([]);
  });
});
