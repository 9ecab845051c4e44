import { alertIn } from './alert';
import { pagerDutyEvent, slackMessage, topicMessage } from './payloads';
import { relay } from './relay';

const HOME = { partition: 'aws', region: 'eu-central-1', account: '111111111111' };
const ARN = 'arn:aws:cloudwatch:eu-central-1:111111111111:alarm:a';
const PLACE = 'account 111111111111, eu-central-1';

const alertOf = (message: unknown, subject?: string) =>
  alertIn(
    {
      messageId: 'message-1',
      topicArn: 'topic',
      subject,
      message: typeof message === 'string' ? message : JSON.stringify(message),
    },
    HOME,
  );

const DATABASE_EVENT = {
  'Event Source': 'db-instance',
  'Event Time': '2026-01-01 12:00:00.000',
  'Identifier Link': 'https://console.aws.amazon.com/rds/home#dbinstance:id=shop',
  'Source ID': 'shop',
  'Event ID': 'https://docs.aws.amazon.com/RDS#RDS-EVENT-0049',
  'Event Message': 'Multi-AZ instance failover completed.',
};
const FAILED_DEPLOYMENT = {
  'detail-type': 'ECS Deployment State Change',
  'source': 'aws.ecs',
  'resources': ['arn:aws:ecs:eu-central-1:111111111111:service/shop/api'],
  'detail': {
    eventType: 'ERROR',
    eventName: 'SERVICE_DEPLOYMENT_FAILED',
    reason: 'ECS deployment circuit breaker: task failed to start.',
  },
};

const TO_ERRORS = { topicArn: 'errors', home: HOME };

