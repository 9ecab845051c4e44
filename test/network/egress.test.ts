import type { Template } from 'aws-cdk-lib/assertions';
import { Egress, EnvironmentProfile, SecureVpc, type SecureVpcProps, SubnetPlan, SubnetTier } from '../../src';
import { refusal, templateOf, testStack } from '../support/test-stack';

interface Route { RouteTableId: { Ref: string }; DestinationCidrBlock?: string; NatGatewayId?: unknown; GatewayId?: unknown }

function templateWith(props: SecureVpcProps): Template {
  const stack = testStack();
  new SecureVpc(stack, 'Network', props);
  return templateOf(stack);
}

function defaultRoutes(template: Template, tier: SubnetTier): Route[] {
  return Object.values(template.findResources('AWS::EC2::Route')).map(({ Properties }) => Properties as Route)
    .filter(({ RouteTableId, DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0' && RouteTableId.Ref.includes(`Vpc${tier}Subnet`));
}

/** For each application subnet, in order, the number of the public subnet whose NAT gateway it uses. */
function natOfEachZone(template: Template): string[] {
  return defaultRoutes(template, SubnetTier.APPLICATION).map(({ NatGatewayId }) => /publicSubnet(\d)/.exec(JSON.stringify(NatGatewayId))?.[1] ?? 'regional');
}

describe('a NAT gateway in each zone', () => {
  test('A-32: each application subnet leaves through its own zone', () => {
    const template = templateWith({ egress: Egress.natGatewayPerZone() });
    template.resourceCountIs('AWS::EC2::NatGateway', 3);
    expect(natOfEachZone(template)).toEqual(['1', '2', '3']);
    expect(defaultRoutes(template, SubnetTier.DATA)).toEqual([]);
  });
});

describe('one NAT gateway', () => {
  test('C-13: every application subnet leaves through it', () => {
    const template = templateWith({ egress: Egress.singleNatGateway() });
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    expect(natOfEachZone(template)).toEqual(['1', '1', '1']);
    expect(defaultRoutes(template, SubnetTier.DATA)).toEqual([]);
  });
});

describe('a regional NAT gateway', () => {
  test('spans the zones, without an address or a subnet of its own', () => {
    const template = templateWith({ egress: Egress.regionalNatGateway() });
    const gateways = Object.values(template.findResources('AWS::EC2::NatGateway'));
    expect(gateways.map(({ Properties }) => [Properties.AvailabilityMode, Properties.ConnectivityType, Properties.SubnetId, Properties.AllocationId])).toEqual([['regional', 'public', undefined, undefined]]);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    expect(natOfEachZone(template)).toEqual(['regional', 'regional', 'regional']);
    expect(defaultRoutes(template, SubnetTier.DATA)).toEqual([]);
  });

  test('comes after the internet gateway is attached: until then AWS refuses it', () => {
    const [gateway] = Object.values(templateWith({ egress: Egress.regionalNatGateway() }).findResources('AWS::EC2::NatGateway'));
    expect(gateway.DependsOn).toEqual([expect.stringMatching(/VPCGW/)]);
  });
});

describe('endpoints only', () => {
  test('B-02, B-14: neither the application nor the data tier has any route out', () => {
    const template = templateWith({ egress: Egress.endpointsOnly() });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    expect(defaultRoutes(template, SubnetTier.APPLICATION)).toEqual([]);
    expect(defaultRoutes(template, SubnetTier.DATA)).toEqual([]);
    expect(defaultRoutes(template, SubnetTier.PUBLIC)).toHaveLength(3);
  });

  test('says that the internet is out of reach', () => {
    const kinds = [Egress.endpointsOnly(), Egress.natGatewayPerZone(), Egress.singleNatGateway(), Egress.regionalNatGateway()];
    expect(kinds.map(({ reachesInternet }) => reachesInternet)).toEqual([false, true, true, true]);
  });
});

describe('by environment', () => {
  test.each([[EnvironmentProfile.production(), 3], [EnvironmentProfile.staging(), 3], [EnvironmentProfile.development(), 1]])('A-32: NAT gateways follow the profile (%#)', (profile, count) => {
    templateWith({ profile }).resourceCountIs('AWS::EC2::NatGateway', count);
  });
});

describe('without a public tier', () => {
  const plan = SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'] });

  test.each([Egress.natGatewayPerZone(), Egress.singleNatGateway()])('NAT gateways that need one are refused (%#)', (egress) => {
    expect(refusal(() => templateWith({ plan, egress }))).toBe(
      "SecureVpc 'Test/Network': egress is \"NAT gateway in a public subnet\", expected regionalNatGateway() or endpointsOnly() in a plan without a public tier. Add publicBlocks to the plan, or choose one of the two");
  });

  test('endpoints are enough, and no internet gateway is made', () => {
    templateWith({ plan, egress: Egress.endpointsOnly() }).resourceCountIs('AWS::EC2::InternetGateway', 0);
  });

  test('a regional NAT gateway brings the internet gateway that it needs', () => {
    const template = templateWith({ plan, egress: Egress.regionalNatGateway() });
    template.resourceCountIs('AWS::EC2::InternetGateway', 1);
    expect(Object.values(template.findResources('AWS::EC2::NatGateway'))[0].DependsOn).toEqual([expect.stringMatching(/VPCGW/)]);
  });
});
