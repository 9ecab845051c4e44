import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Client } from 'pg';
import type { SynthesizedProgram } from '../fixtures/synthesized-program';
import { runTypeOrm } from '../fixtures/typeorm-program';
import type { Outcome } from '../simulators/cloudformation/outcome';
import { ProductAccount } from '../simulators/product-account';
import { type Image, ProductRelease, surroundings } from '../simulators/product-release';
import { README, readmeProgram } from './readme-program';

jest.setTimeout(180_000);

type Variables = { readonly [name: string]: string };

/** Session with the variables of a task, and nothing else. */
async function session<T>(variables: Variables, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: variables.DB_HOST,
    port: Number(variables.DB_PORT),
    user: variables.DB_USERNAME,
    password: variables.DB_PASSWORD,
    database: variables.DB_NAME,
    ssl: { ca: variables.DB_SSL_CA },
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Image of the shop, whose health check writes a row to a table and reads it. */
function shop(table = 'orders'): Image {
  return {
    run: async (command, environment) => {
      expect(command).toEqual(['npm', 'run', 'migrate']);
      await runTypeOrm('postgres', { command: 'migration:run', tag: 'v1', environment, ca: environment.DB_SSL_CA });
    },
    serve: (variables) =>
      session(variables, async (client) => {
        await client.query(`INSERT INTO ${table} (state) VALUES ('new')`);
        const { rows } = await client.query(`SELECT state FROM ${table}`);
        return rows.length > 0 ? 200 : 503;
      }),
  };
}

/** What a team changes in the program. */
type Edit = (program: string) => string;
const same: Edit = (program) => program;

/** The README's program with its database. */
const product = (edit?: (program: string) => string): SynthesizedProgram => readmeProgram(1, edit);

function statusOf(outcomes: { [stack: string]: Outcome }): { [stack: string]: string } {
  return Object.fromEntries(Object.entries(outcomes).map(([stack, { state }]) => [stack, state.status]));
}

/** Resources that a deployment updates or replaces, by type. */
function touched({ changes }: Outcome): string[] {
  return changes.filter(({ action }) => action !== 'create').map(({ type, action }) => `${action} ${type}`);
}

/** The same program in a network without a way to the internet. */
const endpointsOnly = (program: string): string => program
  .replace('HardenedPostgres,', 'Egress, HardenedPostgres,')
  .replace("'Network');", "'Network', { egress: Egress.endpointsOnly() });");

const NETWORKS: Array<[name: string, edit: Edit]> = [
  ['as the README has it', same],
  ['in a network with endpoints only', endpointsOnly],
];

describe.each(NETWORKS)('The first day of the product with a database, %s', (_, edit) => {
  let account: ProductAccount;
  let release: ProductRelease;

  beforeAll(async () => {
    account = await ProductAccount.start();
  });
  afterAll(async () => {
    release.close();
    await account.stop();
  });

  test('deploys into an empty account, where the bundled setup succeeds on a real server', async () => {
    const outcomes = await account.deploy(product(edit));

    expect(statusOf(outcomes)).toEqual({
      Registry: 'CREATE_COMPLETE', Network: 'CREATE_COMPLETE', Data: 'CREATE_COMPLETE', Shop: 'CREATE_COMPLETE',
    });
    expect(account.setups.map(({ status, reason }) => [status, reason])).toEqual([['SUCCESS', 'The setup has ended.']]);
    expect(account.account.existing.of('AWS::ECS::Service')[0].properties.DesiredCount).toBe(0);
  });

  test('needs no command but those of the README, each of which names one resource', () => {
    const commands = [...README.matchAll(/resource (\w+) (\w+::\w+) ?(\w*)/g)]
      .map(([, stack, type, beginning]) => [stack, `AWS::${type}`, beginning]);

    expect(commands.length).toBeGreaterThan(2);
    expect(commands.filter(([stack, type, beginning]) =>
      account.account.existing.of(type).filter((one) => one.stack === stack && one.logicalId.startsWith(beginning)).length !== 1)).toEqual([]);
    // Both fail in a new account without their role.
    expect(README).toContain('create-service-linked-role --aws-service-name ecs.amazonaws.com');
    expect(README).toContain('create-service-linked-role --aws-service-name rds.amazonaws.com');
  });

  test('ends with tasks that are signed in, migrated and healthy, and nobody has run SQL [A-24]', async () => {
    release = new ProductRelease(account, { '1.4.2': shop(), '1.5.0': shop('nowhere') });
    const { status, error } = await release.release('1.4.2');

    expect([status, error, release.errors]).toEqual(['SUCCEEDED', undefined, []]);
    expect(release.health).toEqual([{ tag: '1.4.2', status: 200 }]);
    expect([release.world.serving, release.world.released]).toEqual([['1.4.2'], ['1.4.2']]);
    const query = 'SELECT tableowner FROM pg_tables WHERE tablename = \'orders\'';
    expect(await account.server.query(query, { database: 'application' })).toEqual([{ tableowner: 'owner' }]);
  });

  test('keeps serving where the tasks of the next version are not healthy', async () => {
    const { status } = await release.release('1.5.0');

    expect([status, release.health[1]]).toEqual(['FAILED', { tag: '1.5.0', status: 503 }]);
    expect(release.errors).toEqual(['relation "nowhere" does not exist']);
    expect(release.world.serving).toEqual(['1.4.2']);
  });

  test('runs no setup in a deployment that repeats the first one', async () => {
    const outcomes = await account.deploy(product(edit));

    expect(touched(outcomes.Data)).toEqual([]);
    expect(account.setups).toHaveLength(1);
  });

  test('runs the setup for one more user, and nothing that runs is touched', async () => {
    const outcomes = await account.deploy(product((program) => edit(program)
      .replace('HardenedPostgres,', 'DatabaseAccess, HardenedPostgres,')
      .replace(/(const database .*)/, "$1\ndatabase.addUser('reporting', DatabaseAccess.READ_ONLY);")));

    expect(touched(outcomes.Data)).toEqual(['update AWS::IAM::ManagedPolicy', 'update Custom::DatabaseSetup']);
    expect([outcomes.Registry, outcomes.Network, outcomes.Shop].flatMap(touched)).toEqual([]);
    expect(account.setups.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS']);
    const reporting = { user: 'reporting', password: account.passwordOf('reporting'), database: 'application' };
    expect(await account.server.query('SELECT state FROM orders', reporting)).toEqual([{ state: 'new' }]);
    await expect(account.server.query('DELETE FROM orders', reporting)).rejects.toThrow(/permission denied/);
  });
});

describe('The first day of the product without releases', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shop-'));
  let account: ProductAccount;

  beforeAll(() => fs.writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\n'));
  beforeEach(async () => {
    account = await ProductAccount.start();
  });
  afterEach(() => account.stop());
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  /** The README's product whose image is that of a folder, with more props of its database. */
  const declared = (props = '', edit: Edit = same): SynthesizedProgram => product((program) => edit(program)
    .replace('ServiceImage.released(images)', `ServiceImage.fromAsset(${JSON.stringify(folder)})`)
    .replace('\'Database\', { network }', `'Database', { network${props} }`)
    .replace(/new Release\([^]*?\n\}\);\n/, ''));
  const inOneStack = (program: string): string => program
    .replace(/const stack = .*\n/, '')
    .replace('const images', 'const stack = new Stack(app, \'Shop\', { env });\nconst images')
    .replace(/new Stack\(app, '(Network|Data)', { env }\)/g, 'stack');
  const services = () => account.account.existing.of('AWS::ECS::Service');

  /** User of a session with the variables of the only task definition. */
  async function signedIn(): Promise<string> {
    const [{ properties: definition }] = account.account.existing.of('AWS::ECS::TaskDefinition');
    const [{ properties: service }] = services();
    const variables = account.variables(definition.ContainerDefinitions[0], surroundings(definition, service));
    const { rows } = await session(variables, (client) =>
      client.query<{ name: string }>('SELECT current_user AS name'));
    return rows[0].name;
  }

  test.each(NETWORKS)('starts the tasks in one stack after the setup, and they sign in, %s [A-24]', async (_, edit) => {
    const outcomes = await account.deploy(declared('', (program) => inOneStack(edit(program))));

    expect(statusOf(outcomes)).toMatchObject({ Shop: 'CREATE_COMPLETE' });
    const created = outcomes.Shop.changes.map(({ type }) => type);
    expect(created.indexOf('AWS::ECS::Service')).toBeGreaterThan(created.indexOf('Custom::DatabaseSetup'));
    expect(services()[0].properties.DesiredCount).toBeUndefined();
    expect(await signedIn()).toBe('application');
  });

  test('starts no service where the server refuses, in one stack with the database', async () => {
    const outcomes = await account.deploy(declared(", extensions: ['timescaledb']", inOneStack));

    expect(statusOf(outcomes)).toMatchObject({ Shop: 'CREATE_FAILED' });
    expect(account.setups[0].reason).toMatch(/extension "timescaledb" is not available/);
    expect(services()).toEqual([]);
  });

  test('goes on by the same command when what the server refused is gone', async () => {
    const refused = await account.deploy(declared(", extensions: ['timescaledb']"));
    expect([statusOf(refused).Data, Object.keys(refused)]).toEqual(['CREATE_FAILED', ['Registry', 'Network', 'Data']]);

    const mended = await account.deploy(declared());
    expect(statusOf(mended)).toMatchObject({ Data: 'UPDATE_COMPLETE', Shop: 'CREATE_COMPLETE' });
    expect(await signedIn()).toBe('application');
  });

  test('signs nobody in without the setup', async () => {
    await account.deploy(declared(', setup: false'));

    await expect(signedIn()).rejects.toThrow(/password authentication failed for user "application"/);
  });
});
