import type { Role } from 'aws-cdk-lib/aws-iam';
import { Dependable, DependencyGroup, type IDependable } from 'constructs';

/**
 * Makes constructs of CDK, and drops the permissions that they grant to roles meanwhile.
 *
 * The policies of these roles are written by this library. What CDK grants is broader, and would be inline.
 *
 * Grants before and afterwards reach the roles. On the copies that `withoutPolicyUpdates()` returns, a team's own
 * `bucket.grantRead(fn)` and the tag by which a repository of another account knows a role are lost in silence.
 */
export function withoutGrants<T>(roles: readonly Role[], make: () => T): T {
  roles.forEach((role) => Object.assign(role, DROPPING));
  try {
    return make();
  } finally {
    // The methods of the class are in force again.
    roles.forEach((role) => Object.keys(DROPPING).forEach((method) => Reflect.deleteProperty(role, method)));
  }
}

/** Policies that grants add to a role until synthesis, for resources that must wait for them. */
export function grantsTo(role: Role): IDependable {
  const grants: IDependable = {};
  Dependable.implement(grants, {
    get dependencyRoots() {
      return role.node.children.filter((child) => child !== role.node.defaultChild);
    },
  });
  return grants;
}

/** The methods of a role that change its permissions, as those of CDK's immutable roles. */
const DROPPING: Pick<Role, 'addManagedPolicy' | 'addToPolicy' | 'addToPrincipalPolicy' | 'attachInlinePolicy'> = {
  addManagedPolicy: () => undefined,
  addToPolicy: () => true,
  addToPrincipalPolicy: () => ({ statementAdded: true, policyDependable: new DependencyGroup() }),
  attachInlinePolicy: () => undefined,
};
