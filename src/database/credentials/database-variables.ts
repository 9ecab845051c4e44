/** Names of the environment variables that a service gets from a database. What is left out keeps its name. */
export interface DatabaseVariables {
  /**
   * Variable that holds the address for reads and writes.
   * @default 'DB_HOST'
   */
  readonly host?: string;
  /**
   * Variable that holds the address for reads, where there are readers.
   * @default 'DB_READ_HOST'
   */
  readonly readHost?: string;
  /**
   * Variable that holds the port.
   * @default 'DB_PORT'
   */
  readonly port?: string;
  /**
   * Variable that holds the name of the database.
   * @default 'DB_NAME'
   */
  readonly databaseName?: string;
  /**
   * Variable that holds the user.
   * @default 'DB_USERNAME'
   */
  readonly userName?: string;
  /**
   * Variable that holds the password.
   * @default 'DB_PASSWORD'
   */
  readonly password?: string;
  /**
   * Variable that says how the connection is encrypted: `verify-full` for PostgreSQL, `VERIFY_IDENTITY` for MySQL.
   * @default 'DB_SSL_MODE'
   */
  readonly sslMode?: string;
  /**
   * Variable that holds the path of the bundle of certificate authorities in the container.
   * @default 'DB_SSL_ROOT_CERT'
   */
  readonly sslRootCert?: string;
}

export const DEFAULT_VARIABLES: Required<DatabaseVariables> = {
  host: 'DB_HOST',
  readHost: 'DB_READ_HOST',
  port: 'DB_PORT',
  databaseName: 'DB_NAME',
  userName: 'DB_USERNAME',
  password: 'DB_PASSWORD',
  sslMode: 'DB_SSL_MODE',
  sslRootCert: 'DB_SSL_ROOT_CERT',
};
