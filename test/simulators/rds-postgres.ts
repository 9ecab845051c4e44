import { PostgresServer, type PostgresServerOptions } from './postgres-server';

/** Master user of the emulated server. It is no superuser, as on RDS. */
export const MASTER = { username: 'dbadmin', password: 'the-password-of-the-master' };
export const DATABASE = 'application';

const EXTENSIONS = ['pgaudit', 'pg_stat_statements', 'pg_cron', 'pgcrypto', 'vector'];

/**
 * A PostgreSQL server with the roles of RDS and a database of the master user.
 *
 * The master user creates roles and databases, and extensions by the rights of the server. Every statement is logged.
 */
export async function startRdsPostgres(major: string, options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const server = await PostgresServer.start(major, {
    forceTls: true,
    trustedExtensions: EXTENSIONS,
    ...options,
    parameters: { shared_preload_libraries: 'pg_stat_statements', log_statement: 'all', ...options.parameters },
  });
  // In PostgreSQL 16 and later, a role may only give what it may administrate.
  const administrates =
    Number(major) >= 16 ? 'GRANT rds_iam TO dbadmin WITH ADMIN OPTION, INHERIT FALSE, SET FALSE' : 'SELECT';
  await server.query(
    `
    CREATE ROLE rds_iam;
    CREATE ROLE rds_superuser;
    CREATE ROLE dbadmin LOGIN CREATEROLE CREATEDB PASSWORD '${MASTER.password}';
    GRANT rds_superuser TO dbadmin;
    ${administrates}`,
    { options: '-c log_statement=none' },
  );
  await server.query(`CREATE DATABASE ${DATABASE} OWNER dbadmin`);
  return server;
}
