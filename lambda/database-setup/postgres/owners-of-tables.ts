import { SetupError } from '../failure';
import { namesOf } from '../planned-user';
import { ownerOf, type SetupProperties } from '../properties';
import type { PostgresSession } from './postgres-session';

/** Tables of one role. */
interface TablesOfRole {
  readonly role: string;
  readonly tables: number;
  readonly examples: string;
}

/** Tables in the schemas `$1` by their owner, without those of extensions. */
const TABLES = `
  SELECT pg_get_userbyid(c.relowner)::text AS role, count(*)::int AS tables,
    array_to_string((array_agg(n.nspname || '.' || c.relname ORDER BY c.relname))[1:3], ', ') AS examples
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY($1) AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  GROUP BY c.relowner ORDER BY count(*) DESC, 1`;

/**
 * Refuses the first setup of a server whose tables belong to a role that the setup does not know.
 *
 * So it is on a restored server whose owner had another name: the new owner could migrate none of its tables, and nobody
 * else would get rights to them. Where the owner has a table, others may have theirs.
 */
export async function checkOwnersOfTables(
  database: string,
  properties: SetupProperties,
  session: PostgresSession,
): Promise<void> {
  const owner = ownerOf(properties);
  if (!properties.first || !owner) {
    return;
  }
  const schemas = ['public', ...properties.schemas];
  const found = await session.rows<TablesOfRole>('Read the owners of tables', TABLES, [schemas]);
  const unknown = found.filter(({ role }) => !properties.users.flatMap(namesOf).includes(role));
  if (unknown.length === 0 || found.some(({ role }) => namesOf(owner).includes(role))) {
    return;
  }
  const [{ role, tables, examples }] = unknown;
  throw new SetupError(
    `in database ${database}, ${tables} ${tables === 1 ? 'table belongs' : 'tables belong'} to ${role} (${examples}), ` +
      `and none to the owner ${owner.name}, so that migrations and applications could not use them. If the former ` +
      `server had this owner, set ownerName to '${role}'. Otherwise give the tables to ${owner.name} as the master ` +
      `user: REASSIGN OWNED BY ${role} TO ${owner.name}.`,
  );
}
