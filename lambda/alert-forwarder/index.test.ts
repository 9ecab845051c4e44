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

const CONTEXT = {
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111111111111:function:forwarder',
  getRemainingTimeInMillis: () => 10000,
};

/** Loads the function as Lambda does, and calls it once. */
async function invoke(plan: ForwarderPlan, event: unknown = EVENT, module = './index'): Promise<void> {
  process.env.FORWARDER_PLAN = JSON.stringify(plan);
  jest.resetModules();
  const { handler } = jest.requireActual<typeof import('./index')>(module);
  await handler(event, CONTEXT);
}

/** The file that is deployed. */
const BUNDLE = '../../assets/alert-forwarder/index.js';
const alarmEvent = (AlarmArn: string) => ({
  Records: [
    {
      Sns: {
        TopicArn: 'critical',
        MessageId: '1',
        Message: JSON.stringify({
          AlarmName: 'api-errors',
          AlarmArn,
          AlarmDescription: 'Too many errors. Runbook: https://evil.example/page',
          NewStateValue: 'OK',
          OldStateValue: 'ALARM',
        }),
      },
    },
  ],
});

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

test('the bundled function resolves incidents of alarms of its own account, and no other (C-16)', async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const receiver = await new Receiver([answers(202)]).start();
  const plan: ForwarderPlan = {
    kind: 'pagerDuty',
    secretArn: 'arn:secret',
    endpoint: `${receiver.url}/v2/enqueue`,
    topics: [{ arn: 'critical', urgency: 'critical' }],
  };
  const own = 'arn:aws:cloudwatch:eu-central-1:111111111111:alarm:api-errors';
  const foreign = 'arn:aws:cloudwatch:eu-central-1:999999999999:alarm:api-errors';
  await invoke(plan, alarmEvent(own), BUNDLE);
  await invoke(plan, alarmEvent(foreign), BUNDLE);
  receiver.stop();
  expect(receiver.taken.map(({ body }) => [body.event_action, body.dedup_key])).toEqual([
    ['resolve', own],
    ['trigger', 'imitated-alarm-111111111111-eu-central-1'],
  ]);
  expect(JSON.stringify(receiver.taken[1].body)).not.toMatch(/evil|api-errors/);
});
