import { escapeIdentifier as identifier } from 'pg';

/**
 * Says how an object comes to the master user, and who may run the statements.
 *
 * They need both roles. Since PostgreSQL 16, `CREATEROLE` alone no longer lets a user give itself any role.
 */
export function ownerRemedy(what: string, owner: string, master: string): string {
  const [former, next] = [owner, master].map(identifier);
  return (
    `Give it to the master user: BEGIN; GRANT ${former} TO ${next}; ALTER ${what} OWNER TO ${next}; ` +
    `REVOKE ${former} FROM ${next}; COMMIT. ${master} may run it on PostgreSQL 15, and from 16 on if it has created ` +
    `${owner} or has the ADMIN OPTION of it. Otherwise a user with that option runs the first and the last statement`
  );
}
