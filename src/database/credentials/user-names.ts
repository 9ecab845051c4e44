import { Token } from 'aws-cdk-lib';
import { POSTGRES_WORDS } from './reserved-words';

/** Name of the master user: neither `admin` nor `postgres`, which attackers try first (RDS.24, RDS.25). */
export const MASTER_USER = 'dbadmin';

/** Name of the read-only user of dry runs of migrations. */
export const PLAN_USER = 'migration_plan';

/** Names that no other user must have. RDS has users and roles of its own, and PostgreSQL two that are none. */
const RESERVED_USERS = [MASTER_USER, 'admin', 'postgres', 'root', 'public', 'none', PLAN_USER];

/** Names of RDS: `rdsadmin`, `rds_iam`, `rds_superuser`, `rdsrepladmin`, `rdsproxyadmin`. PostgreSQL's own: `pg_`. */
const RESERVED_PREFIXES = /^(rds_|rds\w*admin$|rdstopmgr$|pg_)/;

/** Names of users, which need no quotes. */
const NAME = /^[a-z][a-z0-9_]*$/;
/** The rotation adds `_clone` to it, and MySQL allows 32 characters. */
const MOST_CHARACTERS = 26;

/** Names that {@link isUserName} accepts, for errors. */
export const USER_NAMES =
  `a lower-case letter, then letters, digits and _, at most ${MOST_CHARACTERS} characters, ` +
  `none of ${RESERVED_USERS.join(', ')}, no name of RDS (rds_, rdsadmin), and no word that PostgreSQL reserves`;

/**
 * True for a name that a user may have in PostgreSQL and MySQL.
 *
 * MySQL reserves no word for users. PostgreSQL's are refused there as well, so that a name suits both.
 */
export function isUserName(name: string): boolean {
  return (
    NAME.test(name) &&
    name.length <= MOST_CHARACTERS &&
    !RESERVED_PREFIXES.test(name) &&
    ![...RESERVED_USERS, ...POSTGRES_WORDS].includes(name)
  );
}

/** Name of the second user, with which the rotation alternates. */
export function cloneOf(userName: string): string {
  return `${userName}_clone`;
}

/** Names by default of the users that each database has, by the construct ids that deployed stacks have. */
export const DEFAULT_USERS = { Application: 'application', Owner: 'owner' };

/**
 * Construct id of one of these users. A name of its own makes an id of its own.
 *
 * CloudFormation would give the same secret another password otherwise, and tasks that run are locked out after a
 * failed deployment. A name that is not known at synthesis can't be part of an id.
 */
export function idOfUser(id: keyof typeof DEFAULT_USERS, userName: string): string {
  return userName === DEFAULT_USERS[id] || Token.isUnresolved(userName) ? id : `${id}-${userName}`;
}
