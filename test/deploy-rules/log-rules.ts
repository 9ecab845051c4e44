import { admits, type DeployRule, type Found, list, mentions, referred, resources, type TemplateJson } from './template-json';

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
    id: 'flow-log-writer',
    why: 'A flow log to CloudWatch needs a role that vpc-flow-logs may take; without one nothing is delivered.',
    check: (template) => resources(template, 'AWS::EC2::FlowLog').filter(({ p }) => {
      const role = referred(template, p.DeliverLogsPermissionArn, 'AWS::IAM::Role');
      const toLogs = (p.LogDestinationType ?? 'cloud-watch-logs') === 'cloud-watch-logs';
      return toLogs && (p.DeliverLogsPermissionArn === undefined || (role !== undefined && !admits(role.p.AssumeRolePolicyDocument, /"vpc-flow-logs\./)));
    }).map(({ id }) => id),
  },
  {
    id: 'metric-filter-dimensions',
    why: 'CloudWatch Logs refuses dimensions beside a default value, more than three of them, constants as their values, and any with a pattern that is neither on JSON nor on columns.',
    check: (template) => resources(template, 'AWS::Logs::MetricFilter').filter(({ p }) => list(p.MetricTransformations).some(({ Dimensions, DefaultValue }) => {
      const dimensions = list(Dimensions);
      const wrong = DefaultValue !== undefined || dimensions.length > 3 || !/^\s*[{[]/.test(p.FilterPattern) || dimensions.some(({ Value }) => !/^\$/.test(Value));
      return dimensions.length > 0 && wrong;
    })).map(({ id }) => id),
  },
  {
    id: 'events-into-logs',
    why: 'EventBridge drops events for a log group that no resource policy opens to it, and takes its ARN only without `:*`, which the attribute Arn ends in.',
    check: (template) => resources(template, 'AWS::Events::Rule').flatMap(({ id, p }) => list(p.Targets).flatMap(({ Arn }) => resources(template, 'AWS::Logs::LogGroup')
      .filter((group) => mentions(Arn, group.id))
      .filter((group) => referred(template, Arn, 'AWS::Logs::LogGroup') !== undefined || !resources(template, 'AWS::Logs::ResourcePolicy')
        .some((policy) => mentions(policy.p.PolicyDocument, group.id) && /events\.amazonaws/.test(JSON.stringify(policy.p.PolicyDocument))))
      .map((group) => `${id} to ${group.id}`))),
  },
];
