import type { ForwarderPlan } from '../../src/observability/alerting/channels/forwarder-plan';
import { answers, Receiver } from './receiver';

const KEY = '0123456789abcdef0123456789abcdef';
const mockSent: Array<{ command: string; input: any }> = [];

/** Fake of the AWS SDK, which is part of the Lambda runtime. */
const mockSdk = (client: string, command: string, answer: object) => ({
  [client]: class {
    public async send(one: { input: object }): Promise<object> {
      mockSent.push({ command, input: one.input });
      return answer;
    }
  },
  [command]: class {
    public constructor(public readonly input: object) {}
  },
});
jest.mock(
  '@aws-sdk/client-secrets-manager',
  () => mockSdk('SecretsManagerClient', 'GetSecretValueCommand', { SecretString: KEY }),
  { virtual: true },
);
jest.mock('@aws-sdk/client-sns', () => mockSdk('SNSClient', 'PublishCommand', {}), { virtual: true });

const EVENT = { Records: [{ Sns: { TopicArn: 'critical', MessageId: '1', Subject: 'Hello', Message: 'World' } }] };

/** Loads the function as Lambda does, and calls it once. */
async function invoke(plan: ForwarderPlan): Promise<void> {
  process.env.FORWARDER_PLAN = JSON.stringify(plan);
  jest.resetModules();
  const { handler } = jest.requireActual<typeof import('./index')>('./index');
  await handler(EVENT, { getRemainingTimeInMillis: () => 10000 });
}

beforeEach(() => {
  mockSent.length = 0;
});

test('the function reads its secret and sends the alert (C-16)', async () => {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const receiver = await new Receiver([answers(500), answers(202)]).start();
  await invoke({
    kind: 'pagerDuty',
    secretArn: 'arn:secret',
    endpoint: `${receiver.url}/v2/enqueue`,
    topics: [{ arn: 'critical', urgency: 'critical' }],
  });
  receiver.stop();
  expect(mockSent).toEqual([{ command: 'GetSecretValueCommand', input: { SecretId: 'arn:secret' } }]);
  expect(receiver.taken.map(({ body }) => [body.routing_key, body.payload.severity])).toEqual([
    [KEY, 'critical'],
    [KEY, 'critical'],
  ]);
  expect(log.mock.calls).toEqual([['Delivered to PagerDuty: Hello']]);
});

test('the function publishes to another topic without reading a secret (C-16)', async () => {
  await invoke({ kind: 'relay', topicArn: 'errors' });
  expect(mockSent).toMatchObject([
    { command: 'PublishCommand', input: { TopicArn: 'errors', Subject: 'Hello', MessageStructure: 'json' } },
  ]);
});
