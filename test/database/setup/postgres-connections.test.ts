import type { Client } from 'pg';
import { DatabaseSetup, setupProperties } from '../../simulators/database-setup';
import { MAJOR_VERSIONS, pause, type PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

// Each request starts a process.
jest.setTimeout(60_000);

const ENDED = 'The setup has ended.';
const APPLICATION = { user: 'application', password: 'password of the application', database: DATABASE };

describe.each(MAJOR_VERSIONS)('Of a PostgreSQL %s, the setup', (major) => {
  let server: PostgresServer;
  let setup: DatabaseSetup;
  const sessions: Client[] = [];

  const properties = () =>
    setupProperties(server.port, {
      users: [{ name: 'application', access: 'READ_WRITE', secretArn: 'arn:application' }],
      databases: ['archive'],
    });
  const put = (password: string) => setup.put('arn:application', { username: 'application', password });
  const connect = async (password = APPLICATION.password) =>
    server.connect({ ...APPLICATION, password }).catch((error: Error & { code: string }) => `${error.code} ${error.message}`);
  /** Takes connections until those that are reserved for superusers are the only free ones. Returns the answer. */
  const takeAll = async (): Promise<string> => {
    for (;;) {
      const session = await connect();
      if (typeof session === 'string') {
        return session;
      }
      sessions.push(session);
    }
  };
  const free = async (count: number) => {
    await Promise.all(sessions.splice(0, count).map(async (session) => session.end()));
    await pause(300);
  };

  beforeAll(async () => {
    server = await startRdsPostgres(major, {
      parameters: { max_connections: '12', superuser_reserved_connections: '3', max_wal_senders: '0' },
    });
    setup = await DatabaseSetup.start(server.certificateFile);
    setup.put('arn:master', MASTER);
    put(APPLICATION.password);
    expect(await setup.request('Create', properties())).toMatchObject({ status: 'SUCCESS' });
  }, 60_000);

  afterAll(async () => {
    await free(sessions.length);
    setup.stop();
    await server.stop();
  });

  test('needs two connections, and takes a refusal for want of another one for a password that is right', async () => {
    expect(await takeAll()).toMatch(/^53300 remaining connection slots are reserved/);
    // The server looks at the password before.
    expect(await connect('wrong')).toMatch(/^28P01/);
    await free(2);
    const { status, reason, log } = await setup.request('Update', properties());
    expect([status, reason]).toEqual(['SUCCESS', ENDED]);
    expect(log).not.toContain('Set the password');
  });

  test('finds a wrong password there, too', async () => {
    put('of the restored server');
    const { status, log } = await setup.request('Update', properties());
    expect([status, log]).toEqual(['SUCCESS', expect.stringContaining('Set the password of application')]);
    await free(1);
    await (await server.connect({ ...APPLICATION, password: 'of the restored server' })).end();
    put(APPLICATION.password);
    expect(await setup.request('Update', properties())).toMatchObject({ status: 'SUCCESS' });
  });

  test('says that no connection is free, and what to do, where it gets none', async () => {
    await takeAll();
    const { status, reason } = await setup.request('Update', properties(), 34_000);
    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringMatching(/^localhost:\d+ had no free connection for 3 s: .*reserved.*53300.*The network is open.*pools.*larger instance/),
    ]);
    expect(reason).not.toContain('security group');
    // The last ones, which the server refuses before it looks at a password.
    for (let i = 0; i < 3; i++) {
      sessions.push(await server.connect());
    }
    expect(await connect()).toMatch(/^53300 sorry, too many clients already/);
    expect(await connect('wrong')).toMatch(/^53300 sorry, too many clients already/);
    await free(sessions.length);
  });

  test('reads the secrets after another setup has ended, and so leaves no older password', async () => {
    const other = await server.connect({ user: MASTER.username, password: MASTER.password, database: DATABASE });
    await other.query("BEGIN; ALTER ROLE CURRENT_USER SET application_name = 'another setup'");
    const begun = setup.request('Update', properties());
    await pause(3000);
    // Two rotations.
    await server.query("ALTER ROLE application PASSWORD 'rotated twice'");
    put('rotated twice');
    await other.query('ROLLBACK');
    await other.end();
    expect(await begun).toMatchObject({ status: 'SUCCESS', log: expect.not.stringContaining('Set the password') });
    await (await server.connect({ ...APPLICATION, password: 'rotated twice' })).end();
  });
});
