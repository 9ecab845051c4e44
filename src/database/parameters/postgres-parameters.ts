import type { Guarantee, ParameterRules, Parameters } from './parameter-rules';
import { POSTGRES_SETTINGS } from './postgres-settings';
import { QueryText } from './query-text';

/** Parameters of RDS itself. */
export const RDS_PARAMETERS: Parameters = {
  'rds.accepted_password_auth_method': 'enum md5+scram,scram',
  'rds.allowed_extensions': 'string',
  'rds.force_autovacuum_logging_level':
    'enum disabled,debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic',
  'rds.force_ssl': 'bool',
  'rds.log_retention_period': 'integer 1440..10080 min',
  'rds.logical_replication': 'bool',
  'rds.restrict_password_commands': 'bool',
  'shared_preload_libraries': 'string',
};

/** Parameters of the extensions that are loaded at start. */
export const EXTENSION_PARAMETERS: Parameters = {
  'auto_explain.log_analyze': 'bool',
  'auto_explain.log_buffers': 'bool',
  'auto_explain.log_format': 'enum text,xml,json,yaml',
  'auto_explain.log_min_duration': 'integer -1..2147483647 ms',
  'auto_explain.log_nested_statements': 'bool',
  'auto_explain.log_timing': 'bool',
  'auto_explain.log_verbose': 'bool',
  'auto_explain.sample_rate': 'real 0..1',
  'pg_stat_statements.max': 'integer 100..1073741823',
  'pg_stat_statements.save': 'bool',
  'pg_stat_statements.track': 'enum none,top,all',
  'pg_stat_statements.track_planning': 'bool',
  'pg_stat_statements.track_utility': 'bool',
};

/** Parameters of pgaudit. */
export const AUDIT_PARAMETERS: Parameters = {
  'pgaudit.log': 'string',
  'pgaudit.log_catalog': 'bool',
  'pgaudit.log_client': 'bool',
  'pgaudit.log_level': 'enum debug5,debug4,debug3,debug2,debug1,info,notice,warning,log',
  'pgaudit.log_parameter': 'bool',
  'pgaudit.log_relation': 'bool',
  'pgaudit.log_rows': 'bool',
  'pgaudit.log_statement': 'bool',
  'pgaudit.log_statement_once': 'bool',
  'pgaudit.role': 'string',
};

/** Idle transactions hold locks and block vacuum. Five minutes exceed the duration of any request. */
const IDLE_IN_TRANSACTION_MS = '300000';

/** Parameters of PostgreSQL. Those that only RDS has begin with `rds.`. */
export function postgresRules(major: string, queryText: QueryText): ParameterRules {
  return {
    engine: `PostgreSQL ${major}`,
    known: { ...settingsOf(major), ...RDS_PARAMETERS, ...EXTENSION_PARAMETERS, ...AUDIT_PARAMETERS },
    defaults: {
      'rds.force_ssl': '1',
      'rds.accepted_password_auth_method': 'scram',
      'password_encryption': 'scram-sha-256',
      'shared_preload_libraries': 'pg_stat_statements,pgaudit',
      // Utility statements are kept as they were sent, with the password of each ALTER ROLE, in a view and on disk.
      'pg_stat_statements.track_utility': '0',
      'pgaudit.log': 'ddl,role',
      'log_connections': '1',
      'log_disconnections': '1',
      'log_lock_waits': '1',
      'log_temp_files': '0',
      'idle_in_transaction_session_timeout': IDLE_IN_TRANSACTION_MS,
      // `ddl` would log the password of each ALTER ROLE as it was sent. pgaudit logs the same statements without it.
      'log_statement': 'none',
      'log_min_duration_statement': queryText === QueryText.SLOW ? SLOW_MS : '-1',
      ...(queryText === QueryText.NEVER && WITHOUT_QUERY_TEXT),
    },
    guarantees: [...GUARANTEES, ...GUARANTEES_OF[queryText]],
  };
}

/** Duration from which `QueryText.SLOW` logs a statement. */
const SLOW_MS = '1000';
/** Shortest logged duration. A password is changed within a few milliseconds, and a logged statement shows it. */
const LONGER_THAN_A_PASSWORD_MS = 100;

/**
 * Parameters that keep the text of queries out of the log. Source: requirement A-31.
 *
 * By default, PostgreSQL logs the statement with each error, lock wait and temporary file, and values in error details.
 */
const WITHOUT_QUERY_TEXT: Parameters = {
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

const on = (value: string): boolean => !['0', 'off', 'false', ''].includes(value.toLowerCase());
const words = (value: string): string[] =>
  value
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());

