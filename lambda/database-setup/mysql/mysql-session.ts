import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAcceptance, codeOf, messageOf, SetupError } from '../failure';
import type { SetupProperties } from '../properties';
import type { Run } from '../run';
import type { Account } from '../secrets';

const CONNECT_TIMEOUT_MS = 15_000;
const STATEMENT_TIMEOUT_MS = 120_000;
const LOCK_TIMEOUT_S = 10;
/** Quotes and backslashes mean what the escaping presumes, whatever the server's parameter says. */
const SQL_MODE = 'TRADITIONAL';
/** The user has as many sessions as it may have. The server looks at its password before. */
const ACCEPTED_CODES = ['ER_TOO_MANY_USER_CONNECTIONS', 'ER_USER_LIMIT_REACHED'];

/** Session of one user, over verified TLS. */
export class MysqlSession {
  public static async open(
    { host, port }: SetupProperties,
    { user, password }: Account,
    { signal }: Run,
  ): Promise<MysqlSession> {
    const connection = await createConnection({
      host,
      port: Number(port),
      user,
      password,
      ssl: { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' },
      connectTimeout: CONNECT_TIMEOUT_MS,
      authPlugins: { mysql_clear_password: () => refuseClearPassword },
    }).catch((error: unknown) => {
      throw ACCEPTED_CODES.includes(codeOf(error)) ? afterAcceptance(error) : error;
    });
    connection.on('error', () => undefined);
    signal.addEventListener('abort', () => connection.destroy(), { once: true });
    const session = new MysqlSession(connection);
    await session.run('SET lock_wait_timeout', `SET SESSION lock_wait_timeout = ${LOCK_TIMEOUT_S}`);
    await session.run('SET sql_mode', `SET SESSION sql_mode = '${SQL_MODE}'`);
    return session;
  }

  private constructor(private readonly connection: Connection) {}

  /** Runs a statement. Its kind stands in an error instead of the statement. */
  public async run(kind: string, sql: string): Promise<void> {
    await this.rows(kind, sql);
  }

  public async rows<T extends object>(kind: string, sql: string, values: readonly unknown[] = []): Promise<T[]> {
    try {
      const [rows] = await this.connection.query({ sql, values: [...values], timeout: STATEMENT_TIMEOUT_MS });
      return rows as Array<T & RowDataPacket>;
    } catch (error) {
      throw new SetupError(`${kind}: ${messageOf(error)}`);
    }
  }

  public async close(): Promise<void> {
    await this.connection.end().catch(() => undefined);
  }
}

/** A server that asks for the password in clear gets none. */
function refuseClearPassword(): never {
  throw new Error('the server asks for the password in clear, which is refused');
}
