/**
 * The application reads and writes rows. Tables belong to the master user, who migrates: a table made by one of two alternating users
 * could not be changed by the other. The second user is made by the rotation, as a member of the first, and so has its rights.
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

/** The same for MySQL, where the password stands in the statement: it is put in the place of `:application_password`. */
export function mysqlApplicationUserSql(userName: string, databaseName: string, withPassword: boolean): string {
  return [
    withPassword
      ? `CREATE USER '${userName}'@'%' IDENTIFIED BY ':application_password' REQUIRE SSL;`
      : `CREATE USER '${userName}'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;`,
    `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES, EXECUTE ON \`${databaseName}\`.* TO '${userName}'@'%';`,
    '',
  ].join('\n');
}
