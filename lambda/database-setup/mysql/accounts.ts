import { escape, escapeId } from 'mysql2';
import { SetupError } from '../failure';
import type { EarlierSetup } from '../former-server';
import { checkWaysToSignIn, has, type KnownUser, namesOf, type PlannedUser, untried } from '../planned-user';
import { cloneOf, type SetupProperties } from '../properties';
import { checkNotInUse, isToReset, refusedOf, unknownAccount } from '../reset-passwords';
import type { Run } from '../run';
import type { Account } from '../secrets';
import { checkSignsIn, signsIn } from '../sign-in';
import { MadeUsers } from './made-users';
import { MysqlSession } from './mysql-session';
import { SetupMark } from './setup-mark';

const IAM_PLUGIN = 'AWSAuthenticationPlugin';

interface KnownAccount extends KnownUser {
  /** True if the server requires TLS of it. */
  readonly tls: boolean;
}

/** Context of the accounts. */
export interface AccountsContext {
  readonly properties: SetupProperties;
  readonly users: readonly PlannedUser[];
  /** Session of the master user. */
  readonly session: MysqlSession;
  readonly run: Run;
}

/** Users of a server. MySQL writes no password of these statements into its logs. */
export class Accounts implements EarlierSetup {
  private changed: readonly Account[] = [];

  public constructor(private readonly context: AccountsContext) {}

  /** Creates all users. One whose secret signs in keeps its password. Returns the users by name, clones included. */
  public async create(): Promise<ReadonlyMap<string, PlannedUser>> {
    const { properties, users, session, run } = this.context;
    run.begin('Check the users of the server');
    const known = await this.knownAccounts(users.flatMap(namesOf));
    checkWaysToSignIn(users, known);
    await this.checkHosts();
    const refused: Account[] = [];
    for (const user of users) {
      refused.push(...(await this.refusedAccounts(user, known)));
    }
    checkNotInUse(properties, users, refused, !(await new SetupMark(properties, session).isMissing()), known);
    this.changed = untried(users, known, refused);

    run.begin('Create users and set passwords');
    const names = new Map<string, PlannedUser>();
    for (const user of users) {
      for (const name of this.wanted(user, known)) {
        await this.createOrReset(name, user, known, refused);
        names.set(name, user);
      }
    }
    return names;
  }

  /** Fails where a new password opens no session. */
  public async check(): Promise<void> {
    const { properties, run } = this.context;
    run.begin('Sign in with the new passwords');
    for (const account of this.changed) {
      await checkSignsIn(account, properties, run, this.open);
    }
  }

  public async known(names: readonly string[]): Promise<string[]> {
    return (await this.knownAccounts(names)).map(({ name }) => name).filter((name) => names.includes(name));
  }

  /** Without users, the setup of MySQL leaves nothing that a server without it lacks. */
  public async marked(): Promise<boolean> {
    return true;
  }

  public async signsIn(account: Account): Promise<boolean> {
    const { properties, run } = this.context;
    return signsIn(account, properties, run, this.open);
  }

  private readonly open = async (account: Account): Promise<MysqlSession> =>
    MysqlSession.open(this.context.properties, account, this.context.run);

  /** An account for some hosts goes before the one for all: the server takes its password, and gives its rights. */
  private async checkHosts(): Promise<void> {
    const names = this.context.users.flatMap(namesOf);
    const others = await this.context.session.rows<{ name: string; host: string }>(
      'Read the hosts of the users',
      "SELECT User AS name, Host AS host FROM mysql.user WHERE Host <> '%' AND User IN (?) ORDER BY User, Host",
      [['', ...names]],
    );
    const shadows = others.filter(({ name }) => names.includes(name)).map((each) => `${escape(each.name)}@${escape(each.host)}`);
    if (shadows.length > 0) {
      throw new SetupError(
        `the server has ${shadows.join(', ')} beside the user of the same name for all hosts. From those hosts, ` +
          'the password and the rights of that account count. Nothing was changed. Drop it as the master user ' +
          `(DROP USER ${shadows.join(', ')}), or choose another name.`,
      );
    }
  }

  private async knownAccounts(names: readonly string[]): Promise<KnownAccount[]> {
    const rows = await this.context.session.rows<{ name: string; plugin: string; tls: string }>(
      'Read the users',
      "SELECT User AS name, plugin, ssl_type AS tls FROM mysql.user WHERE Host = '%' AND User IN (?)",
      [['', ...names]],
    );
    const idle = await new MadeUsers(this.context.session).idle(names);
    return rows.map(({ name, plugin, tls }) => ({
      name,
      iam: plugin === IAM_PLUGIN,
      tls: tls !== '',
      idle: idle.includes(name),
    }));
  }

  /** A clone is made only with its password, because MySQL lets in whoever has none. */
  private wanted({ name, accounts }: PlannedUser, known: readonly KnownUser[]): string[] {
    const clone = cloneOf(name);
    const hasClone = has(known, clone) || accounts.some(({ user }) => user === clone);
    return hasClone && accounts.length > 0 ? [name, clone] : [name];
  }

  /** Accounts of a user that exist, with whose password nobody can sign in. So it is on a restored server. */
  private async refusedAccounts({ accounts }: PlannedUser, known: readonly KnownUser[]): Promise<Account[]> {
    const existing = accounts.filter(({ user }) => has(known, user));
    return refusedOf(accounts, existing, async (account) => this.signsIn(account));
  }

  private async createOrReset(
    name: string,
    { secretArn, accounts }: PlannedUser,
    known: readonly KnownAccount[],
    refused: readonly Account[],
  ): Promise<void> {
    const { session, run } = this.context;
    const account = accounts.find(({ user }) => user === name);
    const existing = known.find((user) => user.name === name);
    if (!existing) {
      run.log(`Create user ${name}`);
      const proof = secretArn ? withPassword(account) : `IDENTIFIED WITH ${IAM_PLUGIN} AS 'RDS'`;
      await session.run(`CREATE USER ${name}`, `CREATE USER ${grantee(name)} ${proof} REQUIRE SSL`);
      return new MadeUsers(session).add(name);
    }
    if (!existing.tls) {
      await session.run(`ALTER USER ${name} REQUIRE SSL`, `ALTER USER ${grantee(name)} REQUIRE SSL`);
    }
    if (isToReset(account, accounts, refused)) {
      run.log(`Set the password of ${name}, with which its secret did not sign in`);
      await session.run(`ALTER USER ${name} password`, `ALTER USER ${grantee(name)} ${withPassword(account)}`);
    }
  }
}

/** User as it stands in statements. */
export function grantee(name: string): string {
  return `${escape(name)}@'%'`;
}

/** Where no version of the secret names the user, nobody knows the password, and the next rotation sets one. */
function withPassword(account: Account = unknownAccount()): string {
  return `IDENTIFIED BY ${escape(account.password)}`;
}

/** Name of a database in a grant, where `_` and `%` stand for any character unless the server takes names literally. */
export function databaseInGrant(name: string, literally: boolean): string {
  return escapeId(literally ? name : name.replace(/[_%\\]/g, '\\$&'), true);
}
