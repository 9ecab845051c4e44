import { escapeIdentifier as identifier } from 'pg';
import type { PostgresSession } from './postgres-session';

/** Objects that an extension made, and sequences of a column: they follow what they are tied to. */
const TIED = `
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e' OR (
    deptype IN ('a', 'i') AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjsubid > 0
  )`;

/** Objects of the current user in the schemas `$1` in which the owner `$2` may create some. */
const OBJECTS = `
  WITH me AS (SELECT oid FROM pg_roles WHERE rolname = current_user),
  schemas AS (SELECT oid FROM pg_namespace WHERE nspname = ANY($1) AND has_schema_privilege($2, oid, 'CREATE')),
  tied AS (${TIED})
  SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
      WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind, oid::regclass::text AS name
    FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND relowner = (SELECT oid FROM me) AND relnamespace IN (SELECT oid FROM schemas)
    AND ('pg_class'::regclass, oid) NOT IN (SELECT classid, objid FROM tied)
  UNION ALL
  SELECT 'ROUTINE', oid::regprocedure::text
    FROM pg_proc WHERE proowner = (SELECT oid FROM me) AND pronamespace IN (SELECT oid FROM schemas)
    AND ('pg_proc'::regclass, oid) NOT IN (SELECT classid, objid FROM tied)
  UNION ALL
  SELECT 'TYPE', t.oid::regtype::text
    FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typowner = (SELECT oid FROM me) AND t.typnamespace IN (SELECT oid FROM schemas)
    AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
    AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM tied)
  ORDER BY kind, name`;

/**
 * Gives the owner what the master user made before there was an owner.
 *
 * Each statement waits shortly for the lock of its table. It needs no time with the lock, because it writes no row.
 */
export async function transferToOwner(
  session: PostgresSession,
  schemas: readonly string[],
  owner: string,
): Promise<void> {
  const objects = await session.rows<{ kind: string; name: string }>('Read what the master user owns', OBJECTS, [
    schemas,
    owner,
  ]);
  for (const { kind, name } of objects) {
    await session.run(`ALTER ${kind} ${name} OWNER`, `ALTER ${kind} ${name} OWNER TO ${identifier(owner)}`);
  }
}
