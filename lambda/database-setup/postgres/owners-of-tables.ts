import { escapeIdentifier as identifier } from 'pg';
import { SetupError } from '../failure';
import { namesOf } from '../planned-user';
import { ownerOf, type SetupProperties } from '../properties';
import { IS_OF_APPLICATION } from './ownership';
import type { PostgresSession } from './postgres-session';

/** Tables of one role in one schema. */
interface TablesOfRole {
  readonly schema: string;
  readonly role: string;
  readonly tables: number;
  readonly examples: string;
}

/** Tables in each schema of the application by their owner, without those of extensions. */
const TABLES = `
  SELECT n.nspname::text AS schema, pg_get_userbyid(c.relowner)::text AS role, count(*)::int AS tables,
    array_to_string((array_agg(n.nspname || '.' || c.relname ORDER BY c.relname))[1:3], ', ') AS examples
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND ${IS_OF_APPLICATION} AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  GROUP BY n.nspname, c.relowner ORDER BY count(*) DESC, 1, 2`;

const MOST_NAMED = 5;

/**
 * Refuses the first setup of a database with a schema whose tables belong to roles that the setup does not know.
 *
 * So it is on a restored server whose owner had another name: the new owner could migrate none of them, and nobody
 * else would get rights to them. Where the owner has a table in the schema, others may have theirs.
 */
export async function checkOwnersOfTables(
  database: string,
  properties: SetupProperties,
  master: string,
  session: PostgresSession,
): Promise<void> {
  const owner = ownerOf(properties);
  if (!owner) {
    return;
  }
  // What belongs to the master user goes to the owner.
  const owners = [...namesOf(owner), master];
  const known = [...properties.users.flatMap(namesOf), master];
  const found = await session.rows<TablesOfRole>('Read the owners of tables', TABLES);
  const unreachable = found.filter(
    ({ schema, role }) =>
      !known.includes(role) && !found.some((other) => other.schema === schema && owners.includes(other.role)),
  );
  if (unreachable.length === 0) {
    return;
  }
  const parts = unreachable.slice(0, MOST_NAMED).map(sentenceOf);
  const rest = unreachable.length > MOST_NAMED ? ` and ${unreachable.length - MOST_NAMED} more` : '';
  const [{ role }] = unreachable;
  const [former, next, lent] = [role, owner.name, master].map(identifier);
  throw new SetupError(
    `in database ${database}, ${parts.join('; ')}${rest}, and none there to the owner ${owner.name}, so that ` +
      'migrations and applications could not use them. If the former server had this owner, set ownerName to ' +
      `'${role}'. If ${role} is the user of another service, name it with addUser('${role}', ...). Otherwise give the ` +
      `tables to ${owner.name} as the master user: BEGIN; GRANT ${former} TO ${lent}; REASSIGN OWNED BY ${former} TO ` +
      `${next}; REVOKE ${former} FROM ${lent}; COMMIT.`,
  );
}

function sentenceOf({ schema, role, tables, examples }: TablesOfRole): string {
  const belong = tables === 1 ? 'table belongs' : 'tables belong';
  return `${tables} ${belong} to ${role} in schema ${schema} (${examples})`;
}

/** Schemas that hold tables of the roles `$1` and belong to none of the roles `$2`. */
const FOREIGN_SCHEMAS = `
  SELECT DISTINCT n.nspname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'public' AND ${IS_OF_APPLICATION}
    AND pg_get_userbyid(c.relowner) = ANY($1) AND pg_get_userbyid(n.nspowner) <> ALL($2) ORDER BY 1`;

/** Schemas of others in which the owner or the master user has tables. */
export async function foreignSchemas(
  owner: string,
  master: string,
  formerOwners: readonly string[],
  session: PostgresSession,
): Promise<string[]> {
  const rows = await session.rows<{ name: string }>('Read the schemas of others', FOREIGN_SCHEMAS, [
    [owner, master],
    [owner, master, ...formerOwners],
  ]);
  return rows.map(({ name }) => name);
}
