import type { ReleaseTarget } from '../../contracts';
import type { IMigratableDatabase } from '../../database';

/** Databases among the backing services of a service, each once. */
export function databasesOf({ stores = [] }: ReleaseTarget): IMigratableDatabase[] {
  // A backing service of the team's own may have a database's name, and no sign-in that is known here.
  const databases = stores.filter((store) => '_ownerSignIn' in store);
  return [...new Set(databases as IMigratableDatabase[])];
}
