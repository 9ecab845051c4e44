import { createHmac } from 'crypto';
import type { Connection } from 'mysql2/promise';
import { DatabaseSetup, setupProperties } from '../../simulators/database-setup';
import { missingMysql, MYSQL_MASTER, MysqlServer } from '../../simulators/mysql-server';
import { pause } from '../../simulators/postgres-server';

// Each request starts a process.
jest.setTimeout(60_000);

const ENDED = 'The setup has ended.';
const APPLICATION = { user: 'application', password: 'password of the application', database: 'shop' };

const reasonToSkip = missingMysql();
(reasonToSkip ? describe.skip : describe)(`Of a MySQL server${reasonToSkip ? ` (${reasonToSkip})` : ''}, the setup`, () => {
  let server: MysqlServer;
  let setup: DatabaseSetup;

  const properties = () =>
    setupProperties(server.port, {
      engine: 'mysql',
      database: 'shop',
      users: [{ name: 'application', access: 'READ_WRITE', secretArn: 'arn:application' }],
    });
  const put = (password: string) => setup.put('arn:application', { username: 'application', password });
  const connect = async (password = APPLICATION.password) =>
    server.connect({ ...APPLICATION, password }).catch((error: Error & { code: string }) => error.code);

  beforeAll(async () => {
    server = await MysqlServer.start('shop');
    setup = await DatabaseSetup.start(server.certificateFile);
    setup.put('arn:master', MYSQL_MASTER);
    put(APPLICATION.password);
    expect(await setup.request('Create', properties())).toMatchObject({ status: 'SUCCESS' });
  }, 60_000);

  afterAll(async () => {
    setup.stop();
    await server.stop();
  });

  test('takes a refusal for want of another connection of a user for a password that is right', async () => {
    await server.query("ALTER USER application@'%' WITH MAX_USER_CONNECTIONS 1");
    const session = (await connect()) as Connection;
    expect(await connect()).toBe('ER_USER_LIMIT_REACHED');
    expect(await connect('wrong')).toBe('ER_ACCESS_DENIED_ERROR');
    const { status, reason, log } = await setup.request('Update', properties());
    expect([status, reason]).toEqual(['SUCCESS', ENDED]);
    expect(log).not.toContain('Set the password');
    await session.end();
    await server.query("ALTER USER application@'%' WITH MAX_USER_CONNECTIONS 0");
  });

  test('says that no connection is free, and what to do, where it gets none', async () => {
    await server.query('SET GLOBAL max_connections = 10');
    const sessions: Connection[] = [];
    let session = await connect();
    for (; typeof session !== 'string'; session = await connect()) {
      sessions.push(session);
    }
    expect(session).toBe('ER_CON_COUNT_ERROR');
    const { status, reason } = await setup.request('Update', properties(), 34_000);
    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringMatching(/^localhost:\d+ had no free connection for 3 s: Too many connections.*The network is open/),
    ]);
    await Promise.all(sessions.map(async (each) => each.end()));
    await pause(300);
  });

  test('reads the secrets after another setup has ended, and so leaves no older password', async () => {
    const lock = createHmac('sha256', MYSQL_MASTER.password).update('database-setup').digest('hex').slice(0, 60);
    const other = await server.connect({ user: MYSQL_MASTER.username, password: MYSQL_MASTER.password });
    await other.query(`SELECT GET_LOCK('${lock}', 0)`);
    const begun = setup.request('Update', properties());
    await pause(3000);
    await server.query("ALTER USER application@'%' IDENTIFIED BY 'rotated twice'");
    put('rotated twice');
    await other.end();
    expect(await begun).toMatchObject({ status: 'SUCCESS', log: expect.not.stringContaining('Set the password') });
    await ((await connect('rotated twice')) as Connection).end();
  });
});
