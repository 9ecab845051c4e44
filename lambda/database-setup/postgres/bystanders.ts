import { SetupError } from '../failure';
import { namesOf } from '../planned-user';
import { allDatabases, type SetupProperties } from '../properties';
import type { PostgresSession } from './postgres-session';
import { SetupMark } from './setup-mark';

const MOST_NAMED = 10;

/** Roles beside `$2` that connect to the database `$1` only because everybody may. */
const BYSTANDERS = `
  SELECT r.rolname::text AS name FROM pg_roles r, pg_database d
  WHERE d.datname = $1 AND r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> ALL($2) AND r.rolname !~ '^(pg_|rds)'
    AND has_database_privilege(r.oid, d.oid, 'CONNECT') AND NOT EXISTS (
      SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      WHERE a.privilege_type = 'CONNECT' AND a.grantee <> 0 AND pg_has_role(r.oid, a.grantee, 'USAGE'))
  ORDER BY 1`;

/**
 * Refuses to close a database to users who are in it.
 *
 * A database of another tool is open to everybody, and the setup takes that away. A restored server has no sessions
 * before its first setup.
 */
export async function checkBystanders(
  properties: SetupProperties,
  master: string,
  session: PostgresSession,
): Promise<void> {
  const mark = new SetupMark(properties, session);
  if (properties.restored === 'true' && (await mark.read(properties.database)).isMissing) {
    return;
  }
  const planned = [...properties.users.flatMap(namesOf), master];
  for (const database of allDatabases(properties)) {
    const { isMissing } = await mark.read(database);
    const rows = isMissing
      ? await session.rows<{ name: string }>(`Read who connects to ${database}`, BYSTANDERS, [database, planned])
      : [];
    if (rows.length > 0) {
      const names = rows.slice(0, MOST_NAMED).map(({ name }) => name).join(', ');
      const more = rows.length > MOST_NAMED ? ` and ${rows.length - MOST_NAMED} more` : '';
      throw new SetupError(
        `the setup takes from everybody the right to connect to database ${database}, and ${names}${more} would be ` +
          'locked out. Nothing was changed. Name them with addUser(), drop those that nobody needs, or let them in ' +
          `as the master user: GRANT CONNECT ON DATABASE ${database} TO ${names}. Then deploy again. It takes ` +
          'TEMPORARY, CREATE in schema public and EXECUTE of routines of the owner from everybody, too ' +
          '(docs/adopt-a-database.md).',
      );
    }
  }
}
