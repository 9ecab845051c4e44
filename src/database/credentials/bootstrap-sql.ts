/**
 * Statements that create the application's user in PostgreSQL.
 *
 * The user reads and writes rows. Tables belong to the master user, who migrates.
 * A table of one alternating user could not be changed by the other.
 * The rotation creates the second user as a member of the first, with the same rights.
 */
export function applicationUserSql(userName: string, databaseName: string, withPassword: boolean): string {
  return [
    'CREATE EXTENSION IF NOT EXISTS pgaudit;',
    'CREATE EXTENSION IF NOT EXISTS pg_stat_statements;',
    withPassword
      ? `CREATE ROLE ${userName} LOGIN PASSWORD :'application_password';`
      : `CREATE ROLE ${userName} LOGIN;\nGRANT rds_iam TO ${userName};`,
    `REVOKE ALL ON DATABASE ${databaseName} FROM PUBLIC;`,
    `GRANT CONNECT, TEMPORARY ON DATABASE ${databaseName} TO ${userName};`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
    `GRANT USAGE ON SCHEMA public TO ${userName};`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${userName};`,
    `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${userName};`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${userName};`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${userName};`,
    '',
  ].join('\n');
}

/** Statements that create the application's user in MySQL. The password replaces `:application_password`. */
export function mysqlApplicationUserSql(userName: string, databaseName: string, withPassword: boolean): string {
  return [
    withPassword
      ? `CREATE USER '${userName}'@'%' IDENTIFIED BY ':application_password' REQUIRE SSL;`
      : `CREATE USER '${userName}'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;`,
    'GRANT SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES, EXECUTE ' +
      `ON \`${databaseName}\`.* TO '${userName}'@'%';`,
    '',
  ].join('\n');
}
