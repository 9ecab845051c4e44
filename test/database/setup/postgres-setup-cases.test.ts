import * as net from 'net';
import { catalogOf } from '../../simulators/catalog';
import { DatabaseSetup, setupProperties } from '../../simulators/database-setup';
import { freePort, type PostgresServer } from '../../simulators/postgres-server';
import { DATABASE, MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

// Each request starts a process.
jest.setTimeout(30_000);

const ENDED = 'The setup has ended.';
const OWNER = { name: 'owner', access: 'OWNER', secretArn: 'arn:owner' };
const APPLICATION = { name: 'application', access: 'READ_WRITE', secretArn: 'arn:application' };
const PASSWORDS = { owner: 'password-of-the-owner', application: 'password-of-the-application' };

let server: PostgresServer;
let setup: DatabaseSetup;

const properties = (given: object = {}) => setupProperties(server.port, { users: [OWNER, APPLICATION], ...given });

const start = async (major: string, accessRules: string[] = []) => {
  server = await startRdsPostgres(major, { accessRules });
  setup = await DatabaseSetup.start(server.certificateFile);
  setup
    .put('arn:master', MASTER)
    .put('arn:owner', { username: 'owner', password: PASSWORDS.owner })
    .put('arn:application', { username: 'application', password: PASSWORDS.application });
};
const stop = async () => {
  setup.stop();
  await server.stop();
};
const expectSuccess = async (given: object) => {
  const { status, reason } = await setup.request('Update', given);
  expect([status, reason]).toEqual(['SUCCESS', ENDED]);
};
const expectFailure = async (given: object, reason: RegExp, remainingMs?: number) => {
  const result = await setup.request('Update', given, remainingMs);
  expect(result.reason).toMatch(reason);
  expect([result.status, result.exitCode]).toEqual(['FAILED', 0]);
  [MASTER.password, ...Object.values(PASSWORDS)].forEach((password) =>
    expect(result.reason + result.log).not.toContain(password),
  );
  return result;
};
/** Signs in where IAM would: a superuser takes the place of the user. */
const impersonate = async (user: string, sql: string, database = DATABASE) =>
  server.query<{ [column: string]: unknown }>(`SET SESSION AUTHORIZATION "${user}"; ${sql}`, { database });

/** On RDS, a member of `rds_iam` signs in with a token only, also an indirect one. The rule models that. */
describe.each([
  ['15', 'rds_iam', ''],
  // Here, who creates a role is a member of it, so that the rule for all of them would keep the master user out.
  ['18', 'visitor', ' and takes a user back who would lock the master user out'],
])('With IAM authentication on PostgreSQL %s, the setup', (major, role, locksOut) => {
  const users = [
    { name: 'owner', access: 'OWNER' },
    { name: 'application', access: 'READ_WRITE' },
    { name: 'jane.doe@example.org', access: 'READ_ONLY' },
  ];

  beforeAll(async () => start(major, [`hostssl all +${role} all reject`]), 60_000);
  afterAll(stop);

  test('creates users without a password, and lets the owner migrate', async () => {
    await expectSuccess(properties({ users, schemas: ['billing'], databases: ['archive'] }));
    const members = `SELECT pg_get_userbyid(member) AS name FROM pg_auth_members
      WHERE roleid = 'rds_iam'::regrole AND NOT admin_option ORDER BY 1`;
    expect((await server.query<{ name: string }>(members)).map(({ name }) => name)).toEqual(
      users.map(({ name }) => name).sort(),
    );
    await impersonate('owner', 'CREATE TABLE orders (id int); CREATE TABLE billing.invoices (id int)');
    await impersonate('application', 'INSERT INTO orders VALUES (1); INSERT INTO billing.invoices VALUES (1)');
    await impersonate('jane.doe@example.org', 'SELECT FROM orders; SELECT FROM billing.invoices');
    await expect(impersonate('jane.doe@example.org', 'DELETE FROM orders')).rejects.toThrow(/permission denied/);
  });

  test('never makes the master user a member of the owner, and changes nothing when it runs again', async () => {
    const before = await catalogOf(server, [DATABASE, 'archive']);
    await expectSuccess(properties({ users, schemas: ['billing'], databases: ['archive'] }));
    expect(await catalogOf(server, [DATABASE, 'archive'])).toEqual(before);
    const acts = await server.query("SELECT pg_has_role('dbadmin', 'owner', 'USAGE') AS acts");
    expect(acts).toEqual([{ acts: false }]);
  });

  test(`keeps the master user signed in${locksOut}`, async () => {
    const visitor = { name: 'visitor', access: 'READ_ONLY' };
    const given = properties({ users: [...users, visitor] });
    if (locksOut) {
      await expectFailure(given, /visitor, the master user could no longer sign in.* taken back/);
      expect(await server.query("SELECT FROM pg_roles WHERE rolname = 'visitor'")).toEqual([]);
    } else {
      await expectSuccess(given);
    }
    await expectSuccess(properties({ users }));
  });

  test('gives another owner what the former one has, and gives it back', async () => {
    setup.put('arn:next', { username: 'next', password: 'password of the next owner' });
    setup.put('arn:shop', { username: 'shop', password: 'password of the shop' });
    const before = properties({ users, schemas: ['billing'], databases: ['archive'] });
    const after = {
      ...before,
      users: [
        { name: 'next', access: 'OWNER', secretArn: 'arn:next' },
        { name: 'shop', access: 'READ_WRITE', secretArn: 'arn:shop' },
      ],
    };
    const update = async (given: object, old: object) =>
      expect(await setup.request('Update', given, 60_000, old)).toMatchObject({ reason: ENDED, status: 'SUCCESS' });
    await update(after, before);
    const next = { user: 'next', password: 'password of the next owner', database: DATABASE };
    await server.query('ALTER TABLE orders ADD note text; CREATE TABLE billing.more (id int)', next);
    const shop = { user: 'shop', password: 'password of the shop', database: DATABASE };
    await server.query('UPDATE orders SET note = id; DELETE FROM billing.invoices', shop);
    // Tasks that run still sign in as the former user.
    await impersonate('application', 'UPDATE orders SET note = id');
    await update(before, after);
    await impersonate('owner', 'ALTER TABLE orders DROP note; DROP TABLE billing.more');
    expect(await server.query("SELECT pg_has_role('dbadmin', 'owner', 'USAGE') AS acts")).toEqual([{ acts: false }]);
  });

  test('refuses a password for a user who has none, says how to go on, and changes nothing', async () => {
    const before = await catalogOf(server, [DATABASE]);
    await expectFailure(
      properties({ users: [OWNER, APPLICATION, { name: 'new', access: 'READ_ONLY' }] }),
      /user owner signs in with IAM .*; user application signs in with IAM .*lock out.* second one with addUser\(\)/,
    );
    expect(await catalogOf(server, [DATABASE])).toEqual(before);
  });
});

describe('The setup', () => {
  beforeAll(async () => start('16'), 60_000);
  afterAll(stop);

  test('refuses IAM authentication for a user with a password', async () => {
    await expectSuccess(properties());
    await expectFailure(
      properties({ users: [OWNER, { ...APPLICATION, secretArn: undefined }] }),
      /user application signs in with a password on this server, and the setup asks for IAM/,
    );
  });

  test('of a server that took the place of the former one refuses an empty one, and goes back to the former one', async () => {
    const empty = await startRdsPostgres('16');
    const before = await catalogOf(empty, [DATABASE]);
    const onEmpty = await DatabaseSetup.start(empty.certificateFile);
    onEmpty
      .put('arn:master', MASTER)
      .put('arn:owner', { username: 'owner', password: PASSWORDS.owner })
      .put('arn:application', { username: 'application', password: PASSWORDS.application });
    await expectSuccess(properties());
    const former = properties({ host: 'shop.example', users: [OWNER, APPLICATION] });
    const replaced = { ...properties(), port: `${empty.port}` };
    const { status, reason } = await onEmpty.request('Update', replaced, 60_000, former);
    expect([status, reason]).toEqual([
      'FAILED',
      'the deployment would replace the server at shop.example by the empty server at localhost. Nothing was changed ' +
        'in either server. Set the former identifier again. To restore data, add a second database under another ' +
        'construct id (docs/recovery.md), and move the services to it.',
    ]);
    const nobody = await onEmpty.request('Update', { ...replaced, users: [] }, 60_000, { ...former, users: [] });
    expect(nobody).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('by the empty server') });
    expect(await catalogOf(empty, [DATABASE])).toEqual(before);
    onEmpty.stop();
    await empty.stop();

    // The users of the attempt are others: it may have renamed them as well.
    const attempt = properties({ host: 'shop2.example', users: [{ ...OWNER, name: 'boss', secretArn: 'arn:boss' }] });
    const back = await setup.request('Update', properties(), 60_000, attempt);
    expect(back).toMatchObject({ status: 'SUCCESS', reason: ENDED });
    const alone = properties({ users: [] });
    expect(await setup.request('Update', alone, 60_000, { ...alone, host: 'shop2.example' })).toMatchObject({ reason: ENDED });
  }, 60_000);

  test('refuses a restored server in the place of the former one, because no password fits there', async () => {
    await expectSuccess(properties());
    const restored = await server.restored();
    const onRestored = await DatabaseSetup.start(restored.certificateFile);
    const put = (password: string) =>
      onRestored
        .put('arn:master', MASTER)
        .put('arn:owner', { username: 'owner', password })
        .put('arn:application', { username: 'application', password });
    put('password since then');
    const given = { ...properties(), port: `${restored.port}` };
    const former = properties({ host: 'shop.example' });
    const { status, reason } = await onRestored.request('Update', given, 60_000, former);
    expect([status, reason]).toEqual(['FAILED', expect.stringMatching(/server at localhost, which has other data/)]);
    const previous = await server.query('SELECT 1 AS one', { user: 'owner', password: PASSWORDS.owner, database: DATABASE });
    expect(previous).toEqual([{ one: 1 }]);
    // A renamed server keeps its host, and gets the passwords of the secrets.
    const renamed = await onRestored.request('Update', given, 60_000, given);
    expect(renamed).toMatchObject({ status: 'SUCCESS', reason: ENDED });
    onRestored.stop();
    await restored.stop();
  }, 60_000);

  test('says what the server says of an extension that it does not have, and leaves what was there', async () => {
    const before = await catalogOf(server, [DATABASE]);
    await expectFailure(
      properties({ extensions: ['pgcrypto', 'nonsense'] }),
      /^CREATE EXTENSION nonsense in database application: extension "nonsense" is not available \(0A000\)\. Detail: /,
    );
    expect(await catalogOf(server, [DATABASE])).toEqual(before);
  });

  test('runs whatever timeouts and defaults the server or the database has', async () => {
    const busy = await startRdsPostgres('17', {
      parameters: { idle_session_timeout: '1s', transaction_timeout: '2s' },
    });
    await busy.query(`ALTER DATABASE ${DATABASE} SET default_transaction_read_only = on`);
    const asMaster = { user: MASTER.username, password: MASTER.password, database: DATABASE };
    const other = await busy.connect({ ...asMaster, options: '-c transaction_timeout=0 -c default_transaction_read_only=off' });
    await other.query("BEGIN; ALTER ROLE CURRENT_USER SET application_name = 'another setup'");
    setTimeout(() => void other.query('ROLLBACK'), 4000);
    const onBusy = await DatabaseSetup.start(busy.certificateFile);
    onBusy.put('arn:master', MASTER).put('arn:owner', { username: 'owner', password: PASSWORDS.owner });
    const given = { ...properties(), port: `${busy.port}`, users: [OWNER] };
    expect(await onBusy.request('Create', given)).toMatchObject({ status: 'SUCCESS', reason: ENDED });
    await other.end();
    onBusy.stop();
    await busy.stop();
  }, 60_000);

  test('quotes every name', async () => {
    const names = {
      owner: 'The "Owner"',
      writer: "o'brien; --",
      reader: 'select',
      database: 'Big-"Data"',
      schema: 'Order Items',
    };
    setup
      .put('arn:quoted', { username: names.owner, password: 'a' })
      .put('arn:writer', { username: names.writer, password: 'b' });
    const users = [
      { name: names.owner, access: 'OWNER', secretArn: 'arn:quoted' },
      { name: names.writer, access: 'READ_WRITE', secretArn: 'arn:writer' },
      { name: names.reader, access: 'READ_ONLY' },
    ];
    const quoted = properties({ users, databases: [names.database], schemas: [names.schema] });
    await expectSuccess(quoted);
    await server.query('CREATE TABLE "Order Items"."A ""Table""" (id int)', {
      user: names.owner,
      password: 'a',
      database: names.database,
    });
    await expectSuccess(quoted);
    await server.query('INSERT INTO "Order Items"."A ""Table""" VALUES (1)', {
      user: names.writer,
      password: 'b',
      database: names.database,
    });
    await impersonate(names.reader, 'SELECT id FROM "Order Items"."A ""Table"""', names.database);
  });

  test('creates forty users, and gives later ones what was made before', async () => {
    await server.query('CREATE TABLE IF NOT EXISTS early (id int)', {
      user: 'owner',
      password: PASSWORDS.owner,
      database: DATABASE,
    });
    const more = Array.from({ length: 40 }, (_, i) => ({
      name: `service_${i}`,
      access: 'READ_WRITE',
      secretArn: `arn:service:${i}`,
    }));
    more.forEach(({ name, secretArn }) => setup.put(secretArn, { username: name, password: `password of ${name}` }));
    await expectSuccess(properties({ users: [OWNER, APPLICATION, ...more] }));
    await server.query('INSERT INTO early VALUES (1)', {
      user: 'service_39',
      password: 'password of service_39',
      database: DATABASE,
    });
  }, 30_000);

  test('lets two requests at once follow each other', async () => {
    setup.put('arn:twin', { username: 'twin', password: 'password of the twin' });
    const users = [OWNER, APPLICATION, { name: 'twin', access: 'READ_ONLY', secretArn: 'arn:twin' }];
    const other = await DatabaseSetup.start(server.certificateFile);
    other
      .put('arn:master', MASTER)
      .put('arn:twin', { username: 'twin', password: 'password of the twin' })
      .put('arn:owner', { username: 'owner', password: PASSWORDS.owner })
      .put('arn:application', { username: 'application', password: PASSWORDS.application });
    const results = await Promise.all(
      [setup, other].map(async (each) => each.request('Update', properties({ users, databases: ['both'] }))),
    );
    other.stop();
    expect(results.map(({ reason }) => reason)).toEqual([ENDED, ENDED]);
  });

  test('without an owner gives users rights on what the master user makes', async () => {
    const users = [{ name: 'writer', access: 'READ_WRITE', secretArn: 'arn:plain' }];
    setup.put('arn:plain', { username: 'writer', password: 'plain' });
    await expectSuccess(properties({ users, databases: ['masters'], schemas: ['sales'] }));
    await server.query('CREATE TABLE sales.t (id int)', {
      user: MASTER.username,
      password: MASTER.password,
      database: 'masters',
    });
    await server.query('INSERT INTO sales.t VALUES (1)', { user: 'writer', password: 'plain', database: 'masters' });
    await server.query('DROP SCHEMA public CASCADE; CREATE SCHEMA extensions', { database: 'masters' });
    await server.query('GRANT ALL ON SCHEMA extensions TO dbadmin', { database: 'masters' });
    await server.query('ALTER DATABASE masters SET search_path = extensions');
    await expectSuccess(properties({ users, databases: ['masters'], schemas: ['sales'] }));
  });

  test('says whose password is refused, and which secret is wrong or missing', async () => {
    setup
      .put('arn:wrong', { ...MASTER, password: 'wrong' })
      .put('arn:foreign', { username: 'somebody', password: 'x' });
    await expectFailure(
      properties({ masterSecretArn: 'arn:wrong' }),
      /^sign-in as the master user dbadmin: password authentication failed/,
    );
    await expectFailure(
      properties({ users: [{ ...OWNER, secretArn: 'arn:foreign' }] }),
      /secret of user owner must name it or owner_clone, not somebody/,
    );
    await expectFailure(
      properties({ masterSecretArn: 'arn:none' }),
      /secret arn:none can't be read: .*endpoint of Secrets Manager/,
    );
  }, 30_000);

  test('accepts no certificate of an unknown authority', async () => {
    const distrustful = await DatabaseSetup.start();
    const { status, reason } = await distrustful.put('arn:master', MASTER).request('Create', properties({ users: [] }));
    distrustful.stop();
    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringMatching(/^sign-in as the master user dbadmin: self-signed certificate/),
    ]);
  });

  test('of a server that nobody answers for ends in time, and names security group, routes and names', async () => {
    const port = `${await freePort()}`;
    const { milliseconds } = await expectFailure(
      properties({ port }),
      /^no connection to localhost:\d+ within 2 s: .*ECONNREFUSED.* security group .* routes .* names/,
      31_000,
    );
    expect(milliseconds).toBeLessThan(15_000);
  }, 30_000);

  test('of a server that never answers is answered before the function ends, with the last step', async () => {
    const silent = net.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as net.AddressInfo;
    await expectFailure(
      properties({ port: `${port}` }),
      /not ended within 3 s\. Its last step: Sign in to localhost/,
      28_000,
    );
    silent.close();
  }, 30_000);

  test('answers a deletion without a connection, under the same id', async () => {
    const { status, physicalId, log } = await setup.request(
      'Delete',
      properties({ host: 'gone.invalid', masterSecretArn: 'arn:none' }),
    );
    expect([status, physicalId]).toEqual(['SUCCESS', 'Shop/DatabaseSetup']);
    expect(log).toMatch(/^Delete: SUCCESS/);
  });

  test('ignores the event that keeps the function awake', async () => {
    expect(await setup.invoke({ wake: true })).toMatchObject({ status: undefined, exitCode: 0 });
  });

  test('repeats an answer that does not arrive, and fails where none does', async () => {
    setup.refusals.push(500, 503);
    expect(await setup.request('Delete', properties())).toMatchObject({ status: 'SUCCESS', exitCode: 0 });
    setup.refusals.push(403, 403, 403, 403);
    const { status, exitCode, log } = await setup.request('Delete', properties());
    expect([status, exitCode]).toEqual([undefined, 1]);
    expect(log).toContain(
      'status 403. Without a NAT gateway, the policy of the VPC endpoint of S3 must admit PutObject',
    );
  }, 30_000);
});
