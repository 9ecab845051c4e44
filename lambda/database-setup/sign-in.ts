import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, isAccepted, messageOf, SetupError } from './failure';
import { checkNotMaster } from './planned-user';
import type { SetupProperties } from './properties';
import { reach } from './reach';
import type { Run } from './run';
import type { Account, Secrets } from './secrets';

/** Opens a session of an account. */
export type Open<Session> = (account: Account) => Promise<Session>;

/**
 * Codes of PostgreSQL and MySQL for a password that is refused, and for a user who may not sign in.
 *
 * The last one is ours, for a password that the server knows in another form than SCRAM. It is set anew.
 */
const REFUSED = ['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'SCRAM_ONLY'];
const MASTER_ATTEMPTS = 3;
const PAUSE_MS = 2000;

/** Signs in as the master user. Reads a refused password again, because a rotation may be under way. */
export async function signInAsMaster<Session>(
  properties: SetupProperties,
  secrets: Secrets,
  run: Run,
  open: Open<Session>,
): Promise<{ readonly master: Account; readonly session: Session }> {
  run.begin(`Sign in to ${properties.host} as the master user`);
  for (let attempt = 1; ; attempt++) {
    const master = await secrets.current(properties.masterSecretArn);
    checkNotMaster(properties.users, master);
    try {
      return { master, session: await reach(properties, run, async () => open(master)) };
    } catch (error) {
      if (attempt === MASTER_ATTEMPTS || !REFUSED.includes(codeOf(error))) {
        throw failureOf(`the master user ${master.user}`, error);
      }
      await sleep(PAUSE_MS);
    }
  }
}

/**
 * True if the server accepts the password of the account.
 *
 * It may refuse the session afterwards, where the user may not connect to the database, or no connection is free.
 */
export async function signsIn(
  account: Account,
  properties: SetupProperties,
  run: Run,
  open: Open<{ close(): Promise<void> }>,
): Promise<boolean> {
  try {
    await reach(properties, run, async () => tryOut(account, open));
    return true;
  } catch (error) {
    if (REFUSED.includes(codeOf(error))) {
      return false;
    }
    throw failureOf(account.user, error);
  }
}

async function tryOut(account: Account, open: Open<{ close(): Promise<void> }>): Promise<void> {
  try {
    await (await open(account)).close();
  } catch (error) {
    // A user without LOGIN is refused after its password was accepted.
    if (!isAccepted(error) || REFUSED.includes(codeOf(error))) {
      throw error;
    }
  }
}

function failureOf(user: string, error: unknown): SetupError {
  return error instanceof SetupError ? error : new SetupError(`sign-in as ${user}: ${messageOf(error)}`);
}
