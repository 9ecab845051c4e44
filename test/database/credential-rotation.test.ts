import type { Client } from 'pg';
import { CredentialRotation } from '../../src';
import { postgres } from '../support/database-stack';
import { PostgresServer } from '../support/postgres-server';

interface Secret { readonly user: string; readonly password: string }

/** What a rotation of alternating users does to the server and then to the secret: modelled on what AWS documents of its function, not taken from its code. */
class AlternatingUsers {
  public constructor(private readonly server: PostgresServer, private current: Secret, private readonly database: string, private cycle = 0) {}

  /** What a task that starts now reads. */
  public get secret(): Secret {
    return this.current;
  }

  public async rotate(): Promise<void> {
    const { user } = this.current;
    const next = user.endsWith('_clone') ? user.replace(/_clone$/, '') : `${user}_clone`;
    const password = `password of cycle ${++this.cycle}`;
    const exists = await this.server.query(`SELECT 1 FROM pg_roles WHERE rolname = '${next}'`);
    await this.server.query(exists.length > 0
      ? `ALTER USER ${next} WITH PASSWORD '${password}'`
      : `CREATE ROLE ${next} WITH LOGIN PASSWORD '${password}'; GRANT ${user} TO ${next}`, { database: this.database });
    this.current = { user: next, password };
  }
}

const FIRST: Secret = { user: 'application', password: 'the first password' };

describe('A-34: a rotation of alternating users on a real server', () => {
  let server: PostgresServer;
  let rotation: AlternatingUsers;
  let oldTask: Secret;
  let oldSession: Client;

  const session = ({ user, password }: Secret): Promise<Client> => server.connect({ user, password, database: 'application' });
  const works = async (client: Client): Promise<void> => {
    const id = Math.floor(Math.random() * 1e9);
    await client.query(`INSERT INTO orders VALUES (${id}, 'new'); UPDATE orders SET state = 'done' WHERE id = ${id}`);
    expect((await client.query(`SELECT state FROM orders WHERE id = ${id}`)).rows).toEqual([{ state: 'done' }]);
  };

  beforeAll(async () => {
    server = await PostgresServer.start('15', { forceTls: true, parameters: { shared_preload_libraries: 'pg_stat_statements' } });
    await server.query('CREATE DATABASE application');
    const statements = postgres().database.bootstrapSql.replace(/.*pgaudit.*\n/, '').replace(':\'application_password\'', `'${FIRST.password}'`);
    await server.query(statements, { database: 'application' });
    await server.query('CREATE TABLE orders (id bigint PRIMARY KEY, state text)', { database: 'application' });
    rotation = new AlternatingUsers(server, FIRST, 'application');
    oldTask = rotation.secret;
    oldSession = await session(oldTask);
    await works(oldSession);
    await rotation.rotate();
  }, 60_000);

  afterAll(async () => {
    await oldSession.end();
    await server.stop();
  });

  test('an old session of a running task goes on', () => works(oldSession));

  test('a running task that has read the old password opens new sessions', async () => {
    const client = await session(oldTask);
    await works(client);
    await client.end();
  });

  test('a restarted task reads the new user and password, and works on the same tables with the same rights', async () => {
    expect(rotation.secret).not.toEqual(oldTask);
    expect(rotation.secret.user).toBe('application_clone');
    const client = await session(rotation.secret);
    await works(client);
    await expect(client.query('CREATE TABLE not_the_applications_business (id int)')).rejects.toThrow(/permission denied/);
    await client.end();
  });

  test('a migration after the rotation leaves its tables open to both users', async () => {
    await server.query('CREATE TABLE invoices (id int); INSERT INTO invoices VALUES (1)', { database: 'application' });
    for (const secret of [oldTask, rotation.secret]) {
      const client = await session(secret);
      expect((await client.query('SELECT id FROM invoices')).rows).toEqual([{ id: 1 }]);
      await client.end();
    }
  });

  test('the next rotation ends the oldest password: a task that was never replaced is locked out of new sessions, the others are not', async () => {
    const replaced = rotation.secret;
    await rotation.rotate();
    await expect(session(oldTask)).rejects.toThrow(/password authentication failed/);
    for (const secret of [replaced, rotation.secret]) {
      const client = await session(secret);
      await works(client);
      await client.end();
    }
  });
});

test('A-34: a single user\'s rotation does lock a running task out, which is why it is not offered for applications without a reason', async () => {
  const server = await PostgresServer.start('15', { forceTls: true });
  await server.query('CREATE ROLE lonely LOGIN PASSWORD \'before\'; ALTER ROLE lonely PASSWORD \'after\'');
  await expect(server.connect({ user: 'lonely', password: 'before' })).rejects.toThrow(/password authentication failed/);
  await server.stop();
}, 30_000);

test('A-34: tasks are replaced four times between two rotations, so that one may be missed', () => {
  const { database } = postgres({ credentials: CredentialRotation.alternatingUsers() });
  const binding = database.bind({ node: database.node, connections: database.connections } as never);
  expect(binding.replaceTasksEvery?.toDays()).toBe(7);
});
