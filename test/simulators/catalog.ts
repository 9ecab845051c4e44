import type { PostgresServer } from './postgres-server';

/** Everything in the catalogs of a server that a setup may change, as lines of text. */
export async function catalogOf(server: PostgresServer, databases: string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const database of databases) {
    const perDatabase = [
      `SELECT 'schema', nspname, pg_get_userbyid(nspowner), nspacl::text FROM pg_namespace
        WHERE nspname !~ '^pg_(toast_)?temp'`,
      `SELECT 'relation', oid::regclass::text, pg_get_userbyid(relowner), relacl::text FROM pg_class
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
      `SELECT 'default', pg_get_userbyid(defaclrole), defaclnamespace::text, defaclobjtype, defaclacl::text
        FROM pg_default_acl`,
      "SELECT 'extension', extname, extversion FROM pg_extension",
      `SELECT 'routine', oid::regprocedure::text, pg_get_userbyid(proowner), proacl::text FROM pg_proc
        WHERE proowner > 16000`,
      "SELECT 'type', oid::regtype::text, pg_get_userbyid(typowner) FROM pg_type WHERE typowner > 16000",
    ];
    for (const sql of perDatabase) {
      lines.push(
        ...(await server.query(sql, { database })).map((row) => `${database}: ${Object.values(row).join(' ')}`),
      );
    }
  }
  const global = [
    "SELECT 'role', rolname, rolcanlogin, rolpassword, rolcreaterole, rolcreatedb FROM pg_authid",
    "SELECT 'member', to_jsonb(m) - 'oid' FROM pg_auth_members m",
    "SELECT 'setting', setrole::regrole, setconfig FROM pg_db_role_setting",
    "SELECT 'database', datname, pg_get_userbyid(datdba), datacl::text FROM pg_database",
  ];
  for (const sql of global) {
    lines.push(
      ...(await server.query(sql)).map((row) =>
        Object.values(row)
          .map((value) => JSON.stringify(value))
          .join(' '),
      ),
    );
  }
  return lines.sort();
}
