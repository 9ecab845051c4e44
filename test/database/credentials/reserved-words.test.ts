import { Token } from 'aws-cdk-lib';
import { DatabaseAccess, type HardenedPostgresProps } from '../../../src';
import { mysqlUsersSql, postgresUsersSql } from '../../../src/database/credentials/bootstrap-sql';
import { POSTGRES_WORDS } from '../../../src/database/credentials/reserved-words';
import { mysql, postgres } from '../../fixtures/database-stack';
import { refusal } from '../../fixtures/test-stack';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../simulators/mysql-server';
import { MAJOR_VERSIONS } from '../../simulators/postgres-server';
import { startRdsPostgres } from '../../simulators/rds-postgres';

type Props = Partial<HardenedPostgresProps>;

describe('A name that a server would refuse, or that would need quotes in every statement, is refused:', () => {
  test.each<[string, Props]>([
    ...['order', 'user', 'table', 'verbose', 'postgres', 'rdsadmin', 'template1', 'pg_shop'].flatMap(
      (name): [string, Props][] => [
        [`PostgreSQL's database ${name}`, { databaseName: name }],
        [`PostgreSQL's second database ${name}`, { additionalDatabases: [name] }],
      ],
    ),
    ...['order', 'select', 'user', 'public', 'information_schema'].map(
      (name): [string, Props] => [`the schema ${name}`, { schemas: [name] }],
    ),
    ...['order', 'none', 'select', 'user', 'rds_superuser', 'rds_password', 'rdsadmin', 'rdsrepladmin'].flatMap(
      (name): [string, Props][] => [[`the user ${name}`, { userName: name }], [`the owner ${name}`, { ownerName: name }]],
    ),
  ])('%s', (_name, props) => {
    const [prop] = Object.keys(props);
    expect(refusal(() => postgres(props))).toMatch(new RegExp(`${prop} is .*, expected .* no word that PostgreSQL reserves`));
  });

  test.each(['order', 'table', 'rank', 'mysql', 'sys', 'innodb', 'performance_schema'])('MySQL\'s database %s', (name) => {
    [{ databaseName: name }, { additionalDatabases: [name] }].forEach((props) =>
      expect(refusal(() => mysql(props))).toMatch(/, expected .*information_schema.* no word that MySQL reserves/));
  });

  test('a user that is added', () => {
    const { database } = postgres();
    expect(refusal(() => database.addUser('order', DatabaseAccess.READ_ONLY))).toMatch(/userName is "order", expected/);
  });
});

test('A name is accepted that is a word of the other engine, or that is not known at synthesis', () => {
  expect(postgres({ databaseName: 'mysql', schemas: ['rank'] }).database.databaseName).toBe('mysql');
  expect(mysql({ databaseName: 'postgres' }).database.databaseName).toBe('postgres');
  const token = Token.asString({ Ref: 'AWS::Region' });
  expect(postgres({ databaseName: token, userName: token }).database.databaseName).toBe(token);
});

test('The words of PostgreSQL are those of the servers', async () => {
  const found = new Set<string>();
  for (const major of MAJOR_VERSIONS) {
    const server = await startRdsPostgres(major);
    const rows = await server.query<{ word: string }>("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')");
    rows.forEach(({ word }) => found.add(word));
    await server.stop();
  }
  expect([...found].sort()).toEqual([...POSTGRES_WORDS].sort());
}, 120_000);

describe('The bootstrap statements take a name that needs quotes', () => {
  test('in PostgreSQL', async () => {
    const server = await startRdsPostgres('15');
    await server.query('CREATE DATABASE "order"');
    const statements = postgresUsersSql('order', [], [
      { userName: 'table', access: 'OWNER', password: true },
      { userName: 'select', access: 'READ_WRITE', password: true },
      { userName: 'group', access: 'READ_ONLY', password: true },
    ]).replace(/.*(pgaudit|pg_stat_statements).*\n/g, '').replace(/:'(\w+_password)'/g, "'$1'");
    await server.query(statements, { database: 'order' });
    const as = (user: string, sql: string) => server.query(sql, { user, password: `${user}_password`, database: 'order' });
    await as('table', 'CREATE TABLE stock (id int)');
    await as('select', 'INSERT INTO stock VALUES (1)');
    expect(await as('group', 'SELECT id FROM stock')).toEqual([{ id: 1 }]);
    await server.stop();
  }, 60_000);

  (missingMysql() ? test.skip : test)('in MySQL', async () => {
    const server = await MysqlServer.start('order');
    const { username: user, password } = MYSQL_MASTER;
    const users = mysqlUsersSql('order', [
      { userName: 'table', access: 'OWNER', password: true },
      { userName: 'select', access: 'READ_ONLY', password: true },
    ]);
    await server.query(users, { user, password });
    await server.query('CREATE TABLE stock (id int)', { user: 'table', password: ':table_password', database: 'order' });
    expect(await server.query('SELECT id FROM stock', { user: 'select', password: ':select_password', database: 'order' })).toEqual([]);
    await server.stop();
  }, 60_000);
});
