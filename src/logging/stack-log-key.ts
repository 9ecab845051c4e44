import { type CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';

/** Id in the scope of the stack, which no app chooses by chance. */
const ID = 'ProdConstructsLogKey';

/**
 * Key that the log groups of a stack share, created with the first of them.
 *
 * It is kept if any of its users is kept, whatever their order.
 */
export function stackLogKey(user: IConstruct, removalPolicy: RemovalPolicy): Key {
  const stack = Stack.of(user);
  const key = (stack.node.tryFindChild(ID) as Key | undefined) ?? createKey(stack, removalPolicy);
  if (removalPolicy !== RemovalPolicy.DESTROY) {
    (key.node.defaultChild as CfnResource).applyRemovalPolicy(removalPolicy);
  }
  return key;
}

function createKey(stack: Stack, removalPolicy: RemovalPolicy): Key {
  const description = 'Encrypts the log groups of this stack';
  return new Key(stack, ID, { description, enableKeyRotation: true, removalPolicy });
}
