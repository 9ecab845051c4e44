import type { EnvironmentProfile } from '../../environment';

/** Text of queries in the log of a database. */
export enum QueryText {
  /**
   * No text and no values of any query. Source: requirement A-31.
   *
   * In an incident, the log names a deadlock, a wait for a lock or a violated constraint, and not the statement.
   */
  NEVER = 'NEVER',
  /**
   * Text of statements that fail, wait for a lock, end in a deadlock or, in PostgreSQL, spill to disk.
   *
   * The details may hold values of rows. MySQL logs the statements of deadlocks alone.
   */
  IN_ERRORS = 'IN_ERRORS',
  /**
   * As `IN_ERRORS`, and the text of each statement that takes a second or longer.
   *
   * In PostgreSQL the text holds the statement's literals, and parameters of prepared statements.
   */
  SLOW = 'SLOW',
}

/** Choice of an environment for databases that leave it open. */
export function defaultQueryText({ queryLogging }: EnvironmentProfile): QueryText {
  return queryLogging ? QueryText.SLOW : QueryText.NEVER;
}
