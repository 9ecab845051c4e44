import { admits, type DeployRule, type Found, list, mentions, referred, resources, type TemplateJson } from './template-json';

/** Services that publish to a topic, by the resources that make them do so. */
const PUBLISHERS: Array<{ readonly by: string; readonly targets: (found: Found) => unknown; readonly service: RegExp }> = [
  { by: 'AWS::CloudWatch::Alarm', targets: ({ p }) => [p.AlarmActions, p.OKActions, p.InsufficientDataActions], service: /"cloudwatch\.amazonaws\.com"/ },
  { by: 'AWS::CloudWatch::CompositeAlarm', targets: ({ p }) => [p.AlarmActions, p.OKActions, p.InsufficientDataActions], service: /"cloudwatch\.amazonaws\.com"/ },
  { by: 'AWS::Events::Rule', targets: ({ p }) => p.Targets, service: /"events\.amazonaws\.com"/ },
  { by: 'AWS::RDS::EventSubscription', targets: ({ p }) => p.SnsTopicArn, service: /"events\.rds\.amazonaws\.com"/ },
  { by: 'AWS::Budgets::Budget', targets: ({ p }) => p.NotificationsWithSubscribers, service: /"budgets\.amazonaws\.com"/ },
  { by: 'AWS::Backup::BackupVault', targets: ({ p }) => p.Notifications, service: /"backup\.amazonaws\.com"/ },
];

function logBucketOf(template: TemplateJson, balancer: Found): Found | undefined {
  const attribute = list(balancer.p.LoadBalancerAttributes).find(({ Key }) => Key === 'access_logs.s3.bucket');
  return referred(template, attribute?.Value, 'AWS::S3::Bucket');
}

export const LOG_RULES: DeployRule[] = [
  {
    id: 'load-balancer-log-bucket-without-key',
    why: 'Load balancers deliver access logs only to buckets that S3 encrypts with its own keys; enabling the log fails.',
    check: (template) => resources(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
      .filter((balancer) => /aws:kms/.test(JSON.stringify(logBucketOf(template, balancer)?.p.BucketEncryption ?? ''))).map(({ id }) => id),
  },
  {
    id: 'firewall-log-group-name',
    why: 'WAF logs only to groups whose name begins with aws-waf-logs-.',
    check: (template) => resources(template, 'AWS::WAFv2::LoggingConfiguration').flatMap(({ id, p }) => resources(template, 'AWS::Logs::LogGroup')
      .filter((group) => mentions(p.LogDestinationConfigs, group.id) && !/^aws-waf-logs-/.test(group.p.LogGroupName ?? '')).map((group) => `${id} to ${group.id}`)),
  },
  {
    id: 'firewall-log-arn',
    why: 'WAF refuses the ARN of a log group that ends in `:*`, as the attribute Arn of a log group does.',
    check: (template) => resources(template, 'AWS::WAFv2::LoggingConfiguration')
      .filter(({ p }) => list(p.LogDestinationConfigs).some((arn) => referred(template, arn, 'AWS::Logs::LogGroup') !== undefined || /:\*"?\]*\}?$/.test(JSON.stringify(arn))))
      .map(({ id }) => id),
  },
  {
    id: 'log-group-key-admits-logs',
    why: 'A log group whose key does not admit the log service is refused, or receives nothing.',
    check: (template) => resources(template, 'AWS::Logs::LogGroup').filter(({ p }) => {
      const key = referred(template, p.KmsKeyId, 'AWS::KMS::Key');
      return key !== undefined && !admits(key.p.KeyPolicy, /"logs\.|\blogs\.amazonaws/);
    }).map(({ id }) => id),
  },
  {
    id: 'topic-key-admits-publishers',
    why: 'A topic whose key does not admit who publishes to it stays silent: the alarm fires and nobody hears of it.',
    check: (template) => resources(template, 'AWS::SNS::Topic').flatMap((topic) => {
      const key = referred(template, topic.p.KmsMasterKeyId, 'AWS::KMS::Key');
      return key === undefined ? [] : PUBLISHERS.filter(({ by, targets, service }) =>
        resources(template, by).some((found) => mentions(targets(found), topic.id)) && !admits(key.p.KeyPolicy, service)).map(({ by }) => `${topic.id} for ${by}`);
    }),
  },
  {
    id: 'flow-log-writer',
    why: 'A flow log to CloudWatch needs a role that vpc-flow-logs may take; without one nothing is delivered.',
    check: (template) => resources(template, 'AWS::EC2::FlowLog').filter(({ p }) => {
      const role = referred(template, p.DeliverLogsPermissionArn, 'AWS::IAM::Role');
      const toLogs = (p.LogDestinationType ?? 'cloud-watch-logs') === 'cloud-watch-logs';
      return toLogs && (p.DeliverLogsPermissionArn === undefined || (role !== undefined && !admits(role.p.AssumeRolePolicyDocument, /"vpc-flow-logs\./)));
    }).map(({ id }) => id),
  },
];
