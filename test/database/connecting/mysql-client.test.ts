import * as fs from 'fs';
import { missingMysql, MysqlServer } from '../../simulators/mysql-server';
import { type Ended, folderForSamples, runSample } from './node-sample';
import { APPLICATION_PASSWORD } from './tls-server';

const PROBE = `
  const [[session]] = await pool.query("SELECT CURRENT_USER() AS user, @@hostname AS host");
  const [[{ Value: cipher }]] = await pool.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  report({ user: session.user, ssl: cipher !== '', pool: pool.pool.config.connectionLimit });
  await pool.end();`;

/** In CI there is a server, or the suite fails. */
const place = missingMysql() === undefined ? describe : describe.skip;

/** Resolves every name to this machine, because mysql2 compares no address with a certificate. */
function everyNameIsHere(sample: string): string {
  return `import dns from 'node:dns';
dns.lookup = (name, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4);
${sample}`;
}

place('mysql2, as the page has it, with a server of MariaDB', () => {
  let folder: string;
  let server: MysqlServer;

  beforeAll(async () => {
    folder = folderForSamples();
    server = await MysqlServer.start('shop');
    for (const statement of [
      `CREATE USER application@'%' IDENTIFIED BY '${APPLICATION_PASSWORD}'`,
      "GRANT SELECT ON shop.* TO application@'%'",
    ]) {
      await server.query(statement);
    }
  }, 60_000);

  afterAll(async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  function run(variables: NodeJS.ProcessEnv = {}, change?: (sample: string) => string): Ended {
    return runSample(folder, 'mysql2', PROBE, {
      DB_HOST: 'localhost',
      DB_PORT: `${server.port}`,
      DB_NAME: 'shop',
      DB_USERNAME: 'application',
      DB_PASSWORD: APPLICATION_PASSWORD,
      DB_SSL_CA: fs.readFileSync(server.certificateFile, 'utf8'),
      DB_POOL_SIZE: '3',
      ...variables,
    }, change);
  }

  test('signs in over TLS as the application, with the pool that the service states', () => {
    expect(run()).toEqual({ report: { user: 'application@%', ssl: true, pool: 3 }, error: '' });
  });

  test('refuses a server of another authority', () => {
    const { report, error } = run({ DB_SSL_CA: undefined });
    expect(report).toBeUndefined();
    expect(error).toContain('self-signed certificate');
  });

  test('refuses a server of another name, and would not without verifyIdentity', () => {
    const { report, error } = run({ DB_HOST: 'database.example.com' }, everyNameIsHere);
    expect(report).toBeUndefined();
    expect(error).toContain("Host: database.example.com. is not in the cert's altnames");
    const unverified = run({ DB_HOST: 'database.example.com' }, (sample) => everyNameIsHere(sample.replace(', verifyIdentity: true', '')));
    expect(unverified.report).toBeDefined();
  });

  test('is refused by the server without TLS', () => {
    const { report, error } = run({}, (sample) => sample.replace(/^ *ssl: .*$/m, ''));
    expect(report).toBeUndefined();
    expect(error).toContain('Access denied');
  });
});
