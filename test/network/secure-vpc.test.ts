import { type App, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Egress, EnvironmentProfile, SecureVpc, type SecureVpcProps, SubnetTier } from '../../src';
import { refusal, REGION, templateOf, testApp, testStack, unacknowledged } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import type { Template as CloudFormationTemplate } from '../simulators/cloudformation/template';

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

describe('The default network', () => {
  let template: Template;
  beforeAll(() => { template = templateOf(stackWith()); });

  test('has three tiers in three Availability Zones (A-26)', () => {
    template.resourceCountIs('AWS::EC2::Subnet', 9);
    template.resourceCountIs('AWS::EC2::NetworkAcl', 3);
  });

  test('assigns no public addresses in any subnet (B-15, EC2.15)', () => {
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('routes only public subnets to the internet gateway (B-15)', () => {
    const toGateway = Object.values(template.findResources('AWS::EC2::Route', { Properties: { GatewayId: Match.anyValue() } }));
    expect(toGateway).toHaveLength(3);
    expect(toGateway.every(({ Properties }) => Properties.RouteTableId.Ref.includes('Vpcpublic'))).toBe(true);
  });

  test('has no route from the data tier out of the network (A-26, D-15)', () => {
    expect(routesOf(template, SubnetTier.DATA)).toEqual([]);
  });

  test('resolves DNS names, which endpoints and databases require', () => {
    template.hasResourceProperties('AWS::EC2::VPC', { EnableDnsHostnames: true, EnableDnsSupport: true });
  });

  test('does not change the default security group, and creates no function', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 0);
  });

  test('exposes zones, tiers, ports and subnets', () => {
    const network = new SecureVpc(testStack(), 'Network');
    expect([network.availabilityZoneCount, network.reachesInternet, network.dataPorts]).toEqual([3, true, [5432, 3306, 6379]]);
    expect(Object.values(SubnetTier).map((tier) => network.hasTier(tier))).toEqual([true, true, true]);
    expect(network.vpc.selectSubnets(network.subnets(SubnetTier.APPLICATION)).subnets).toHaveLength(3);
  });
});

test('Closing the default security group creates a custom resource', () => {
  templateOf(stackWith({ restrictDefaultSecurityGroup: true })).resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
});

describe('Availability Zones', () => {
  test('are the first three of the region, without a look-up (B-15)', () => {
    const template = templateOf(stackWith());
    const zones = Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties }) => Properties.AvailabilityZone);
    expect(new Set(zones.map((zone) => JSON.stringify(zone)))).toEqual(new Set([0, 1, 2].map((index) => JSON.stringify({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] }))));
  });

  test('have the names that are given (B-15)', () => {
    const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];
    const subnets = Object.values(templateOf(stackWith({ availabilityZones: zones })).findResources('AWS::EC2::Subnet'));
    expect(subnets.map(({ Properties }) => Properties.AvailabilityZone)).toEqual([...zones, ...zones, ...zones]);
  });

  test.each<[string, SecureVpcProps]>([['by number', { availabilityZoneCount: 2 }], ['by name', { availabilityZones: ['eu-central-1a', 'eu-central-1b'] }]])('need no look-up when they are given %s', (_how, props) => {
    const stack = stackWith(props);
    expect((stack.node.root as App).synth().manifest.missing ?? []).toEqual([]);
    // Afterwards the stack answers as any other does, for whoever else asks it.
    expect(Object.getOwnPropertyDescriptor(stack, 'availabilityZones')).toBeUndefined();
    expect(stack.availabilityZones).toEqual(testStack().availabilityZones);
  });

  test('need neither a known account nor a known region', () => {
    const stack = new Stack(testApp(), 'Test');
    new SecureVpc(stack, 'Network');
    templateOf(stack).resourceCountIs('AWS::EC2::Subnet', 9);
  });

  test('are refused where a region gives new accounts fewer of them', () => {
    const inCalifornia = (props: SecureVpcProps) => {
      const stack = testStack({ env: { account: '111111111111', region: 'us-west-1' } });
      new SecureVpc(stack, 'Network', props);
      return templateOf(stack);
    };
    expect(refusal(() => inCalifornia({}))).toBe(
      "SecureVpc 'Test/Network': availabilityZoneCount is 3, expected at most 2 in us-west-1, which gives new accounts no more. "
      + 'Set availabilityZoneCount: 2, or name the zones of your account in availabilityZones.');
    inCalifornia({ availabilityZoneCount: 2 }).resourceCountIs('AWS::EC2::Subnet', 6);
    inCalifornia({ availabilityZones: ['us-west-1a', 'us-west-1b', 'us-west-1c'] }).resourceCountIs('AWS::EC2::Subnet', 9);
  });

  test('of the account come from its default subnets, so that three of them fail where it has two', () => {
    const account = new Account({ account: '111111111111', region: REGION, zones: [`${REGION}a`, `${REGION}b`] });
    const outcome = account.deploy('Test', templateOf(stackWith()).toJSON() as CloudFormationTemplate);
    expect(outcome.verdict).toBe('refused by AWS');
  });

  test('are refused when both names and their number are given', () => {
    expect(refusal(() => stackWith({ availabilityZones: [`${REGION}a`], availabilityZoneCount: 2 }))).toBe(
      "SecureVpc 'Test/Network': availabilityZoneCount is not supported together with availabilityZones. Remove one of the two.");
  });

  test.each([0, 7, 2.5])('are refused when there are %d of them', (availabilityZoneCount) => {
    expect(refusal(() => stackWith({ availabilityZoneCount }))).toBe(`SecureVpc 'Test/Network': availabilityZoneCount is ${availabilityZoneCount}, expected a whole number from 1 to 6 Availability Zones. Use as many Availability Zones as the region has.`);
  });

  test('are refused when the list of names is empty, or has a duplicate', () => {
    expect(refusal(() => stackWith({ availabilityZones: [] }))).toContain('availabilityZones.length is 0, expected a whole number from 1 to 6 Availability Zones');
    expect(refusal(() => stackWith({ availabilityZones: ['eu-central-1a', 'eu-central-1a'] }))).toContain('expected each Availability Zone once');
  });
});

describe('A network', () => {
  test.each<[string, SecureVpcProps]>([
    ['NAT in each zone', {}],
    ['one NAT', { egress: Egress.singleNatGateway() }],
    ['regional NAT', { egress: Egress.regionalNatGateway() }],
    ['endpoints only', { egress: Egress.endpointsOnly() }],
    ['the default security group closed', { restrictDefaultSecurityGroup: true }],
    ['named zones', { availabilityZones: ['eu-central-1a', 'eu-central-1b'] }],
    ['development', { profile: EnvironmentProfile.development() }],
  ])('has no unacknowledged finding of the four packs with %s', (_what, props) => {
    expect(unacknowledged(stackWith(props))).toEqual([]);
  });
});
