import { admits, type DeployRule, type Found, lateFor, list, mentions, referred, repeated, resources, type TemplateJson } from './template-json';

/** Services that publish to a topic, by the resources that make them do so. */
const PUBLISHERS: Array<{ readonly by: string; readonly targets: (found: Found) => unknown; readonly service: RegExp }> = [
  { by: 'AWS::CloudWatch::Alarm', targets: ({ p }) => [p.AlarmActions, p.OKActions, p.InsufficientDataActions], service: /"cloudwatch\.amazonaws\.com"/ },
  { by: 'AWS::CloudWatch::CompositeAlarm', targets: ({ p }) => [p.AlarmActions, p.OKActions, p.InsufficientDataActions], service: /"cloudwatch\.amazonaws\.com"/ },
  { by: 'AWS::Events::Rule', targets: ({ p }) => p.Targets, service: /"events\.amazonaws\.com"/ },
  { by: 'AWS::RDS::EventSubscription', targets: ({ p }) => p.SnsTopicArn, service: /"events\.rds\.amazonaws\.com"/ },
  { by: 'AWS::Budgets::Budget', targets: ({ p }) => p.NotificationsWithSubscribers, service: /"budgets\.amazonaws\.com"/ },
  { by: 'AWS::Backup::BackupVault', targets: ({ p }) => p.Notifications, service: /"backup\.amazonaws\.com"/ },
  { by: 'AWS::CE::AnomalySubscription', targets: ({ p }) => p.Subscribers, service: /"costalerts\.amazonaws\.com"/ },
  { by: 'AWS::CodeStarNotifications::NotificationRule', targets: ({ p }) => p.Targets, service: /"codestar-notifications\.amazonaws\.com"/ },
];

/** What publishes to a topic without being admitted by a policy. */
function shutOut(template: TemplateJson, topic: Found, policy: unknown): string[] {
  return PUBLISHERS
    .filter(({ by, targets, service }) => resources(template, by).some((found) => mentions(targets(found), topic.id)) && !admits(policy, service))
    .map(({ by }) => `${topic.id} for ${by}`);
}

/** The policies that CloudFormation puts in the place of the one that SNS makes. */
function policiesOf(template: TemplateJson, topic: Found): Found[] {
  return resources(template, 'AWS::SNS::TopicPolicy').filter(({ p }) => list(p.Topics).some((named) => mentions(named, topic.id)));
}

function conditionsForEvents(policyDocument: any): boolean {
  return list(policyDocument?.Statement).some(({ Effect, Principal, Condition }) =>
    Effect === 'Allow' && /"events\.amazonaws\.com"/.test(JSON.stringify(Principal?.Service ?? '')) && Object.entries(Condition ?? {}).some(([operator, keys]) => !operator.endsWith('IfExists') && /aws:source/i.test(JSON.stringify(keys))));
}

/** The key of a queue that a subscription puts undelivered messages into. */
function keyOfUndelivered(template: TemplateJson, { p }: Found): Found | undefined {
  const queue = referred(template, p.RedrivePolicy?.deadLetterTargetArn, 'AWS::SQS::Queue');
  return referred(template, queue?.p.KmsMasterKeyId, 'AWS::KMS::Key');
}

export const ALERT_RULES: DeployRule[] = [
  {
    id: 'topic-key-admits-publishers',
    why: 'A topic whose key does not admit who publishes to it stays silent: the alarm fires and nobody hears of it.',
    check: (template) => resources(template, 'AWS::SNS::Topic').flatMap((topic) => {
      const key = referred(template, topic.p.KmsMasterKeyId, 'AWS::KMS::Key');
      return key === undefined ? [] : shutOut(template, topic, key.p.KeyPolicy);
    }),
  },
  {
    id: 'topic-policy-admits-publishers',
    why: 'A policy of one\'s own takes the place of the one that lets the account\'s alarms in: who is not named is not heard.',
    check: (template) => resources(template, 'AWS::SNS::Topic').flatMap((topic) => {
      const policies = policiesOf(template, topic);
      return policies.length === 0 ? [] : shutOut(template, topic, { Statement: policies.flatMap(({ p }) => list(p.PolicyDocument?.Statement)) });
    }),
  },
  {
    id: 'no-condition-for-eventbridge',
    why: 'EventBridge may name neither account nor rule when it publishes to a topic: a statement that demands one never allows, and the event is dropped.',
    check: (template) => [
      ...resources(template, 'AWS::SNS::TopicPolicy').filter(({ p }) => conditionsForEvents(p.PolicyDocument)),
      ...resources(template, 'AWS::SNS::Topic').map(({ p }) => referred(template, p.KmsMasterKeyId, 'AWS::KMS::Key'))
        .filter((key, index, keys): key is Found => key !== undefined && keys.findIndex((other) => other?.id === key.id) === index && conditionsForEvents(key.p.KeyPolicy)),
    ].map(({ id }) => id),
  },
  {
    id: 'undelivered-queue-key-admits-sns',
    why: 'SNS can\'t write into an encrypted dead-letter queue whose key does not admit it: what it could not deliver is lost.',
    check: (template) => resources(template, 'AWS::SNS::Subscription').filter((subscription) => {
      const key = keyOfUndelivered(template, subscription);
      return key !== undefined && !admits(key.p.KeyPolicy, /"sns\.amazonaws\.com"/);
    }).map(({ id }) => id),
  },
  {
    id: 'dead-letter-function-after-policy',
    why: 'Lambda refuses a function whose role may not write to its dead-letter queue yet.',
    check: (template) => resources(template, 'AWS::Lambda::Function').filter(({ p }) => p.DeadLetterConfig !== undefined)
      .flatMap((code) => lateFor(template, code, code.p.Role).map(({ id }) => `${code.id} does not wait for ${id}`)),
  },
  {
    id: 'slack-channel-once',
    why: 'An account takes one configuration of a Slack channel; the second one fails.',
    check: (template) => repeated(resources(template, 'AWS::Chatbot::SlackChannelConfiguration').map(({ p }) => `${p.SlackWorkspaceId} ${p.SlackChannelId}`)),
  },
  {
    id: 'teams-channel-once',
    why: 'An account takes one configuration of a Teams channel; the second one fails.',
    check: (template) => repeated(resources(template, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration').map(({ p }) => `${p.TeamId} ${p.TeamsChannelId}`)),
  },
  {
    id: 'chat-guardrail',
    why: 'Without a guardrail chat integration takes AdministratorAccess: whoever writes in the channel may do what its role may.',
    check: (template) => resources(template, 'AWS::Chatbot::SlackChannelConfiguration', 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration')
      .filter(({ p }) => list(p.GuardrailPolicies).length === 0).map(({ id }) => id),
  },
];