describe('The parser of notifications', () => {
  test('reads an alarm in each state', () => {
    const alarm = {
      AlarmName: 'a',
      AlarmArn: ARN,
      AlarmDescription: 'What happened: 1.5 s. First: look.',
      NewStateReason: 'Why',
    };
    expect(alertOf({ ...alarm, NewStateValue: 'ALARM' })).toMatchObject({
      title: 'What happened: 1.5 s.',
      key: ARN,
      over: false,
      source: 'a',
    });
    expect(alertOf({ ...alarm, NewStateValue: 'OK' })).toMatchObject({
      title: 'Over: What happened: 1.5 s.',
      key: ARN,
      over: true,
    });
    expect(alertOf({ ...alarm, NewStateValue: 'INSUFFICIENT_DATA' })).toMatchObject({
      title: 'INSUFFICIENT_DATA: What happened: 1.5 s.',
      over: false,
    });
    expect(alertOf({ ...alarm, NewStateValue: 'ALARM' }).text).toBe(`a\n\nWhat happened: 1.5 s. First: look.\n\nWhy\n\n${PLACE}`);
  });

  test('distinguishes the first state of an alarm from its end', () => {
    const first = {
      AlarmName: 'a',
      AlarmArn: ARN,
      AlarmDescription: 'Too slow. First: look.',
      OldStateValue: 'INSUFFICIENT_DATA',
      NewStateValue: 'OK',
    };
    expect(alertOf(first)).toMatchObject({ title: 'Watching: Too slow.', over: true });
    expect(alertOf({ ...first, OldStateValue: 'ALARM' })).toMatchObject({ title: 'Over: Too slow.', over: true });
    expect(alertOf({ ...first, NewStateValue: 'ALARM' })).toMatchObject({ title: 'Too slow.', over: false });
  });

  test('reads time, account and region of every kind of message', () => {
    const alarm = {
      AlarmName: 'a',
      AlarmArn: 'arn:aws:cloudwatch:eu-central-1:111111111111:alarm:a',
      Region: 'EU (Frankfurt)',
      NewStateValue: 'ALARM',
      StateChangeTime: '2026-01-01T12:00:00.123+0000',
    };
    expect(alertOf(alarm)).toMatchObject({
      at: '2026-01-01T12:00:00.123Z',
      text: 'a\n\nsince 2026-01-01T12:00:00.123Z, account 111111111111, eu-central-1',
    });
    expect(alertOf({ ...DATABASE_EVENT, 'Source ARN': 'arn:aws:rds:eu-central-1:111111111111:db:shop' })).toMatchObject(
      {
        at: '2026-01-01T12:00:00.000Z',
        text: expect.stringMatching(/\n2026-01-01T12:00:00.000Z, account 111111111111, eu-central-1$/),
      },
    );
    expect(
      alertOf({ ...FAILED_DEPLOYMENT, time: '2026-01-01T12:00:00Z', account: '111111111111', region: 'eu-central-1' }),
    ).toMatchObject({
      at: '2026-01-01T12:00:00.000Z',
      text: expect.stringMatching(/\n2026-01-01T12:00:00.000Z, account 111111111111, eu-central-1$/),
    });
    const published = { messageId: '1', topicArn: 'topic', timestamp: '2026-01-01T12:00:00.000Z' };
    expect(alertIn({ ...published, message: 'Text' }, HOME)).toMatchObject({ at: '2026-01-01T12:00:00.000Z', text: 'Text' });
    expect(
      alertIn({ ...published, message: JSON.stringify({ ...alarm, StateChangeTime: 'yesterday' }) }, HOME),
    ).toMatchObject({ at: '2026-01-01T12:00:00.000Z' });
  });

  test('reads a composite alarm without a description', () => {
    expect(
      alertOf({
        AlarmName: 'a',
        AlarmArn: ARN,
        NewStateValue: 'ALARM',
        AlarmDescription: null,
        NewStateReason: 'children',
      }),
    ).toMatchObject({ title: 'a', text: `a\n\nchildren\n\n${PLACE}`, key: ARN });
  });

  test.each([
    ['of another account', 'arn:aws:cloudwatch:eu-central-1:999999999999:alarm:a'],
    ['of another region', 'arn:aws:cloudwatch:us-east-1:111111111111:alarm:a'],
    ['of another partition', 'arn:aws-cn:cloudwatch:eu-central-1:111111111111:alarm:a'],
    ['of another service', 'arn:aws:sns:eu-central-1:111111111111:alarm:a'],
    ['without an ARN', undefined],
  ])('resolves nothing by an alarm %s, and repeats nothing of it', (_, AlarmArn) => {
    const AlarmDescription = 'Too slow. Runbook: https://evil.example/a';
    const alert = alertOf({ AlarmName: 'victim', AlarmArn, AlarmDescription, NewStateValue: 'OK' }, 'OK: victim');
    expect(alert).toMatchObject({
      title: 'A message imitates an alarm of another account',
      key: 'imitated-alarm-111111111111-eu-central-1',
      over: false,
    });
    expect(alert).not.toHaveProperty('runbook');
    expect(JSON.stringify(alert)).not.toMatch(/evil|victim|Too slow/);
  });

  test('reads a chat notification', () => {
    expect(
      alertOf({
        version: '1.0',
        source: 'custom',
        content: { title: 'Released', description: 'Version 2', nextSteps: ['Look'] },
      }),
    ).toMatchObject({ title: 'Released', text: 'Version 2\n\n- Look' });
    expect(alertOf({ version: '1.0', source: 'custom', content: { description: 'Version 2\nby hand' } })).toMatchObject(
      { title: 'Version 2' },
    );
  });

  test('reads an event of RDS', () => {
    expect(alertOf(DATABASE_EVENT)).toMatchObject({
      title: 'db-instance shop',
      source: 'shop',
      text: expect.stringContaining('failover completed'),
    });
  });

  test('reads an event of EventBridge, with and without a reason', () => {
    expect(alertOf(FAILED_DEPLOYMENT)).toMatchObject({
      title: 'ECS Deployment State Change',
      text: expect.stringContaining('circuit breaker'),
      source: FAILED_DEPLOYMENT.resources[0],
    });
    expect(
      alertOf({ detailType: 'CodePipeline Pipeline Execution State Change', detail: { state: 'FAILED' } }),
    ).toMatchObject({ title: 'CodePipeline Pipeline Execution State Change', text: '{"state":"FAILED"}' });
  });

  test('reads a text with a subject, as AWS Budgets and AWS Backup send it', () => {
    expect(alertOf('An AWS Backup job failed.', 'Notification from AWS Backup')).toEqual({
      title: 'Notification from AWS Backup',
      text: 'An AWS Backup job failed.',
      key: 'message-1',
      over: false,
      source: 'AWS',
    });
  });

  test.each(['null', '[]', '42', '{"AlarmName":"a"}', '{"source":"custom","content":{}}'])(
    'keeps %s as text',
    (message) => {
      expect(alertOf(message)).toMatchObject({ text: message });
    },
  );
});

