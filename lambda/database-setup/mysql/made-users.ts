import { escape } from 'mysql2';
import { cloneOf } from '../properties';
import { unknownAccount } from '../reset-passwords';
import type { MysqlSession } from './mysql-session';

/** Locked account without rights, for each user that the setup has made. */
const MARK = 'database_setup_made';

/**
 * Users that the setup has made, also in a deployment that was rolled back.
 *
 * The host of a mark is the name of the user in hexadecimal digits, because MySQL compares hosts without their case.
 */
export class MadeUsers {
  public constructor(private readonly session: MysqlSession) {}

  /** Those of the users that the setup has made, and as whom nobody is signed in. The master user sees all sessions. */
  public async idle(names: readonly string[]): Promise<string[]> {
    const marks = await this.session.rows<{ host: string }>(
      'Read the users of earlier setups',
      'SELECT Host AS host FROM mysql.user WHERE User = ?',
      [MARK],
    );
    const sessions = await this.session.rows<{ User: string }>('Read the sessions', 'SHOW PROCESSLIST');
    const busy = sessions.map(({ User }) => User);
    return names.filter(
      (name) =>
        marks.some(({ host }) => host === hostOf(name)) && ![name, cloneOf(name)].some((user) => busy.includes(user)),
    );
  }

  public async add(name: string): Promise<void> {
    const { password } = unknownAccount();
    await this.session.run(
      `CREATE USER ${MARK}`,
      `CREATE USER IF NOT EXISTS ${escape(MARK)}@${escape(hostOf(name))} IDENTIFIED BY ${escape(password)} ACCOUNT LOCK`,
    );
  }
}

function hostOf(name: string): string {
  return Buffer.from(name).toString('hex');
}
