import type { Properties, TemplateResource } from '../template';
import { type Case, changed, created, removed, resource, STACK, template, updating } from './case';

const entry = (properties: Properties, type = 'AWS::EC2::NetworkAclEntry') =>
  resource(type, {
    NetworkAclId: { Ref: 'Acl' },
    RuleNumber: 100,
    Egress: false,
    RuleAction: 'allow',
    Protocol: 6,
    CidrBlock: '10.0.0.0/16',
    PortRange: { From: 443, To: 443 },
    ...properties,
  });
const subnet = (CidrBlock: string, AvailabilityZone = 'eu-central-1a') =>
  resource('AWS::EC2::Subnet', { VpcId: { Ref: 'Vpc' }, CidrBlock, AvailabilityZone });
const endpoint = (properties: Properties = {}) =>
  resource('AWS::EC2::VPCEndpoint', {
    VpcId: { Ref: 'Vpc' },
    VpcEndpointType: 'Interface',
    PrivateDnsEnabled: true,
    ServiceName: 'com.amazonaws.eu-central-1.logs',
    ...properties,
  });
const groupRule = (more: Properties = {}) =>
  resource('AWS::EC2::SecurityGroupIngress', {
    GroupId: 'sg-1',
    IpProtocol: 'tcp',
    FromPort: 443,
    ToPort: 443,
    CidrIp: '10.0.0.0/16',
    ...more,
  });
const group = (properties: Properties) =>
  resource('AWS::EC2::SecurityGroup', { VpcId: { Ref: 'Vpc' }, GroupDescription: 'Group', ...properties });
const attachment = (gateway: string) =>
  resource('AWS::EC2::VPCGatewayAttachment', { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: gateway } });
const route = (properties: Properties) =>
  resource('AWS::EC2::Route', { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', ...properties });

const VPC = { Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }) };
const ACL = { ...VPC, Acl: resource('AWS::EC2::NetworkAcl', { VpcId: { Ref: 'Vpc' } }) };

/** Case in which a resource gets another logical id and stays as it is. */
function renamed(
  rule: string,
  shows: string,
  subject: TemplateResource,
  others: { readonly [id: string]: TemplateResource } = {},
): Case {
  return {
    rule,
    shows,
    verdict: 'refused by AWS',
    play: updating({ ...others, Former: subject }, { ...others, Renamed: subject }),
  };
}

const service = (ContainerPort: number) =>
  resource('AWS::ECS::Service', {
    LoadBalancers: [{ ContainerName: 'web', ContainerPort, TargetGroupArn: 'group' }],
    NetworkConfiguration: { AwsvpcConfiguration: { SecurityGroups: ['sg-1'] } },
  });

