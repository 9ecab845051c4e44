import { postgresUsersSql } from '../src/database/credentials/bootstrap-sql';
import { postgresRules } from '../src/database/parameters/postgres-parameters';

/** Prints what scripts/pgaudit.sh runs a server with: `parameters` as lines of postgresql.conf, or `bootstrap` as psql takes it. */
function printed(what?: string): string {
  if (what === 'bootstrap') {
    return postgresUsersSql('application', [], [{ userName: 'application', access: 'READ_WRITE', password: true }]);
  }
  const own = Object.entries(postgresRules('15', false).defaults).filter(([name]) => !name.startsWith('rds.'));
  return own.map(([name, value]) => `${name} = '${value}'`).join('\n');
}

console.log(printed(process.argv[2]));
