import { type IPeer, type IVpc, Peer, Port, type RuleScope, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { textFor } from '../../text/text-for';
import { idInRules } from './allow-to';

/**
 * Group whose rules have ids and descriptions that AWS and CloudFormation accept wherever its stack is.
 * CDK makes ids of the rules of other groups of its name, which otherwise has the whole path in it.
 */
class ClosedSecurityGroup extends SecurityGroup {
  public override get uniqueId(): string {
    return idInRules(this);
  }

  public override addIngressRule(peer: IPeer, connection: Port, description?: string, remoteRule?: boolean): void {
    super.addIngressRule(peer, connection, description && textFor('security group', description), remoteRule);
  }

  public override addEgressRule(peer: IPeer, connection: Port, description?: string, remoteRule?: boolean): void {
    super.addEgressRule(peer, connection, description && textFor('security group', description), remoteRule);
  }

  /** Rules of this group have the id of their peer in theirs. */
  protected override determineRuleScope(
    peer: IPeer,
    connection: Port,
    fromTo: 'from' | 'to',
    remoteRule?: boolean,
  ): RuleScope {
    const rule = super.determineRuleScope(peer, connection, fromTo, remoteRule);
    return rule.scope === this && SecurityGroup.isSecurityGroup(peer)
      ? { ...rule, id: rule.id.replace(peer.uniqueId, idInRules(peer)) }
      : rule;
  }
}

/** Properties of {@link closedSecurityGroup}. */
interface ClosedSecurityGroupProps {
  readonly vpc: IVpc;
  readonly description: string;
}

/**
 * Creates a security group whose only outbound rules are those that are added to it.
 *
 * EC2 gives every new group a rule that allows all outbound traffic. It removes that rule only where the group itself
 * declares another one. CDK declares one to an unused address, but drops it with the first rule that is a resource of
 * its own. The rule to the loopback address stays, as AWS documents for this purpose.
 */
export function closedSecurityGroup(scope: Construct, id: string, props: ClosedSecurityGroupProps): SecurityGroup {
  const group = new ClosedSecurityGroup(scope, id, {
    ...props,
    description: textFor('security group', props.description),
    allowAllOutbound: false,
  });
  group.addEgressRule(
    Peer.ipv4('127.0.0.1/32'),
    Port.allTraffic(),
    'Nowhere, so that EC2 takes away its rule to everywhere',
  );
  return group;
}
