/** Names of the environment variables that a service gets from a cache. All of them are optional. */
export interface CacheVariables {
  /**
   * Variable with the host for reads and writes.
   * @default 'REDIS_HOST'
   */
  readonly host?: string;
  /**
   * Variable with the port.
   * @default 'REDIS_PORT'
   */
  readonly port?: string;
  /**
   * Variable with the host for reads, where there are replicas.
   * @default 'REDIS_READ_HOST'
   */
  readonly readHost?: string;
  /**
   * Variable with the port for reads, where there are replicas.
   * @default 'REDIS_READ_PORT'
   */
  readonly readPort?: string;
  /**
   * Variable with the user name.
   * @default 'REDIS_USERNAME'
   */
  readonly userName?: string;
  /**
   * Variable with the password. There is none with IAM authentication.
   * @default 'REDIS_PASSWORD'
   */
  readonly password?: string;
  /**
   * Variable that says `true`: clients connect with TLS.
   * @default 'REDIS_TLS'
   */
  readonly tls?: string;
  /**
   * Variable that says `true` for clients in cluster mode, as of a serverless cache, else `false`.
   * @default 'REDIS_CLUSTER_MODE'
   */
  readonly clusterMode?: string;
  /**
   * Variable with the name of the cache, which clients with IAM authentication sign.
   * @default 'REDIS_CACHE_NAME'
   */
  readonly cacheName?: string;
}

const DEFAULT_VARIABLES: Required<CacheVariables> = {
  host: 'REDIS_HOST',
  port: 'REDIS_PORT',
  readHost: 'REDIS_READ_HOST',
  readPort: 'REDIS_READ_PORT',
  userName: 'REDIS_USERNAME',
  password: 'REDIS_PASSWORD',
  tls: 'REDIS_TLS',
  clusterMode: 'REDIS_CLUSTER_MODE',
  cacheName: 'REDIS_CACHE_NAME',
};

/** Names with the default of each that is not given. */
export function cacheVariableNames(names: CacheVariables): Required<CacheVariables> {
  const given = Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
  return { ...DEFAULT_VARIABLES, ...given };
}
