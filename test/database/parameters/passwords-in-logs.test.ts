import { postgresRules } from '../../../src/database/parameters/postgres-parameters';
import { QueryText } from '../../../src/database/parameters/query-text';
import { MAJOR_VERSIONS, PASSWORD, PostgresServer, SUPERUSER } from '../../simulators/postgres-server';

const CHOICES = [QueryText.NEVER, QueryText.IN_ERRORS, QueryText.SLOW];

/** What a library's user, the rotations and a person send, each with a password of its own in clear text. */
const STATEMENTS = [
  "CREATE ROLE application LOGIN PASSWORD 'leaked-when-made'",
  "DO $$ BEGIN CREATE ROLE reporting LOGIN PASSWORD 'leaked-in-a-block'; END $$",
  "CREATE USER application_clone IN ROLE application PASSWORD 'leaked-when-cloned'",
  "ALTER USER application WITH PASSWORD 'leaked-when-rotated'",
  "ALTER USER application_clone WITH ENCRYPTED PASSWORD 'leaked-when-rotated-again'",
  "BEGIN; ALTER ROLE reporting PASSWORD 'leaked-in-a-transaction'; COMMIT",
  `ALTER ROLE ${SUPERUSER} PASSWORD 'leaked-of-the-master'; ALTER ROLE ${SUPERUSER} PASSWORD '${PASSWORD}'`,
  'DROP ROLE application_clone',
];

/** Statements that fail or take long, which PostgreSQL logs with their text unless it is told not to. */
const TROUBLED_STATEMENTS = [
  "CREATE ROLE application LOGIN PASSWORD 'leaked-when-it-fails'",
  "ALTER ROLE nobody_of_this_name PASSWORD 'leaked-when-it-is-wrong'",
  "SELECT pg_sleep(1.1); ALTER ROLE application PASSWORD 'leaked-when-it-is-slow'",
];

/** Parameters of the template, without those that only RDS has, and without pgaudit (scripts/pgaudit.sh). */
function parametersOf(major: string, queryText: QueryText): { [name: string]: string } {
  const own = Object.entries(postgresRules(major, queryText).defaults).filter(([name]) => !name.startsWith('rds.'));
  return { ...Object.fromEntries(own), shared_preload_libraries: 'pg_stat_statements' };
}

/** Lines with a password, after all that the server has logged for these statements. */
async function leaked(server: PostgresServer, statements: string[]): Promise<string[]> {
  for (const statement of statements) {
    await server.query(statement).catch(() => undefined);
  }
  await server.query('SELECT 1', { database: 'template1' });
  await server.logged(/disconnection: session time: .* database=template1/);
  return server.log.split('\n').filter((line) => line.includes('leaked-') || line.includes(PASSWORD));
}

describe.each(MAJOR_VERSIONS.flatMap((major) => CHOICES.map((choice): [string, QueryText] => [major, choice])))(
  'A real PostgreSQL %s with QueryText.%s',
  (major, queryText) => {
    let server: PostgresServer;

    beforeAll(async () => {
      server = await PostgresServer.start(major, { parameters: parametersOf(major, queryText) });
    }, 60_000);

    afterAll(() => server.stop());

    test('logs no password when users are made, altered and rotated [A-24, A-31]', async () => {
      expect(await leaked(server, STATEMENTS)).toEqual([]);
    });

    test('keeps no password in pg_stat_statements, not even for the master user [A-24]', async () => {
      await server.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
      await server.query("CREATE ROLE datadog PASSWORD 'leaked-when-made'");
      await server.query("ALTER ROLE datadog PASSWORD 'leaked-when-rotated'");
      await server.query("DO $$ BEGIN ALTER ROLE datadog PASSWORD 'leaked-in-a-block'; END $$; SELECT 'a query'");
      const kept = await server.query<{ query: string }>('SELECT query FROM pg_stat_statements');
      expect(kept.map(({ query }) => query)).toContain('SELECT $1');
      expect(kept.filter(({ query }) => /leaked|password/i.test(query))).toEqual([]);
    });

    test('logs the password of a statement that fails or is slow only as far as its choice says [A-31]', async () => {
      const found = (await leaked(server, TROUBLED_STATEMENTS)).join('\n').match(/leaked-when-[a-z-]+/g);
      const expected = {
        [QueryText.NEVER]: [],
        [QueryText.IN_ERRORS]: ['leaked-when-it-fails', 'leaked-when-it-is-wrong'],
        [QueryText.SLOW]: ['leaked-when-it-fails', 'leaked-when-it-is-wrong', 'leaked-when-it-is-slow'],
      };
      expect(found ?? []).toEqual(expected[queryText]);
    });
  },
);