const GUARANTEES: Guarantee[] = [
  { parameter: 'rds.force_ssl', holds: on, promise: 'every connection is encrypted (requirements A-04, E-12)' },
  {
    parameter: 'rds.accepted_password_auth_method',
    holds: (value) => value === 'scram',
    promise: 'passwords are scram',
  },
  { parameter: 'password_encryption', holds: (value) => value === 'scram-sha-256', promise: 'passwords are scram' },
  { parameter: 'log_connections', holds: on, promise: 'connections are logged (requirement A-31)' },
  { parameter: 'log_disconnections', holds: on, promise: 'disconnections are logged (requirement A-31)' },
  {
    parameter: 'shared_preload_libraries',
    holds: (value) => words(value).includes('pgaudit'),
    promise: 'pgaudit is loaded',
  },
  { parameter: 'synchronous_commit', holds: on, promise: 'what is committed survives a crash' },
  {
    parameter: 'pgaudit.log',
    holds: auditsSchemaAndRoles,
    promise: 'changes of schema and roles are audited (ddl and role)',
  },
];

const silent = (value: string): boolean => value === '-1';
const never = (value: string): boolean => Number(value) === 0;
const slow = (value: string): boolean => silent(value) || Number(value) >= LONGER_THAN_A_PASSWORD_MS;
const NO_PASSWORD = 'the log holds no password that somebody changes';
const NO_QUERY_TEXT = 'the log holds no more text of queries than queryText allows (requirement A-31)';

/** Conditions that hold whatever `queryText` is: rotations send passwords in statements. */
const GUARANTEES_WITHOUT_PASSWORDS: Guarantee[] = [
  {
    parameter: 'pg_stat_statements.track_utility',
    holds: (value) => !on(value),
    promise: 'pg_stat_statements keeps no password that somebody changes',
  },
  { parameter: 'log_statement', holds: (value) => value === 'none', promise: NO_PASSWORD },
  { parameter: 'log_min_duration_statement', holds: slow, promise: NO_PASSWORD },
  { parameter: 'log_min_duration_sample', holds: slow, promise: NO_PASSWORD },
  { parameter: 'log_transaction_sample_rate', holds: never, promise: NO_PASSWORD },
  ...['debug_print_parse', 'log_parser_stats', 'log_statement_stats'].map((parameter) => ({
    parameter,
    holds: (value: string) => !on(value),
    promise: NO_PASSWORD,
  })),
];

const GUARANTEES_IN_ERRORS: Guarantee[] = [
  { parameter: 'log_min_duration_statement', holds: silent, promise: NO_QUERY_TEXT },
  { parameter: 'log_min_duration_sample', holds: silent, promise: NO_QUERY_TEXT },
  { parameter: 'auto_explain.log_min_duration', holds: silent, promise: NO_QUERY_TEXT },
  {
    parameter: 'pgaudit.log',
    holds: (value) => words(value).every((word) => ['ddl', 'role'].includes(word)),
    promise: NO_QUERY_TEXT,
  },
  ...GUARANTEES_WITHOUT_PASSWORDS,
];

/** Conditions of each choice. The first broken one is reported. */
const GUARANTEES_OF: { [choice in QueryText]: Guarantee[] } = {
  [QueryText.NEVER]: [
    {
      parameter: 'log_min_error_statement',
      holds: (value) => ['panic', 'fatal'].includes(value),
      promise: NO_QUERY_TEXT,
    },
    { parameter: 'log_error_verbosity', holds: (value) => value === 'terse', promise: NO_QUERY_TEXT },
    ...GUARANTEES_IN_ERRORS,
  ],
  [QueryText.IN_ERRORS]: GUARANTEES_IN_ERRORS,
  [QueryText.SLOW]: GUARANTEES_WITHOUT_PASSWORDS,
};

function auditsSchemaAndRoles(value: string): boolean {
  const listed = words(value);
  return ['ddl', 'role'].every(
    (word) => (listed.includes(word) || listed.includes('all')) && !listed.includes(`-${word}`),
  );
}

/** Parameters of one major version, from the table of all versions. */
export function settingsOf(major: string): Parameters {
  const version = Number(major);
  const entries = Object.entries(POSTGRES_SETTINGS).flatMap(([name, spans]) =>
    spans.split(' | ').flatMap((span) => {
      const [, from, to, description] = /^(\d+)-(\d+) (.*)$/.exec(span)!;
      return version >= Number(from) && version <= Number(to) ? [[name, description]] : [];
    }),
  );
  return Object.fromEntries(entries) as Parameters;
}
