import { SetupError } from '../failure';
import type { SetupProperties } from '../properties';
import { reach } from '../reach';
import type { Run } from '../run';
import type { Account } from '../secrets';
import { PostgresSession, serverCodeOf } from './postgres-session';

const LOCK_TIMEOUT_MS = 60_000;
const LOCK_TIMED_OUT = '55P03';

/**
 * Does the work while no other setup of the server runs.
 *
 * The lock is that of the master user's own settings, in a transaction that is taken back. A user may always set its
 * own, whoever owns the databases, and no user without CREATEROLE may set those of another. Any user could hold an
 * advisory lock, and so stop each deployment. The server ends a transaction that its function left behind.
 */
export async function alone(
  properties: SetupProperties,
  master: Account,
  run: Run,
  work: () => Promise<void>,
): Promise<void> {
  const session = await reach(properties, run, async () =>
    PostgresSession.open(properties, master, properties.database, run, LOCK_TIMEOUT_MS),
  );
  try {
    await lock(session, master);
    await work();
    await session.rollBack();
  } finally {
    await session.close();
  }
}

async function lock(session: PostgresSession, { user }: Account): Promise<void> {
  try {
    await session.repeatedly(async () => tryLock(session), { except: LOCK_TIMED_OUT });
  } catch (error) {
    if (serverCodeOf(error) !== LOCK_TIMED_OUT) {
      throw error;
    }
    throw new SetupError(
      `another setup of this server has not ended within ${LOCK_TIMEOUT_MS / 1000} s, or a transaction that changes ` +
        `the settings of ${user} is open. Deploy again when it has ended.`,
    );
  }
}

async function tryLock(session: PostgresSession): Promise<void> {
  await session.run('BEGIN', 'BEGIN');
  try {
    await session.run('Wait for another setup', "ALTER ROLE CURRENT_USER SET application_name = 'database-setup'");
  } catch (error) {
    await session.rollBack();
    throw error;
  }
}
