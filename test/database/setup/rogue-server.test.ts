import * as fs from 'fs';
import * as net from 'net';
import * as os from 'os';
import * as path from 'path';
import * as tls from 'tls';
import { DatabaseSetup } from '../../simulators/database-setup';
import { authorityOfItself } from '../../simulators/postgres-server';

// Each request starts a process.
jest.setTimeout(30_000);

const TLS_REQUEST_LENGTH = 36;
const PASSWORD = 'the-password-of-the-master';

/** What a server sends until the client has begun TLS, and its answer to the first message after that. */
interface Rogue {
  readonly greeting?: Buffer;
  readonly acceptTls?: Buffer;
  readonly demand: Buffer;
}

/** Demand of PostgreSQL for a password: 3 in clear, 5 as MD5 with a salt. */
const authentication = (method: number, salt = ''): Rogue => {
  const message = Buffer.alloc(9 + salt.length, salt, 'latin1');
  message.write('R', 0);
  message.writeInt32BE(8 + salt.length, 1);
  message.writeInt32BE(method, 5);
  message.write(salt, 9);
  return { acceptTls: Buffer.from('S'), demand: message };
};

/** Session that begins without a password. */
const welcome: Rogue = {
  acceptTls: Buffer.from('S'),
  demand: Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1'),
};

const packet = (sequence: number, ...parts: Array<string | number[]>): Buffer => {
  const bytes = parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : Buffer.from(part)));
  const body = Buffer.concat(bytes);
  return Buffer.concat([Buffer.from([body.length, 0, 0, sequence]), body]);
};
const MYSQL: Rogue = {
  // Version 10, connection 1, salt, capabilities with TLS and plugins, utf8mb4, salt, plugin.
  greeting: packet(
    0,
    [10],
    '8.0.40',
    [1, 0, 0, 0],
    '12345678',
    [0xff, 0xff, 255, 2, 0, 0xff, 0xc1, 21],
    Array.from({ length: 10 }, () => 0),
    '123456789012',
    'mysql_native_password',
  ),
  demand: packet(3, [0xfe], 'mysql_clear_password'),
};

async function startRogue({ greeting, acceptTls, demand }: Rogue, certificate: { key: string; cert: string }) {
  const received: string[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    if (greeting) {
      socket.write(greeting);
    }
    socket.once('data', (first) => {
      // A client of MySQL sends the begin of TLS at once.
      socket.pause();
      if (greeting && first.length > TLS_REQUEST_LENGTH) {
        socket.unshift(first.subarray(TLS_REQUEST_LENGTH));
      }
      if (acceptTls) {
        socket.write(acceptTls);
      }
      const secure = new tls.TLSSocket(socket, { isServer: true, ...certificate });
      secure.on('error', () => undefined);
      secure.once('data', () => secure.write(demand));
      secure.on('data', (data) => received.push(data.toString('latin1')));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, received, port: (server.address() as net.AddressInfo).port };
}

describe('A server with a certificate that the setup trusts', () => {
  let certificate: { key: string; cert: string };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rogue-'));
  const file = path.join(folder, 'rogue.crt');

  beforeAll(async () => {
    const { key, chain: cert } = await authorityOfItself();
    certificate = { key, cert };
    fs.writeFileSync(file, cert);
  });

  afterAll(() => fs.rmSync(folder, { recursive: true }));

  const request = async (engine: string, rogue: Rogue, environment?: { [name: string]: string }) => {
    const { server, received, port } = await startRogue(rogue, certificate);
    const setup = await DatabaseSetup.start(file);
    setup.put('arn:master', { username: 'dbadmin', password: PASSWORD });
    setup.environment = environment;
    const result = await setup.request('Update', {
      engine,
      host: 'localhost',
      port: `${port}`,
      masterSecretArn: 'arn:master',
      database: 'shop',
      users: [],
    });
    setup.stop();
    server.close();
    return { ...result, received };
  };

  test.each([
    ['postgres', 'in clear', authentication(3)],
    ['postgres', 'as MD5', authentication(5, 'salt')],
    ['mysql', 'in clear', MYSQL],
  ])('gets no password if it asks for it as %s does, %s', async (engine, how, rogue) => {
    const { status, reason, received } = await request(engine, rogue);
    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringMatching(new RegExp(`^sign-in as the master user dbadmin: .*server asks for the password ${how}`)),
    ]);
    expect(received.join('')).not.toContain(PASSWORD);
    // The names of the session, and no message after the demand.
    expect(received.join('')).toContain('dbadmin');
    expect(received.join('')).not.toContain('md5');
  });

  test('gets no statement if it asks for no password', async () => {
    const { status, reason, received } = await request('postgres', welcome);
    expect([status, reason]).toEqual(['FAILED', expect.stringMatching(/server asked for no password, which is refused/)]);
    expect(received.join('')).not.toMatch(/SELECT|BEGIN|COMMENT/);
  });

  test('gets no connection if the function is for another one', async () => {
    const server = { DB_ENGINE: 'postgres', DB_HOST: 'localhost', MASTER_SECRET_ARN: 'arn:master' };
    const environment = { ...server, DB_PORT: '5432' };
    const { status, reason, received } = await request('postgres', authentication(3), environment);
    expect([status, reason]).toEqual(['FAILED', expect.stringMatching(/differs from its variables in port/)]);
    expect(received).toEqual([]);
  });
});
