import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAcceptance, codeOf, messageOf, SetupError } from '../failure';
import type { SetupProperties } from '../properties';
import type { Run } from '../run';
import type { Account } from '../secrets';
import { ScramOnly } from './scram-only';

/** A session waits shortly for the lock of a table, because whoever comes after it waits as well. */
const LOCK_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 120_000;
const CONNECT_TIMEOUT_MS = 15_000;
/** No function runs longer. A session that it left behind holds no lock after this time. */
const TRANSACTION_TIMEOUT_MS = 300_000;
const ATTEMPTS = 4;
const PAUSE_MS = 2000;
/** Deadlock, serialization failure, lock timeout, object in use. */
const REPEATABLE_CODES = ['40P01', '40001', '55P03', '55006'];

/**
 * Names are looked up in the system's catalog alone. A function or an operator in another schema, made by a user of the
 * database, would run with the rights of the master user otherwise.
 */
const SEARCH_PATH = '-c search_path=pg_catalog,pg_temp';
/** Whatever a server, a database or the master user has as a default. */
const WRITABLE = '-c default_transaction_read_only=off -c idle_session_timeout=0';
/** It would end the transaction of the lock. PostgreSQL knows it since 17. */
const NO_TRANSACTION_TIMEOUT = `
  SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'`;

/** Error of a statement, with the words of the server. */
class StatementError extends SetupError {
  public constructor(
    kind: string,
    public readonly original: unknown,
  ) {
    super(`${kind}: ${messageOf(original)}`);
  }
}

/** Session of one user in one database, over verified TLS. */
export class PostgresSession {
  public static async open(
    { host, port }: SetupProperties,
    { user, password }: Account,
    database: string,
    { signal }: Run,
    lockTimeoutMs = LOCK_TIMEOUT_MS,
  ): Promise<PostgresSession> {
    const scram = new ScramOnly(password);
    const client = new Client({
      host,
      port: Number(port),
      user,
      password: scram.password,
      database,
      options: `${SEARCH_PATH} ${WRITABLE}`,
      ssl: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: lockTimeoutMs,
      idle_in_transaction_session_timeout: TRANSACTION_TIMEOUT_MS,
      application_name: 'database-setup',
    });
    client.on('error', () => undefined);
    signal.addEventListener('abort', () => void client.end().catch(() => undefined), { once: true });
    scram.watch(client.connection);
    try {
      await client.connect();
    } catch (error) {
      throw scram.accepted ? afterAcceptance(error) : error;
    }
    const session = new PostgresSession(client);
    try {
      scram.check();
      await session.run('SET transaction_timeout', NO_TRANSACTION_TIMEOUT);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  private constructor(private readonly client: Client) {}

  /** Runs a statement. Its kind stands in an error instead of the statement. */
  public async run(kind: string, sql: string): Promise<void> {
    await this.rows(kind, sql);
  }

  public async rows<T extends object>(kind: string, sql: string, values: unknown[] = []): Promise<T[]> {
    try {
      return (await this.client.query<T>(sql, values)).rows;
    } catch (error) {
      throw new StatementError(kind, error);
    }
  }

  /** Does everything or nothing, and repeats what a concurrent session disturbed. */
  public async transaction(work: () => Promise<void>): Promise<void> {
    await this.repeatedly(async () => this.once(work));
  }

  /** Does everything or nothing, once. */
  public async once(work: () => Promise<void>): Promise<void> {
    await this.run('BEGIN', 'BEGIN');
    try {
      await work();
      await this.run('COMMIT', 'COMMIT');
    } catch (error) {
      await this.rollBack();
      throw error;
    }
  }

  public async rollBack(): Promise<void> {
    await this.client.query('ROLLBACK').catch(() => undefined);
  }

  /** Repeats work that fails because of a concurrent session. */
  public async repeatedly(work: () => Promise<void>, { except }: { readonly except?: string } = {}): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === ATTEMPTS || !isRepeatable(error) || serverCodeOf(error) === except) {
          throw error;
        }
        await sleep(PAUSE_MS);
      }
    }
  }

  public async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}

/** True if a concurrent session disturbed the statement, so that it may pass later. */
export function isRepeatable(error: unknown): boolean {
  const disturbed = error instanceof StatementError && /tuple concurrently/.test(error.message);
  return disturbed || REPEATABLE_CODES.includes(serverCodeOf(error));
}

/** Code that the server gave to a statement that failed. Empty for any other error. */
export function serverCodeOf(error: unknown): string {
  return error instanceof StatementError ? codeOf(error.original) : '';
}
