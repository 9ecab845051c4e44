import { escapeIdentifier as identifier } from 'pg';
import type { SetupProperties } from '../properties';
import { reach } from '../reach';
import type { Run } from '../run';
import type { Account } from '../secrets';
import { PostgresSession } from './postgres-session';

const LOCK_TIMEOUT_MS = 60_000;

/**
 * Does the work while no other setup of the server runs.
 *
 * The lock is that of a comment on the database, in a transaction that is taken back. Only who owns the database can
 * hold it. Any user could hold an advisory lock, and so stop each deployment.
 */
export async function alone(
  properties: SetupProperties,
  master: Account,
  run: Run,
  work: () => Promise<void>,
): Promise<void> {
  const { database } = properties;
  const session = await reach(properties, run, async () =>
    PostgresSession.open(properties, master, database, run, LOCK_TIMEOUT_MS),
  );
  try {
    await session.run('BEGIN', 'BEGIN');
    await session.run('Wait for another setup', `COMMENT ON DATABASE ${identifier(database)} IS 'The setup runs'`);
    await work();
    await session.run('ROLLBACK', 'ROLLBACK');
  } finally {
    await session.close();
  }
}
