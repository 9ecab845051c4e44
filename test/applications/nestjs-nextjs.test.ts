import { createHmac } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { smoke } from '../../lambda/rollout-hook/smoke';
import { synthesizedProgram } from '../fixtures/synthesized-program';
import type { Properties } from '../simulators/cloudformation/template';
import { ProductAccount } from '../simulators/product-account';
import { surroundings } from '../simulators/product-release';
import { Application, type Variables } from './application';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'nestjs-nextjs');
const API = path.join(EXAMPLE, 'api');
const WEB = path.join(EXAMPLE, 'web');
const read = (...file: string[]): string => fs.readFileSync(path.join(EXAMPLE, ...file), 'utf8');
/** The command of an image. */
const commandOf = (image: string): string[] => JSON.parse(/^CMD (.*)$/m.exec(read(image, 'Dockerfile'))![1]) as string[];

jest.setTimeout(60_000);

/** A token that the API issued, signed with its secret. */
function tokenOf(user: string, secret: string): string {
  const encoded = [{ alg: 'HS256', typ: 'JWT' }, { sub: user }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${encoded}.${createHmac('sha256', secret).update(encoded).digest('base64url')}`;
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !(await holds()); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await holds()).toBe(true);
}

describe('The applications of document A with the variables of their tasks', () => {
  let account: ProductAccount;
  const started: Application[] = [];

  beforeAll(async () => {
    [API, WEB].forEach((folder) => Application.build(folder));
    account = await ProductAccount.start();
    const { context } = JSON.parse(read('cdk.json')) as { context: object };
    const { stacks, templates } = synthesizedProgram(read('app.ts'), context);
    // Production alone: it needs nothing of staging, and the pipeline is played by other tests.
    const outcomes = await account.deploy({ templates, stacks: stacks.filter((stack) => /registry|production/.test(stack)) });
    expect(Object.values(outcomes).map(({ state }) => state.status)).toEqual(['CREATE_COMPLETE', 'CREATE_COMPLETE', 'CREATE_COMPLETE', 'CREATE_COMPLETE']);
  }, 600_000);
  afterAll(async () => {
    await Promise.all(started.map((one) => one.stop()));
    await account.stop();
  });

  const definitions = () => account.account.existing.of('AWS::ECS::TaskDefinition').map(({ properties }) => properties);
  const onPort = (port: number) => definitions().find(({ ContainerDefinitions: [{ PortMappings }] }) => PortMappings?.[0].ContainerPort === port)!;
  const inFamily = (end: string) => definitions().find(({ Family }) => String(Family).endsWith(end))!;
  /** Variables of the application's container, which the network of its service lets it use. */
  const variables = (definition: Properties): Variables =>
    account.variables(definition.ContainerDefinitions[0], surroundings(definition, account.account.existing.of('AWS::ECS::Service')[0].properties));
  const get = (port: number, url: string, options: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${url}`, options);
  const found = async (query: string) => (await account.server.query(query, { database: 'application' })).length > 0;
  const answers = (port: number, url: string) => get(port, url).then(({ status }) => status === 200, () => false);

  /** Runs a command of the API's image to its end, with the variables of a family. */
  async function run(script: string, family: string): Promise<Application> {
    const { scripts } = JSON.parse(read('api', 'package.json')) as { scripts: { [name: string]: string } };
    const program = Application.start(API, scripts[script].split(' '), variables(inFamily(family)));
    expect([await program.ended, program.text]).toEqual([0, expect.anything()]);
    return program;
  }

  function start(image: string, folder: string, port: number): Application {
    const variablesOfTask = variables(onPort(port));
    expect(variablesOfTask.PORT).toBe(`${port}`);
    const application = Application.start(folder, commandOf(image), variablesOfTask);
    started.push(application);
    return application;
  }

  test('the dry run prints the SQL as a user who may only read, and the migration runs as the owner [A-08]', async () => {
    const plan = await run('migration:plan', '-migration-plan');
    expect(plan.text).toMatch(/^CREATE TABLE items/);
    expect(await account.server.query("SELECT tablename FROM pg_tables WHERE tablename = 'items'", { database: 'application' })).toEqual([]);

    const migration = await run('migration:run', '-migration');
    expect(migration.log).toEqual([expect.objectContaining({ level: 'info', message: '1 migrations have run' })]);
    expect(await account.server.query("SELECT tableowner FROM pg_tables WHERE tablename = 'items'", { database: 'application' })).toEqual([{ tableowner: 'owner' }]);
  });

  test('the API is ready, passes the smoke test of its hook, and stays within its file system [A-11, A-20]', async () => {
    const api = start('api', API, 4000);
    await until(() => answers(4000, '/ready'));
    await smoke({ port: 4000, stepSeconds: 0, verifySeconds: 0, attempts: 1, requests: [{ path: '/health', status: 200, timeoutMs: 5000 }] }, '127.0.0.1');
    expect(await answers(4000, '/live')).toBe(true);
    expect(api.log.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test('its log has the fields that the saved queries and the log metrics read [A-15, A-16, A-18]', async () => {
    const [api] = started;
    const secret = variables(onPort(4000)).JWT_SECRET;
    const headers = { 'authorization': `Bearer ${tokenOf('ada', secret)}`, 'content-type': 'application/json', 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678' };
    const create = () => get(4000, '/api/items', { method: 'POST', headers, body: JSON.stringify({ name: 'lamp' }) });

    expect([(await create()).status, (await create()).status]).toEqual([201, 201]);
    expect(await (await get(4000, '/api/items', { headers })).json()).toEqual([{ id: 1, name: 'lamp' }]);
    expect((await get(4000, '/api/items')).status).toBe(401);

    await until(() => api.log.filter(({ duration }) => duration !== undefined).length >= 4);
    const counted = [...read('app.ts').matchAll(/count\('\w+', '([\w.]+)'\)/g)].map(([, event]) => event);
    expect(api.log.flatMap(({ event }) => event ?? [])).toEqual(counted);
    const requests = api.log.filter(({ message, user }) => user && String(message).includes('completed'));
    expect(requests).toHaveLength(3);
    requests.forEach((line) => expect(line).toMatchObject({ user: 'ada', level: 'info', requestId: headers['x-amzn-trace-id'], duration: expect.any(Number) }));
    expect(api.log.filter(({ event }) => event)[0]).toMatchObject({ context: 'ItemsController', level: 'info', message: 'item.created', user: 'ada' });
    expect(api.text).not.toContain(secret);
    expect(api.text).not.toContain('Bearer');
  });

  test('it is not ready while the database does not answer, and lives on [A-20]', async () => {
    await account.server.query("ALTER ROLE application NOLOGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'application'");
    await until(async () => (await get(4000, '/ready')).status === 503);
    expect(await answers(4000, '/live')).toBe(true);
    await account.server.query('ALTER ROLE application LOGIN');
    await until(() => answers(4000, '/ready'));
  });

  test('the web application serves its page and passes the smoke test, and stays within its file system [A-01, A-11]', async () => {
    const web = start('web', path.join(WEB, '.next', 'standalone'), 3000);
    await until(() => answers(3000, '/ready'));
    await smoke({ port: 3000, stepSeconds: 0, verifySeconds: 0, attempts: 1, requests: [{ path: '/health', status: 200, timeoutMs: 5000 }] }, '127.0.0.1');
    expect(await (await get(3000, '/')).text()).toContain('<h1>Shop</h1>');
    expect(web.text).not.toMatch(/EACCES|EROFS/);
  });

  test('SIGTERM lets a request end that runs, and ends both within the time that their tasks have', async () => {
    const [api, web] = started;
    const begun = Date.now();
    const locked = account.server.query('BEGIN; LOCK TABLE items; SELECT pg_sleep(2); COMMIT', { database: 'application' });
    await until(() => found("SELECT FROM pg_locks WHERE relation = 'items'::regclass AND mode = 'AccessExclusiveLock' AND granted"));
    const waiting = get(4000, '/api/items', { headers: { authorization: `Bearer ${tokenOf('ada', variables(onPort(4000)).JWT_SECRET)}` } });
    await until(() => found("SELECT FROM pg_locks WHERE relation = 'items'::regclass AND NOT granted"));
    const codes = Promise.all([api.stop(), web.stop()]);

    expect((await waiting).status).toBe(200);
    await locked;
    expect(await codes).toEqual([143, 143]);
    const [{ StopTimeout }] = onPort(4000).ContainerDefinitions;
    expect(Date.now() - begun).toBeLessThan(1000 * Number(StopTimeout));
  });
});
