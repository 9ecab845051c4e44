import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Egress, Ingress, type ISecureVpc, SecureLoadBalancer, type SecureLoadBalancerProps, SecureVpc, type SecureVpcProps, SubnetPlan, WebFirewall } from '../../../src';
import { CLOUDFLARE_IPV4, CLOUDFLARE_IPV6 } from '../../../src/service/load-balancer/cloudflare-ranges';
import { refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate, planOfDocumentB } from '../../fixtures/web-service';
import { NetworkAcls, reply } from '../../simulators/network-acl';
import { flows } from '../../simulators/security-group-flows';

type Props = Partial<SecureLoadBalancerProps>;

const balancer = (props: Props, networkOf?: (stack: ReturnType<typeof testStack>) => ISecureVpc) => {
  const stack = testStack();
  const network = networkOf?.(stack) ?? new SecureVpc(stack, 'Network');
  const made = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack), ...props });
  return { stack, made };
};

/** A network that others made, whose subnets have IPv6 blocks. */
const adopted = (stack: ReturnType<typeof testStack>): ISecureVpc => {
  const subnets = (kind: string) => ['1', '2'].map((zone) => `subnet-${kind}000000${zone}`);
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-00000001',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    publicSubnetIds: subnets('a'),
    publicSubnetRouteTableIds: ['rtb-00000001', 'rtb-00000001'],
    privateSubnetIds: subnets('b'),
    privateSubnetRouteTableIds: ['rtb-00000002', 'rtb-00000003'],
  });
  return SecureVpc.fromVpc(stack, 'Adopted', { vpc, publicSubnets: { subnets: vpc.publicSubnets }, applicationSubnets: { subnets: vpc.privateSubnets } });
};

const ruleNames = (template: Template): string[] => Object.values(template.findResources('AWS::WAFv2::WebACL'))[0].Properties.Rules.map(({ Name }: { Name: string }) => Name);
const ofBalancer = (template: Template) => flows(template).filter((flow) => flow.startsWith('BalancerSecurityGroup'));

describe('Ingress.cloudflare', () => {
  let template: Template;
  beforeAll(() => { template = templateOf(balancer({ ingress: Ingress.cloudflare() }).stack); });

  test('allows only the ranges of Cloudflare, on ports 80 and 443 (C-01)', () => {
    expect(ofBalancer(template)).toEqual(['BalancerSecurityGroup in 443 BalancerCloudflareIpv4', 'BalancerSecurityGroup in 80 BalancerCloudflareIpv4']);
    template.resourceCountIs('AWS::EC2::PrefixList', 1);
    template.hasResourceProperties('AWS::EC2::PrefixList', { AddressFamily: 'IPv4', MaxEntries: 20, Entries: CLOUDFLARE_IPV4.map((Cidr) => Match.objectLike({ Cidr })) });
  });

  test('changes only the prefix list, and no rule, for a new range (C-01)', () => {
    const changed = templateOf(balancer({ ingress: Ingress.cloudflare({ ipv4Ranges: [...CLOUDFLARE_IPV4, '198.51.100.0/24'] }) }).stack);
    const without = (of: Template) => Object.entries(of.toJSON().Resources).filter(([, { Type }]: [string, any]) => Type !== 'AWS::EC2::PrefixList');
    expect(without(changed)).toEqual(without(template));
    changed.hasResourceProperties('AWS::EC2::PrefixList', { Entries: Match.arrayWith([Match.objectLike({ Cidr: '198.51.100.0/24' })]) });
  });

  test('has a prefix list of IPv6 ranges only with dual stack', () => {
    const dual = templateOf(balancer({ ingress: Ingress.cloudflare(), dualStack: true }, adopted).stack);
    dual.hasResourceProperties('AWS::EC2::PrefixList', { AddressFamily: 'IPv6', MaxEntries: 10, Entries: CLOUDFLARE_IPV6.map((Cidr) => Match.objectLike({ Cidr })) });
    dual.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { IpAddressType: 'dualstack' });
    expect(ofBalancer(dual)).toEqual(['443', '80'].flatMap((port) => ['4', '6'].map((version) => `BalancerSecurityGroup in ${port} BalancerCloudflareIpv${version}`)));
  });

  test('faces the internet, and limits rates by the client address that Cloudflare passes', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internet-facing' });
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([Match.objectLike({
        Statement: { RateBasedStatement: { Limit: 10_000, EvaluationWindowSec: 60, AggregateKeyType: 'FORWARDED_IP', ForwardedIPConfig: { HeaderName: 'CF-Connecting-IP', FallbackBehavior: 'NO_MATCH' } } },
      })]),
    });
  });

  test('has a firewall without IP reputation lists, which would judge Cloudflare\'s addresses', () => {
    expect(ruleNames(template)).toEqual(['RatePerAddress', 'AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesLinuxRuleSet']);
  });

  test('accepts a firewall that uses the same header', () => {
    const stack = testStack();
    const firewall = new WebFirewall(stack, 'Firewall', { clientAddressHeader: 'CF-Connecting-IP', requestsPerMinute: 100 });
    const made = new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), ingress: Ingress.cloudflare(), firewall });
    expect(made.firewall).toBe(firewall);
  });
});

