import type { PostingPlan } from '../../src/observability/alerting/channels/forwarder-plan';
import { forward } from './forward';
import { answers, type Behaviour, hangsUp, neverEnds, Receiver, saysNothing, talksGarbage } from './receiver';
import { Secret } from './secret';

const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:critical';
const KEY = '0123456789abcdef0123456789abcdef';
const WEBHOOK_PATH = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';
const ALARM = {
  AlarmName: 'api-errors',
  AlarmArn: 'arn:aws:cloudwatch:eu-central-1:111111111111:alarm:api-errors',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold crossed',
  AlarmDescription: 'Too many errors',
};

const HOME = { partition: 'aws', region: 'eu-central-1', account: '111111111111' };

const sns = (message: unknown, topicArn = TOPIC) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      Sns: {
        Type: 'Notification',
        MessageId: 'message-1',
        TopicArn: topicArn,
        Subject: null,
        Message: typeof message === 'string' ? message : JSON.stringify(message),
      },
    },
  ],
});

interface Given {
  readonly kind?: PostingPlan['kind'];
  readonly event?: unknown;
  /** Values of the secret by reading. The default is the webhook of the receiver. */
  readonly secrets?: string[];
  /** Timeout of the invocation in milliseconds. */
  readonly time?: number;
}

interface Run {
  readonly receiver: Receiver;
  readonly failure?: string;
  readonly log: string[];
  readonly slept: number[];
  readonly read: number;
}

/** One invocation with a fake clock for pauses and the real one for requests. */
async function run(behaviours: Behaviour[], given: Given = {}): Promise<Run> {
  const receiver = await new Receiver(behaviours).start();
  const { kind = 'slack', event = sns(ALARM), time = 60000 } = given;
  const secrets = [...(given.secrets ?? [kind === 'slack' ? `${receiver.url}${WEBHOOK_PATH}` : KEY])];
  const log: string[] = [];
  const slept: number[] = [];
  let passed = 0;
  let read = 0;
  const began = Date.now();
  try {
    await forward(event, {
      plan: {
        kind,
        secretArn: 'secret',
        endpoint: `${receiver.url}/v2/enqueue`,
        topics: [{ arn: TOPIC, urgency: 'critical' }],
      },
      home: HOME,
      secret: new Secret(async () => {
        read += 1;
        return secrets.length > 1 ? secrets.shift() : secrets[0];
      }, Date.now),
      clock: {
        now: () => Date.parse('2026-01-01T12:00:00Z'),
        sleep: async (ms) => {
          slept.push(ms);
          passed += ms;
        },
        left: () => time - passed - (Date.now() - began),
      },
      log: (line) => log.push(line),
      scheme: 'http://',
    });
    return { receiver, log, slept, read };
  } catch (error) {
    return { receiver, log, slept, read, failure: (error as Error).message };
  } finally {
    receiver.stop();
  }
}

