import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { sampleOf } from './page';
import { QUERY, TlsServer } from './tls-server';

const ROOT = path.join(__dirname, '..', '..', '..');

/** Clients of PostgreSQL, and the statements that use what their sample exports. */
const CLIENTS: Array<[heading: string, probe: string]> = [
  ['node-postgres', `
    const { rows: [session] } = await pool.query(QUERY);
    report({ ...session, pool: pool.options.max });
    await pool.end();`],
  ['TypeORM', `
    await dataSource.initialize();
    const [session] = await dataSource.query(QUERY);
    report({ ...session, pool: dataSource.driver.master.options.max });
    await dataSource.destroy();`],
  ['Prisma', `
    const connection = await adapter.connect();
    const { columnNames, rows: [row] } = await connection.queryRaw({ sql: QUERY, args: [], argTypes: [] });
    report({ ...Object.fromEntries(columnNames.map((name, index) => [name, row[index]])), pool: 3 });
    await connection.dispose();`],
];

interface Ended {
  readonly report?: object;
  readonly error: string;
}

let folder: string;
let server: TlsServer;

beforeAll(async () => {
  // In the repository, so that the samples find the packages.
  fs.mkdirSync(path.join(ROOT, 'tmp'), { recursive: true });
  folder = fs.mkdtempSync(path.join(ROOT, 'tmp', 'connecting-'));
  server = await TlsServer.start();
}, 60_000);

afterAll(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Runs a sample of the page, then a probe of what it exports. */
function run(heading: string, probe: string, variables: NodeJS.ProcessEnv = {}): Ended {
  const file = path.join(folder, 'sample.mjs');
  fs.writeFileSync(file, `${sampleOf(heading)}
const QUERY = ${JSON.stringify(QUERY)};
const report = (value) => console.log(JSON.stringify(value));
${probe}\n`);
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', env: { PATH, HOME, ...server.variables(variables) }, timeout: 30_000 });
  return { report: status === 0 ? JSON.parse(stdout) as object : undefined, error: stderr };
}

describe.each(CLIENTS)('%s, as the page has it', (heading, probe) => {
  test('signs in over TLS as the application, with the pool that the service states', () => {
    expect(run(heading, probe)).toEqual({ report: { user: 'application', ssl: true, pool: 3 }, error: expect.anything() });
  });

  test('refuses a server of another authority', () => {
    const { report, error } = run(heading, probe, { DB_SSL_CA: server.otherAuthority });
    expect(report).toBeUndefined();
    expect(error).toContain('self-signed certificate in certificate chain');
  });

  test('refuses a server of another name', () => {
    const { report, error } = run(heading, probe, { DB_HOST: '127.0.0.1' });
    expect(report).toBeUndefined();
    expect(error).toContain("IP: 127.0.0.1 is not in the cert's list");
  });

  test('fails without the certificates as the page of errors has it', () => {
    expect(run(heading, probe, { DB_SSL_CA: undefined }).error).toContain('self-signed certificate in certificate chain');
  });
});

test('a connection without TLS is refused', () => {
  const [[heading, probe]] = CLIENTS;
  const file = path.join(folder, 'plain.mjs');
  fs.writeFileSync(file, `${sampleOf(heading).replace(/^ *ssl: .*$/m, '')}
const QUERY = ${JSON.stringify(QUERY)};
const report = (value) => console.log(JSON.stringify(value));
${probe}\n`);
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', env: { ...process.env, ...server.variables() } });
  expect(status).not.toBe(0);
  expect(stderr).toContain('no encryption');
});

test('node-postgres with IAM authentication asks for a token of the user at each connection', () => {
  const probe = `
    const { rows: [session] } = await pool.query(QUERY);
    const token = new URL('https://' + await signer.getAuthToken());
    report({ ...session, host: token.host, action: token.searchParams.get('Action'), dbUser: token.searchParams.get('DBUser'), seconds: token.searchParams.get('X-Amz-Expires') });
    await pool.end();`;
  const { report, error } = run('node-postgres with IAM authentication', probe, {
    DB_USERNAME: 'token_user', DB_PASSWORD: undefined, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'only-in-tests',
  });
  expect(error).toBe('');
  expect(report).toEqual({
    user: 'token_user', ssl: true, host: `localhost:${server.variables().DB_PORT}`, action: 'connect', dbUser: 'token_user', seconds: '900',
  });
});

test('the composed DATABASE_URL signs in, whatever the password holds', () => {
  const file = path.join(folder, 'authorities.pem');
  fs.writeFileSync(file, server.variables().DB_SSL_CA!);
  const probe = `
    const { default: pg } = await import('pg');
    const client = new pg.Client(process.env.DATABASE_URL);
    await client.connect();
    report((await client.query(QUERY)).rows[0]);
    await client.end();`;
  expect(run('DATABASE_URL in Node.js', probe, { DB_SSL_ROOT_CERT: file }).report).toEqual({ user: 'application', ssl: true });
  expect(run('DATABASE_URL in Node.js', probe).error).toContain("no such file or directory, open '/etc/ssl/certs/rds-global-bundle.pem'");
});
