import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../../test/simulators/postgres-server';
import { answer } from './answer';
import type { Request } from './request';

describe('An answer to CloudFormation', () => {
  const received: Array<{ body: { [name: string]: string }; contentType?: string }> = [];
  const statuses: number[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { [name: string]: string };
      received.push({ body, contentType: request.headers['content-type'] });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  const request = (port = (server.address() as AddressInfo).port): Request => ({
    type: 'Create',
    responseUrl: `http://127.0.0.1:${port}/answer`,
    stackId: 'arn:aws:cloudformation:eu-central-1:111111111111:stack/Shop/0a1b2c3d',
    requestId: 'one-request',
    logicalId: 'DatabaseSetup',
    properties: {} as Request['properties'],
  });

  beforeAll(async () => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
  beforeEach(() => received.splice(0));
  afterAll(() => server.close());

  test('names the request and an id that stays, and has no content type, which the signature forbids', async () => {
    await answer(request(), { status: 'SUCCESS' });
    expect(received).toEqual([
      {
        contentType: undefined,
        body: {
          Status: 'SUCCESS',
          Reason: 'The setup has ended.',
          PhysicalResourceId: 'Shop/DatabaseSetup',
          StackId: request().stackId,
          RequestId: 'one-request',
          LogicalResourceId: 'DatabaseSetup',
        },
      },
    ]);
  });

  test('is shorter than the 4 KiB that CloudFormation accepts', async () => {
    await answer(request(), { status: 'FAILED', reason: 'x'.repeat(10_000) });
    expect(JSON.stringify(received[0].body).length).toBeLessThan(4096);
  });

  test('is repeated until it arrives', async () => {
    statuses.push(500, 503);
    await answer(request(), { status: 'SUCCESS' });
    expect(received).toHaveLength(3);
  });

  test('that never arrives fails the invocation, and names the endpoint policy', async () => {
    await expect(answer(request(await freePort()), { status: 'SUCCESS' })).rejects.toThrow(
      /no answer: fetch failed: .*ECONNREFUSED.* policy of the VPC endpoint of S3/,
    );
  });
});
