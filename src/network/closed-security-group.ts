import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/**
 * A security group that lets nothing out but what is added to it. EC2 gives every new group a rule that lets everything out, and takes it away
 * only where the group itself names another. CDK names one to nowhere, and drops it with the first rule that becomes a resource of its own; the
 * one to the loopback address, which AWS documents for the purpose, stays.
 */
export function closedSecurityGroup(
  scope: Construct,
  id: string,
  props: { vpc: IVpc; description: string },
): SecurityGroup {
  const group = new SecurityGroup(scope, id, { ...props, allowAllOutbound: false });
  group.addEgressRule(
    Peer.ipv4('127.0.0.1/32'),
    Port.allTraffic(),
    'Nowhere, so that EC2 takes away its rule to everywhere',
  );
  return group;
}
