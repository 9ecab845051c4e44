/**
 * Extensions of RDS for PostgreSQL and Aurora PostgreSQL, 15 to 18, to recognize misspelt names.
 *
 * AWS adds extensions between releases of this library. A name that is like none of these passes: the server decides.
 * Collected from public lists of them. Nobody has compared it with AWS's release notes.
 */
export const KNOWN_EXTENSIONS = [
  'address_standardizer', 'address_standardizer_data_us', 'amcheck', 'apg_plan_mgmt', 'aurora_stat_utils',
  'aws_commons', 'aws_lambda', 'aws_ml', 'aws_s3', 'bloom', 'bool_plperl', 'btree_gin', 'btree_gist', 'citext', 'cube',
  'dblink', 'dict_int', 'dict_xsyn', 'earthdistance', 'fuzzystrmatch', 'h3', 'h3_postgis', 'hll', 'hstore',
  'hstore_plperl', 'hypopg', 'intagg', 'intarray', 'ip4r', 'isn', 'jsonb_plperl', 'lo', 'log_fdw', 'ltree',
  'moddatetime', 'mysql_fdw', 'oracle_fdw', 'orafce', 'pageinspect', 'pg_bigm', 'pg_buffercache', 'pg_cron',
  'pg_freespacemap', 'pg_hint_plan', 'pg_partman', 'pg_prewarm', 'pg_proctab', 'pg_repack', 'pg_similarity',
  'pg_stat_statements', 'pg_tle', 'pg_transport', 'pg_trgm', 'pg_visibility', 'pg_walinspect', 'pgactive', 'pgaudit',
  'pgcrypto', 'pglogical', 'pgrouting', 'pgrowlocks', 'pgstattuple', 'pgtap', 'plperl', 'plprofiler', 'plrust', 'pltcl',
  'plv8', 'postgis', 'postgis_raster', 'postgis_tiger_geocoder', 'postgis_topology', 'postgres_fdw', 'prefix', 'rdkit',
  'rds_tools', 'refint', 'seg', 'sslinfo', 'tablefunc', 'tcn', 'tds_fdw', 'test_parser', 'tsm_system_rows',
  'tsm_system_time', 'unaccent', 'uuid-ossp', 'vector',
];

/** Extensions that only Aurora has. */
export const AURORA_EXTENSIONS = ['apg_plan_mgmt', 'aurora_stat_utils', 'aws_ml'];

/** Names under which extensions are known elsewhere. */
const OTHER_NAMES: { readonly [name: string]: string } = {
  pg_audit: 'pgaudit',
  pgcron: 'pg_cron',
  pgpartman: 'pg_partman',
  pgvector: 'vector',
  uuid: 'uuid-ossp',
  uuid_ossp: 'uuid-ossp',
};
/** Changed characters up to which a name counts as misspelt. */
const MOST_CHANGES = 2;

/** Extension that a name is likely to mean, undefined for a known name and for one that is like none. */
export function meantExtension(name: string): string | undefined {
  if (KNOWN_EXTENSIONS.includes(name)) {
    return undefined;
  }
  const other = OTHER_NAMES[name.toLowerCase()];
  const nearest = KNOWN_EXTENSIONS.map((known) => ({ known, changes: changesBetween(name.toLowerCase(), known) }))
    .filter(({ changes, known }) => changes <= Math.min(MOST_CHANGES, Math.floor(known.length / 3)))
    .sort((a, b) => a.changes - b.changes)[0];
  return other ?? nearest?.known;
}

/** Number of characters to insert, delete or replace (Levenshtein). */
function changesBetween(one: string, two: string): number {
  let row = Array.from({ length: two.length + 1 }, (_, index) => index);
  [...one].forEach((character, at) => {
    const next = [at + 1];
    [...two].forEach((other, index) => {
      const replaced = row[index] + (character === other ? 0 : 1);
      next.push(Math.min(replaced, row[index + 1] + 1, next[index] + 1));
    });
    row = next;
  });
  return row[two.length];
}