describe('Ingress.cloudFront', () => {
  test('makes the load balancer internal, and allows only CloudFront on port 443 (D-01)', () => {
    const template = templateOf(balancer({ ingress: Ingress.cloudFront() }).stack);
    expect(ofBalancer(template)).toEqual(['BalancerSecurityGroup in 443 pl-a3a144ca']);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal', Subnets: Match.arrayWith([{ Ref: Match.stringLikeRegexp('applicationSubnet1') }]) });
    template.resourcePropertiesCountIs('AWS::ElasticLoadBalancingV2::Listener', { Port: 80 }, 0);
  });

  test.each([['NAT', Egress.natGatewayPerZone()], ['endpoints only', Egress.endpointsOnly()]])('is let through the network ACLs from its public addresses and from its interface, there and back: %s (D-01)', (_, egress) => {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network', { egress, plan: planOfDocumentB() });
    new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack), ingress: Ingress.cloudFront() });
    const acls = new NetworkAcls(templateOf(stack));
    const requests = ['130.176.1.9', '10.0.12.9'].flatMap((from) => [1024, 3389, 32768, 65535].map((fromPort) => ({ from, fromPort, to: '10.0.11.20', toPort: 443 })));

    expect([...requests, ...requests.map(reply)].filter((packet) => !acls.pass(packet))).toEqual([]);
    expect(acls.pass({ from: '130.176.1.9', fromPort: 50000, to: '10.0.11.20', toPort: 22 })).toBe(false);
  });

  test('admits nobody new to the network of another ingress', () => {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network', { plan: planOfDocumentB() });
    new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack), ingress: Ingress.internalOnly(['10.0.0.0/16']) });
    expect(new NetworkAcls(templateOf(stack)).pass({ from: '130.176.1.9', fromPort: 50000, to: '10.0.11.20', toPort: 443 })).toBe(false);
  });

  test('may be that of two load balancers of one network', () => {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network');
    const tls = certificate(stack);
    const made = ['One', 'Two'].map((id) => () => new SecureLoadBalancer(stack, id, { network, certificate: tls, ingress: Ingress.cloudFront() }));
    expect(() => made.forEach((make) => make())).not.toThrow();
  });

  test('is refused in a network without an internet gateway, which AWS requires for VPC origins', () => {
    const stack = testStack();
    const plan = (publicBlocks?: string[]) => SubnetPlan.blocks({ cidr: '10.0.0.0/16', publicBlocks, applicationBlocks: ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'] });
    const network = (id: string, props: SecureVpcProps) => new SecureVpc(stack, id, { plan: plan(), ...props });
    const tls = certificate(stack);
    const behind = (within: SecureVpc) => () => new SecureLoadBalancer(within, 'Balancer', { network: within, certificate: tls, ingress: Ingress.cloudFront() });
    expect(refusal(behind(network('Closed', { egress: Egress.endpointsOnly() })))).toContain(
      'ingress is not supported in Test/Closed, which has no internet gateway: AWS requires one for VPC origins of CloudFront. Add publicBlocks to the plan of the SecureVpc.');
    expect(behind(network('Regional', { egress: Egress.regionalNatGateway() }))).not.toThrow();
  });

  test('keeps the firewall, because the distribution may have none (D-02)', () => {
    templateOf(balancer({ ingress: Ingress.cloudFront() }).stack).hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([Match.objectLike({ Statement: { RateBasedStatement: Match.objectLike({ ForwardedIPConfig: { HeaderName: 'X-Forwarded-For', FallbackBehavior: 'NO_MATCH' } }) } })]),
    });
  });

  test('accepts the id of the prefix list for a region that is not in the table', () => {
    const stack = testStack({ env: { account: '111111111111', region: 'eu-south-1' } });
    new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), ingress: Ingress.cloudFront({ prefixListId: 'pl-0123' }) });
    expect(ofBalancer(templateOf(stack))).toEqual(['BalancerSecurityGroup in 443 pl-0123']);
  });
});

test('Ingress.internet allows IPv6 with dual stack', () => {
  expect(ofBalancer(templateOf(balancer({ dualStack: true, httpRedirect: false }, adopted).stack))).toEqual(['BalancerSecurityGroup in 443 0.0.0.0/0', 'BalancerSecurityGroup in 443 ::/0']);
});

test.each<[string, Props]>([
  ['Cloudflare', { ingress: Ingress.cloudflare() }],
  ['CloudFront', { ingress: Ingress.cloudFront() }],
  ['CloudFront whose distribution has the firewall', { ingress: Ingress.cloudFront(), withoutFirewall: { reason: 'The distribution has the firewall' } }],
  ['offices', { ingress: Ingress.cidrs(['198.51.100.0/24']) }],
  ['the network', { ingress: Ingress.internalOnly(['10.0.0.0/16']) }],
  ['everyone, with all headers', { responseHeaders: { contentSecurityPolicy: "default-src 'self'", cors: { allowOrigins: ['https://app.example.com'] } } }],
])('A load balancer for %s leaves no finding of the four packs unacknowledged', (_, props) => {
  expect(unacknowledged(balancer(props).stack)).toEqual([]);
});

test('A load balancer for everyone over IPv4 and IPv6 leaves no finding of the four packs unacknowledged', () => {
  expect(unacknowledged(balancer({ dualStack: true }, adopted).stack)).toEqual([]);
});
