import { createHmac } from 'node:crypto';
import { escapeId } from 'mysql2';
import { MYSQL_RIGHTS } from '../../../src/database/credentials/user-rights';
import { SetupError } from '../failure';
import { checkFormerServer } from '../former-server';
import { plannedUsers } from '../planned-user';
import { type Access, allDatabases, type SetupProperties } from '../properties';
import type { Run } from '../run';
import type { Account, Secrets } from '../secrets';
import { signInAsMaster } from '../sign-in';
import { Accounts, databaseInGrant, grantee } from './accounts';
import { MysqlSession } from './mysql-session';

const LOCK_SECONDS = 60;
const MAX_LOCK_LENGTH = 60;

/** Sets a MySQL server up. Each statement stands for itself, because MySQL has no transactions of them. */
export async function setUpMysql(properties: SetupProperties, secrets: Secrets, run: Run): Promise<void> {
  const { master, session } = await signInAsMaster(properties, secrets, run, async (account) =>
    MysqlSession.open(properties, account, run),
  );
  try {
    await waitForAnotherSetup(session, master);
    // While the setup waited for another one, a rotation may have changed them.
    run.begin('Read the secrets');
    const users = await plannedUsers(properties, secrets);
    const accounts = new Accounts({ properties, users, session, run });
    await checkFormerServer(properties, users, accounts);
    const names = await accounts.create();
    const literally = await takesNamesLiterally(session);
    for (const database of allDatabases(properties)) {
      run.begin(`Rights in database ${database}`);
      await session.run(`CREATE DATABASE ${database}`, `CREATE DATABASE IF NOT EXISTS ${escapeId(database, true)}`);
      for (const [name, { access }] of names) {
        await grant(session, databaseInGrant(database, literally), name, access);
      }
    }
  } finally {
    await session.close();
  }
}

/** Any user may take a named lock, and so stop each deployment. So the name is one that nobody else can know. */
async function waitForAnotherSetup(session: MysqlSession, { password }: Account): Promise<void> {
  const lock = createHmac('sha256', password).update('database-setup').digest('hex').slice(0, MAX_LOCK_LENGTH);
  const [{ locked }] = await session.rows<{ locked: number | null }>(
    'Wait for another setup',
    `SELECT GET_LOCK('${lock}', ${LOCK_SECONDS}) AS locked`,
  );
  if (locked !== 1) {
    throw new SetupError(`another setup of this server has not ended within ${LOCK_SECONDS} s`);
  }
}

/** With partial revokes, as Aurora has them, a name in a grant is no pattern. A server may not know the variable. */
async function takesNamesLiterally(session: MysqlSession): Promise<boolean> {
  const rows = await session.rows<{ Value: string }>('Read partial_revokes', "SHOW VARIABLES LIKE 'partial_revokes'");
  return rows.some(({ Value }) => Value === 'ON');
}

async function grant(session: MysqlSession, database: string, name: string, access: Access): Promise<void> {
  const kind = `rights of ${name} in ${database}`;
  await session.run(kind, `GRANT ${MYSQL_RIGHTS[access].join(', ')} ON ${database}.* TO ${grantee(name)}`);
  if (access !== 'READ_ONLY') {
    return;
  }
  // A user who wrote rows before writes none as soon as it only reads.
  const pattern = database.slice(1, -1).replaceAll('``', '`');
  const rights = await session.rows<{ type: string }>(
    `Read the ${kind}`,
    'SELECT PRIVILEGE_TYPE AS type FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = ? AND TABLE_SCHEMA = ?',
    // The information schema escapes no quote.
    [`'${name}'@'%'`, pattern],
  );
  const excess = rights.map(({ type }) => type).filter((type) => !MYSQL_RIGHTS.READ_ONLY.includes(type));
  if (excess.length > 0) {
    await session.run(kind, `REVOKE ${excess.join(', ')} ON ${database}.* FROM ${grantee(name)}`);
  }
}
