import type { PostgresServer } from '../simulators/postgres-server';

/** A row of pg_settings. */
export interface Setting {
  readonly name: string;
  readonly vartype: string;
  readonly unit: string | null;
  readonly min_val: string | null;
  readonly max_val: string | null;
  readonly enumvals: string[] | null;
}

/** What RDS keeps to itself: where files lie, how the server listens, certificates, archiving, replication, and what corrupts data. */
const KEPT_BY_RDS = [
  /^(allow_|archive_|backtrace_|bonjour|cluster_name|config_file|data_|db_user_namespace|debug_|dynamic_|event_source|external_pid|full_page|fsync|gss_|hba_|huge_page_|ident_)/,
  /^(ignore_|io_method|jit_(debug|dump|profiling|provider|expr|tuple)|krb_|listen_|local_preload|log_(directory|file_mode|filename)$|logging_collector|md5_password|oauth_|post_auth_|port$|pre_auth_)/,
  /^(primary_|promote_|recovery_|remove_temp|restart_after|restore_|role$|send_abort|server_version|session_authorization|shared_memory_type|ssl|summarize_wal|sync_replication_slots|synchronized_standby)/,
  /^(syslog_|trace_|transaction_(deferrable|isolation|read_only)$|unix_socket|update_process|wal_(consistency|debug|init_zero|recycle|sync_method)|wal_summary|zero_damaged|event_triggers|file_(copy|extend)_method|wal_level$)/,
];

/** This build of PostgreSQL lacks compression libraries that RDS has: its list of words is too short. */
const MORE_WORDS_ON_RDS = ['default_toast_compression', 'wal_compression'];

/** The rows of a server that somebody may set and RDS lets through. */
export async function readSettings(server: PostgresServer): Promise<Setting[]> {
  const rows = await server.query<Setting>('SELECT name, vartype, unit, min_val, max_val, enumvals FROM pg_settings WHERE context <> \'internal\' AND name NOT LIKE \'%.%\' ORDER BY name');
  return rows.filter(({ name }) => !KEPT_BY_RDS.some((pattern) => pattern.test(name)));
}

/** One line for each parameter: `15-18 integer 1..2147483 s`; where versions differ, the descriptions stand side by side. */
export function tableOf(versions: Map<string, Setting[]>): { [name: string]: string } {
  const found = new Map<string, Array<{ from: string; to: string; text: string }>>();
  versions.forEach((settings, major) => settings.forEach((setting) => {
    const name = setting.name.toLowerCase();
    const spans = found.get(name) ?? [];
    const last = spans[spans.length - 1];
    const text = described(setting);
    if (last?.text === text && Number(major) === Number(last.to) + 1) {
      last.to = major;
    } else {
      spans.push({ from: major, to: major, text });
    }
    found.set(name, spans);
  }));
  const names = [...found.keys()].sort();
  return Object.fromEntries(names.map((name) => [name, found.get(name)!.map(({ from, to, text }) => `${from}-${to} ${text}`).join(' | ')]));
}

function described({ name, vartype, unit, min_val: min, max_val: max, enumvals }: Setting): string {
  if (MORE_WORDS_ON_RDS.includes(name)) {
    return 'string';
  }
  const range = min === null || max === null ? '' : ` ${min}..${max}`;
  return `${vartype}${enumvals ? ` ${enumvals.join(',')}` : range}${unit ? ` ${unit}` : ''}`;
}
