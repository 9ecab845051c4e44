import { CrossStackReferences, ReferenceStrength, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Makes other stacks import these resources.
 *
 * CloudFormation refuses to delete a resource that another stack imports.
 * With the feature flags of a new app, other stacks would read an output instead, which protects nothing.
 */
export function referenceStrongly(resources: Array<IConstruct | undefined>): void {
  // A secret that RDS manages has no resource: it is an attribute of the server.
  resources
    .filter((resource) => resource?.node.defaultChild)
    .forEach((resource) => CrossStackReferences.of(resource!).produce(ReferenceStrength.STRONG));
}

/**
 * Lets other stacks read an output of a resource that goes while they still use it.
 *
 * CloudFormation removes no export that another stack imports, and the stack of the resource is deployed first.
 */
export function referenceWeakly(resource: IConstruct): void {
  CrossStackReferences.of(resource).produce(ReferenceStrength.WEAK);
}

/**
 * Exports values of resources, whether or not another stack imports them.
 *
 * Each has the name that CDK gives it for an import.
 */
export function keepExported(scope: IConstruct, values: Array<string | undefined>): void {
  const stack = Stack.of(scope);
  // A physical name that is written out is no reference.
  values.filter((value) => Token.isUnresolved(value)).forEach((value) => stack.exportValue(value));
}
