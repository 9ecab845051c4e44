import type { Existing, Resource } from '../resource';
import { list, type Properties } from '../template';
import { contains } from './cidr';

/** Peers of a security group rule. */
export const PEERS = [
  'CidrIp',
  'CidrIpv6',
  'SourceSecurityGroupId',
  'DestinationSecurityGroupId',
  'SourcePrefixListId',
  'DestinationPrefixListId',
] as const;

/** Tells if an entry or rule lets all pass that another one of its type lets pass. */
export function passesAllOf(wider: Resource, narrower: Resource): boolean {
  const [wide, narrow] = [wider.properties, narrower.properties];
  return PASSES[narrower.type]?.(wide, narrow) ?? false;
}

/** Tells if something else lets all pass that a removed entry or rule let pass. */
export function isCovered(removed: Resource, existing: Existing): boolean {
  return existing.of(removed.type).some((other) => other !== removed && passesAllOf(other, removed));
}

/**
 * Tells if a security group rule leads to or from tasks of some services.
 * Source: Amazon ECS Developer Guide, "Amazon ECS services with CloudFormation": it waits for a steady state.
 */
export function leadsTo({ type, properties }: Resource, services: readonly Resource[]): boolean {
  const groups = [properties.GroupId, properties.SourceSecurityGroupId, properties.DestinationSecurityGroupId];
  return (
    type.startsWith('AWS::EC2::SecurityGroup') &&
    services.some(({ properties: its }) =>
      list(its.NetworkConfiguration?.AwsvpcConfiguration?.SecurityGroups as string[]).some((group) =>
        groups.includes(group),
      ),
    )
  );
}

/** Tells if a security group rule leads to or from a group that only leaving resources have used. */
export function leadsNowhere(rule: Resource, existing: Existing, leaving: readonly Resource[]): boolean {
  const { GroupId, SourceSecurityGroupId, DestinationSecurityGroupId } = rule.properties;
  return [GroupId, SourceSecurityGroupId, DestinationSecurityGroupId]
    .flatMap((id) => existing.named(id, 'AWS::EC2::SecurityGroup') ?? [])
    .some((group) =>
      existing
        .usersOf(group)
        .filter(({ type }) => !type.startsWith('AWS::EC2::SecurityGroup'))
        .every((user) => leaving.includes(user)),
    );
}

/** Address of no host, by which CDK writes a rule that lets nothing pass. */
const NOBODY = '255.255.255.255/32';

/** Tells if a list holds all items of another one, whatever their descriptions say. */
export function includesAll(items: unknown, former: unknown): boolean {
  const texts = (of: unknown) =>
    list(of as unknown[]).map((item) =>
      JSON.stringify(item, (key, value: unknown) => (key === 'Description' ? undefined : value)),
    );
  return texts(former).filter((item) => !item.includes(NOBODY)).every((item) => texts(items).includes(item));
}

function entryPasses(wide: Properties, narrow: Properties): boolean {
  return (
    wide.RuleAction === 'allow' &&
    narrow.RuleAction === 'allow' &&
    wide.NetworkAclId === narrow.NetworkAclId &&
    String(wide.Egress) === String(narrow.Egress) &&
    ['-1', String(narrow.Protocol)].includes(String(wide.Protocol)) &&
    contains(String(wide.CidrBlock), String(narrow.CidrBlock)) &&
    (!wide.PortRange ||
      (Number(wide.PortRange.From) <= Number(narrow.PortRange?.From) &&
        Number(wide.PortRange.To) >= Number(narrow.PortRange?.To)))
  );
}

function rulePasses(wide: Properties, narrow: Properties): boolean {
  return (
    wide.GroupId === narrow.GroupId &&
    PEERS.every((peer) => wide[peer] === narrow[peer]) &&
    (String(wide.IpProtocol) === '-1' ||
      (wide.IpProtocol === narrow.IpProtocol &&
        Number(wide.FromPort) <= Number(narrow.FromPort) &&
        Number(wide.ToPort) >= Number(narrow.ToPort)))
  );
}

const PASSES: { readonly [type: string]: (wide: Properties, narrow: Properties) => boolean } = {
  'AWS::EC2::NetworkAclEntry': entryPasses,
  'AWS::EC2::SecurityGroupEgress': rulePasses,
  'AWS::EC2::SecurityGroupIngress': rulePasses,
};
