import { randomBytes } from 'node:crypto';
import type { Account } from './secrets';

const RANDOM_BYTES = 30;

/**
 * True for an account that exists and gets another password.
 *
 * It is one whose secret does not sign in, as on a restored server. There the other one of two alternating users has
 * the password of the former server, too, which people of that server know.
 */
export function isToReset(
  account: Account | undefined,
  accounts: readonly Account[],
  refused: readonly Account[],
): boolean {
  return account ? refused.includes(account) : accounts.some((other) => refused.includes(other));
}

/** Account with a password that nobody knows. The next rotation sets another one. */
export function unknownAccount(user = ''): Account {
  return { user, password: randomBytes(RANDOM_BYTES).toString('base64') };
}
