import { cloneOf } from './user-names';
import { MYSQL_RIGHTS, POSTGRES_RIGHTS } from './user-rights';

/** User that the statements create. */
export interface BootstrapUser {
  /** Name of the user, which also names psql's variable with the password: `application_password`. */
  readonly userName: string;
  /** Rights of the user. */
  readonly access: 'OWNER' | 'READ_WRITE' | 'READ_ONLY';
  /** True if the user signs in with a password, and false with IAM authentication. */
  readonly password: boolean;
}

/** Identifier that may be a reserved word. */
function quoted(name: string): string {
  return `"${name}"`;
}

/**
 * Statements that create the users in PostgreSQL.
 *
 * The owner owns what migrations create. The others read and write rows, also of later tables.
 * A rotation creates the second user as a member of the first, with the same rights. The owner's second user exists
 * beforehand and acts as the owner, so that each may alter the tables of the other.
 */
export function postgresUsersSql(databaseName: string, extensions: string[], users: BootstrapUser[]): string {
  const owner = users.find(({ access }) => access === 'OWNER');
  const withoutPassword = owner?.password === false;
  return [
    // A member of an owner with rds_iam could not sign in with a password. No session sees the master user as one.
    ...(withoutPassword ? ['BEGIN;'] : []),
    ...['pgaudit', 'pg_stat_statements', ...extensions].map(
      (name) => `CREATE EXTENSION IF NOT EXISTS ${quoted(name)};`,
    ),
    ...users.flatMap(postgresRole),
    `REVOKE ALL ON DATABASE ${quoted(databaseName)} FROM PUBLIC;`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
    // Where the master user does not own them, the server warns and changes nothing.
    'REVOKE TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;',
    ...(owner === undefined ? [] : ownerRights(owner, databaseName)),
    ...users
      .filter(({ access }) => access !== 'OWNER')
      .flatMap((user) => rowRights(user, databaseName, owner?.userName)),
    ...(withoutPassword ? [`REVOKE ${quoted(owner.userName)} FROM CURRENT_USER;`, 'COMMIT;'] : []),
    '',
  ].join('\n');
}

function postgresRole({ userName, password }: BootstrapUser): string[] {
  const user = quoted(userName);
  return password
    ? [`CREATE ROLE ${user} LOGIN PASSWORD :'${userName}_password';`]
    : [`CREATE ROLE ${user} LOGIN;`, `GRANT rds_iam TO ${user};`];
}

function ownerRights({ userName, password }: BootstrapUser, databaseName: string): string[] {
  const [owner, clone] = [userName, cloneOf(userName)].map(quoted);
  return [
    `GRANT ${owner} TO CURRENT_USER;`,
    ...(password
      ? [
        `CREATE ROLE ${clone} LOGIN IN ROLE ${owner};`,
        `ALTER ROLE ${clone} SET role = '${userName}';`,
      ]
      : []),
    `GRANT ${POSTGRES_RIGHTS.DATABASE.OWNER.join(', ')} ON DATABASE ${quoted(databaseName)} TO ${owner};`,
    `GRANT USAGE, CREATE ON SCHEMA public TO ${owner};`,
    // A routine of the owner may run with its rights, and everybody may run it by default.
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE EXECUTE ON ROUTINES FROM PUBLIC;`,
  ];
}

/** Rights to rows of today's tables, and to those that the owner or the master user creates later. */
function rowRights({ userName, access }: BootstrapUser, databaseName: string, owner?: string): string[] {
  const user = quoted(userName);
  const creators = ['', ...(owner === undefined ? [] : [` FOR ROLE ${quoted(owner)}`])];
  const rights = (kind: keyof typeof POSTGRES_RIGHTS): string => POSTGRES_RIGHTS[kind][access].join(', ');
  return [
    `GRANT ${rights('DATABASE')} ON DATABASE ${quoted(databaseName)} TO ${user};`,
    `GRANT ${rights('SCHEMAS')} ON SCHEMA public TO ${user};`,
    `GRANT ${rights('TABLES')} ON ALL TABLES IN SCHEMA public TO ${user};`,
    `GRANT ${rights('SEQUENCES')} ON ALL SEQUENCES IN SCHEMA public TO ${user};`,
    ...creators.flatMap((creator) =>
      (['SCHEMAS', 'TABLES', 'SEQUENCES', 'ROUTINES'] as const)
        .filter((kind) => rights(kind) !== '')
        .map((kind) => `ALTER DEFAULT PRIVILEGES${creator} GRANT ${rights(kind)} ON ${kind} TO ${user};`),
    ),
  ];
}

/** Statements that create the users in MySQL. A password replaces `:application_password`, named after its user. */
export function mysqlUsersSql(databaseName: string, users: BootstrapUser[]): string {
  return [
    ...users.flatMap(({ userName, access, password }) => [
      password
        ? `CREATE USER '${userName}'@'%' IDENTIFIED BY ':${userName}_password' REQUIRE SSL;`
        : `CREATE USER '${userName}'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;`,
      `GRANT ${MYSQL_RIGHTS[access].join(', ')} ON \`${databaseName}\`.* TO '${userName}'@'%';`,
    ]),
    '',
  ].join('\n');
}
