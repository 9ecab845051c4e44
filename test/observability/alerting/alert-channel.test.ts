import { CfnParameter, SecretValue, type Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AlertChannel } from '../../../src';
import { routingOfDocumentA, secretOf, SLACK, TEAMS } from '../../fixtures/alert-routing';
import { refusal, templateOf, testStack } from '../../fixtures/test-stack';

/** The one line that every refusal is: what, where, prop, value, what would be right, and what to write. */
const LINE = /^(\w+) '([\w/-]+)': ([\w.]+) is (.+), expected (.+)\. ([A-Z].+\.)$/;
const KEY = '0123456789abcdef0123456789abcdef';
const WEBHOOK = 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';

function withChannel(make: (stack: Stack) => AlertChannel): Stack {
  const stack = testStack();
  routingOfDocumentA(stack, { onError: [make(stack), AlertChannel.email('ops@example.com')] });
  return stack;
}

const literal = (value: string) => (stack: Stack) => new Secret(stack, 'Literal', { secretStringValue: SecretValue.unsafePlainText(value) });

describe('AlertRouting refuses, in one line with path, prop, value, range and fix,', () => {
  test.each<[string, (stack: Stack) => AlertChannel, string, string, string]>([
    ['an address without a domain', () => AlertChannel.email('ops'), 'onError.email', 'ops', 'one address'],
    ['two addresses in one', () => AlertChannel.email('a@example.com,b@example.com'), 'onError.email', 'a@example.com,b', 'one address'],
    ['an address with a name', () => AlertChannel.email('Ops <ops@example.com>'), 'onError.email', 'Ops', 'one address'],
    ['a workspace by its name', () => AlertChannel.slack({ ...SLACK, workspaceId: 'example' }), 'onError.slack.workspaceId', 'example', 'T and capital letters'],
    ['a channel by its name', () => AlertChannel.slack({ ...SLACK, channelId: '#alerts' }), 'onError.slack.channelId', '#alerts', 'C or G'],
    ['a person in place of a channel', () => AlertChannel.slack({ ...SLACK, channelId: 'U012ABCDEFG' }), 'onError.slack.channelId', 'U012ABCDEFG', 'C or G'],
    ['a tenant that is no UUID', () => AlertChannel.teams({ ...TEAMS, tenantId: 'example.com' }), 'onError.teams.tenantId', 'example.com', 'a UUID'],
    ['a team by its name', () => AlertChannel.teams({ ...TEAMS, teamId: 'Operations' }), 'onError.teams.teamId', 'Operations', 'a UUID'],
    ['a channel of Teams that was decoded', () => AlertChannel.teams({ ...TEAMS, channelId: '19:abc@thread.tacv2' }), 'onError.teams.channelId', '19:abc', 'encoded'],
    ['a chat configuration by its name', () => AlertChannel.existingChat('ops'), 'onError.existingChat', 'ops', 'the ARN'],
    ['a literal webhook', (stack) => AlertChannel.slackWebhook(literal(WEBHOOK)(stack)), 'onError.slackWebhook', 'not shown', 'whose value is in no template'],
    ['a literal integration key', (stack) => AlertChannel.pagerDuty(literal(KEY)(stack)), 'onError.pagerDuty', 'not shown', 'whose value is in no template'],
    ['a secret by its name alone', (stack) => AlertChannel.pagerDuty(Secret.fromSecretNameV2(stack, 'Named', 'pager')), 'onError.pagerDuty', 'pager', 'complete ARN'],
  ])('%s', (_, make, prop, value, allowed) => {
    const message = refusal(() => withChannel(make));
    const [, construct, path, refusedProp, refusedValue, range] = LINE.exec(message)!;
    expect([construct, path, refusedProp]).toEqual(['AlertRouting', 'Test/Alerts', prop]);
    expect(refusedValue).toContain(value);
    expect(range).toContain(allowed);
    [KEY, WEBHOOK].forEach((secret) => expect(message).not.toContain(secret));
  });

  test.each<[string, (stack: Stack) => AlertChannel[]]>([
    ['an address', () => [AlertChannel.email('ops@example.com'), AlertChannel.email('Ops@Example.com')]],
    ['a channel of Slack', () => [AlertChannel.slack(SLACK), AlertChannel.slack({ ...SLACK })]],
    ['a channel of Teams', () => [AlertChannel.teams(TEAMS), AlertChannel.teams(TEAMS)]],
    ['a chat configuration', () => ['a', 'b'].map(() => AlertChannel.existingChat('arn:aws:chatbot::111111111111:chat-configuration/slack-channel/ops'))],
    ['a secret that was imported twice', (stack) => {
      const { secretArn } = secretOf(stack, 'One');
      return [AlertChannel.pagerDuty(Secret.fromSecretCompleteArn(stack, 'First', secretArn)), AlertChannel.pagerDuty(Secret.fromSecretCompleteArn(stack, 'Second', secretArn))];
    }],
    ['a secret that is made in the app', (stack) => {
      const secret = new Secret(stack, 'Made');
      return [AlertChannel.slackWebhook(secret), AlertChannel.slackWebhook(secret)];
    }],
  ])('%s twice for one severity', (_, make) => {
    const stack = testStack();
    const [, , , prop, , range] = LINE.exec(refusal(() => routingOfDocumentA(stack, { onError: make(stack) })))!;
    expect([prop, range]).toEqual(['onError', 'each channel once']);
  });
});

describe('AlertRouting takes', () => {
  test.each<[string, (stack: Stack) => AlertChannel]>([
    ['a secret to be filled by hand', (stack) => AlertChannel.pagerDuty(literal('to-be-filled')(stack))],
    ['a secret that is made in the app, and filled by hand', (stack) => AlertChannel.slackWebhook(new Secret(stack, 'Made'))],
    ['a secret whose value comes from a parameter that is not shown', (stack) => AlertChannel.slackWebhook(new Secret(stack, 'Given', {
      secretStringValue: SecretValue.cfnParameter(new CfnParameter(stack, 'Webhook', { noEcho: true })),
    }))],
    ['one key for PagerDuty and one webhook that share nothing', (stack) => AlertChannel.slackWebhook(secretOf(stack, 'Other'))],
    ['an address that is known later', (stack) => AlertChannel.email(new CfnParameter(stack, 'Address').valueAsString)],
    ['a private channel of Slack', () => AlertChannel.slack({ ...SLACK, channelId: 'G012ABCDEFG' })],
    ['a channel of Teams in small letters', () => AlertChannel.teams({ ...TEAMS, channelId: '19%3aabc%40thread.tacv2' })],
  ])('%s', (_, make) => {
    expect(() => templateOf(withChannel(make))).not.toThrow();
  });
});
