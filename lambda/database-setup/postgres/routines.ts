import { escapeIdentifier as identifier } from 'pg';
import type { PostgresSession } from './postgres-session';

/**
 * Routines of a role, without those of extensions, as `name`, `oid` and `acl`.
 *
 * The rights `acl` are there for a routine that runs with those of its owner. Any other one gives a caller nothing that
 * the caller lacks.
 */
export const ROUTINES = `
  SELECT p.oid::regprocedure::text AS name, p.oid,
    CASE WHEN p.prosecdef THEN coalesce(p.proacl, acldefault('f', p.proowner)) END AS acl
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname !~ '^pg_' AND pg_get_userbyid(p.proowner) = $1 AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  )`;

/**
 * Takes from everybody what PostgreSQL gives by default: to run each routine, also one with the rights of the owner.
 *
 * A user who only reads could write through it. The default holds for all schemas, because PostgreSQL adds the defaults
 * of one schema to it and takes none away.
 */
export async function closeRoutines(session: PostgresSession, owner: string): Promise<void> {
  await session.run(
    'default rights on routines',
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(owner)} REVOKE EXECUTE ON ROUTINES FROM PUBLIC`,
  );
  const open = await session.rows<{ name: string }>(
    'Read the routines that everybody may run',
    `SELECT o.name FROM (${ROUTINES}) o WHERE EXISTS (SELECT FROM aclexplode(o.acl) a WHERE a.grantee = 0)
     ORDER BY o.name`,
    [owner],
  );
  for (const { name } of open) {
    await session.run(`rights on routine ${name}`, `REVOKE EXECUTE ON ROUTINE ${name} FROM PUBLIC`);
  }
}
