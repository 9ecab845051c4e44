import { SetupError } from './failure';
import { namesOf, type PlannedUser } from './planned-user';
import type { SetupProperties } from './properties';
import type { Account } from './secrets';

/** What a server says of an earlier setup. */
export interface EarlierSetup {
  /** Those of the names that are users of the server. */
  known(names: readonly string[]): Promise<readonly string[]>;
  /** True if the server accepts the password. */
  signsIn(account: Account): Promise<boolean>;
  /** True if an earlier setup left its mark, whichever users it made. */
  marked(): Promise<boolean>;
}

/**
 * Refuses a server that has taken the place of the former one, and is not set up or has other data.
 *
 * A rollback goes back to the former server. It is recognized by its users, and by passwords that still open it.
 */
export async function checkFormerServer(
  { host, former, users: asked }: SetupProperties,
  users: readonly PlannedUser[],
  server: EarlierSetup,
): Promise<void> {
  if (!former) {
    return;
  }
  const names = [...former.users, ...asked].flatMap(namesOf);
  const known = await server.known(names);
  if (names.length === 0 ? !(await server.marked()) : known.length === 0) {
    throw refusal(former.host, `the empty server at ${host}`);
  }
  const accounts = users.flatMap((user) => user.accounts).filter(({ user }) => known.includes(user));
  for (const account of accounts) {
    if (await server.signsIn(account)) {
      return;
    }
  }
  if (accounts.length > 0) {
    throw refusal(former.host, `the server at ${host}, which has other data: no password of its users fits`);
  }
}

function refusal(formerHost: string, other: string): SetupError {
  return new SetupError(
    `the deployment would replace the server at ${formerHost} by ${other}. Nothing was changed in either server. ` +
      'Set the former identifier again. To restore data, add a second database under another construct id ' +
      '(docs/recovery.md), and move the services to it.',
  );
}
