import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AlertChannel, AlertRouting, type AlertRoutingProps, DatabaseEvents, DeploymentEvents, EnvironmentProfile, PagerDutyRegion, Runbooks, Severity, UnnotifiedAlerts } from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import { inAws, routingOfDocumentA, secretOf, SLACK, TEAMS } from '../../fixtures/alert-routing';
import { ACCOUNT, REGION, refusal, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const OTHER_SLACK = { ...SLACK, channelId: 'C0DEPLOYMNT' };

function made(props: AlertRoutingProps | ((stack: Stack) => AlertRoutingProps) = {}): { stack: Stack; routing: AlertRouting; template: Template } {
  const stack = testStack();
  const routing = routingOfDocumentA(stack, typeof props === 'function' ? props(stack) : props);
  return { stack, routing, get template() { return templateOf(stack); } };
}

/** The properties of all resources of a type. */
function all(template: Template, type: string): any[] {
  return Object.values(template.findResources(type)).map(({ Properties }) => inAws(Properties as unknown));
}

const idOf = (stack: Stack, topic: { topicArn: string }): string => (stack.resolve(topic.topicArn) as { Ref: string }).Ref;

describe('The routing of document A [A-22]', () => {
  test('sends warnings to Slack, errors to Slack and by email, critical alerts to PagerDuty', () => {
    const { stack, routing, template } = made();
    const [warning, error, critical] = [Severity.WARNING, Severity.ERROR, Severity.CRITICAL].map((severity) => ({ Ref: idOf(stack, routing.topicFor(severity)) }));
    expect(all(template, 'AWS::Chatbot::SlackChannelConfiguration')).toMatchObject([{ SnsTopicArns: [warning, error], SlackChannelId: SLACK.channelId, SlackWorkspaceId: SLACK.workspaceId }]);
    expect(all(template, 'AWS::SNS::Subscription').map(({ Protocol, TopicArn }) => [Protocol, TopicArn])).toEqual([['email', error], ['lambda', critical]]);
  });

  test('leaves nothing unacknowledged, and breaks no rule of AWS', () => {
    const { stack, template } = made();
    expect(unacknowledged(stack)).toEqual([]);
    expect(brokenRules(template.toJSON())).toEqual([]);
  });

  test('sends deployments and costs to the topic of warnings, without further topics [C-16]', () => {
    const { routing, template } = made();
    expect([routing.deploymentTopic, routing.costTopic]).toEqual([routing.topicFor(Severity.WARNING), routing.topicFor(Severity.WARNING)]);
    template.resourceCountIs('AWS::SNS::Topic', 3);
  });

  test('supports channels for deployments and costs [C-16]', () => {
    const { stack, routing, template } = made((of) => ({ onDeployment: [AlertChannel.slack(OTHER_SLACK)], onCost: [AlertChannel.slackWebhook(secretOf(of, 'Costs'))] }));
    template.resourceCountIs('AWS::SNS::Topic', 5);
    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', { SlackChannelId: OTHER_SLACK.channelId, SnsTopicArns: [{ Ref: idOf(stack, routing.deploymentTopic) }] });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'lambda', TopicArn: { Ref: idOf(stack, routing.costTopic) } });
    expect(unacknowledged(stack)).toEqual([]);
  });
});

describe('Topics', () => {
  const every = () => made({ onDeployment: [AlertChannel.slack(OTHER_SLACK)], onCost: [AlertChannel.email('costs@example.com')] });
  const SEVERITY_PUBLISHERS = ['cloudwatch', 'events', 'events.rds', 'backup'];

  test('are encrypted with one customer key that rotates, and take nothing in plain text', () => {
    const { template } = made();
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [key, 'Arn'] } });
    template.allResourcesProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]) },
    });
  });

  const pairs: Array<[topic: string, publisher: string]> = [
    ...['critical', 'error', 'warning'].flatMap((topic) => SEVERITY_PUBLISHERS.map((publisher): [string, string] => [topic, publisher])),
    ['deployment', 'events'], ['deployment', 'codestar-notifications'], ['deployment', 'cloudwatch'],
    ['cost', 'budgets'], ['cost', 'costalerts'], ['cost', 'cloudwatch'], ['cost', 'events'],
  ];
  const { stack, routing, template } = every();
  const topics: { [name: string]: string } = Object.fromEntries([
    ...[Severity.CRITICAL, Severity.ERROR, Severity.WARNING].map((severity) => [severity, idOf(stack, routing.topicFor(severity))]),
    ['deployment', idOf(stack, routing.deploymentTopic)], ['cost', idOf(stack, routing.costTopic)],
  ]);
  const allowed = (statements: any[], publisher: string) => statements.filter(({ Effect, Principal }) => Effect === 'Allow' && Principal.Service === `${publisher}.amazonaws.com`);
  const statementsOf = (topic: string): any[] => all(template, 'AWS::SNS::TopicPolicy').find(({ Topics }) => Topics[0].Ref === topics[topic]).PolicyDocument.Statement;
  const keyStatements: any[] = all(template, 'AWS::KMS::Key')[0].KeyPolicy.Statement;

  test.each(pairs)('%s accepts messages of %s by its policy and by that of the key', (topic, publisher) => {
    expect(allowed(statementsOf(topic), publisher)).toMatchObject([{ Action: 'sns:Publish', Resource: { Ref: topics[topic] } }]);
    expect(allowed(keyStatements, publisher)).toMatchObject([{ Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }]);
  });

  test.each(['critical', 'error', 'warning', 'deployment', 'cost'])('%s admits nobody else', (topic) => {
    const services = statementsOf(topic).filter(({ Effect }) => Effect === 'Allow').map(({ Principal }) => Principal.Service.replace('.amazonaws.com', ''));
    expect(services.sort()).toEqual(pairs.filter(([of]) => of === topic).map(([, publisher]) => publisher).sort());
  });

  test.each(['cloudwatch', 'events.rds', 'budgets', 'costalerts'])('%s publishes for this account alone', (publisher) => {
    const narrowed = [...Object.keys(topics).flatMap((topic) => allowed(statementsOf(topic), publisher)), ...allowed(keyStatements, publisher)];
    expect(narrowed.length).toBeGreaterThan(1);
    narrowed.forEach(({ Condition }) => expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': ACCOUNT } }));
  });

  test('admit EventBridge for rules of this account and region alone, and where it names no source', () => {
    const statements = Object.keys(topics).flatMap((topic) => allowed(statementsOf(topic), 'events'));
    expect(statements.map(({ Condition }) => Condition as unknown)).toEqual(Array(5).fill({
      StringEqualsIfExists: { 'aws:SourceAccount': ACCOUNT },
      ArnLikeIfExists: { 'aws:SourceArn': `arn:aws:events:${REGION}:${ACCOUNT}:rule/*` },
    }));
  });

  test('narrow EventBridge on the key by the topic that is encrypted, because a source in a key policy would drop every event', () => {
    expect(allowed(keyStatements, 'events').map(({ Condition }) => Condition as unknown)).toEqual([
      { ArnLike: { 'kms:EncryptionContext:aws:sns:topicArn': `arn:aws:sns:${REGION}:${ACCOUNT}:*` } },
    ]);
  });

  test('admit all publishers of deployments and costs where they serve those, too', () => {
    const shared = made();
    const policy = all(shared.template, 'AWS::SNS::TopicPolicy').find(({ Topics }) => Topics[0].Ref === idOf(shared.stack, shared.routing.topicFor(Severity.WARNING)));
    ['codestar-notifications', 'budgets', 'costalerts', ...SEVERITY_PUBLISHERS].forEach((publisher) => expect(allowed(policy.PolicyDocument.Statement, publisher)).toHaveLength(1));
  });

  test('accept messages of a role of another stack, such as a state machine\'s, without a cycle', () => {
    const app = testApp();
    const { deploymentTopic } = routingOfDocumentA(testStack({ app, id: 'Alerting' }));
    const delivery = testStack({ app, id: 'Delivery' });
    const role = new Role(delivery, 'Release', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    deploymentTopic.grantPublish(role);
    const [policy] = all(templateOf(delivery), 'AWS::IAM::Policy');
    expect(policy.PolicyDocument.Statement).toMatchObject([{ Action: 'sns:Publish' }, { Action: expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey*']) }]);
    expect(JSON.stringify(templateOf(app.node.findChild('Alerting') as Stack).toJSON())).not.toContain('Delivery');
  });

  test('have the removal policy of the environment', () => {
    expect(Object.values(made({ profile: EnvironmentProfile.development() }).template.findResources('AWS::KMS::Key'))[0].DeletionPolicy).toBe('Delete');
    expect(Object.values(made().template.findResources('AWS::KMS::Key'))[0].DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

describe('Chat integration', () => {
  test('has one configuration of a channel, however many topics it subscribes to', () => {
    const slack = AlertChannel.slack(SLACK);
    const { stack, template } = made({ onCritical: [slack], onDeployment: [slack], onCost: [AlertChannel.teams(TEAMS), AlertChannel.slack(SLACK)] });
    expect(all(template, 'AWS::Chatbot::SlackChannelConfiguration').map(({ SnsTopicArns }) => SnsTopicArns.length)).toEqual([5]);
    expect(all(template, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration')).toMatchObject([{ TeamsTenantId: TEAMS.tenantId, TeamId: TEAMS.teamId, TeamsChannelId: TEAMS.channelId, LoggingLevel: 'ERROR' }]);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('may read metrics and nothing else, whoever writes in the channel', () => {
    const { template } = made({ onCost: [AlertChannel.teams(TEAMS)] });
    const [[policyId]] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) => id.includes('Slack'));
    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', { GuardrailPolicies: [{ Ref: policyId }] });
    template.hasResourceProperties('AWS::Chatbot::MicrosoftTeamsChannelConfiguration', { GuardrailPolicies: [{ Ref: Match.stringLikeRegexp('Teams') }] });
    const actions = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) => /Slack|Teams/.test(id))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement).flatMap(({ Action }: { Action: string[] }) => Action);
    expect(actions).toHaveLength(8);
    expect(actions.filter((action: string) => !/^cloudwatch:(Get|Describe)/.test(action))).toEqual([]);
    template.resourceCountIs('Custom::LogRetention', 0);
  });

  test('refuses a channel that another routing of the account has', () => {
    const app = testApp();
    routingOfDocumentA(testStack({ app, id: 'One' }));
    expect(refusal(() => routingOfDocumentA(testStack({ app, id: 'Two', env: { account: ACCOUNT, region: 'eu-west-1' } })))).toBe(
      `AlertRouting 'Two/Alerts': AlertChannel 'slack ${SLACK.workspaceId} ${SLACK.channelId}' already has a chat configuration in this account, which 'One/Alerts' creates. `
      + 'Share that AlertRouting, or give AlertChannel.existingChat() the ARN of its configuration.');
  });

  test('accepts one channel in two accounts', () => {
    const app = testApp();
    routingOfDocumentA(testStack({ app, id: 'One' }));
    expect(() => routingOfDocumentA(testStack({ app, id: 'Two', env: { account: '222222222222', region: REGION } }))).not.toThrow();
  });

  test('refuses a repeated channel where the account is unknown', () => {
    const app = testApp();
    routingOfDocumentA(testStack({ app, id: 'One', env: {} }));
    expect(refusal(() => routingOfDocumentA(testStack({ app, id: 'Two', env: {} })))).toMatch(/which 'One\/Alerts' creates/);
  });

  test('can exist already, and synthesis lists the topics to add', () => {
    const { stack, template } = made({
      onError: [AlertChannel.existingChat(`arn:aws:chatbot::${ACCOUNT}:chat-configuration/slack-channel/ops`), AlertChannel.email('ops@example.com')], onWarning: [AlertChannel.email('ops@example.com')],
    });
    template.resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
    expect(stack.node.findChild('Alerts').node.metadata.map(({ data }) => data as string).join()).toMatch(/Add these topics to arn:aws:chatbot.*: error of Test\/Alerts/);
    expect(unacknowledged(stack)).toEqual([]);
  });
});

describe('A channel outside AWS', () => {
  const webhookToo = () => made((stack) => ({ onWarning: [AlertChannel.slackWebhook(secretOf(stack, 'Webhook'))], onCost: [AlertChannel.slackWebhook(secretOf(stack, 'Costs'))] }));

  test('has a function that reads the secret for each alert', () => {
    const { stack, template } = webhookToo();
    template.resourceCountIs('AWS::Lambda::Function', 3);
    const plans = all(template, 'AWS::Lambda::Function').map(({ Environment }) => JSON.stringify(Environment.Variables.FORWARDER_PLAN));
    ['AlertsPager', 'Webhook', 'Costs'].forEach((secret) => expect(plans.filter((plan) => plan.includes(`secret:${secret}-AbCdEf`))).toHaveLength(1));
    expect(plans.filter((plan) => plan.includes('events.pagerduty.com/v2/enqueue'))).toHaveLength(1);
    const reads = all(template, 'AWS::IAM::ManagedPolicy').map(({ PolicyDocument }) => PolicyDocument.Statement.filter(({ Action }: any) => Action === 'secretsmanager:GetSecretValue'));
    expect(reads.filter((statements) => statements.length > 0).map((statements) => [statements.length, typeof statements[0].Resource])).toEqual([[1, 'string'], [1, 'string'], [1, 'string']]);
    expect(unacknowledged(stack)).toEqual([]);
    expect(brokenRules(template.toJSON())).toEqual([]);
  });

  test('has the urgency of each topic', () => {
    const stack = testStack();
    const webhook = AlertChannel.slackWebhook(secretOf(stack, 'Webhook'));
    routingOfDocumentA(stack, { onWarning: [webhook], onDeployment: [webhook], onCost: [AlertChannel.email('costs@example.com')] });
    const plan = all(templateOf(stack), 'AWS::Lambda::Function').map(({ Environment }) => JSON.stringify(Environment.Variables.FORWARDER_PLAN)).find((text) => text.includes('secret:Webhook'))!;
    expect([...plan.matchAll(/urgency\W+(\w+)/g)].map(([, urgency]) => urgency)).toEqual(['warning', 'info']);
  });

  test('has a function outside any VPC, with an encrypted log and three attempts', () => {
    const { template } = made();
    const [handler] = all(template, 'AWS::Lambda::Function');
    expect(handler).toMatchObject({ Runtime: 'nodejs24.x', Timeout: 300 });
    expect(handler.VpcConfig).toBeUndefined();
    expect(handler.ReservedConcurrentExecutions).toBeUndefined();
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 2 });
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue(), RetentionInDays: 30 });
  });

  test('keeps for 14 days what it or SNS could not deliver', () => {
    const { template } = made();
    const [queue] = Object.keys(template.findResources('AWS::SQS::Queue'));
    const arn = { 'Fn::GetAtt': [queue, 'Arn'] };
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1209600, KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::Lambda::Function', { DeadLetterConfig: { TargetArn: arn } });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'lambda', RedrivePolicy: { deadLetterTargetArn: arn } });
    expect(all(template, 'AWS::SQS::QueuePolicy')[0].PolicyDocument.Statement).toMatchObject([
      { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:sns:${REGION}:${ACCOUNT}:*` } } },
    ]);
  });

  test('has an alarm on its function at a channel that does not depend on it', () => {
    const { stack, routing, template } = made();
    const error = { Ref: idOf(stack, routing.topicFor(Severity.ERROR)) };
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [error],
      OKActions: [error],
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      Metrics: Match.arrayWith([
        Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'ApproximateNumberOfMessagesVisible' }) }) }),
        Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'DeadLetterErrors' }) }) }),
      ]),
    });
  });

  test('has the alarm at a severity that it shares with others, where there is none without it', () => {
    const stack = testStack();
    const pager = AlertChannel.pagerDuty(secretOf(stack, 'Pager'), PagerDutyRegion.EUROPE);
    const routing = new AlertRouting(stack, 'Alerts', { onCritical: [pager], onError: [pager], onWarning: [pager, AlertChannel.email('ops@example.com')] });
    templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: idOf(stack, routing.topicFor(Severity.WARNING)) }] });
    expect(JSON.stringify(templateOf(stack).findResources('AWS::Lambda::Function'))).toContain('https://events.eu.pagerduty.com/v2/enqueue');
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('has a warning where it is the only one, because a failed function can\'t report itself', () => {
    const stack = testStack();
    const pager = AlertChannel.pagerDuty(secretOf(stack, 'Pager'));
    const routing = new AlertRouting(stack, 'Alerts', { onCritical: [pager], onError: [pager], onWarning: [pager] });
    templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: idOf(stack, routing.topicFor(Severity.WARNING)) }] });
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('No other channel can report a failure of this function'));
  });

  test('has a runbook for the alarm on its function [A-23]', () => {
    made().template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmDescription: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('Runbook: https://github.com/org/prod-constructs/blob/main/docs/runbooks/alert-forwarder-failed.md$')])] } });
    made({ runbooks: Runbooks.at('https://example.com/pages') }).template
      .hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmDescription: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('https://example.com/pages/alert-forwarder-failed.md$')])] } });
    expect(refusal(() => made({ runbooks: Runbooks.at('wiki') }))).toMatch(/^AlertRouting '.*': runbooks is "wiki", expected an https address/);
  });

  test('supports a secret with a customer key of another stack, whose key policy does not name the function', () => {
    const app = testApp();
    const secrets = testStack({ app, id: 'Secrets' });
    const secret = new Secret(secrets, 'Pager', { encryptionKey: new Key(secrets, 'Key', { enableKeyRotation: true }) });
    const stack = testStack({ app });
    routingOfDocumentA(stack, { onCritical: [AlertChannel.pagerDuty(secret)] });
    templateOf(stack).hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'kms:Decrypt', Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` } } }),
        ]),
      },
    });
    expect(JSON.stringify(templateOf(secrets).toJSON())).not.toContain('Alerts');
  });
});

