import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { DatabaseFamily } from '../../contracts';
import { checkRules } from '../../validation/rules';
import type { Parameters } from './parameter-rules';

/** Parameters that an engine has on one kind of server only. */
interface Lack {
  /** Kind of server in messages. */
  readonly server: string;
  /** Parameters that it lacks, as a pattern. */
  readonly lacks: RegExp;
  /** Way that this kind of server has instead. */
  readonly instead: string;
}

/**
 * Aurora's storage has no checkpoints, no files of the write-ahead log and no background writer.
 *
 * Source: Amazon Aurora User Guide, "Aurora PostgreSQL cluster-level parameters", of 2023. The page lists the
 * parameters of version 14. Later parameters, about which nothing is known, are accepted.
 */
const AURORA_POSTGRES: Lack = {
  server: 'Aurora PostgreSQL',
  lacks: new RegExp(
    '^(bgwriter_\\w+|checkpoint_\\w+|commit_delay|commit_siblings|full_page_writes|archive_\\w+|hot_standby|' +
      'log_checkpoints|max_standby_archive_delay|max_wal_size|min_wal_size|synchronous_standby_names|' +
      'wal_(compression|decode_buffer_size|keep_size|level|log_hints|retrieve_retry_interval|skip_threshold|' +
      'sync_method|writer_delay|writer_flush_after))$',
  ),
  instead: 'remove it: storage of Aurora writes without checkpoints and log files',
};

/**
 * An instance audits by its option group, whose settings have the same names.
 *
 * Source: Amazon RDS User Guide, "MariaDB Audit Plugin support for MySQL".
 */
const MYSQL_INSTANCE: Lack = {
  server: 'an instance of MySQL',
  lacks: /^server_audit_\w+$/,
  instead: 'remove it: the option group of the instance audits connections, and changes of schema and users',
};

/** Refuses parameters that the engine has on the other kind of server only. RDS fails the deployment otherwise. */
export function checkServerHas(
  scope: IConstruct,
  server: { readonly family: DatabaseFamily; readonly aurora: boolean },
  given: Parameters = {},
): void {
  const lack = lackOf(server.family, server.aurora);
  checkRules(
    scope,
    Object.entries(given).map(([name, value]) => ({
      condition: lack?.lacks.test(name) ?? false,
      prop: `parameters['${name}']`,
      value,
      expected: `a parameter that ${lack?.server} has`,
      fix: lack?.instead ?? '',
    })),
  );
}

/** Parameters that switch on a replication, with the values that leave it off. */
const REPLICATION: { readonly [name: string]: string } = { 'rds.logical_replication': '0', 'binlog_format': 'OFF' };

/**
 * Refuses a replication on a cluster that is to pause.
 *
 * Aurora never pauses a cluster that replicates, and says nothing.
 * Source: Amazon Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume".
 */
export function checkPauses(scope: IConstruct, pauses: boolean, given: Parameters = {}): void {
  checkRules(
    scope,
    Object.entries(REPLICATION).map(([name, off]) => ({
      condition: pauses && given[name] !== undefined && !Token.isUnresolved(given[name]) && given[name] !== off,
      prop: `parameters['${name}']`,
      value: given[name],
      expected: `${off} with autoPauseAfter: Aurora pauses no cluster that replicates`,
      fix: 'remove it, or remove autoPauseAfter',
    })),
  );
}

function lackOf(family: DatabaseFamily, aurora: boolean): Lack | undefined {
  if (family === DatabaseFamily.POSTGRES) {
    return aurora ? AURORA_POSTGRES : undefined;
  }
  return aurora ? undefined : MYSQL_INSTANCE;
}
