import type { DatabaseVariables } from '../credentials/database-variables';

/** Properties of a connection of a service by {@link HardenedDatabase.withUser}. None is required. */
export interface DatabaseConnectionOptions {
  /**
   * Database inside the server, which the service gets as `DB_NAME`.
   * It is `databaseName` of the server, or one of its `additionalDatabases`.
   * @default - `databaseName` of the server
   */
  readonly databaseName?: string;
  /**
   * Names of the environment variables. A second connection of one service requires other names.
   * @default - `DB_HOST`, `DB_PORT` and the others of DatabaseVariables
   */
  readonly variables?: DatabaseVariables;
}
