import { escapeIdentifier as identifier } from 'pg';
import type { PostgresSession } from './postgres-session';
import { hasGrantOptions } from './roles';

/** Role, and whether the master user acts as it. */
export interface Role {
  readonly name: string;
  readonly member: boolean;
}

/** Roles of the given names, and whether the master user acts as them already. */
export async function existingRoles(session: PostgresSession, names: readonly string[]): Promise<Role[]> {
  return session.rows<Role>(
    'Read the owners',
    "SELECT rolname AS name, pg_has_role(oid, 'USAGE') AS member FROM pg_roles WHERE rolname = ANY($1)",
    [names],
  );
}

/**
 * Acts as owners who sign in with IAM authentication, within a transaction.
 *
 * The master user would be an indirect member of `rds_iam` otherwise, and lose its password. No other session sees the
 * membership, because it ends with the transaction that began it.
 */
export async function asMemberOf(
  session: PostgresSession,
  master: string,
  roles: readonly Role[],
  work: () => Promise<void>,
): Promise<void> {
  const lent = roles.filter(({ member }) => !member).map(({ name }) => name);
  const options = lent.length > 0 && (await hasGrantOptions(session)) ? ' WITH SET TRUE, INHERIT TRUE' : '';
  for (const name of lent) {
    await session.run(`GRANT ${name} TO ${master}`, `GRANT ${identifier(name)} TO ${identifier(master)}${options}`);
  }
  await work();
  for (const name of lent) {
    await session.run(`REVOKE ${name} FROM ${master}`, `REVOKE ${identifier(name)} FROM ${identifier(master)}`);
  }
}
