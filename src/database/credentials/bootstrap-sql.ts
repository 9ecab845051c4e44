import { cloneOf } from './user-names';

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

/** Rights to rows, by access. */
const ROWS = { OWNER: '', READ_WRITE: 'SELECT, INSERT, UPDATE, DELETE', READ_ONLY: 'SELECT' };
const SEQUENCES = { OWNER: '', READ_WRITE: 'USAGE, SELECT', READ_ONLY: 'SELECT' };

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
    `GRANT ALL ON DATABASE ${quoted(databaseName)} TO ${owner};`,
    `GRANT ALL ON SCHEMA public TO ${owner};`,
  ];
}

/** Rights to rows of today's tables, and to those that the owner or the master user creates later. */
function rowRights({ userName, access }: BootstrapUser, databaseName: string, owner?: string): string[] {
  const user = quoted(userName);
  const temporary = access === 'READ_WRITE' ? ', TEMPORARY' : '';
  const creators = ['', ...(owner === undefined ? [] : [` FOR ROLE ${quoted(owner)}`])];
  return [
    `GRANT CONNECT${temporary} ON DATABASE ${quoted(databaseName)} TO ${user};`,
    `GRANT USAGE ON SCHEMA public TO ${user};`,
    `GRANT ${ROWS[access]} ON ALL TABLES IN SCHEMA public TO ${user};`,
    `GRANT ${SEQUENCES[access]} ON ALL SEQUENCES IN SCHEMA public TO ${user};`,
    ...creators.flatMap((creator) => [
      `ALTER DEFAULT PRIVILEGES${creator} GRANT USAGE ON SCHEMAS TO ${user};`,
      `ALTER DEFAULT PRIVILEGES${creator} GRANT ${ROWS[access]} ON TABLES TO ${user};`,
      `ALTER DEFAULT PRIVILEGES${creator} GRANT ${SEQUENCES[access]} ON SEQUENCES TO ${user};`,
    ]),
  ];
}

/** Rights to a database of MySQL, by access. */
const MYSQL_RIGHTS = {
  OWNER:
    'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER, CREATE VIEW, SHOW VIEW, ' +
    'CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT, CREATE TEMPORARY TABLES, LOCK TABLES',
  READ_WRITE: 'SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES, EXECUTE',
  READ_ONLY: 'SELECT, SHOW VIEW',
};

/** Statements that create the users in MySQL. A password replaces `:application_password`, named after its user. */
export function mysqlUsersSql(databaseName: string, users: BootstrapUser[]): string {
  return [
    ...users.flatMap(({ userName, access, password }) => [
      password
        ? `CREATE USER '${userName}'@'%' IDENTIFIED BY ':${userName}_password' REQUIRE SSL;`
        : `CREATE USER '${userName}'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;`,
      `GRANT ${MYSQL_RIGHTS[access]} ON \`${databaseName}\`.* TO '${userName}'@'%';`,
    ]),
    '',
  ].join('\n');
}
