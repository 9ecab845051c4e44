import { SetupError } from './failure';
import { cloneOf, type SetupProperties, type SetupUser } from './properties';
import type { Account, Secrets } from './secrets';

/** User of the server as it is before the setup. */
export interface KnownUser {
  readonly name: string;
  /** True if it signs in with a token of IAM. */
  readonly iam: boolean;
  /** True if it owns something. */
  readonly owns?: boolean;
  /** True if a setup has made it, and neither it nor its second user has a session. */
  readonly idle?: boolean;
}

/** Current accounts of users whose secrets have opened no session yet. */
export function untried(
  users: readonly PlannedUser[],
  known: readonly KnownUser[],
  refused: readonly Account[],
): Account[] {
  return users.flatMap(({ accounts }) => accounts.slice(0, 1)).filter((account) => !has(known, account.user) || refused.includes(account));
}

/** User with the accounts that its secret names. */
export interface PlannedUser extends SetupUser {
  readonly accounts: readonly Account[];
}

/** Users of the setup, with what their secrets say. */
export async function plannedUsers({ users }: SetupProperties, secrets: Secrets): Promise<PlannedUser[]> {
  return Promise.all(users.map(async (user) => ({ ...user, accounts: await secrets.accounts(user) })));
}

/** True if the server has a user of the name. */
export function has(known: readonly KnownUser[], name: string): boolean {
  return known.some((user) => user.name === name);
}

/** Names that the user needs on the server, its alternating clone included where there is a secret. */
export function namesOf({ name, secretArn }: SetupUser): string[] {
  return secretArn ? [name, cloneOf(name)] : [name];
}

/** Refuses a user with the name of the master user, whose password would become that of the user. */
export function checkNotMaster(users: readonly SetupUser[], master: Account): void {
  const same = users.find((user) => namesOf(user).includes(master.user));
  if (same) {
    throw new SetupError(
      `the setup asks for user ${same.name}, and ${master.user} is the master user of this server. Nothing was ` +
        'changed. Give the user another name: the name of a restored master user can not be changed.',
    );
  }
}

/** Refuses another way to sign in for a user that exists, because it would lock out whoever is signed in that way. */
export function checkWaysToSignIn(users: readonly SetupUser[], known: readonly KnownUser[]): void {
  const conflicts = users.filter(({ name, secretArn }) =>
    known.some((user) => user.name === name && user.iam === (secretArn !== undefined)),
  );
  if (conflicts.length === 0) {
    return;
  }
  const sentences = conflicts.map(({ name, secretArn }) =>
    secretArn
      ? `user ${name} signs in with IAM authentication on this server, and the setup asks for a password`
      : `user ${name} signs in with a password on this server, and the setup asks for IAM authentication`,
  );
  throw new SetupError(
    `${sentences.join('; ')}. The change would lock out the tasks that run. Keep the user as it is, add a second ` +
      'one with addUser(), move each service to it, and then stop using the first one.',
  );
}
