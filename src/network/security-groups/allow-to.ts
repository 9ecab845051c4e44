import { Connections, type IConnectable, type ISecurityGroup, type Port } from 'aws-cdk-lib/aws-ec2';
import { uniqueName } from '../../text/stack-path';
import { textFor } from '../../text/text-for';

/**
 * Allows a client to connect to a target, which may be a group of the caller.
 *
 * The rules have ids and a description that AWS and CloudFormation accept wherever the stacks are. CDK writes the whole
 * path of a group into the ids of its rules. A rule under a second id is refused, because the first one still exists.
 */
export function allowTo(client: Connections, target: IConnectable, port: Port, description: string): void {
  const { securityGroups } = target.connections;
  const named = securityGroups.length > 0
    ? { connections: new Connections({ securityGroups: securityGroups.map(namedFromStack) }) }
    : target;
  client.allowTo(named, port, textFor('security group', description));
}

/** Id of a group in the ids of rules: the name of its stack, and the ids below it. */
export function idInRules(group: ISecurityGroup): string {
  return uniqueName(group, { maxLength: 255 });
}

/** The same group under the id of {@link idInRules}. In rules of the caller's own, the group keeps its id. */
function namedFromStack(group: ISecurityGroup): ISecurityGroup {
  return group.uniqueId === idInRules(group)
    ? group
    : Object.create(group, { uniqueId: { value: idInRules(group) } }) as ISecurityGroup;
}
