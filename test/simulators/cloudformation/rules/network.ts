import type { Resource } from '../resource';
import { overlaps } from './cidr';
import { includesAll, isCovered, leadsNowhere, leadsTo, passesAllOf, PEERS } from './path';
import type { ResourceChange, Rules } from './rule';

const NETWORK_ACL_ENTRY = ['AWS::EC2::NetworkAclEntry'];
const SECURITY_GROUP_RULES = ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'];
/** Types that have network interfaces in subnets and security groups. */
const INTERFACES = [
  'AWS::EC2::NatGateway',
  'AWS::EC2::VPCEndpoint',
  'AWS::ECS::Service',
  'AWS::EFS::MountTarget',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::Lambda::Function',
];
/** Lists whose items each let something pass. */
const PARTS = ['Entries', 'RouteTableIds', 'SecurityGroupEgress', 'SecurityGroupIngress', 'SubnetIds'];
/** Properties by which private names resolve. */
const NAME_SWITCHES = ['EnableDnsHostnames', 'EnableDnsSupport', 'PrivateDnsEnabled'];
/** Entries of a network ACL in one direction, unless the quota was raised. */
const ENTRIES = 20;

/** VPCs: what may stand beside what, and what of it carries traffic. */
export const NETWORK: Rules = {
  unique: [
    {
      id: 'unique-acl-entry',
      source: 'API reference of Amazon EC2, "Error codes": NetworkAclEntryAlreadyExists',
      types: NETWORK_ACL_ENTRY,
      what: 'network ACL entry',
      key: ({ properties: { NetworkAclId, Egress, RuleNumber } }) =>
        `${RuleNumber} ${String(Egress) === 'true' ? 'out' : 'in'} of ${NetworkAclId}`,
    },
    {
      id: 'unique-route',
      source: 'API reference of Amazon EC2, "Error codes": RouteAlreadyExists',
      types: ['AWS::EC2::Route'],
      what: 'route',
      key: ({
        properties: { RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId },
      }) => `${DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? DestinationPrefixListId} of ${RouteTableId}`,
    },
    {
      id: 'unique-security-group-rule',
      source: 'API reference of Amazon EC2, "Error codes": InvalidPermission.Duplicate',
      types: SECURITY_GROUP_RULES,
      what: 'security group rule',
      key: ({ type, properties: p }) =>
        [type, p.GroupId, p.IpProtocol, p.FromPort, p.ToPort, ...PEERS.map((name) => p[name] as unknown)]
          .filter((part) => part !== undefined)
          .join(' '),
    },
    {
      id: 'unique-private-dns-endpoint',
      source: 'AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint": private DNS names',
      types: ['AWS::EC2::VPCEndpoint'],
      what: 'private DNS name',
      key: ({ properties: { VpcEndpointType, PrivateDnsEnabled, ServiceName, VpcId } }) =>
        VpcEndpointType === 'Interface' && String(PrivateDnsEnabled) === 'true'
          ? `${ServiceName} in ${VpcId}`
          : undefined,
    },
    {
      id: 'unique-internet-gateway',
      source: 'API reference of Amazon EC2, "AttachInternetGateway": one internet gateway a VPC',
      types: ['AWS::EC2::VPCGatewayAttachment'],
      what: 'internet gateway',
      key: ({ properties: { InternetGatewayId, VpcId } }) => InternetGatewayId && `of ${VpcId}`,
    },
  ],
  refusals: [
    {
      id: 'zone-of-the-region',
      source: 'API reference of Amazon EC2, "CreateSubnet": AvailabilityZone',
      types: ['AWS::EC2::Subnet'],
      refuses: ({ resource: { properties } }, { place }) =>
        new RegExp(`^${place.region}(-\\w+-\\d)?[a-z]$`).test(String(properties.AvailabilityZone ?? `${place.region}a`))
          ? undefined
          : `${properties.AvailabilityZone} is no Availability Zone of ${place.region}`,
    },
    {
      id: 'subnets-do-not-overlap',
      source: 'API reference of Amazon EC2, "Error codes": InvalidSubnet.Conflict',
      types: ['AWS::EC2::Subnet'],
      refuses: ({ resource: { properties } }, existing) => {
        const other = existing
          .of('AWS::EC2::Subnet')
          .find(
            ({ properties: its }) =>
              its.VpcId === properties.VpcId && overlaps(String(its.CidrBlock), String(properties.CidrBlock)),
          );
        return (
          other &&
          properties.CidrBlock &&
          `${properties.CidrBlock} overlaps ${other.properties.CidrBlock} of ${other.logicalId}`
        );
      },
    },
    {
      id: 'entries-of-a-network-acl',
      source: 'Amazon VPC User Guide, "Amazon VPC quotas": rules per network ACL',
      types: NETWORK_ACL_ENTRY,
      refuses: ({ resource: { properties }, before }, existing) => {
        const beside = existing
          .of(...NETWORK_ACL_ENTRY)
          .filter(
            ({ properties: its }) =>
              its.NetworkAclId === properties.NetworkAclId && String(its.Egress) === String(properties.Egress),
          );
        return !before && beside.length >= ENTRIES
          ? `${ENTRIES} entries in this direction are there already`
          : undefined;
      },
    },
    {
      id: 'number-of-an-acl-entry',
      source: 'API reference of Amazon EC2, "CreateNetworkAclEntry": RuleNumber',
      types: NETWORK_ACL_ENTRY,
      refuses: ({
        resource: {
          properties: { RuleNumber },
        },
      }) =>
        Number(RuleNumber) < 1 || Number(RuleNumber) > 32_766
          ? `rule number ${RuleNumber} is not in 1 to 32766`
          : undefined,
    },
  ],
  deletions: [
    {
      id: 'group-named-by-a-rule',
      source: 'API reference of Amazon EC2, "DeleteSecurityGroup": a group that another security group references',
      types: ['AWS::EC2::SecurityGroup'],
      refuses: (group, existing) => {
        const [rule] = existing.usersOf(group, ...SECURITY_GROUP_RULES, 'AWS::EC2::SecurityGroup');
        return rule && `${rule.logicalId} of ${rule.stack} still names the group`;
      },
    },
    {
      id: 'interface-in-a-place',
      source: 'API reference of Amazon EC2, "Error codes" and "DeleteSecurityGroup": DependencyViolation',
      types: ['AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup'],
      refuses: (place, existing) => {
        const [user] = existing.usersOf(place, ...INTERFACES);
        return user && `a network interface of ${user.logicalId} is still there`;
      },
    },
    {
      id: 'nothing-left-in-a-vpc',
      source: 'API reference of Amazon EC2, "Error codes": DependencyViolation',
      types: ['AWS::EC2::VPC'],
      refuses: (vpc, existing) =>
        existing.usersOf(vpc, 'AWS::EC2::SecurityGroup', 'AWS::EC2::Subnet').length > 0
          ? 'the VPC has dependencies and cannot be deleted'
          : undefined,
    },
  ],
  effects: [
    {
      id: 'place-replaced',
      source: 'Template reference, "AWS::EC2::Subnet" and "AWS::EC2::VPC": update requires replacement',
      on: ['replace'],
      types: ['AWS::EC2::Subnet', 'AWS::EC2::VPC', 'AWS::EC2::RouteTable', 'AWS::EC2::NetworkAcl'],
      effect: ({ logicalId }) => ({
        verdict: 'interruption',
        says: `everything in ${logicalId} moves, and the old one cannot go while something is in it`,
      }),
    },
    {
      id: 'security-group-replaced',
      source: 'Template reference, "AWS::EC2::SecurityGroup": GroupDescription requires replacement',
      on: ['replace'],
      types: ['AWS::EC2::SecurityGroup'],
      effect: ({ before }, running) =>
        running.usersOf(before!).length > 0
          ? {
            verdict: 'interruption',
            says: 'flows are cut until each interface and each rule that names the group has the new one',
          }
          : { verdict: 'in place', says: 'nothing uses the group' },
    },
    {
      id: 'way-out-replaced',
      source: 'Template reference, "AWS::EC2::NatGateway", "AWS::EC2::EIP" and "AWS::EC2::VPCEndpoint"',
      on: ['replace'],
      types: [
        'AWS::EC2::NatGateway',
        'AWS::EC2::EIP',
        'AWS::EC2::VPCEndpoint',
        'AWS::EC2::InternetGateway',
        'AWS::EC2::VPCGatewayAttachment',
      ],
      effect: ({ logicalId }) => ({
        verdict: 'interruption',
        says: `open connections through ${logicalId} are cut, and its public address changes`,
      }),
    },
    {
      id: 'names-of-a-vpc',
      source: 'Amazon VPC User Guide, "DNS attributes for your VPC"; AWS PrivateLink Guide, "Private DNS"',
      on: ['update'],
      types: ['AWS::EC2::VPC', 'AWS::EC2::VPCEndpoint'],
      properties: NAME_SWITCHES,
      effect: ({ before, after }) =>
        NAME_SWITCHES.some((name) => isTrue(before!, name) && !isTrue(after!, name))
          ? { verdict: 'interruption', says: 'private names no longer resolve' }
          : { verdict: 'in place', says: 'names resolve that did not before' },
    },
    {
      id: 'path-changed',
      source: 'Amazon VPC User Guide, "Network ACL rules" and "Route tables": changes apply at once',
      on: ['update', 'replace'],
      types: ['AWS::EC2::Route', 'AWS::EC2::VPCGatewayAttachment', ...NETWORK_ACL_ENTRY],
      effect: (change) =>
        keepsPath(change)
          ? { verdict: 'in place', says: 'all that passed before still passes' }
          : { verdict: 'interruption', says: 'what passed by the former entry no longer does' },
    },
    {
      id: 'path-removed',
      source: 'Amazon VPC User Guide, "Network ACL rules" and "Route tables": changes apply at once',
      on: ['delete'],
      types: [
        'AWS::EC2::Route',
        'AWS::EC2::NatGateway',
        'AWS::EC2::EIP',
        'AWS::EC2::VPCEndpoint',
        'AWS::EC2::InternetGateway',
        'AWS::EC2::VPCGatewayAttachment',
        'AWS::EC2::SubnetRouteTableAssociation',
        'AWS::EC2::SubnetNetworkAclAssociation',
        ...NETWORK_ACL_ENTRY,
        ...SECURITY_GROUP_RULES,
      ],
      effect: ({ logicalId, before, rolledOut, leaving }, existing) => {
        if (isCovered(before!, existing)) {
          return { verdict: 'in place', says: 'another rule lets the same pass' };
        }
        if (SECURITY_GROUP_RULES.includes(before!.type) && leadsNowhere(before!, existing, leaving ?? [])) {
          return { verdict: 'in place', says: 'what used it is removed as well' };
        }
        return leadsTo(before!, rolledOut ?? [])
          ? { verdict: 'in place', says: 'tasks that needed it have been replaced before' }
          : { verdict: 'interruption', says: `what passed by ${logicalId} no longer does` };
      },
    },
    {
      id: 'place-removed',
      source: 'API reference of Amazon EC2, "DeleteSubnet" and "DeleteVpc": nothing may be left inside',
      on: ['delete'],
      types: [
        'AWS::EC2::Subnet',
        'AWS::EC2::VPC',
        'AWS::EC2::RouteTable',
        'AWS::EC2::NetworkAcl',
      ],
      effect: ({ logicalId }) => ({ verdict: 'interruption', says: `whatever ran in ${logicalId} has left it` }),
    },
    {
      id: 'security-group-removed',
      source: 'API reference of Amazon EC2, "DeleteSecurityGroup": DependencyViolation while something uses it',
      on: ['delete'],
      types: ['AWS::EC2::SecurityGroup'],
      effect: () => ({ verdict: 'in place', says: 'nothing is in the group any more' }),
    },
    {
      id: 'parts-of-a-path-changed',
      source: 'Amazon VPC User Guide, "Security group rules" and "Gateway endpoints": changes apply at once',
      on: ['update'],
      types: ['AWS::EC2::SecurityGroup', 'AWS::EC2::VPCEndpoint', 'AWS::EC2::PrefixList'],
      properties: PARTS,
      effect: ({ before, after }) =>
        PARTS.every((name) => includesAll(after!.properties[name], before!.properties[name]))
          ? { verdict: 'in place', says: 'something is added, and nothing is taken away' }
          : { verdict: 'interruption', says: 'what passed by a removed part no longer does' },
    },
  ],
};

function isTrue({ properties }: Resource, name: string): boolean {
  return String(properties[name]) === 'true';
}

/** Tells if a changed entry lets all pass that passed before. Another route or gateway never does. */
function keepsPath({ type, before, after }: ResourceChange): boolean {
  return NETWORK_ACL_ENTRY.includes(type) && passesAllOf(after!, before!);
}