describe('Topics of other constructs', () => {
  test('reach the channels of a severity by a function, because chat applications drop other messages [A-22]', () => {
    const { stack, routing } = made();
    const events = new DatabaseEvents(stack, 'Events');
    routing.listenTo(events.topic, Severity.ERROR);
    const template = templateOf(stack);
    const relays = all(template, 'AWS::Lambda::Function').filter(({ Environment }) => JSON.stringify(Environment).includes('relay'));
    expect(relays).toHaveLength(1);
    template.hasResourceProperties('AWS::SNS::Subscription', { TopicArn: { Ref: idOf(stack, events.topic) }, Protocol: 'lambda', RedrivePolicy: Match.anyValue() });
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'sns.amazonaws.com', SourceArn: { Ref: idOf(stack, events.topic) } });
    expect(unacknowledged(stack)).toEqual([]);
    expect(brokenRules(template.toJSON())).toEqual([]);
  });

  test('share a function for each severity, and are forwarded once', () => {
    const { stack, routing } = made();
    const [one, two] = ['One', 'Two'].map((id) => new DatabaseEvents(stack, id, { sources: { 'db-instance': [id] } }));
    [one, two, one].forEach(({ topic }) => routing.listenTo(topic, Severity.ERROR));
    routing.listenTo(one.topic, Severity.WARNING);
    const template = templateOf(stack);
    template.resourceCountIs('AWS::Lambda::Function', 3);
    expect(all(template, 'AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'lambda')).toHaveLength(4);
  });

  test.each([true, false])('can be in four stacks without a cycle (alarms in the stack of the routing: %s)', (alarmsBesideRouting) => {
    const { app, stack: services, web } = serviceFixture();
    const data = testStack({ app, id: 'Data' });
    const events = new DatabaseEvents(data, 'Events');
    const alerts = testStack({ app, id: 'Alerting' });
    const routing = routingOfDocumentA(alerts);
    const above = alarmsBesideRouting ? alerts : testStack({ app, id: 'Above' });
    new Alarm(above, 'Alarm', { metric: new Metric({ namespace: 'AWS/ECS', metricName: 'CPUUtilization', dimensionsMap: { ServiceName: web.service.serviceName }, period: Duration.minutes(1) }), threshold: 1, evaluationPeriods: 1 })
      .addAlarmAction(new SnsAction(routing.topicFor(Severity.ERROR)));
    new DeploymentEvents(above, 'Deployments', { service: web, alertRouting: routing });
    routing.listenTo(events.topic, Severity.ERROR);
    expect(unacknowledged(above)).toEqual([]);
    expect(alerts.dependencies.map(({ node }) => node.id)).toContain('Data');
    [data, services].forEach((stack) => expect(stack.dependencies.map(({ node }) => node.id)).not.toContain('Alerting'));
  });

  test('can be in a stack that refers to the routing, where the caller gives a scope', () => {
    const app = testApp();
    const alerts = testStack({ app, id: 'Alerting' });
    const routing = routingOfDocumentA(alerts);
    const data = testStack({ app, id: 'Data' });
    const events = new DatabaseEvents(data, 'Events');
    new Alarm(data, 'Alarm', { metric: new Metric({ namespace: 'AWS/RDS', metricName: 'CPUUtilization' }), threshold: 1, evaluationPeriods: 1 }).addAlarmAction(new SnsAction(routing.topicFor(Severity.ERROR)));
    routing._listenFrom(data, events.topic, Severity.ERROR);
    expect(unacknowledged(data)).toEqual([]);
    expect(alerts.dependencies).toEqual([]);
    templateOf(data).resourceCountIs('AWS::SNS::Subscription', 1);
  });

  test('can be those of an existing database', () => {
    const { stack, routing } = made();
    routing.listenTo(Topic.fromTopicArn(stack, 'Known', `arn:aws:sns:${REGION}:${ACCOUNT}:rds-events`), Severity.WARNING);
    templateOf(stack).hasResourceProperties('AWS::SNS::Subscription', { TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:rds-events` });
  });

  test('must be of the region, because SNS refuses a dead-letter queue of another', () => {
    const { stack, routing } = made();
    expect(refusal(() => routing.listenTo(Topic.fromTopicArn(stack, 'Far', `arn:aws:sns:eu-west-1:${ACCOUNT}:rds-events`), Severity.WARNING)))
      .toBe("AlertRouting 'Test/Alerts': topic is in eu-west-1, whose messages the dead-letter queue in eu-central-1 can't keep. Create an AlertRouting in that region.");
  });

  test('must be of the account, because the dead-letter queue admits no others', () => {
    const { stack, routing } = made();
    expect(refusal(() => routing.listenTo(Topic.fromTopicArn(stack, 'Far', `arn:aws:sns:${REGION}:999999999999:rds-events`), Severity.WARNING)))
      .toMatch(/topic is in account 999999999999, whose messages the dead-letter queue rejects. Create an AlertRouting in that account/);
  });

  test('must not be its own, because messages would circulate', () => {
    const { routing } = made();
    expect(refusal(() => routing.listenTo(routing.topicFor(Severity.ERROR), Severity.CRITICAL))).toMatch(/^AlertRouting 'Test\/Alerts': topic is "Test\/Alerts\/Topics\/error", expected a topic of another construct/);
  });
});

describe('A severity without a channel', () => {
  const WARNINGS = UnnotifiedAlerts.severity(Severity.WARNING, { reason: 'The dashboard is looked at each morning' });
  const DEPLOYMENTS = UnnotifiedAlerts.deployments({ reason: 'The pipeline announces deployments' });
  const COSTS = UnnotifiedAlerts.costs({ reason: 'Finance has a budget of its own' });

  test('is refused in production', () => {
    expect(refusal(() => made({ onWarning: undefined }))).toBe(
      "AlertRouting 'Test/Alerts': onWarning is not given, expected one or more channels in production. Give an AlertChannel, or accept it by unnotified: [UnnotifiedAlerts.severity(Severity.WARNING, { reason: '...' })].");
    expect(refusal(() => made({ onCritical: [] }))).toMatch(/onCritical is \[\]/);
  });

  test('is accepted in production with a reason', () => {
    const { template } = made({ onWarning: undefined, unnotified: [WARNINGS, DEPLOYMENTS, COSTS] });
    template.resourceCountIs('AWS::SNS::Topic', 3);
  });

  test.each<[string, Partial<AlertRoutingProps>, RegExp]>([
    ['deployments', { unnotified: [WARNINGS, COSTS] },
      /onDeployment is not given, expected one or more channels in production, because warnings have none either\. .* unnotified: \[UnnotifiedAlerts\.deployments\(\{ reason/],
    ['costs', { onDeployment: [AlertChannel.slack(SLACK)], unnotified: [WARNINGS] }, /onCost is not given, expected one or more channels in production, because .* unnotified: \[UnnotifiedAlerts\.costs\(/],
  ])('includes %s, which need a channel or a reason of their own [C-16]', (_, props, message) => {
    expect(refusal(() => made({ onWarning: undefined, ...props }))).toMatch(message);
  });

  test('does not affect channels of deployments and costs [C-16]', () => {
    const heard = [AlertChannel.slack(SLACK)];
    made({ onWarning: undefined, onDeployment: heard, onCost: heard, unnotified: [WARNINGS] }).template.resourceCountIs('AWS::SNS::Topic', 5);
  });

  test.each([EnvironmentProfile.staging(), EnvironmentProfile.development()])('is accepted elsewhere, and its topic exists', (profile) => {
    const stack = testStack();
    const routing = new AlertRouting(stack, 'Alerts', { profile });
    expect(routing.topicFor(Severity.CRITICAL).topicArn).toBeDefined();
    templateOf(stack).resourceCountIs('AWS::SNS::Topic', 3);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('needs a known name, a reason and no channel', () => {
    const unknown = UnnotifiedAlerts.severity('info' as Severity, { reason: 'Nobody wants to know' });
    expect(refusal(() => made({ unnotified: [unknown] }))).toMatch(/unnotified is "info", expected one of warning, error, critical, deployment, cost/);
    expect(refusal(() => made({ onWarning: [], unnotified: [UnnotifiedAlerts.severity(Severity.WARNING, { reason: 'no' })] }))).toMatch(/unnotified\['warning'\]\.reason is "no"/);
    expect(refusal(() => made({ unnotified: [WARNINGS] }))).toMatch(/unnotified\['warning'\] contradicts onWarning, which has channels\. Remove it, or remove onWarning\./);
    expect(refusal(() => made({ unnotified: [COSTS] }))).toMatch(/unnotified\['cost'\] contradicts onWarning, which has channels/);
    expect(refusal(() => made({ onCost: [AlertChannel.slack(SLACK)], unnotified: [COSTS] }))).toMatch(/unnotified\['cost'\] contradicts onCost, which has channels/);
    expect(refusal(() => made({ onDeployment: [] }))).toMatch(/onDeployment is \[\], expected one or more channels\. Remove onDeployment to notify the channels of warnings/);
  });

  test('is listed once, because two reasons contradict each other', () => {
    expect(refusal(() => made({ onWarning: undefined, unnotified: [WARNINGS, DEPLOYMENTS, COSTS, WARNINGS] }))).toMatch(/unnotified\['warning'\] is listed twice\. Keep one of the two/);
  });
});

