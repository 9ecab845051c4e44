/** Names of the environment variables that a service gets from a database. All of them are optional. */
export interface DatabaseVariables {
  /**
   * Variable with the host for reads and writes.
   * @default 'DB_HOST'
   */
  readonly host?: string;
  /**
   * Variable with the host for reads, where there are replicas or readers.
   * @default 'DB_READ_HOST'
   */
  readonly readHost?: string;
  /**
   * Variable with the port.
   * @default 'DB_PORT'
   */
  readonly port?: string;
  /**
   * Variable with the name of the database.
   * @default 'DB_NAME'
   */
  readonly databaseName?: string;
  /**
   * Variable with the user name.
   * @default 'DB_USERNAME'
   */
  readonly userName?: string;
  /**
   * Variable with the password.
   * @default 'DB_PASSWORD'
   */
  readonly password?: string;
  /**
   * Variable with the TLS mode: `verify-full` for PostgreSQL, `VERIFY_IDENTITY` for MySQL.
   * @default 'DB_SSL_MODE'
   */
  readonly sslMode?: string;
  /**
   * Variable with the path of the certificate bundle in the container.
   * @default 'DB_SSL_ROOT_CERT'
   */
  readonly sslRootCert?: string;
  /**
   * Variable with the root certificates of RDS in the region, as PEM text for clients that take text.
   * @default 'DB_SSL_CA'
   */
  readonly sslCa?: string;
  /**
   * Variable with the size of the pool, where the connection states one.
   * @default 'DB_POOL_SIZE'
   */
  readonly poolSize?: string;
}

const DEFAULT_VARIABLES: Required<DatabaseVariables> = {
  host: 'DB_HOST',
  readHost: 'DB_READ_HOST',
  port: 'DB_PORT',
  databaseName: 'DB_NAME',
  userName: 'DB_USERNAME',
  password: 'DB_PASSWORD',
  sslMode: 'DB_SSL_MODE',
  sslRootCert: 'DB_SSL_ROOT_CERT',
  sslCa: 'DB_SSL_CA',
  poolSize: 'DB_POOL_SIZE',
};

/** Names with the default of each that is not given. */
export function variableNames(names: DatabaseVariables): Required<DatabaseVariables> {
  const given = Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
  return { ...DEFAULT_VARIABLES, ...given };
}
