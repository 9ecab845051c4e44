import { Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { AlertChannel, AlertRouting, DatabaseEvents, EnvironmentProfile, Severity } from '../../../src';
import { routingOfDocumentA } from '../../fixtures/alert-routing';
import { postgres } from '../../fixtures/database-stack';
import { ACCOUNT, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';

const WARNING = Match.stringLikeRegexp('Nobody is notified of the events of these databases');

test('Nobody is warned where alerts have no channels: the app may have others', () => {
  const { stack, database } = postgres();
  Annotations.fromStack(stack).hasNoWarning(`/${database.events.node.path}`, WARNING);
});

test('Nor is it where no alert has a channel, as in development', () => {
  const { stack, database } = postgres({}, EnvironmentProfile.development());
  const routing = new AlertRouting(stack, 'Alerts');
  routing.listenTo(database.events.topic, Severity.ERROR);
  Annotations.fromStack(stack).hasNoWarning(`/${database.events.node.path}`, WARNING);
  templateOf(stack).resourceCountIs('AWS::SNS::Subscription', 0);
});

test('Forwarding to a severity without channels is no subscription', () => {
  const { stack, database } = postgres({}, EnvironmentProfile.staging());
  const routing = new AlertRouting(stack, 'Alerts', { onCritical: [AlertChannel.email('ops@example.com')] });
  routing.listenTo(database.events.topic, Severity.ERROR);
  Annotations.fromStack(stack).hasWarning(`/${database.events.node.path}`, WARNING);
});

test('Events of a database without a subscription are a finding where alerts have channels', () => {
  const { stack, database } = postgres();
  routingOfDocumentA(stack);
  Annotations.fromStack(stack).hasWarning(`/${database.events.node.path}`, WARNING);
});

describe('They are none', () => {
  test('once the routing listens', () => {
    const { stack, database } = postgres();
    routingOfDocumentA(stack).listenTo(database.events.topic, Severity.ERROR);
    expect(unacknowledged(stack)).toEqual([]);
    Annotations.fromStack(stack).hasNoWarning(`/${database.events.node.path}`, WARNING);
  });

  test('once somebody else is subscribed', () => {
    const { stack, database } = postgres();
    routingOfDocumentA(stack);
    database.events.topic.addSubscription(new EmailSubscription('dba@example.com'));
    Annotations.fromStack(stack).hasNoWarning(`/${database.events.node.path}`, WARNING);
  });

  test('once a chat configuration of one\'s own has the topic', () => {
    const stack = testStack();
    routingOfDocumentA(stack);
    const { topic } = new DatabaseEvents(stack, 'Events');
    new CfnSlackChannelConfiguration(stack, 'Own', {
      configurationName: 'own', iamRoleArn: `arn:aws:iam::${ACCOUNT}:role/chat`, slackChannelId: 'C0OTHER0000', slackWorkspaceId: 'T012ABCDEFG', snsTopicArns: [topic.topicArn], guardrailPolicies: [],
    });
    Annotations.fromStack(stack).hasNoWarning('/Test/Events', WARNING);
  });
});

test('Each stage is checked by itself and once', () => {
  const app = testApp();
  const stage = new Stage(app, 'Staging');
  EnvironmentProfile.staging().applyTo(stage);
  const stack = testStack({ app: stage as never, id: 'Inside' });
  new AlertRouting(stack, 'Alerts', { onError: [AlertChannel.email('ops@example.com')] });
  new AlertRouting(stack, 'More', { onError: [AlertChannel.email('ops@example.com')] });
  new DatabaseEvents(stack, 'Events');
  app.synth();
  const warnings = stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ data }) => /Nobody is notified of the events/.test(`${data as string}`));
  expect(warnings).toHaveLength(1);
});
