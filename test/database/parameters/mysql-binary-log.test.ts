import { mysqlUsersSql } from '../../../src/database/credentials/bootstrap-sql';
import { mysqlRules } from '../../../src/database/parameters/mysql-parameters';
import { QueryText } from '../../../src/database/parameters/query-text';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../simulators/mysql-server';

const PARAMETER = 'log_bin_trust_function_creators';
const OWNER = { user: 'owner', password: ':owner_password', database: 'shop' };
const MIGRATION = [
  'CREATE TABLE IF NOT EXISTS stock (id int PRIMARY KEY, amount int)',
  'CREATE FUNCTION rounded(amount double) RETURNS int DETERMINISTIC RETURN ROUND(amount)',
  'CREATE TRIGGER not_negative BEFORE INSERT ON stock FOR EACH ROW SET NEW.amount = GREATEST(0, NEW.amount)',
];

const reason = missingMysql();
/** MariaDB stands for MySQL. It writes a binary log, as an instance of RDS does for its backups. */
(reason ? describe.skip : describe)('A real MySQL server with a binary log', () => {
  let server: MysqlServer;
  const { [PARAMETER]: value, ...others } = mysqlRules('8.4', false, QueryText.NEVER).defaults;
  const migrate = async (): Promise<void> => {
    for (const statement of MIGRATION) {
      await server.query(statement, OWNER);
    }
  };

  beforeAll(async () => {
    server = await MysqlServer.start('shop');
    const { username: user, password } = MYSQL_MASTER;
    const owner = mysqlUsersSql('shop', [{ userName: 'owner', access: 'OWNER', password: true }]);
    await server.query(owner, { user, password });
  }, 60_000);

  afterAll(() => server.stop());

  test('refuses functions of the owner where the parameter is not set', async () => {
    expect(others).not.toHaveProperty(PARAMETER);
    await server.query(`SET GLOBAL ${PARAMETER} = 0`);
    await expect(migrate()).rejects.toThrow(/SUPER privilege and binary logging is enabled|SUPER.* privilege\(s\)/);
  });

  test('lets the owner create functions and triggers with the parameters of the construct', async () => {
    await server.query(`SET GLOBAL ${PARAMETER} = ${value}`);
    await migrate();
    await server.query('INSERT INTO stock VALUES (1, -5)', OWNER);
    expect(await server.query('SELECT rounded(2.6) AS amount UNION ALL SELECT amount FROM stock', OWNER)).toEqual([
      { amount: 3 }, { amount: 0 },
    ]);
  });
});
