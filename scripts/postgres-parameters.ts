import { postgresUsersSql } from '../src/database/credentials/bootstrap-sql';
import { postgresRules } from '../src/database/parameters/postgres-parameters';
import { QueryText } from '../src/database/parameters/query-text';

/** Prints what scripts/pgaudit.sh runs a server with: lines of postgresql.conf for a choice of `queryText`, or `bootstrap` as psql takes it. */
function printed(what: string): string {
  if (what === 'bootstrap') {
    return postgresUsersSql('application', [], [{ userName: 'application', access: 'READ_WRITE', password: true }]);
  }
  const own = Object.entries(postgresRules('15', what as QueryText).defaults).filter(([name]) => !name.startsWith('rds.'));
  return own.map(([name, value]) => `${name} = '${value}'`).join('\n');
}

console.log(printed(process.argv[2]));
