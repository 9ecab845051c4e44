import type { Template } from 'aws-cdk-lib/assertions';
import { Egress, EnvironmentProfile, SecureVpc, type SecureVpcProps, SubnetPlan, SubnetTier } from '../../src';
import { refusal, templateOf, testStack } from '../fixtures/test-stack';

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

describe('Egress.natGatewayPerZone', () => {
  test('routes each application subnet through the NAT gateway of its own zone (A-32)', () => {
    const template = templateWith({ egress: Egress.natGatewayPerZone() });
    template.resourceCountIs('AWS::EC2::NatGateway', 3);
    expect(natOfEachZone(template)).toEqual(['1', '2', '3']);
    expect(defaultRoutes(template, SubnetTier.DATA)).toEqual([]);
  });
});

describe('Egress.singleNatGateway', () => {
  test('routes every application subnet through one NAT gateway (C-13)', () => {
    const template = templateWith({ egress: Egress.singleNatGateway() });
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    expect(natOfEachZone(template)).toEqual(['1', '1', '1']);
    expect(defaultRoutes(template, SubnetTier.DATA)).toEqual([]);
  });
});

describe('Egress.regionalNatGateway', () => {
  test('creates one gateway for all zones, without an address or a subnet', () => {
    const template = templateWith({ egress: Egress.regionalNatGateway() });
    const gateways = Object.values(template.findResources('AWS::EC2::NatGateway'));
    expect(gateways.map(({ Properties }) => [Properties.AvailabilityMode, Properties.ConnectivityType, Properties.SubnetId, Properties.AllocationId])).toEqual([['regional', 'public', undefined, undefined]]);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    expect(natOfEachZone(template)).toEqual(['regional', 'regional', 'regional']);
    expect(defaultRoutes(template, SubnetTier.DATA)).toEqual([]);
  });

  test('creates the gateway after the attachment of the internet gateway, because AWS refuses it earlier', () => {
    const [gateway] = Object.values(templateWith({ egress: Egress.regionalNatGateway() }).findResources('AWS::EC2::NatGateway'));
    expect(gateway.DependsOn).toEqual([expect.stringMatching(/VPCGW/)]);
  });
});

describe('Egress.endpointsOnly', () => {
  test('leaves application and data tier without a route out of the network (B-02, B-14)', () => {
    const template = templateWith({ egress: Egress.endpointsOnly() });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    expect(defaultRoutes(template, SubnetTier.APPLICATION)).toEqual([]);
    expect(defaultRoutes(template, SubnetTier.DATA)).toEqual([]);
    expect(defaultRoutes(template, SubnetTier.PUBLIC)).toHaveLength(3);
  });

  test('is the only egress that does not reach the internet', () => {
    const kinds = [Egress.endpointsOnly(), Egress.natGatewayPerZone(), Egress.singleNatGateway(), Egress.regionalNatGateway()];
    expect(kinds.map(({ reachesInternet }) => reachesInternet)).toEqual([false, true, true, true]);
  });
});

describe('The default egress', () => {
  test.each([[EnvironmentProfile.production(), 3], [EnvironmentProfile.staging(), 3], [EnvironmentProfile.development(), 1]])('has the NAT gateways of profile %# (A-32)', (profile, count) => {
    templateWith({ profile }).resourceCountIs('AWS::EC2::NatGateway', count);
  });
});

describe('A plan without a public tier', () => {
  const plan = SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'] });

  test.each([Egress.natGatewayPerZone(), Egress.singleNatGateway()])('refuses zonal NAT gateways (%#)', (egress) => {
    expect(refusal(() => templateWith({ plan, egress }))).toBe(
      "SecureVpc 'Test/Network': egress is not supported in a plan without a public tier: its NAT gateways need public subnets. Add publicBlocks to the plan, or use Egress.regionalNatGateway() or Egress.endpointsOnly().");
  });

  test('creates no internet gateway with endpoints only', () => {
    templateWith({ plan, egress: Egress.endpointsOnly() }).resourceCountIs('AWS::EC2::InternetGateway', 0);
  });

  test('creates the internet gateway that a regional NAT gateway needs', () => {
    const template = templateWith({ plan, egress: Egress.regionalNatGateway() });
    template.resourceCountIs('AWS::EC2::InternetGateway', 1);
    expect(Object.values(template.findResources('AWS::EC2::NatGateway'))[0].DependsOn).toEqual([expect.stringMatching(/VPCGW/)]);
  });
});
