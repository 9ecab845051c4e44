import { MYSQL_PORT, POSTGRES_PORT } from '../contracts/database-ports';

/** Default TCP port of Redis and Valkey. */
const REDIS_PORT = 6379;

/** TCP ports of the data tier unless a prop names others. */
export const DEFAULT_DATA_PORTS: readonly number[] = [POSTGRES_PORT, MYSQL_PORT, REDIS_PORT];
