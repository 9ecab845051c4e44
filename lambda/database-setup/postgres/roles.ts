import { escapeIdentifier as identifier, escapeLiteral as literal } from 'pg';
import { SetupError } from '../failure';
import type { EarlierSetup } from '../former-server';
import { checkWaysToSignIn, has, type KnownUser, namesOf, type PlannedUser, untried } from '../planned-user';
import { cloneOf, type SetupProperties } from '../properties';
import { checkNotInUse, isToReset, refusedOf, unknownAccount } from '../reset-passwords';
import type { Run } from '../run';
import type { Account } from '../secrets';
import { checkSignsIn, signsIn } from '../sign-in';
import { MADE_BY_SETUP } from './former-owner';
import { PostgresSession } from './postgres-session';
import { scramVerifier } from './scram';
import { SetupMark } from './setup-mark';

/** Members of this role sign in with a token of IAM, and only so. That holds for indirect members, too. */
const IAM_ROLE = 'rds_iam';

/** Context of the roles. */
export interface RolesContext {
  readonly properties: SetupProperties;
  readonly users: readonly PlannedUser[];
  readonly master: Account;
  /** Session of the master user. */
  readonly session: PostgresSession;
  readonly run: Run;
}

/** Users of a server. They are the same for each of its databases. */
export class Roles implements EarlierSetup {
  private changed: readonly Account[] = [];

  public constructor(private readonly context: RolesContext) {}

  /** Creates all users in one transaction. A user whose secret signs in keeps its password. */
  public async create(): Promise<void> {
    const { properties, users, session, run } = this.context;
    run.begin('Check the users of the server');
    const known = await this.knownUsers(users.flatMap(namesOf));
    checkWaysToSignIn(users, known);
    const refused = await this.refusedAccounts(known);
    const { isMissing } = await new SetupMark(properties, session).read(properties.database);
    checkNotInUse(properties, users, refused, !isMissing, known);
    this.changed = untried(users, known, refused);

    run.begin('Create users and set passwords');
    await session.transaction(async () => {
      for (const user of users) {
        await (user.secretArn ? this.createWithPassword(user, known, refused) : this.createWithIam(user, known));
      }
    });
    const created = users.filter(({ name, secretArn }) => !secretArn && !has(known, name)).map(({ name }) => name);
    if (created.length > 0) {
      await this.keepMasterSignedIn(created);
    }
  }

  /** Fails where a new password opens no session. Last of all, because the rights are there by then. */
  public async check(): Promise<void> {
    const { properties, run } = this.context;
    run.begin('Sign in with the new passwords');
    for (const account of this.changed) {
      await checkSignsIn(account, properties, run, this.open);
    }
  }

  public async known(names: readonly string[]): Promise<string[]> {
    return (await this.knownUsers(names)).map(({ name }) => name);
  }

  /** The setup takes the rights of everybody away, which a new database has without a list of rights. */
  public async marked(): Promise<boolean> {
    const { session, properties } = this.context;
    const [{ closed }] = await session.rows<{ closed: boolean }>(
      `Read the rights in database ${properties.database}`,
      'SELECT datacl IS NOT NULL AS closed FROM pg_database WHERE datname = $1',
      [properties.database],
    );
    return closed;
  }

  public async signsIn(account: Account): Promise<boolean> {
    const { properties, run } = this.context;
    return signsIn(account, properties, run, this.open);
  }

  private readonly open = async (account: Account): Promise<PostgresSession> =>
    PostgresSession.open(this.context.properties, account, this.context.properties.database, this.context.run);

  private async knownUsers(names: readonly string[]): Promise<KnownUser[]> {
    return this.context.session.rows<KnownUser>(
      'Read the users',
      `SELECT r.rolname AS name, EXISTS (
         SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
         WHERE m.member = r.oid AND g.rolname = '${IAM_ROLE}'
       ) AS iam, EXISTS (
         SELECT FROM pg_shdepend d WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid
       ) AS owns, starts_with(shobj_description(r.oid, 'pg_authid'), '${MADE_BY_SETUP}') AND NOT EXISTS (
         SELECT FROM pg_stat_activity a WHERE a.usename::text IN (r.rolname::text, r.rolname::text || '_clone')
       ) AS idle FROM pg_roles r WHERE r.rolname = ANY($1)`,
      [names],
    );
  }

  /** Accounts of users that exist, with whose password nobody can sign in. So it is on a restored server. */
  private async refusedAccounts(known: readonly KnownUser[]): Promise<Account[]> {
    const refused: Account[] = [];
    for (const { accounts } of this.context.users) {
      const existing = accounts.filter(({ user }) => has(known, user));
      refused.push(...(await refusedOf(accounts, existing, async (account) => this.signsIn(account))));
    }
    return refused;
  }

