import { SetupError } from '../failure';
import type { SetupProperties } from '../properties';
import type { PostgresSession } from './postgres-session';

const MOST_NAMED = 10;

/** Roles of the server that write nothing. */
const HARMLESS_ROLES = [
  'rds_iam',
  'rds_password',
  'pg_monitor',
  'pg_read_all_data',
  'pg_read_all_settings',
  'pg_read_all_stats',
  'pg_stat_scan_tables',
];

const NOT_OF_EXTENSION = (table: string): string => `NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = '${table}'::regclass AND d.objid = o.oid AND d.deptype = 'e')`;

/** What the role `$1` can write in this database, whoever gave it the right. `docs/adopt-a-database.md` asks the same. */
const WRITES = `
  SELECT format('create objects in schema %I', o.nspname) AS what FROM pg_namespace o
    WHERE o.nspname !~ '^pg_' AND has_schema_privilege($1, o.oid, 'CREATE')
  UNION ALL
  SELECT format('use %s in database %I', kind, o.datname) FROM pg_database o, unnest(ARRAY['CREATE', 'TEMPORARY']) AS kind
    WHERE o.datname = current_database() AND has_database_privilege($1, o.oid, kind)
  UNION ALL
  SELECT format('write %I.%I', n.nspname, o.relname) FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND has_schema_privilege($1, n.oid, 'USAGE') AND CASE
      WHEN o.relkind = 'S' THEN has_sequence_privilege($1, o.oid, 'USAGE, UPDATE')
      ELSE o.relkind IN ('r', 'p', 'v', 'm', 'f') AND (has_table_privilege($1, o.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_any_column_privilege($1, o.oid, 'INSERT, UPDATE')) END AND ${NOT_OF_EXTENSION('pg_class')}
  UNION ALL
  SELECT format('run %I.%I with the rights of %I', n.nspname, o.proname, pg_get_userbyid(o.proowner))
    FROM pg_proc o JOIN pg_namespace n ON n.oid = o.pronamespace
    WHERE o.prosecdef AND n.nspname !~ '^pg_' AND o.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
      AND has_schema_privilege($1, n.oid, 'USAGE') AND has_function_privilege($1, o.oid, 'EXECUTE')
      AND ${NOT_OF_EXTENSION('pg_proc')}
  UNION ALL
  SELECT format('act as %I', o.rolname) FROM pg_roles o
    WHERE o.rolname <> $1 AND o.rolname <> ALL($2) AND pg_has_role($1, o.oid, 'MEMBER')
  UNION ALL
  SELECT 'more than a user: it has an attribute of a role' FROM pg_roles o
    WHERE o.rolname = $1 AND (o.rolsuper OR o.rolcreaterole OR o.rolcreatedb OR o.rolreplication OR o.rolbypassrls)
  ORDER BY 1`;

/** What users who only read can write in a database all the same, one sentence each. */
export async function writesOfReaders(
  { users }: SetupProperties,
  database: string,
  session: PostgresSession,
): Promise<string[]> {
  const writes: string[] = [];
  for (const { name } of users.filter(({ access }) => access === 'READ_ONLY')) {
    const rows = await session.rows<{ what: string }>(`Read what ${name} can write`, WRITES, [name, HARMLESS_ROLES]);
    writes.push(...rows.map(({ what }) => `in database ${database}, ${name} can ${what}`));
  }
  return writes;
}

/** Fails where a user who only reads can write. Told once everything else is done. */
export function checkReaders(writes: readonly string[]): void {
  if (writes.length > 0) {
    const more = writes.length > MOST_NAMED ? `; and ${writes.length - MOST_NAMED} more` : '';
    throw new SetupError(
      `users with READ_ONLY can write: ${writes.slice(0, MOST_NAMED).join('; ')}${more}. Everything else is set up. ` +
        'Take these rights away, mostly from PUBLIC (REVOKE ... FROM PUBLIC), or give the user READ_WRITE, and deploy ' +
        'again (docs/database-users.md).',
    );
  }
}
