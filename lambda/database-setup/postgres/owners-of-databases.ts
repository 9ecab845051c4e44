import { escapeIdentifier as identifier } from 'pg';
import { SetupError } from '../failure';
import { allDatabases, ownerOf, type SetupProperties } from '../properties';
import type { PostgresSession } from './postgres-session';
import { ownerRemedy } from './remedies';

/** Databases of `$1` that belong to somebody whom the master user does not act as. */
const FOREIGN = `
  SELECT datname::text AS name, pg_get_userbyid(datdba)::text AS owner
  FROM pg_database WHERE datname = ANY($1) AND NOT pg_has_role(datdba, 'USAGE') ORDER BY datname`;

/**
 * Refuses a database of a role that the setup can't act as. So it may be on a restored server.
 *
 * Only who owns a database gives rights in it. To anybody else the server answers with a warning, and changes nothing.
 */
export async function checkOwnersOfDatabases(
  properties: SetupProperties,
  master: string,
  session: PostgresSession,
): Promise<void> {
  const names = allDatabases(properties);
  const found = await session.rows<{ name: string; owner: string }>('Read the owners of databases', FOREIGN, [names]);
  // The setup acts as the owner of the tables.
  const [foreign] = found.filter(({ owner }) => owner !== ownerOf(properties)?.name);
  if (foreign) {
    const { name, owner } = foreign;
    throw new SetupError(
      `database ${name} belongs to ${owner}, so that the master user ${master} can't give rights in it (CONNECT, ` +
        `CREATE). Nothing was changed. ${ownerRemedy(`DATABASE ${identifier(name)}`, owner, master)}.`,
    );
  }
}
