import type { Client } from 'pg';
import { CredentialRotation } from '../../../src';
import { postgres } from '../../fixtures/database-stack';
import { MAJOR_VERSIONS, PostgresServer } from '../../simulators/postgres-server';

interface Secret {
  readonly user: string;
  readonly password: string;
}

/** Model of AWS's rotation of alternating users, from its documentation: first the server changes, then the secret. */
class AlternatingUsers {
  public constructor(
    private readonly server: PostgresServer,
    private current: Secret,
    private readonly database: string,
    private cycle = 0,
  ) {}

  /** What a task that starts now reads. */
  public get secret(): Secret {
    return this.current;
  }

  public async rotate(): Promise<void> {
    const { user } = this.current;
    const next = user.endsWith('_clone') ? user.replace(/_clone$/, '') : `${user}_clone`;
    const password = `password of cycle ${++this.cycle}`;
    const exists = await this.server.query(`SELECT 1 FROM pg_roles WHERE rolname = '${next}'`);
    await this.server.query(
      exists.length > 0
        ? `ALTER USER ${next} WITH PASSWORD '${password}'`
        : `CREATE ROLE ${next} WITH LOGIN PASSWORD '${password}'; GRANT ${user} TO ${next}`,
      { database: this.database },
    );
    this.current = { user: next, password };
  }
}

const FIRST: Secret = { user: 'application', password: 'the first password' };

describe.each(MAJOR_VERSIONS)('A rotation of alternating users on a real PostgreSQL %s', (major) => {
  let server: PostgresServer;
  let rotation: AlternatingUsers;
  let oldTask: Secret;
  let oldSession: Client;

  const session = ({ user, password }: Secret): Promise<Client> =>
    server.connect({ user, password, database: 'application' });
  const works = async (client: Client): Promise<void> => {
    const id = Math.floor(Math.random() * 1e9);
    await client.query(`INSERT INTO orders VALUES (${id}, 'new'); UPDATE orders SET state = 'done' WHERE id = ${id}`);
    expect((await client.query(`SELECT state FROM orders WHERE id = ${id}`)).rows).toEqual([{ state: 'done' }]);
  };

  beforeAll(async () => {
    server = await PostgresServer.start(major, {
      forceTls: true,
      parameters: { shared_preload_libraries: 'pg_stat_statements' },
    });
    await server.query('CREATE DATABASE application');
    const statements = postgres()
      .database.bootstrapSql.replace(/.*pgaudit.*\n/, '')
      .replace(":'application_password'", `'${FIRST.password}'`)
      .replace(":'owner_password'", "'the password of the owner'");
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

  test('keeps the open sessions of a running task [A-34]', () => works(oldSession));

  test('lets a running task with the old password open new sessions [A-34]', async () => {
    const client = await session(oldTask);
    await works(client);
    await client.end();
  });

  test('gives a restarted task a new user and password with the same rights on the same tables [A-34]', async () => {
    expect(rotation.secret).not.toEqual(oldTask);
    expect(rotation.secret.user).toBe('application_clone');
    const client = await session(rotation.secret);
    await works(client);
    await expect(client.query('CREATE TABLE not_the_applications_business (id int)')).rejects.toThrow(
      /permission denied/,
    );
    await client.end();
  });

  test('leaves the tables of a later migration open to both users [A-34]', async () => {
    await server.query('CREATE TABLE invoices (id int); INSERT INTO invoices VALUES (1)', { database: 'application' });
    for (const secret of [oldTask, rotation.secret]) {
      const client = await session(secret);
      expect((await client.query('SELECT id FROM invoices')).rows).toEqual([{ id: 1 }]);
      await client.end();
    }
  });

  test('locks out only tasks that were not replaced for two rotations [A-34]', async () => {
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

test('The rotation of a single user locks a running task out, so that it requires a waiver [A-34]', async () => {
  const server = await PostgresServer.start('15', { forceTls: true });
  await server.query("CREATE ROLE lonely LOGIN PASSWORD 'before'; ALTER ROLE lonely PASSWORD 'after'");
  await expect(server.connect({ user: 'lonely', password: 'before' })).rejects.toThrow(
    /password authentication failed/,
  );
  await server.stop();
}, 30_000);

test('Tasks are replaced four times between two rotations, so that one may be missed [A-34]', () => {
  const { database } = postgres({ credentials: CredentialRotation.alternatingUsers() });
  const binding = database.bind({ node: database.node, connections: database.connections } as never);
  expect(binding.replaceTasksEvery?.toDays()).toBe(7);
});
