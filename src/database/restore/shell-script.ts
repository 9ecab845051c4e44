/** Scripts of a server, line by line. */
export interface RestoreScripts {
  /** Restores a snapshot. */
  readonly fromSnapshot: string[];
  /** Restores a point in time. */
  readonly toPointInTime: string[];
  /** Swaps the names of the restored server and the former one. */
  readonly rename: string[];
}

/**
 * Beginning of a script, which stops at the first error and where a variable is not set.
 *
 * A new name or state shows after a moment only, and `aws rds wait` gives up after half an hour: `ready` tries for six.
 */
export function header(...variables: string[]): string[] {
  return [
    'set -eu',
    `: ${variables.map((name) => `"\${${name}:?}"`).join(' ')}`,
    'ready() {',
    '  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do',
    '    sleep "${PAUSE:-60}"',
    '    if aws rds wait "db-$1-available" "--db-$1-identifier" "$2"; then return; fi',
    '  done',
    '  echo "$2 is not available" >&2',
    '  exit 1',
    '}',
  ];
}

/** Reads the master's password from its secret, which other restores than CloudFormation's do not apply. */
export function readPassword(secretArn: string): string[] {
  const read = `aws secretsmanager get-secret-value --secret-id ${secretArn} --query SecretString --output text`;
  return [`password=\${PASSWORD:-$(${read} | sed 's/.*"password":"\\([^"]*\\)".*/\\1/')}`];
}

/** Call of `aws rds`, with an option on each line. */
export function rds(operation: string, ...options: string[]): string {
  return [`aws rds ${operation}`, ...options].join(' \\\n  ');
}

/** Wait until a server can be used or changed. */
export function available(kind: 'instance' | 'cluster', identifier: string): string {
  return `ready ${kind} ${identifier}`;
}

/** Change of the name of a server. */
export function renamed(kind: 'instance' | 'cluster', from: string, to: string): string[] {
  const options = [`--db-${kind}-identifier ${from}`, `--new-db-${kind}-identifier ${to}`, '--apply-immediately'];
  return [rds(`modify-db-${kind}`, ...options), available(kind, to)];
}
