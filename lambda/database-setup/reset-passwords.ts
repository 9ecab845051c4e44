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

/**
 * Accounts of one user whose passwords the server refuses.
 *
 * Where the current one signs in, the server is the one of the secret. A refused one beside it is being rotated, and
 * a password that the setup would set there is not the one that the rotation makes current a moment later.
 */
export async function refusedOf(
  [current]: readonly Account[],
  existing: readonly Account[],
  signsIn: (account: Account) => Promise<boolean>,
): Promise<Account[]> {
  const refused: Account[] = [];
  for (const account of existing) {
    if (!(await signsIn(account))) {
      refused.push(account);
    } else if (account === current) {
      return [];
    }
  }
  return refused;
}

/** Account with a password that nobody knows. The next rotation sets another one. */
export function unknownAccount(user = ''): Account {
  return { user, password: randomBytes(RANDOM_BYTES).toString('base64') };
}
