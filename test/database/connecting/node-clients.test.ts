import * as fs from 'fs';
import * as path from 'path';
import { type Ended, folderForSamples, runSample } from './node-sample';
import { QUERY, TlsServer } from './tls-server';

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

let folder: string;
let server: TlsServer;

beforeAll(async () => {
  folder = folderForSamples();
  server = await TlsServer.start();
}, 60_000);

afterAll(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

function run(heading: string, probe: string, variables: NodeJS.ProcessEnv = {}, change?: (sample: string) => string): Ended {
  return runSample(folder, heading, `const QUERY = ${JSON.stringify(QUERY)};\n${probe}`, server.variables(variables), change);
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
  const { report, error } = run(heading, probe, {}, (sample) => sample.replace(/^ *ssl: .*$/m, ''));
  expect(report).toBeUndefined();
  expect(error).toContain('no encryption');
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

test("Prisma's command line gets a URL by which its engine verifies the server, whatever the password holds", () => {
  const { DB_SSL_CA, DB_PASSWORD, DB_USERNAME, DB_PORT } = server.variables();
  const probe = `
    const { searchParams: tls, username, password, host } = new URL(url);
    const read = decodeURIComponent;
    report({
      tls: Object.fromEntries(tls), sign: [username, password].map(read), host, authority: fs.readFileSync(tls.get('sslcert'), 'utf8'),
    });`;
  const file = '/tmp/rds-authority.pem';
  const own = path.join(folder, 'rds-authority.pem');
  expect(run("Prisma's command line", probe, {}, (sample) => sample.replace(file, own))).toEqual({
    // Prisma knows no verify-full, and accepts any certificate without `sslaccept`.
    report: {
      tls: { sslmode: 'require', sslaccept: 'strict', sslcert: own }, sign: [DB_USERNAME, DB_PASSWORD], host: `localhost:${DB_PORT}`, authority: DB_SSL_CA,
    },
    error: expect.anything(),
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
