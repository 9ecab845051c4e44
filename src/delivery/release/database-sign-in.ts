import { Construct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';
import type { IMigratableDatabase } from '../../database';
import type { Rule } from '../../validation/rules';

/** Databases among the backing services of a service, each once. */
export function databasesOf({ stores = [] }: ReleaseTarget): IMigratableDatabase[] {
  // A backing service of the team's own may have a database's name, and no sign-in that is known here.
  const databases = stores.filter((store) => '_ownerSignIn' in store);
  return [...new Set(databases as IMigratableDatabase[])];
}

/** Refuses a binding of a database in the place of the database. Languages without types let it pass. */
export function databaseItself(prop: string, given: unknown, fix: string): Rule {
  return {
    condition: given !== undefined && !Construct.isConstruct(given),
    prop,
    value: typeof given === 'object' ? 'what withUser(), withVariables() or withPoolSize() returned' : given,
    expected: 'a database',
    fix,
  };
}