/** Documented behaviour of VPCs. */
export const NETWORK_CASES: readonly Case[] = [
  {
    rule: 'nothing-left-in-a-vpc',
    verdict: 'refused by AWS',
    shows: 'a VPC stays as long as a retained security group is in it',
    play: (account) => {
      const retained = { ...group({}), DeletionPolicy: 'Retain' };
      account.deploy(STACK, template({ Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }), Group: retained }));
      return account.remove(STACK);
    },
  },
  renamed(
    'unique-acl-entry',
    'an entry under another logical id is created before the former one is deleted',
    entry({}),
    ACL,
  ),
  renamed(
    'unique-route',
    'a route under another logical id is created before the former one is deleted',
    route({ GatewayId: 'igw-1' }),
  ),
  renamed(
    'unique-security-group-rule',
    'a rule under another logical id is a duplicate until the former one is deleted',
    groupRule(),
  ),
  renamed(
    'unique-private-dns-endpoint',
    'a VPC has one endpoint with private DNS names for a service',
    endpoint(),
    VPC,
  ),
  created('unique-internet-gateway', 'refused by AWS', 'a VPC has one internet gateway', attachment('Second'), {
    ...VPC,
    Gateway: resource('AWS::EC2::InternetGateway'),
    Second: resource('AWS::EC2::InternetGateway'),
    First: attachment('Gateway'),
  }),
  created(
    'zone-of-the-region',
    'refused by AWS',
    'a subnet stands in a zone of its region',
    subnet('10.0.1.0/24', 'eu-west-1a'),
    VPC,
  ),
  created(
    'subnets-do-not-overlap',
    'refused by AWS',
    'a subnet within the block of another one is refused',
    subnet('10.0.1.128/25'),
    { ...VPC, Other: subnet('10.0.1.0/24') },
  ),
  created(
    'entries-of-a-network-acl',
    'refused by AWS',
    'a twenty-first entry in one direction is refused',
    entry({ RuleNumber: 99 }),
    {
      ...ACL,
      ...Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [`Entry${index}`, entry({ RuleNumber: 100 + index })]),
      ),
    },
  ),
  created(
    'number-of-an-acl-entry',
    'refused by AWS',
    'rule 32767 is the one that EC2 keeps for itself',
    entry({ RuleNumber: 32_767 }),
    ACL,
  ),
  changed(
    'place-replaced',
    'interruption',
    'a subnet of another block is another subnet',
    subnet('10.0.1.0/24'),
    subnet('10.0.2.0/24'),
    VPC,
  ),
  changed(
    'security-group-replaced',
    'interruption',
    'a group with another description is another group',
    group({}),
    group({ GroupDescription: 'Another' }),
    {
      ...VPC,
      User: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
        SecurityGroups: [{ 'Fn::GetAtt': ['Subject', 'GroupId'] }],
      }),
    },
  ),
  changed(
    'security-group-replaced',
    'in place',
    'a group that nothing uses may be replaced',
    group({}),
    group({ GroupDescription: 'Another' }),
    VPC,
  ),
  changed(
    'way-out-replaced',
    'interruption',
    'a NAT gateway of another address is another gateway',
    resource('AWS::EC2::NatGateway', { SubnetId: 'subnet-1', AllocationId: 'eipalloc-1' }),
    resource('AWS::EC2::NatGateway', { SubnetId: 'subnet-1', AllocationId: 'eipalloc-2' }),
  ),
  changed(
    'path-changed',
    'interruption',
    'an entry for fewer ports closes the others at once',
    entry({ PortRange: { From: 1024, To: 65_535 } }),
    entry({ PortRange: { From: 32_768, To: 60_999 } }),
    ACL,
  ),
  changed(
    'path-changed',
    'in place',
    'an entry for more ports keeps what was open',
    entry({ PortRange: { From: 32_768, To: 60_999 } }),
    entry({ PortRange: { From: 1024, To: 65_535 } }),
    ACL,
  ),
  changed(
    'path-changed',
    'interruption',
    'a route to another gateway cuts the connections of the former one',
    route({ NatGatewayId: 'nat-1' }),
    route({ NatGatewayId: 'nat-2' }),
  ),
  changed(
    'names-of-a-vpc',
    'interruption',
    'without DNS support nothing resolves in a VPC',
    resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', EnableDnsSupport: true }),
    resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', EnableDnsSupport: false }),
  ),
  changed(
    'names-of-a-vpc',
    'interruption',
    'without private DNS an endpoint is no longer found by the name of its service',
    endpoint(),
    endpoint({ PrivateDnsEnabled: false }),
    VPC,
  ),
  changed(
    'parts-of-a-path-changed',
    'interruption',
    'a gateway endpoint serves the route tables that it names',
    endpoint({ VpcEndpointType: 'Gateway', RouteTableIds: ['rtb-1', 'rtb-2'] }),
    endpoint({ VpcEndpointType: 'Gateway', RouteTableIds: ['rtb-1'] }),
    VPC,
  ),
  removed('path-removed', 'interruption', 'without its entry a flow ends', entry({}), ACL),
  removed('path-removed', 'in place', 'another entry lets the same pass', entry({}), {
    ...ACL,
    Wider: entry({ RuleNumber: 200, PortRange: { From: 80, To: 443 } }),
  }),
  removed('path-removed', 'in place', 'a rule for all protocols lets the same pass', groupRule(), {
    Wider: groupRule({ IpProtocol: '-1', FromPort: undefined, ToPort: undefined }),
  }),
  {
    rule: 'path-removed',
    verdict: 'rollout',
    shows: 'the cleanup waits for the deployment after which no task listens on the former port',
    play: updating(
      { Rule80: groupRule({ FromPort: 80, ToPort: 80 }), Service: service(80) },
      { Rule443: groupRule(), Service: service(443) },
    ),
  },
  {
    rule: 'path-removed',
    verdict: 'in place',
    shows: 'the function that used a flow leaves together with its rule',
    play: updating(
      {
        ...VPC,
        Group: group({}),
        Rule: groupRule({ GroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] } }),
        Function: resource('AWS::Lambda::Function', {
          VpcConfig: { SecurityGroupIds: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }] },
        }),
      },
      VPC,
    ),
  },
  removed('security-group-removed', 'in place', 'a group that can be deleted protects nothing', group({}), VPC),
  removed('place-removed', 'interruption', 'a removed subnet holds nothing any more', subnet('10.0.1.0/24'), VPC),
  changed(
    'parts-of-a-path-changed',
    'interruption',
    'a removed rule closes its port at once',
    group({ SecurityGroupIngress: [{ CidrIp: '10.0.0.0/16', IpProtocol: '-1' }] }),
    group({ SecurityGroupIngress: [] }),
    VPC,
  ),
  changed(
    'parts-of-a-path-changed',
    'in place',
    'a rule for the broadcast address, which CDK writes into a group without rules, has let nothing pass',
    group({ SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 }] }),
    group({ SecurityGroupEgress: [{ CidrIp: '10.0.0.0/16', IpProtocol: '-1' }] }),
    VPC,
  ),
  changed(
    'parts-of-a-path-changed',
    'in place',
    'an added rule leaves the others',
    group({ SecurityGroupIngress: [] }),
    group({ SecurityGroupIngress: [{ CidrIp: '10.0.0.0/16', IpProtocol: '-1' }] }),
    VPC,
  ),
];
