import type { PostgresSession } from './postgres-session';

/** Object that can be given to another owner. */
export interface OwnedObject {
  /** Kind, as `ALTER` takes it. */
  readonly kind: string;
  /** Name, quoted and with its schema. */
  readonly name: string;
  readonly oid: number;
}

/** Schemas that came with the server or with an extension, beside those that begin with `pg_` or `rds`. */
export const SYSTEM_SCHEMAS = `
  SELECT 'information_schema' AS name
  UNION ALL
  SELECT v.schema::text FROM pg_extension e JOIN pg_available_extension_versions v
    ON v.name = e.extname AND v.version = e.extversion
  UNION ALL
  SELECT n.nspname::text FROM pg_namespace n JOIN pg_depend d
    ON d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'`;

/** Tells whether the schema `n` is one of the application's, as a condition. */
export const IS_OF_APPLICATION = `
  n.nspname !~ '^(pg_|rds)' AND n.nspname NOT IN (SELECT name FROM (${SYSTEM_SCHEMAS}) s WHERE name IS NOT NULL)`;

const CLASSES = [
  'pg_class',
  'pg_collation',
  'pg_conversion',
  'pg_foreign_server',
  'pg_namespace',
  'pg_opclass',
  'pg_operator',
  'pg_opfamily',
  'pg_proc',
  'pg_publication',
  'pg_statistic_ext',
  'pg_ts_config',
  'pg_ts_dict',
  'pg_type',
];

/** Everything that the role `$1` owns, with quoted names. What an extension made, and sequences of a column, follow what they are tied to. */
const OWNED = `
  SELECT d.classid, d.objid AS oid, o.type, o.identity AS name, CASE WHEN d.classid = 'pg_namespace'::regclass
    THEN o.name ELSE o.schema END AS schema
  FROM pg_shdepend d, pg_identify_object(d.classid, d.objid, 0) o
  WHERE d.deptype = 'o' AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND d.refclassid = 'pg_authid'::regclass AND d.refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1)
    AND d.classid = ANY('{${CLASSES.join(', ')}}'::regclass[])
    AND NOT EXISTS (
      SELECT FROM pg_depend t WHERE t.classid = d.classid AND t.objid = d.objid AND t.objsubid = 0 AND (
        t.deptype IN ('e', 'i') OR (
          t.deptype = 'a' AND t.classid = 'pg_class'::regclass AND t.refclassid = t.classid AND t.refobjsubid > 0)))`;

/** Schemas first, because whoever gets an object has to be allowed to create some in its schema. */
const IN_ORDER = "ORDER BY a.classid <> 'pg_namespace'::regclass, a.type, a.name";

/** Everything that a role owns in the database, but for kinds that only `REASSIGN OWNED` knows. */
export async function ownedBy(session: PostgresSession, role: string): Promise<OwnedObject[]> {
  return read(session, role, `SELECT a.* FROM (${OWNED}) a WHERE a.schema IS NULL OR a.schema !~ '^pg_' ${IN_ORDER}`);
}

/**
 * Schemas of the master user, and what it owns in schemas: in the given ones, or in all of the application's.
 *
 * Schema `public` stays where it is.
 */
export async function ownedByMaster(
  session: PostgresSession,
  master: string,
  schemas: readonly string[] | undefined,
): Promise<OwnedObject[]> {
  const which = schemas ? 'n.nspname = ANY($2)' : IS_OF_APPLICATION;
  return read(
    session,
    master,
    `SELECT a.* FROM (${OWNED}) a JOIN pg_namespace n ON quote_ident(n.nspname) = a.schema
     WHERE ${which} AND (a.classid <> 'pg_namespace'::regclass OR n.nspname <> 'public') ${IN_ORDER}`,
    schemas,
  );
}

async function read(
  session: PostgresSession,
  role: string,
  sql: string,
  schemas?: readonly string[],
): Promise<OwnedObject[]> {
  const rows = await session.rows<{ type: string; name: string; oid: number }>(`Read what ${role} owns`, sql, [
    role,
    ...(schemas ? [schemas] : []),
  ]);
  return rows.map(({ type, name, oid }) => ({ kind: kindOf(type), name, oid }));
}

/** As `ALTER` calls what the catalog describes. */
function kindOf(type: string): string {
  return type === 'statistics object' ? 'STATISTICS' : type.toUpperCase();
}
