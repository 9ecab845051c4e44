import { randomBytes } from 'node:crypto';
import { SetupError } from './failure';
import type { KnownUser, PlannedUser } from './planned-user';
import type { SetupProperties } from './properties';
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

/**
 * Refuses to set the password of a user who may be in use.
 *
 * The setup sets that of a server that was restored, until its first setup has ended. Later it sets one again where the
 * secret is the same as before: the server came back from a backup then. The same goes for a user that a deployment made
 * before it was rolled back, as long as nobody is signed in. Any other one belongs to somebody else.
 */
export function checkNotInUse(
  { restored, formerUsers = [] }: SetupProperties,
  users: readonly PlannedUser[],
  refused: readonly Account[],
  isSetUp: boolean,
  existing: readonly KnownUser[] = [],
): void {
  const isLeftOver = ({ name }: PlannedUser): boolean =>
    !formerUsers.some((former) => former.name === name) && existing.some((user) => user.name === name && user.idle);
  const known = ({ name, secretArn }: PlannedUser): boolean =>
    formerUsers.some((former) => former.name === name && former.secretArn === secretArn);
  const inUse = users
    .filter(({ accounts }) => accounts.some((account) => refused.includes(account)))
    .filter((user) => !isLeftOver(user) && (isSetUp ? !known(user) : restored !== 'true'));
  if (inUse.length === 0) {
    return;
  }
  const names = inUse.map(({ name }) => name).join(', ');
  throw new SetupError(
    `the server has ${names} already, and the secret ${inUse.map(({ secretArn }) => secretArn).join(', ')} does not ` +
      'sign in. Another password would lock out whoever uses the present one. Nothing was changed. Choose another ' +
      'name, or put the present password into the secret and deploy again. A user that nobody needs can be dropped ' +
      'by the master user. A restored server is one with restoreFrom.',
  );
}

/** Account with a password that nobody knows. The next rotation sets another one. */
export function unknownAccount(user = ''): Account {
  return { user, password: randomBytes(RANDOM_BYTES).toString('base64') };
}
