import { SetupError } from '../failure';
import type { SetupProperties } from '../properties';
import { grantee } from './accounts';
import type { MysqlSession } from './mysql-session';

/** Rights that write nothing. A list of columns may follow each. */
const READS = /^GRANT ((USAGE|SELECT|SHOW VIEW)( \([^)]*\))?(, )?)+ ON /;

/** Fails where a user who only reads can write, by a right on one table, on the server, or by a role. */
export async function checkReaders({ users }: SetupProperties, session: MysqlSession): Promise<void> {
  const writes: string[] = [];
  for (const { name } of users.filter(({ access }) => access === 'READ_ONLY')) {
    const rows = await session.rows(`Read the rights of ${name}`, `SHOW GRANTS FOR ${grantee(name)}`);
    const grants = rows.map((row) => `${Object.values(row)[0]}`).filter((grant) => !READS.test(grant));
    // What follows the name of the user may be a password.
    writes.push(...grants.map((grant) => `${name} has ${grant.replace(/ (TO|IDENTIFIED) .*/, '')}`));
  }
  if (writes.length > 0) {
    throw new SetupError(
      `users with READ_ONLY can write: ${writes.join('; ')}. Everything else is set up. Take these rights away ` +
        '(REVOKE), or give the user READ_WRITE, and deploy again (docs/database-users.md).',
    );
  }
}
