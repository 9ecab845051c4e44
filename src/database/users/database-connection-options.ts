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
  /**
   * Most connections that each task opens, 1 to 10000, which the service gets as `DB_POOL_SIZE`.
   *
   * Synthesis warns where the pools of all services exceed the connections of the server, because a deployment runs
   * twice the tasks.
   * @default - no variable: the application decides, and its connections are not counted
   */
  readonly poolSize?: number;
}
