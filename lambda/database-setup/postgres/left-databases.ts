import { allDatabases, type SetupProperties, type SetupUser } from '../properties';
import type { Run } from '../run';
import type { Account, Secrets } from '../secrets';
import { signInAsMaster } from '../sign-in';
import { PostgresSession } from './postgres-session';
import { writesOfReaders } from './read-only-users';

/** Databases that an earlier setup prepared and this one does not, with each user of `$2` who connects there. */
const LEFT = `
  SELECT d.datname::text AS database, r.rolname::text AS name FROM pg_database d, pg_roles r
  WHERE d.datname <> ALL($1) AND r.rolname = ANY($2) AND position($3 IN shobj_description(d.oid, 'pg_database')) > 0
    AND d.datallowconn AND has_database_privilege(d.oid, 'CONNECT') AND has_database_privilege(r.oid, d.oid, 'CONNECT')
  ORDER BY 1, 2`;

/**
 * Returns what users who only read can write in databases that the program no longer names.
 *
 * Such a database stays as it is. A user who wrote there before it left still does.
 */
export async function writesInLeftDatabases(
  properties: SetupProperties,
  secrets: Secrets,
  run: Run,
): Promise<string[]> {
  const readers = properties.users.filter(({ access }) => access === 'READ_ONLY');
  if (readers.length === 0) {
    return [];
  }
  run.begin('Check the databases that the program no longer names');
  const writes: string[] = [];
  for (const [database, users] of await leftDatabases(properties, readers, secrets, run)) {
    const found = await within(database, properties, secrets, run, async (session) =>
      writesOfReaders({ ...properties, users }, database, session),
    );
    writes.push(...found.map((what) => `${what} (name ${database} in additionalDatabases again to take it away)`));
  }
  return writes;
}

async function leftDatabases(
  properties: SetupProperties,
  readers: readonly SetupUser[],
  secrets: Secrets,
  run: Run,
): Promise<ReadonlyMap<string, SetupUser[]>> {
  const names = readers.map(({ name }) => name);
  const rows = await within(properties.database, properties, secrets, run, async (session) =>
    session.rows<{ database: string; name: string }>('Read the databases of earlier setups', LEFT, [
      allDatabases(properties),
      names,
      `Set up at ${properties.host}`,
    ]),
  );
  const connects = (database: string, name: string): boolean =>
    rows.some((row) => row.database === database && row.name === name);
  return new Map(rows.map(({ database }) => [database, readers.filter(({ name }) => connects(database, name))]));
}

async function within<Result>(
  database: string,
  properties: SetupProperties,
  secrets: Secrets,
  run: Run,
  work: (session: PostgresSession) => Promise<Result>,
): Promise<Result> {
  const open = async (account: Account) => PostgresSession.open(properties, account, database, run);
  const { session } = await signInAsMaster(properties, secrets, run, open);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