  private async createWithPassword(
    user: PlannedUser,
    known: readonly KnownUser[],
    refused: readonly Account[],
  ): Promise<void> {
    const { name, access, accounts } = user;
    const clone = cloneOf(name);
    await this.createOrReset(name, user, known, refused);
    const makesObjects = access === 'OWNER' || known.some((each) => [name, clone].includes(each.name) && each.owns);
    if (makesObjects || has(known, clone) || accounts.some((account) => account.user === clone)) {
      await this.createOrReset(clone, user, known, refused);
      await this.makeMember(clone, name);
    }
    if (makesObjects) {
      // From its first session on, whatever it makes belongs to the user.
      await this.context.session.run(
        `ALTER ROLE ${clone} SET role`,
        `ALTER ROLE ${identifier(clone)} SET role = ${literal(name)}`,
      );
    }
    if (access === 'OWNER') {
      await this.lendToMaster(name);
    }
  }

  private async createOrReset(
    name: string,
    { accounts }: PlannedUser,
    known: readonly KnownUser[],
    refused: readonly Account[],
  ): Promise<void> {
    const { session, run } = this.context;
    const account = accounts.find(({ user }) => user === name);
    if (has(known, name)) {
      if (isToReset(account, accounts, refused)) {
        run.log(`Set the password of ${name}, with which its secret did not sign in`);
        const verifier = this.verifier(account ?? unknownAccount(name));
        await session.run(
          `ALTER ROLE ${name} PASSWORD`,
          `ALTER ROLE ${identifier(name)} LOGIN PASSWORD ${verifier} VALID UNTIL 'infinity'`,
        );
      }
      return;
    }
    run.log(`Create user ${name}`);
    const password = account ? ` PASSWORD ${this.verifier(account)}` : '';
    await session.run(`CREATE ROLE ${name}`, `CREATE ROLE ${identifier(name)} LOGIN${password}`);
    await session.run(`COMMENT ON ROLE ${name}`, `COMMENT ON ROLE ${identifier(name)} IS ${literal(MADE_BY_SETUP)}`);
  }

  private verifier({ password }: Account): string {
    const verifier = scramVerifier(password);
    this.context.run.conceal(verifier);
    return literal(verifier);
  }

  private async createWithIam({ name }: PlannedUser, known: readonly KnownUser[]): Promise<void> {
    if (has(known, name)) {
      return;
    }
    const { session, run } = this.context;
    run.log(`Create user ${name} with IAM authentication`);
    await session.run(`CREATE ROLE ${name}`, `CREATE ROLE ${identifier(name)} LOGIN`);
    await session.run(`GRANT ${IAM_ROLE} TO ${name}`, `GRANT ${IAM_ROLE} TO ${identifier(name)}`);
  }

  /** The rotation does the same for a clone that it creates. */
  private async makeMember(clone: string, name: string): Promise<void> {
    const { session } = this.context;
    const [{ member }] = await session.rows<{ member: boolean }>(
      `Read the membership of ${clone}`,
      "SELECT pg_has_role($1, $2, 'MEMBER') AS member",
      [clone, name],
    );
    if (!member) {
      await session.run(`GRANT ${name} TO ${clone}`, `GRANT ${identifier(name)} TO ${identifier(clone)}`);
    }
  }

  /** The master user manages what the owner has. Since PostgreSQL 16, who creates a role may not yet act as it. */
  private async lendToMaster(name: string): Promise<void> {
    const { session, master } = this.context;
    const options = (await hasGrantOptions(session)) ? ' WITH SET TRUE, INHERIT TRUE' : '';
    await session.run(
      `GRANT ${name} TO ${master.user}`,
      `GRANT ${identifier(name)} TO ${identifier(master.user)}${options}`,
    );
  }

  /**
   * Takes new users with IAM authentication back if the master user can't sign in any more.
   *
   * Since PostgreSQL 16, who creates a role is a member of it. An indirect member of `rds_iam` may lose its password.
   */
  private async keepMasterSignedIn(created: readonly string[]): Promise<void> {
    const { session, master } = this.context;
    if (await this.signsIn(master)) {
      return;
    }
    await session.transaction(async () => {
      for (const name of created) {
        await session.run(`DROP ROLE ${name}`, `DROP ROLE ${identifier(name)}`);
      }
    });
    throw new SetupError(
      `with the new users ${created.join(', ')}, the master user could no longer sign in with its password. They ` +
        'were taken back. Use users with a password on this server.',
    );
  }
}

/** True on PostgreSQL 16 and later. */
export async function hasGrantOptions(session: PostgresSession): Promise<boolean> {
  const [{ version }] = await session.rows<{ version: string }>(
    'Read the version',
    "SELECT current_setting('server_version_num') AS version",
  );
  return Number(version) >= 160_000;
}