describe('A message', () => {
  const alert = { title: 'Title', text: 'Text', key: 'key', over: false, source: 'source' };

  test('to Slack escapes mentions and links of the alert', () => {
    expect(slackMessage({ ...alert, title: '<!channel>', text: 'a & <https://example.com|b>' }, 'warning')).toEqual({
      text: ':warning: *&lt;!channel&gt;*\na &amp; &lt;https://example.com|b&gt;',
    });
  });

  test('to Slack shows each urgency, and the end', () => {
    const marks = (['critical', 'error', 'warning', 'info'] as const).map((urgency) =>
      JSON.stringify(slackMessage(alert, urgency)),
    );
    expect(new Set(marks).size).toBe(4);
    expect(slackMessage({ ...alert, over: true, text: '' }, 'critical')).toEqual({
      text: ':white_check_mark: *Title*',
    });
  });

  test('to PagerDuty and Slack stays within their limits', () => {
    const long = { ...alert, title: 't'.repeat(2000), text: 'x'.repeat(5000), key: 'k'.repeat(300) };
    const event = pagerDutyEvent(long, 'error', 'key') as { dedup_key: string; payload: { summary: string } };
    expect(event.dedup_key).toMatch(/^[0-9a-f]{64}$/);
    expect(event.payload.summary).toHaveLength(1024);
    expect((slackMessage(long, 'error') as { text: string }).text.length).toBeLessThan(5000);
  });

  test('to PagerDuty has the time, and a link to the runbook', () => {
    const alarm = {
      AlarmName: 'a',
      AlarmArn: ARN,
      AlarmDescription: 'Too slow. First: look. Runbook: https://example.com/runbooks/a.md Error: answered soon.',
      NewStateValue: 'ALARM',
      StateChangeTime: '2026-01-01T12:00:00.123+0000',
    };
    expect(pagerDutyEvent(alertOf(alarm), 'error', 'key')).toMatchObject({
      payload: { timestamp: '2026-01-01T12:00:00.123Z' },
      links: [{ href: 'https://example.com/runbooks/a.md', text: 'Runbook' }],
    });
    expect(JSON.parse(JSON.stringify(pagerDutyEvent(alert, 'error', 'key')))).not.toHaveProperty('links');
  });

  test("isn't truncated within a character", () => {
    const { payload } = pagerDutyEvent({ ...alert, title: '🔥'.repeat(2000) }, 'error', 'key') as {
      payload: { summary: string };
    };
    expect(payload.summary).toBe(`${'🔥'.repeat(1023)}…`);
  });

  test('to PagerDuty without a key lets PagerDuty generate one', () => {
    expect(pagerDutyEvent({ ...alert, key: '' }, 'error', 'key')).toMatchObject({ dedup_key: undefined });
  });

  test('to a topic has a subject that SNS accepts', () => {
    expect(topicMessage({ ...alert, title: `Ausfall – ${'x'.repeat(200)}\nnow` }).subject).toMatch(/^[\x20-\x7e]{99}$/);
    expect(topicMessage({ ...alert, title: 'ё' }).subject).toBe('Alert');
  });
});

test('the relay publishes an event of RDS in a form for chats and mails', async () => {
  const published: any[] = [];
  await relay(
    {
      Records: [
        {
          Sns: {
            TopicArn: 'database',
            MessageId: '1',
            Subject: 'RDS Notification Message',
            Message: JSON.stringify(DATABASE_EVENT),
          },
        },
      ],
    },
    TO_ERRORS,
    async (message) => published.push(message),
  );
  expect(published).toMatchObject([{ TopicArn: 'errors', Subject: 'db-instance shop', MessageStructure: 'json' }]);
  const { default: forChat, email } = JSON.parse(published[0].Message) as { default: string; email: string };
  expect(email).toMatch(/^db-instance shop\n\nMulti-AZ instance failover completed/);
  expect(alertOf(forChat)).toMatchObject({
    title: 'db-instance shop',
    text: expect.stringContaining('failover completed'),
  });
});

test.each([
  ['an alarm', JSON.stringify({ AlarmName: 'a', AlarmArn: ARN, NewStateValue: 'OK' })],
  ['a chat notification', JSON.stringify({ source: 'custom', content: { description: 'Released' } })],
])('the relay publishes %s unchanged', async (_, message) => {
  const published: unknown[] = [];
  await relay({ Records: [{ Sns: { TopicArn: 'other', MessageId: '1', Message: message } }] }, TO_ERRORS, async (one) =>
    published.push(one),
  );
  expect(published).toEqual([{ TopicArn: 'errors', Subject: undefined, Message: message }]);
});

test('the relay passes on the notice of an imitated alarm instead of the alarm', async () => {
  const published: any[] = [];
  const message = JSON.stringify({ AlarmName: 'a', AlarmArn: ARN.replace('1111', '9999'), NewStateValue: 'OK' });
  await relay({ Records: [{ Sns: { TopicArn: 'other', MessageId: '1', Message: message } }] }, TO_ERRORS, async (one) =>
    published.push(one),
  );
  expect(published).toMatchObject([
    { Subject: 'A message imitates an alarm of another account', MessageStructure: 'json' },
  ]);
  expect(published[0].Message).not.toContain('AlarmName');
});

test('the relay fails when SNS fails, so that Lambda retries', async () => {
  await expect(
    relay('x', TO_ERRORS, async () => {
      throw new Error('throttled');
    }),
  ).rejects.toThrow('throttled');
});
