/** Default TCP port of PostgreSQL. Source: requirement A-25. */
export const POSTGRES_PORT = 5432;

/** Default TCP port of MySQL. Source: requirement C-13. */
export const MYSQL_PORT = 3306;
