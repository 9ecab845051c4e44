import type { IConstruct } from 'constructs';
import type { IBackingService, ServiceBinding } from '../../contracts';
import { connectionOf } from '../../contracts/bound-connection';
import { checkList } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { checkRules } from '../../validation/rules';

/** Refuses what is no list of backing services. Languages without types let any value pass. */
export function checkBackingServices(scope: IConstruct, services: IBackingService[] | undefined): void {
  checkList(scope, 'backingServices', services);
  services?.forEach((service, index) => {
    const given = service ?? null;
    if (typeof given?.bind !== 'function') {
      const user = typeof given === 'object' && given !== null && 'userName' in given;
      throw new PropError(scope, {
        prop: `backingServices[${index}]`,
        value: given,
        expected: `a backing service${user ? ', and not a user alone' : ''}`,
        fix: user ? 'write database.withUser(user)' : 'give a database or a cache, or what database.withUser() returns',
      });
    }
  });
}

/** Refuses a service that serves as the owner of the tables. A fault in it could then drop them. */
export function checkNoOwner(scope: IConstruct, bindings: ServiceBinding[]): void {
  checkRules(
    scope,
    bindings.map((binding, index) => ({
      condition: signsInAsOwner(binding),
      prop: `backingServices[${index}]`,
      problem: `signs in to ${binding.store?.node.path ?? ''} as the owner of its tables, as only migrations do`,
      fix: 'bind the database itself, or withUser() and a user that addUser returned',
    })),
  );
}

function signsInAsOwner(binding: ServiceBinding): boolean {
  const { owner } = (binding.store ?? {}) as { readonly owner?: { readonly userName: string } };
  const name = connectionOf(binding)?.user?.userName;
  return owner !== undefined && name !== undefined && name === owner.userName;
}

/** Call that gives the variables of a binding other names. */
export function renamingOf(binding: ServiceBinding): string {
  const names = "{ host: 'REPORTS_HOST', ... }";
  return connectionOf(binding)?.user && 'withUser' in (binding.store ?? {})
    ? `database.withUser(user, { variables: ${names} })`
    : `database.withVariables(${names})`;
}
