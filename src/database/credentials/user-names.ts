/** Name of the master user: neither `admin` nor `postgres`, which attackers try first (RDS.24, RDS.25). */
export const MASTER_USER = 'dbadmin';

/** Names that the application's user must not have. */
export const RESERVED_USERS = [MASTER_USER, 'admin', 'postgres', 'root', 'rdsadmin', 'user', 'public', 'rds_iam'];

/** Name of the read-only user of dry runs of migrations. */
export const PLAN_USER = 'migration_plan';
