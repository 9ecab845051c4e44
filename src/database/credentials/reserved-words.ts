/** Engine whose words a name must not be. */
export type NamedEngine = 'postgres' | 'mysql';

/**
 * Reserved key words of PostgreSQL 15 to 18, also those that may be functions or types.
 *
 * Source: PostgreSQL documentation, appendix "SQL Key Words", and `pg_get_keywords()`, with which a test compares them.
 */
export const POSTGRES_WORDS = [
  'all', 'analyse', 'analyze', 'and', 'any', 'array', 'as', 'asc', 'asymmetric', 'authorization', 'binary', 'both',
  'case', 'cast', 'check', 'collate', 'collation', 'column', 'concurrently', 'constraint', 'create', 'cross',
  'current_catalog', 'current_date', 'current_role', 'current_schema', 'current_time', 'current_timestamp',
  'current_user', 'default', 'deferrable', 'desc', 'distinct', 'do', 'else', 'end', 'except', 'false', 'fetch', 'for',
  'foreign', 'freeze', 'from', 'full', 'grant', 'group', 'having', 'ilike', 'in', 'initially', 'inner', 'intersect',
  'into', 'is', 'isnull', 'join', 'lateral', 'leading', 'left', 'like', 'limit', 'localtime', 'localtimestamp',
  'natural', 'not', 'notnull', 'null', 'offset', 'on', 'only', 'or', 'order', 'outer', 'overlaps', 'placing',
  'primary', 'references', 'returning', 'right', 'select', 'session_user', 'similar', 'some', 'symmetric',
  'system_user', 'table', 'tablesample', 'then', 'to', 'trailing', 'true', 'union', 'unique', 'user', 'using',
  'variadic', 'verbose', 'when', 'where', 'window', 'with',
];

/**
 * Reserved words of MySQL 8.0 and 8.4.
 *
 * Source: MySQL 8.4 Reference Manual, "Keywords and Reserved Words". No test compares them with a server.
 */
const MYSQL_WORDS = [
  'accessible', 'add', 'all', 'alter', 'analyze', 'and', 'as', 'asc', 'asensitive', 'before', 'between', 'bigint',
  'binary', 'blob', 'both', 'by', 'call', 'cascade', 'case', 'change', 'char', 'character', 'check', 'collate',
  'column', 'condition', 'constraint', 'continue', 'convert', 'create', 'cross', 'cube', 'cume_dist', 'current_date',
  'current_time', 'current_timestamp', 'current_user', 'cursor', 'database', 'databases', 'day_hour',
  'day_microsecond', 'day_minute', 'day_second', 'dec', 'decimal', 'declare', 'default', 'delayed', 'delete',
  'dense_rank', 'desc', 'describe', 'deterministic', 'distinct', 'distinctrow', 'div', 'double', 'drop', 'dual',
  'each', 'else', 'elseif', 'empty', 'enclosed', 'escaped', 'except', 'exists', 'exit', 'explain', 'false', 'fetch',
  'first_value', 'float', 'float4', 'float8', 'for', 'force', 'foreign', 'from', 'fulltext', 'function', 'generated',
  'get', 'grant', 'group', 'grouping', 'groups', 'having', 'high_priority', 'hour_microsecond', 'hour_minute',
  'hour_second', 'if', 'ignore', 'in', 'index', 'infile', 'inner', 'inout', 'insensitive', 'insert', 'int', 'int1',
  'int2', 'int3', 'int4', 'int8', 'integer', 'intersect', 'interval', 'into', 'io_after_gtids', 'io_before_gtids',
  'is', 'iterate', 'join', 'json_table', 'key', 'keys', 'kill', 'lag', 'last_value', 'lateral', 'lead', 'leading',
  'leave', 'left', 'like', 'limit', 'linear', 'lines', 'load', 'localtime', 'localtimestamp', 'lock', 'long',
  'longblob', 'longtext', 'loop', 'low_priority', 'manual', 'master_bind', 'master_ssl_verify_server_cert', 'match',
  'maxvalue', 'mediumblob', 'mediumint', 'mediumtext', 'middleint', 'minute_microsecond', 'minute_second', 'mod',
  'modifies', 'natural', 'no_write_to_binlog', 'not', 'nth_value', 'ntile', 'null', 'numeric', 'of', 'on',
  'optimize', 'optimizer_costs', 'option', 'optionally', 'or', 'order', 'out', 'outer', 'outfile', 'over', 'parallel',
  'partition', 'percent_rank', 'precision', 'primary', 'procedure', 'purge', 'qualify', 'range', 'rank', 'read',
  'read_write', 'reads', 'real', 'recursive', 'references', 'regexp', 'release', 'rename', 'repeat', 'replace',
  'require', 'resignal', 'restrict', 'return', 'revoke', 'right', 'rlike', 'row', 'row_number', 'rows', 'schema',
  'schemas', 'second_microsecond', 'select', 'sensitive', 'separator', 'set', 'show', 'signal', 'smallint', 'spatial',
  'specific', 'sql', 'sql_big_result', 'sql_calc_found_rows', 'sql_small_result', 'sqlexception', 'sqlstate',
  'sqlwarning', 'ssl', 'starting', 'stored', 'straight_join', 'system', 'table', 'tablesample', 'terminated', 'then',
  'tinyblob', 'tinyint', 'tinytext', 'to', 'trailing', 'trigger', 'true', 'undo', 'union', 'unique', 'unlock',
  'unsigned', 'update', 'usage', 'use', 'using', 'utc_date', 'utc_time', 'utc_timestamp', 'values', 'varbinary',
  'varchar', 'varcharacter', 'varying', 'virtual', 'when', 'where', 'while', 'window', 'with', 'write', 'xor',
  'year_month', 'zerofill',
];

/** Databases that each engine has by itself. */
const TAKEN_DATABASES: { readonly [engine in NamedEngine]: string[] } = {
  postgres: ['postgres', 'rdsadmin', 'template0', 'template1'],
  mysql: ['information_schema', 'innodb', 'mysql', 'performance_schema', 'rdsadmin', 'sys'],
};
/** PostgreSQL's own schemas. */
const TAKEN_SCHEMAS = ['public', 'information_schema'];
const ENGINES: { readonly [engine in NamedEngine]: { readonly name: string; readonly words: string[] } } = {
  postgres: { name: 'PostgreSQL', words: POSTGRES_WORDS },
  mysql: { name: 'MySQL', words: MYSQL_WORDS },
};
/** Names of databases and schemas, which need no quotes. */
const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Names that may be given to something in a server. */
export interface AllowedNames {
  /** Decides on a name. */
  readonly allows: (name: string) => boolean;
  /** Names in words, for errors. */
  readonly expected: string;
}

/**
 * Names of databases. RDS refuses a word that the engine reserves.
 *
 * Source: Amazon RDS API Reference, "CreateDBInstance", DBName.
 */
export function databaseNames(engine: NamedEngine): AllowedNames {
  return allowed(engine, TAKEN_DATABASES[engine]);
}

/** Names of schemas of PostgreSQL. */
export function schemaNames(): AllowedNames {
  return allowed('postgres', TAKEN_SCHEMAS);
}

function allowed(engine: NamedEngine, taken: string[]): AllowedNames {
  const { name: engineName, words } = ENGINES[engine];
  return {
    allows: (name) =>
      NAME.test(name) && !name.startsWith('pg_') && !taken.includes(name) && !words.includes(name),
    expected:
      'a lower-case letter, then letters, digits and _, at most 63 characters, ' +
      `none of ${taken.join(', ')}, and no word that ${engineName} reserves`,
  };
}