describe('A message is delivered', () => {
  test('to chat, but for the first OK of a new alarm, which tells that all is well', async () => {
    const first = sns({ ...ALARM, OldStateValue: 'INSUFFICIENT_DATA', NewStateValue: 'OK' });
    const { receiver, read } = await run([], { event: first });
    expect([receiver.taken, read]).toEqual([[], 0]);
  });

  test('once to a webhook of Slack (C-16)', async () => {
    const { receiver, failure } = await run([answers(200, 'ok')]);
    expect(failure).toBeUndefined();
    expect(receiver.taken).toEqual([
      {
        path: WEBHOOK_PATH,
        body: {
          text: ':rotating_light: *Too many errors*\napi-errors\n\nToo many errors\n\nThreshold crossed\n\naccount 111111111111, eu-central-1',
        },
      },
    ]);
  });

  test('to PagerDuty, with the urgency of its topic (C-16, D-08)', async () => {
    const { receiver } = await run([answers(202, '{"status":"success"}')], { kind: 'pagerDuty' });
    expect(receiver.taken).toEqual([
      {
        path: '/v2/enqueue',
        body: {
          routing_key: KEY,
          event_action: 'trigger',
          dedup_key: ALARM.AlarmArn,
          payload: {
            summary: 'Too many errors',
            source: 'api-errors',
            severity: 'critical',
            custom_details: {
              text: 'api-errors\n\nToo many errors\n\nThreshold crossed\n\naccount 111111111111, eu-central-1',
            },
          },
        },
      },
    ]);
  });

  test('as the resolution of an incident at the end of an alarm', async () => {
    const { receiver } = await run([answers(202)], {
      kind: 'pagerDuty',
      event: sns({ ...ALARM, NewStateValue: 'OK' }),
    });
    expect(receiver.taken[0].body).toMatchObject({ event_action: 'resolve', dedup_key: ALARM.AlarmArn });
  });

  test('as an error if the plan lacks its topic', async () => {
    const { receiver } = await run([answers(202)], {
      kind: 'pagerDuty',
      event: sns(ALARM, 'arn:aws:sns:eu-central-1:111111111111:new'),
    });
    expect(receiver.taken[0].body.payload.severity).toBe('error');
  });

  test.each<[string, Behaviour[], number]>([
    ['500 and then 200', [answers(500), answers(200)], 2],
    ['503 four times', [answers(503), answers(503), answers(503), answers(503), answers(200)], 5],
    ['a closed connection and then 200', [hangsUp, answers(200)], 2],
    ['garbage and then 200', [talksGarbage, answers(200)], 2],
  ])('after %s', async (_, behaviours, requests) => {
    const { receiver, failure } = await run(behaviours);
    expect(failure).toBeUndefined();
    expect(receiver.taken).toHaveLength(requests);
  });

  test('after 429, once Retry-After has passed', async () => {
    const waited = async (after: string) =>
      (await run([answers(429, '', { 'Retry-After': after }), answers(200)])).slept[0];
    const [seconds, date] = [await waited('7'), await waited('Thu, 01 Jan 2026 12:00:09 GMT')];
    expect(seconds).toBeGreaterThanOrEqual(7000);
    expect(seconds).toBeLessThanOrEqual(14000);
    expect(date).toBeGreaterThanOrEqual(9000);
    expect(date).toBeLessThanOrEqual(18000);
  });

  test('after 429, at different times', async () => {
    const waits = await Promise.all(
      Array.from(
        { length: 10 },
        async () => (await run([answers(429, '', { 'Retry-After': '30' }), answers(200)], { time: 300000 })).slept[0],
      ),
    );
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(5000);
  });

  test.each(['0', 'Thu, 01 Jan 2026 11:00:00 GMT'])(
    'after 429 with Retry-After: %s, with growing pauses',
    async (after) => {
      const { receiver, slept } = await run([answers(429, '', { 'Retry-After': after })]);
      expect(receiver.taken.length).toBeLessThan(25);
      slept.slice(0, 4).forEach((pause, index) => expect(pause).toBeGreaterThanOrEqual(250 * 2 ** index));
    },
  );

  test('even if many arrive at once and the receiver accepts one a second', async () => {
    const [alerts, scale] = [40, 50];
    let admits = 0;
    const oneASecond: Behaviour = (request, response) => {
      const admitted = Date.now() >= admits;
      admits = admitted ? Date.now() + 1000 / scale : admits;
      return (admitted ? answers(200) : answers(429, 'rate_limited', { 'Retry-After': '30' }))(request, response);
    };
    const receiver = await new Receiver([oneASecond]).start();
    const ends = Date.now() + (5 * 60000) / scale;
    const clock = {
      now: Date.now,
      sleep: async (ms: number) => new Promise<void>((done) => setTimeout(done, ms / scale)),
      left: () => (ends - Date.now()) * scale,
    };
    const plan: PostingPlan = { kind: 'slack', secretArn: 'secret', topics: [] };
    const secret = new Secret(async () => `${receiver.url}${WEBHOOK_PATH}`, Date.now);
    const outcomes = await Promise.allSettled(
      Array.from({ length: alerts }, async () =>
        forward(sns(ALARM), { plan, home: HOME, secret, clock, log: () => undefined, scheme: 'http://' }),
      ),
    );
    receiver.stop();
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  }, 20000);

  test('after 429 with an invalid Retry-After, as after any failure', async () => {
    const { slept } = await run([answers(429, '', { 'Retry-After': 'soon' }), answers(200)]);
    expect(slept).toHaveLength(1);
    expect(slept[0]).toBeLessThanOrEqual(1000);
  });

  test('after failures, with growing pauses', async () => {
    const { slept } = await run([answers(500), answers(500), answers(500), answers(500), answers(200)]);
    slept.forEach((pause, index) => {
      expect(pause).toBeGreaterThanOrEqual(250 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(500 * 2 ** index);
    });
  });
});

describe("A message that can't be delivered fails the invocation, so that Lambda retries,", () => {
  test('when the receiver fails until the time is up', async () => {
    const { receiver, failure, slept } = await run([answers(500, 'rollup_error')], { time: 20000 });
    expect(failure).toBe('Not delivered to Slack: Too many errors: 500 rollup_error');
    expect(receiver.taken.length).toBeGreaterThan(3);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(20000);
  });

  test.each<[string, Behaviour]>([
    ["doesn't respond", saysNothing],
    ['never ends its response', neverEnds],
  ])('when the receiver %s', async (_, behaviour) => {
    expect((await run([behaviour], { time: 2000 })).failure).toMatch(/no answer within \d+ ms/);
  });

  test('when the receiver fails for a minute, even if there is more time', async () => {
    const { failure, slept } = await run([answers(500)], { time: 300000 });
    expect(failure).toMatch(/500/);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(60000);
  });

  test('but not when the receiver is busy for several minutes and sends Retry-After', async () => {
    const { failure } = await run(
      [...Array.from({ length: 4 }, () => answers(429, '', { 'Retry-After': '30' })), answers(200)],
      { time: 300000 },
    );
    expect(failure).toBeUndefined();
  });

  test('without a pause when Retry-After exceeds the remaining time', async () => {
    const { slept, failure } = await run([answers(429, '', { 'Retry-After': '600' })]);
    expect(slept).toEqual([]);
    expect(failure).toMatch(/429/);
  });

  test.each([400, 410, 413, 302])('after one request when the receiver responds with %d', async (status) => {
    const { receiver, failure } = await run([answers(status, 'no')]);
    expect(failure).toBe(`Not delivered to Slack: Too many errors: ${status} no`);
    expect(receiver.taken).toHaveLength(1);
  });

  test('instead of following a redirect', async () => {
    const elsewhere = await new Receiver([answers(200)]).start();
    const { failure } = await run([answers(307, '', { Location: `${elsewhere.url}/services` })]);
    elsewhere.stop();
    expect(failure).toMatch(/307/);
    expect(elsewhere.taken).toEqual([]);
  });

  test.each(['to-be-filled', '', '{"url":"http://127.0.0.1"}', 'ftp://127.0.0.1/x'])(
    'when the secret of a webhook is %p',
    async (secret) => {
      expect((await run([answers(200)], { secrets: [secret] })).failure).toMatch(/must contain only a webhook URL or an integration key/);
    },
  );

  test('when the secret of PagerDuty is no integration key', async () => {
    const { failure, receiver } = await run([answers(202)], { kind: 'pagerDuty', secrets: ['R0UT1NG'] });
    expect(failure).toMatch(/must contain only a webhook URL or an integration key/);
    expect(receiver.taken).toEqual([]);
  });
});

describe('A rotated webhook or key', () => {
  test.each([401, 403, 404, 410])('is read again after %d, and used at once', async (status) => {
    const old = 'f'.repeat(32);
    const { receiver, failure, read } = await run([answers(status), answers(202)], {
      kind: 'pagerDuty',
      secrets: [old, KEY],
    });
    expect(failure).toBeUndefined();
    expect(receiver.taken.map(({ body }) => body.routing_key)).toEqual([old, KEY]);
    expect(read).toBe(2);
  });

  test('of PagerDuty is read again after its response to an unknown key', async () => {
    const unknownKey = answers(
      400,
      '{"status":"invalid event","message":"Event object is invalid","errors":["Invalid routing key"]}',
    );
    const old = 'f'.repeat(32);
    const { receiver, failure } = await run([unknownKey, answers(202)], { kind: 'pagerDuty', secrets: [old, KEY] });
    expect(failure).toBeUndefined();
    expect(receiver.taken.map(({ body }) => body.routing_key)).toEqual([old, KEY]);
    const same = await run([unknownKey], { kind: 'pagerDuty' });
    expect(same.failure).toMatch(/Invalid routing key/);
    expect([same.receiver.taken.length, same.read]).toEqual([1, 2]);
  });

  test("isn't used twice if its value is the same", async () => {
    const { receiver, failure, read } = await run([answers(403, 'invalid_token')]);
    expect(failure).toMatch(/403 invalid_token/);
    expect(receiver.taken).toHaveLength(1);
    expect(read).toBe(2);
  });

  test('is used once it replaces the placeholder', async () => {
    expect((await run([answers(202)], { kind: 'pagerDuty', secrets: ['to-be-filled', KEY] })).failure).toBeUndefined();
  });
});

describe('Neither log nor error contains the webhook or key', () => {
  const repeatsAddress: Behaviour = (request, response) => {
    response.writeHead(400).end(JSON.stringify({ asked: request.url }).replace(/\//g, '\\/'));
  };
  const secretParts = [KEY, 'XXXXXXXXXXXXXXXXXXXXXXXX', 'T00000000', 'B00000000'];

  test.each<[string, PostingPlan['kind'], Behaviour]>([
    ['a receiver repeats the key', 'pagerDuty', answers(400, `{"key":"${KEY}"}`)],
    ['a receiver repeats the URL with escaped slashes', 'slack', repeatsAddress],
    ['a long response is truncated within the key', 'pagerDuty', answers(400, `${'.'.repeat(185)}${KEY}`)],
    ['the connection breaks', 'slack', hangsUp],
    ['there is no response', 'slack', saysNothing],
    ['the delivery succeeds', 'slack', answers(200)],
  ])('when %s', async (_, kind, behaviour) => {
    const { log, failure } = await run([behaviour], { kind, time: 2500 });
    expect(log).toHaveLength(1);
    secretParts.forEach((part) => expect(`${log.join()} ${failure ?? ''}`).not.toContain(part.slice(0, 12)));
  });

  test.each([
    ['as it is written', (query: string) => query],
    ['decoded', (query: string) => decodeURIComponent(query)],
    ['encoded', (query: string) => encodeURIComponent(query)],
  ])('when a receiver repeats the query string of the URL, %s', async (_, written) => {
    const query = 'token=S3cr%2Bt%2FQuery0&sig=0123abcdefgh';
    const receiver = await new Receiver([answers(400, written(query))]).start();
    const log: string[] = [];
    const failure = await forward(sns(ALARM), {
      plan: { kind: 'slack', secretArn: 'secret', topics: [] },
      home: HOME,
      secret: new Secret(async () => `${receiver.url}/hook?${query}`, Date.now),
      clock: { now: Date.now, sleep: async () => undefined, left: () => 10000 },
      log: (line) => log.push(line),
      scheme: 'http://',
    }).catch((error: Error) => error.message);
    receiver.stop();
    expect(`${log.join()} ${String(failure)}`).toContain('400');
    expect(`${log.join()} ${String(failure)}`).not.toMatch(/S3cr|Query0|0123abcd/);
  });

  test('when the description of an alarm contains the key', async () => {
    const { log } = await run([answers(202)], {
      kind: 'pagerDuty',
      event: sns({ ...ALARM, AlarmDescription: `About ${KEY}` }),
    });
    expect(log).toEqual(['Delivered to PagerDuty: About ***']);
  });
});

describe('The secret', () => {
  test('is read once in five minutes', async () => {
    let now = 0;
    const fetched = jest.fn().mockImplementation(async () => ` ${KEY}\n`);
    const secret = new Secret(fetched, () => now);
    expect(await secret.value()).toBe(KEY);
    now = 299999;
    await secret.value();
    expect(fetched).toHaveBeenCalledTimes(1);
    now = 300000;
    await secret.value();
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test('fails the invocation if Secrets Manager fails, and is read again', async () => {
    const fetched = jest.fn().mockRejectedValueOnce(new Error('ThrottlingException')).mockResolvedValue(KEY);
    const secret = new Secret(fetched, () => 0);
    await expect(secret.value()).rejects.toThrow('ThrottlingException');
    expect(await secret.value()).toBe(KEY);
  });

  test('is empty if it has no text', async () => {
    expect(
      await new Secret(
        async () => undefined,
        () => 0,
      ).value(),
    ).toBe('');
  });
});

describe('A message in another form is sent, too:', () => {
  test.each<[string, unknown, object]>([
    [
      'a message that is not JSON',
      sns('Your budget exceeded 80 %'),
      { summary: 'Message without a subject', custom_details: { text: 'Your budget exceeded 80 %' } },
    ],
    ['JSON of an unknown form', sns({ anomalyId: '1' }), { custom_details: { text: '{"anomalyId":"1"}' } }],
    [
      'a notification from the dead-letter queue of a subscription',
      { Type: 'Notification', TopicArn: TOPIC, MessageId: '1', Subject: 'Hello', Message: 'World' },
      { summary: 'Hello', severity: 'critical' },
    ],
    ['an event of another service', { answer: 42 }, { custom_details: { text: '{"answer":42}' } }],
    ['a record without a message', { Records: [{ Sns: { TopicArn: TOPIC } }] }, { severity: 'critical' }],
    ['a bare text', 'help', { custom_details: { text: 'help' } }],
  ])('%s', async (_, event, payload) => {
    const { receiver, failure } = await run([answers(202)], { kind: 'pagerDuty', event });
    expect(failure).toBeUndefined();
    expect(receiver.taken[0].body.payload).toMatchObject(payload);
  });

  test('several records, in order', async () => {
    const [record] = sns('a').Records;
    expect(
      (await run([answers(200)], { event: { Records: [record, ...sns('b').Records] } })).receiver.taken,
    ).toHaveLength(2);
  });
});
