import { escapeIdentifier as identifier } from 'pg';
import { SetupError } from '../failure';
import { type SetupProperties, type SetupUser } from '../properties';
import type { PostgresSession } from './postgres-session';

/** Extensions that the parameters of the server presume. */
const EXTENSIONS = ['pgaudit', 'pg_stat_statements'];
/** Exists in one database of a server only, which the parameter `cron.database_name` names. */
const CRON = 'pg_cron';

/** `public`, or the first schema of the database's own search path in a database without it. */
const TARGET_SCHEMA = `
  SELECT n.nspname AS name
  FROM (
    SELECT 0 AS place, 'public' AS name UNION ALL
    SELECT e.place, btrim(e.name, '"')
    FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase AND s.setrole = 0,
      unnest(s.setconfig) AS c(setting),
      regexp_split_to_table(substr(c.setting, length('search_path=') + 1), ', *') WITH ORDINALITY AS e(name, place)
    WHERE d.datname = current_database() AND c.setting LIKE 'search_path=%'
  ) wanted JOIN pg_namespace n ON n.nspname = wanted.name
  ORDER BY place LIMIT 1`;

/** Schemas that came with the extensions `$1` or hold them, and whether the master user may let others in. */
const OWN_SCHEMAS = `
  SELECT DISTINCT n.nspname AS name, has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION') AS grantable
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace OR EXISTS (
    SELECT FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
      AND d.deptype = 'e' AND d.classid = 'pg_namespace'::regclass AND d.objid = n.oid
  )
  WHERE e.extname = ANY($1) AND n.nspname <> 'public' AND n.nspname !~ '^pg_'
  ORDER BY 1`;

/** Extensions in one database. */
export class Extensions {
  private readonly names: readonly string[];

  public constructor(
    private readonly database: string,
    private readonly properties: SetupProperties,
    private readonly session: PostgresSession,
  ) {
    this.names = [...new Set([...EXTENSIONS, ...properties.extensions])].filter(
      (name) => name !== CRON || properties.database === database,
    );
  }

  /** Creates those that lack. Each one gets a schema by name, because the session looks up no name in `public`. */
  public async create(): Promise<void> {
    const known = await this.session.rows<{ name: string; fixed: boolean; installed: boolean }>(
      'Read the extensions',
      `SELECT name, bool_or(schema IS NOT NULL) AS fixed, bool_or(installed) AS installed
       FROM pg_available_extension_versions WHERE name = ANY($1) GROUP BY name`,
      [this.names],
    );
    for (const name of this.names) {
      const extension = known.find((each) => each.name === name);
      if (!extension?.installed) {
        const schema = extension?.fixed ? '' : ` SCHEMA ${identifier(await this.targetSchema())}`;
        await this.session.run(
          `CREATE EXTENSION ${name} in database ${this.database}`,
          `CREATE EXTENSION IF NOT EXISTS ${identifier(name)}${schema}`,
        );
      }
    }
  }

  /**
   * Lets the owner and users who write use the schemas of extensions, such as `cron`.
   *
   * Users who only read lose such a right: functions as `cron.schedule` write, and `aws_s3` carries rows away.
   */
  public async grant(): Promise<void> {
    const schemas = await this.session.rows<{ name: string; grantable: boolean }>(
      'Read the schemas of the extensions',
      OWN_SCHEMAS,
      [this.names],
    );
    for (const { name } of schemas.filter(({ grantable }) => grantable)) {
      for (const user of this.properties.users) {
        await (user.access === 'READ_ONLY' ? this.revokeUsage(name, user) : this.grantUsage(name, user));
      }
    }
  }

  /** A user who wrote before has the right from then. */
  private async revokeUsage(schema: string, { name }: SetupUser): Promise<void> {
    const granted = await this.session.rows(
      `Read the rights of ${name} on schema ${schema}`,
      `SELECT FROM pg_namespace n, aclexplode(n.nspacl) a
       WHERE n.nspname = $1 AND pg_get_userbyid(a.grantee) = $2 AND a.privilege_type = 'USAGE'`,
      [schema, name],
    );
    if (granted.length > 0) {
      await this.session.run(
        `rights of ${name} on schema ${schema}`,
        `REVOKE USAGE ON SCHEMA ${identifier(schema)} FROM ${identifier(name)}`,
      );
    }
  }

  private async grantUsage(schema: string, { name }: SetupUser): Promise<void> {
    await this.session.run(
      `rights of ${name} on schema ${schema}`,
      `GRANT USAGE ON SCHEMA ${identifier(schema)} TO ${identifier(name)}`,
    );
  }

  private async targetSchema(): Promise<string> {
    const [schema] = await this.session.rows<{ name: string }>('Read the schema for extensions', TARGET_SCHEMA);
    if (!schema) {
      throw new SetupError(
        `database ${this.database} has no schema for extensions. Create schema public, or name another one with ` +
          `ALTER DATABASE ${this.database} SET search_path`,
      );
    }
    return schema.name;
  }
}
