import type { Guarantee, ParameterRules, Parameters } from './parameter-rules';
import { QueryText } from './query-text';

/**
 * Parameters that applications commonly set, with the ranges of the MySQL 8 manual.
 *
 * No test compares them with a server. `parameterGroup.addParameter` sets others.
 */
const KNOWN: Parameters = {
  binlog_format: 'enum ROW,STATEMENT,MIXED,OFF',
  character_set_server: 'string',
  collation_server: 'string',
  connect_timeout: 'integer 2..31536000 s',
  event_scheduler: 'enum ON,OFF,DISABLED,1,0',
  explicit_defaults_for_timestamp: 'bool',
  general_log: 'bool',
  group_concat_max_len: 'integer 4..1844674407370954752',
  innodb_buffer_pool_size: 'integer 5242880..9223372036854775807',
  innodb_lock_wait_timeout: 'integer 1..1073741824 s',
  innodb_print_all_deadlocks: 'bool',
  interactive_timeout: 'integer 1..31536000 s',
  local_infile: 'bool',
  lock_wait_timeout: 'integer 1..31536000 s',
  log_bin_trust_function_creators: 'bool',
  log_output: 'enum FILE,TABLE,NONE',
  log_queries_not_using_indexes: 'bool',
  long_query_time: 'real 0..31536000 s',
  lower_case_table_names: 'integer 0..1',
  max_allowed_packet: 'integer 1024..1073741824',
  max_connections: 'integer 1..100000',
  max_execution_time: 'integer 0..4294967295 ms',
  max_heap_table_size: 'integer 16384..1844674407370954752',
  net_read_timeout: 'integer 1..31536000 s',
  net_write_timeout: 'integer 1..31536000 s',
  performance_schema: 'bool',
  require_secure_transport: 'bool',
  server_audit_events: 'string',
  server_audit_excl_users: 'string',
  server_audit_incl_users: 'string',
  server_audit_logging: 'bool',
  server_audit_logs_upload: 'bool',
  slow_query_log: 'bool',
  sort_buffer_size: 'integer 32768..18446744073709551615',
  sql_mode: 'string',
  time_zone: 'string',
  tls_version: 'string',
  tmp_table_size: 'integer 1024..18446744073709551615',
  transaction_isolation: 'enum READ-UNCOMMITTED,READ-COMMITTED,REPEATABLE-READ,SERIALIZABLE',
  wait_timeout: 'integer 1..31536000 s',
};

const on = (value: string): boolean => ['1', 'on', 'true'].includes(value.toLowerCase());
const off = (value: string): boolean => !on(value);
const words = (value: string): string[] =>
  value
    .toUpperCase()
    .split(',')
    .map((word) => word.trim());
const AUDITED = ['CONNECT', 'QUERY_DDL', 'QUERY_DCL'];
const NO_QUERY_TEXT = 'the log holds no more text of queries than queryText allows (requirement A-31)';

/**
 * Parameters of MySQL. Aurora audits by parameters, an instance by its option group.
 *
 * An instance writes a binary log for its backups, and Aurora where `binlog_format` says so.
 */
export function mysqlRules(
  version: string,
  aurora: boolean,
  queryText: QueryText,
  given: Parameters = {},
): ParameterRules {
  const slow = queryText === QueryText.SLOW;
  const { binlog_format: binlog = aurora ? 'OFF' : 'MIXED' } = given;
  return {
    engine: `${aurora ? 'Aurora MySQL' : 'MySQL'} ${version}`,
    known: KNOWN,
    defaults: {
      require_secure_transport: aurora ? 'ON' : '1',
      tls_version: 'TLSv1.2,TLSv1.3',
      local_infile: '0',
      innodb_print_all_deadlocks: queryText === QueryText.NEVER ? '0' : '1',
      general_log: '0',
      log_output: 'FILE',
      slow_query_log: slow ? '1' : '0',
      ...(slow && { long_query_time: '1' }),
      // The owner of the schema is no administrator, and MySQL refuses its functions and triggers with a binary log.
      ...(binlog !== 'OFF' && { log_bin_trust_function_creators: '1' }),
      ...(aurora && {
        server_audit_logging: '1',
        server_audit_logs_upload: '1',
        server_audit_events: AUDITED.join(','),
      }),
    },
    guarantees: [...GUARANTEES, ...GUARANTEES_OF[queryText]],
  };
}

const GUARANTEES: Guarantee[] = [
  { parameter: 'require_secure_transport', holds: on, promise: 'every connection is encrypted (requirement C-09)' },
  {
    parameter: 'tls_version',
    holds: (value) => value.split(',').every((version) => ['TLSv1.2', 'TLSv1.3'].includes(version)),
    promise: 'TLS is 1.2 or later',
  },
  { parameter: 'local_infile', holds: off, promise: 'no client can be made to send a file' },
  { parameter: 'server_audit_logging', holds: on, promise: 'connections are logged (requirement A-31)' },
  { parameter: 'server_audit_logs_upload', holds: on, promise: 'the audit reaches CloudWatch' },
  {
    parameter: 'server_audit_events',
    holds: (value) => AUDITED.every((word) => words(value).includes(word)),
    promise: `${AUDITED.join(', ')} are audited`,
  },
  { parameter: 'server_audit_excl_users', holds: (value) => value === '', promise: 'every user is audited' },
];

const silent = (parameter: string): Guarantee => ({ parameter, holds: off, promise: NO_QUERY_TEXT });

const GUARANTEES_IN_ERRORS: Guarantee[] = [
  silent('general_log'),
  silent('slow_query_log'),
  {
    parameter: 'server_audit_events',
    holds: (value) => words(value).every((word) => AUDITED.includes(word)),
    promise: NO_QUERY_TEXT,
  },
];

/** Conditions of each choice. MySQL writes statements to its logs without their passwords. */
const GUARANTEES_OF: { [choice in QueryText]: Guarantee[] } = {
  [QueryText.NEVER]: [silent('innodb_print_all_deadlocks'), ...GUARANTEES_IN_ERRORS],
  [QueryText.IN_ERRORS]: GUARANTEES_IN_ERRORS,
  [QueryText.SLOW]: [],
};

/** Option of a MySQL instance that audits the same events as the parameters of Aurora. */
export const AUDIT_OPTION = { name: 'MARIADB_AUDIT_PLUGIN', settings: { SERVER_AUDIT_EVENTS: AUDITED.join(',') } };
