import { escape } from 'mysql2';
import type { SetupProperties } from '../properties';
import { unknownAccount } from '../reset-passwords';
import type { MysqlSession } from './mysql-session';

const SELECT = 'SELECT User FROM mysql.user WHERE User = ? AND Host = ?';
/** Locked account without rights. Its host is that of the server, because a restore brings it along to another one. */
const MARK = 'database_setup_done';

/**
 * Mark that the setup of a server has ended.
 *
 * CloudFormation takes the properties of a failed request for the former ones when the deployment is repeated, so they
 * don't tell. MySQL keeps no comments on databases.
 */
export class SetupMark {
  public constructor(
    private readonly properties: SetupProperties,
    private readonly session: MysqlSession,
  ) {}

  public async isMissing(): Promise<boolean> {
    const { host, isNew } = this.properties;
    return isNew === true || (await this.session.rows('Read the mark', SELECT, [MARK, host])).length === 0;
  }

  public async write(): Promise<void> {
    const { host } = this.properties;
    if ((await this.session.rows('Read the mark', SELECT, [MARK, host])).length === 0) {
      const { password } = unknownAccount();
      const sql = `CREATE USER ${escape(MARK)}@${escape(host)} IDENTIFIED BY ${escape(password)} ACCOUNT LOCK`;
      await this.session.run(`CREATE USER ${MARK}`, sql);
    }
  }
}
