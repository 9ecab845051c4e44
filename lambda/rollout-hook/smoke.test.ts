import { generateKeyPairSync, sign } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { type HookPlan, urlOf } from './plan';
import { smoke } from './smoke';

const ADDRESS = '127.0.0.1';
const answers: http.RequestListener = (request, response) => response.writeHead(request.url === '/health' ? 200 : 404).end();

const planOf = (server: http.Server | https.Server, tls?: boolean): HookPlan => ({
  port: (server.address() as AddressInfo).port,
  tls,
  stepSeconds: 0,
  verifySeconds: 0,
  attempts: 1,
  requests: [{ path: '/health', status: 200, timeoutMs: 2000 }],
});

/** ASN.1 value in DER. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? [content.length] : [0x82, Math.floor(content.length / 256), content.length % 256];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

/** Key and certificate that a task made for itself, and that has expired. */
function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, oid('2a8648ce3d040302'));
  const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('task')))));
  const validity = der(0x30, ...['200101000000Z', '200102000000Z'].map((time) => der(0x17, Buffer.from(time))));
  const subject = publicKey.export({ type: 'spki', format: 'der' });
  const content = der(0x30, der(0x02, Buffer.from([1])), algorithm, name, validity, name, subject);
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  const certificate = der(0x30, content, algorithm, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
  };
}

describe('A request of the rollout hook', () => {
  const tasks = { http: http.createServer(answers), https: https.createServer(selfSigned(), answers) };

  beforeAll(async () => {
    await Promise.all(
      Object.values(tasks).map((server) => new Promise<void>((resolve) => server.listen(0, ADDRESS, resolve))),
    );
  });

  afterAll(() => {
    Object.values(tasks).forEach((server) => {
      server.closeAllConnections();
      server.close();
    });
  });

  test('is plain HTTP unless the tasks have TLS', async () => {
    await expect(smoke(planOf(tasks.http), ADDRESS)).resolves.toBeUndefined();
    await expect(smoke(planOf(tasks.https), ADDRESS)).rejects.toThrow('does not answer /health');
  });

  test('accepts any certificate of a task, as the load balancer does', async () => {
    await expect(smoke(planOf(tasks.https, true), ADDRESS)).resolves.toBeUndefined();
    await expect(smoke(planOf(tasks.http, true), ADDRESS)).rejects.toThrow('does not answer /health');
  });

  test('fails by HTTPS with another status, too', async () => {
    const plan = { ...planOf(tasks.https, true), requests: [{ path: '/', status: 200, timeoutMs: 2000 }] };
    await expect(smoke(plan, ADDRESS)).rejects.toThrow('answers / with 404, expected is 200');
  });

  test('has the URL of a task, which a command gets, too', () => {
    const [plain, encrypted] = [undefined, true].map((tls) => urlOf({ ...planOf(tasks.http), port: 3000, tls }, '10.0.11.7'));
    expect([plain, encrypted]).toEqual(['http://10.0.11.7:3000', 'https://10.0.11.7:3000']);
  });
});
