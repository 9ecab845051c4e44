import type { Template } from 'aws-cdk-lib/assertions';

type Rule = { [prop: string]: unknown };
/** A group, prefix list or block, as a rule names it. */
type Reference = string | { 'Ref'?: string; 'Fn::GetAtt'?: [string, string]; 'Fn::ImportValue'?: unknown; 'Fn::GetStackOutput'?: { OutputName: string } };

/** Rules to nowhere, which take EC2's rule to everywhere away: CDK's own and ours. */
const NOWHERE = ['255.255.255.255/32', '127.0.0.1/32'];

/**
 * Every rule of the security groups of an app's templates, inline or not, as `group in|out port peer`, sorted. Groups have the names of
 * their constructs (`WebSecurityGroup`), whichever stack they stand in. A range of ports is written `from-to`, all protocols `all`.
 */
export function flows(...templates: Template[]): string[] {
  return templates.flatMap((template) => [
    ...Object.entries(template.findResources('AWS::EC2::SecurityGroup')).flatMap(([id, { Properties }]) => [
      ...lines(named(id), 'in', Properties.SecurityGroupIngress),
      ...lines(named(id), 'out', Properties.SecurityGroupEgress),
    ]),
    ...Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).flatMap(({ Properties }) => lines(nameOf(Properties.GroupId), 'in', [Properties])),
    ...Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).flatMap(({ Properties }) => lines(nameOf(Properties.GroupId), 'out', [Properties])),
  ]).filter((flow) => !NOWHERE.some((block) => flow.endsWith(` ${block}`))).sort();
}

function lines(group: string, direction: 'in' | 'out', rules: Rule[] = []): string[] {
  return rules.map((rule) => `${group} ${direction} ${ports(rule)} ${peer(rule)}`);
}

function ports(rule: Rule): string {
  if (rule.IpProtocol === '-1') {
    return 'all';
  }
  const range = rule.FromPort === rule.ToPort ? `${rule.FromPort}` : `${rule.FromPort}-${rule.ToPort}`;
  return rule.IpProtocol === 'tcp' ? range : `${rule.IpProtocol}:${range}`;
}

function peer(rule: Rule): string {
  const block = rule.CidrIp ?? rule.CidrIpv6;
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  return nameOf((block ?? group ?? rule.SourcePrefixListId ?? rule.DestinationPrefixListId) as Reference);
}

function nameOf(reference: Reference): string {
  if (typeof reference === 'string') {
    return reference;
  }
  const id = reference.Ref ?? reference['Fn::GetAtt']?.[0] ?? imported(reference);
  return named(id);
}

/** The id within `ExportsOutputFnGetAttWebSecurityGroup1A2B3C4DGroupId5E6F7A8B`, which a weak reference calls `PublishOutput...`. */
function imported(reference: Exclude<Reference, string>): string {
  const [, id] = /(?:Exports|Publish)Output(?:FnGetAtt|Ref)(\w+?[0-9A-F]{8})(?:GroupId|PrefixListId)?[0-9A-F]{8}/.exec(JSON.stringify(reference)) ?? [];
  if (!id) {
    throw new Error(`a rule names neither block, list nor group: ${JSON.stringify(reference)}`);
  }
  return id;
}

/** A logical id without its hash. */
function named(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}
