import { mysqlRules } from '../../../src/database/parameters/mysql-parameters';
import { QueryText } from '../../../src/database/parameters/query-text';
import { missingMysql, MysqlServer } from '../../simulators/mysql-server';
import { pause } from '../../simulators/postgres-server';

/** Parameters that decide what the server writes into its slow log, and that a running server takes. */
const OF_THE_LOG = ['general_log', 'slow_query_log', 'long_query_time', 'innodb_print_all_deadlocks'];

/** What the setup, the rotations and a person send, each with a password of its own in clear text. */
const STATEMENTS = [
  "CREATE USER 'application'@'%' IDENTIFIED BY 'leaked-when-made'",
  "CREATE USER 'application_clone'@'%' IDENTIFIED BY 'leaked-when-cloned'",
  "ALTER USER 'application'@'%' IDENTIFIED BY 'leaked-when-rotated'",
  "SET PASSWORD FOR 'application_clone'@'%' = PASSWORD('leaked-when-set')",
  "GRANT SELECT ON shop.* TO 'application'@'%'",
  "DROP USER 'application_clone'@'%'",
];
const SLOW_STATEMENT = 'SELECT SLEEP(1.1) AS text_of_a_slow_query';

const reason = missingMysql();
/** MariaDB stands for MySQL. Its logs are tables here, which a test can read. */
(reason ? describe.skip : describe).each([QueryText.NEVER, QueryText.IN_ERRORS, QueryText.SLOW])(
  'A real MySQL server with QueryText.%s',
  (queryText) => {
    let server: MysqlServer;
    const logged = async (): Promise<string> => {
      const rows = await server.query<{ text: string }>(
        'SELECT CONVERT(sql_text USING utf8mb4) AS text FROM mysql.slow_log ' +
          'UNION ALL SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log',
      );
      return rows.map(({ text }) => text).join('\n');
    };

    beforeAll(async () => {
      server = await MysqlServer.start('shop');
      const { defaults } = mysqlRules('8.4', false, queryText);
      const given = OF_THE_LOG.filter((name) => name in defaults).map((name) => `SET GLOBAL ${name} = ${defaults[name]}`);
      await server.query(["SET GLOBAL log_output = 'TABLE'", ...given].join('; '));
      await server.query('TRUNCATE mysql.general_log; TRUNCATE mysql.slow_log');
    }, 60_000);

    afterAll(() => server.stop());

    test('logs no password when users are made, altered and rotated [A-24, A-31]', async () => {
      for (const statement of STATEMENTS) {
        await server.query(statement);
      }
      expect(await logged()).not.toContain('leaked-');
    });

    test('logs the text of slow statements only where its choice says so [A-31]', async () => {
      await server.query(SLOW_STATEMENT);
      // The server writes the log after it has answered.
      let found = false;
      for (let attempt = 0; attempt < 20 && !found; attempt += 1) {
        await pause(100);
        found = (await logged()).includes('text_of_a_slow_query');
      }
      expect(found).toBe(queryText === QueryText.SLOW);
    });
  },
);
