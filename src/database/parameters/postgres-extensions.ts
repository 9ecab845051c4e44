import { Token } from 'aws-cdk-lib';
import type { ParameterRules, Parameters } from './parameter-rules';

/**
 * Libraries that PostgreSQL must load at start, by their extension.
 *
 * Each README of them asks for it, and RDS accepts them in `shared_preload_libraries` (User Guide, PostgreSQL
 * extensions). `pg_partman` and `pg_prewarm` work without.
 */
const LIBRARIES: Parameters = {
  pg_bigm: 'pg_bigm',
  pg_cron: 'pg_cron',
  pg_hint_plan: 'pg_hint_plan',
  pg_tle: 'pg_tle',
  pg_transport: 'pg_transport',
  pglogical: 'pglogical',
  plrust: 'plrust',
};

/** Parameters of pg_cron that RDS can set (User Guide, scheduling maintenance with pg_cron). */
const CRON_PARAMETERS: Parameters = {
  'cron.database_name': 'string',
  'cron.host': 'string',
  'cron.log_run': 'bool',
  'cron.log_statement': 'bool',
  'cron.max_running_jobs': 'integer 1..100',
  'cron.use_background_workers': 'bool',
};

/** Extensions that the caller asks for, and the database of the server. */
interface ExtensionProps {
  readonly extensions?: string[];
  readonly databaseName?: string;
}

/** Adds the parameters of extensions to the rules of an engine. */
export function withExtensions(
  rules: ParameterRules,
  { extensions = [], databaseName }: ExtensionProps,
): ParameterRules {
  const cron: Parameters = extensions.includes('pg_cron')
    // The statements of jobs are query text, which pg_cron writes into the log by default.
    ? { 'cron.database_name': databaseName ?? 'application', 'cron.log_statement': '0' }
    : {};
  return {
    ...rules,
    known: { ...rules.known, ...CRON_PARAMETERS },
    defaults: { ...rules.defaults, ...cron },
    guarantees: [
      ...rules.guarantees,
      {
        parameter: 'cron.log_statement',
        holds: (value) => ['0', 'off', 'false'].includes(value.toLowerCase()),
        promise: 'no query text of jobs is in the log (requirement A-31)',
      },
    ],
  };
}

/** Adds the libraries of extensions to those that the server loads at start, also to the caller's. */
export function withLibraries(parameters: Parameters, extensions: string[]): Parameters {
  const { shared_preload_libraries: given = '' } = parameters;
  const loaded = Token.isUnresolved(given) ? [] : given.split(',').map((library) => library.trim());
  const missing = extensions
    .flatMap((extension) => (Object.hasOwn(LIBRARIES, extension) ? [LIBRARIES[extension]] : []))
    .filter((library) => !loaded.includes(library));
  return missing.length === 0
    ? parameters
    : { ...parameters, shared_preload_libraries: [given, ...missing].filter(Boolean).join(',') };
}
