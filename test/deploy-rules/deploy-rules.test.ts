import { Egress, EnvironmentProfile, ImageRepository, SecureVpc, WebFirewall } from '../../src';
import { exampleNames, templatesOfExample } from '../fixtures/example-app';
import { templateOf, testStack } from '../fixtures/test-stack';
import { brokenRules, DEPLOY_RULES } from './deploy-rules';
import type { TemplateJson, TemplateResource } from './template-json';

interface Case { readonly bad: TemplateJson; readonly good: TemplateJson }

const ref = (id: string) => ({ Ref: id });
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const of = (Type: string, Properties: TemplateResource['Properties'] = {}, DependsOn?: string): TemplateResource => ({ Type, Properties, ...(DependsOn && { DependsOn }) });
const template = (Resources: { [id: string]: TemplateResource }): TemplateJson => ({ Resources });
const keyFor = (...services: string[]) => of('AWS::KMS::Key', { KeyPolicy: { Statement: services.map((Service) => ({ Effect: 'Allow', Principal: { Service } })) } });
const aclEntries = (numbers: number[]) => template(Object.fromEntries(numbers.map((RuleNumber, index) => [`E${index}`, of('AWS::EC2::NetworkAclEntry', { NetworkAclId: ref('Acl'), RuleNumber })])));
const container = (changes: object) => template({
  Task: of('AWS::ECS::TaskDefinition', { Memory: '512', ContainerDefinitions: [{ Name: 'web', User: '1000', ReadonlyRootFilesystem: true, LogConfiguration: { LogDriver: 'awslogs' }, ...changes }] }),
});
const inMemory = (options: string[], Size = 64) => container({ LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', Size, MountOptions: ['rw', ...options] }] } });
const service = (configuration: object, groups = ['Blue', 'Green']) => template({
  Rule: of('AWS::ElasticLoadBalancingV2::ListenerRule', { Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups.map((group) => ({ TargetGroupArn: ref(group) })) } }] }),
  Service: of('AWS::ECS::Service', {
    DeploymentConfiguration: { Strategy: 'LINEAR', BakeTimeInMinutes: 10, MinimumHealthyPercent: 100, ...configuration },
    LoadBalancers: [{ TargetGroupArn: ref('Blue'), AdvancedConfiguration: { AlternateTargetGroupArn: ref('Green'), ProductionListenerRule: ref('Rule') } }],
  }),
});
const balancerLogging = (algorithm: string) => template({
  Bucket: of('AWS::S3::Bucket', { BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: algorithm } }] } }),
  Balancer: of('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'application', Subnets: ['a', 'b'], LoadBalancerAttributes: [{ Key: 'access_logs.s3.bucket', Value: ref('Bucket') }] }),
});
const metricFilter = (changes: object, FilterPattern = '{ $.tenant = "*" }') => template({
  Filter: of('AWS::Logs::MetricFilter', { FilterPattern, MetricTransformations: [{ Dimensions: [{ Key: 'Tenant', Value: '$.tenant' }], ...changes }] }),
});
const eventsIntoLogs = (Service: string, Arn: object = { 'Fn::Join': ['', ['arn:aws:logs:eu-central-1:1:log-group:', ref('Group')]] }) => template({
  Group: of('AWS::Logs::LogGroup'),
  Rule: of('AWS::Events::Rule', { Targets: [{ Arn }] }),
  Policy: of('AWS::Logs::ResourcePolicy', { PolicyDocument: { 'Fn::Join': ['', [`{"Principal":{"Service":"${Service}"},"Resource":"`, arn('Group'), '"}']] } }),
});
const firewallLogging = (LogGroupName: string, destination: unknown) => template({
  Group: of('AWS::Logs::LogGroup', { LogGroupName }),
  Logging: of('AWS::WAFv2::LoggingConfiguration', { LogDestinationConfigs: [destination] }),
});
const groupArn = (end: string) => ({ 'Fn::Join': ['', ['arn:aws:logs:eu-central-1:111111111111:log-group:', ref('Group'), ...end ? [end] : []]] });
const loggedGroup = (key: TemplateResource) => template({ Key: key, Group: of('AWS::Logs::LogGroup', { KmsKeyId: arn('Key') }) });
const alarmedTopic = (key: TemplateResource) => template({
  Key: key, Topic: of('AWS::SNS::Topic', { KmsMasterKeyId: arn('Key') }), Alarm: of('AWS::CloudWatch::Alarm', { AlarmActions: [ref('Topic')] }),
});
const policedTopic = (...services: string[]) => template({
  Topic: of('AWS::SNS::Topic'),
  Policy: of('AWS::SNS::TopicPolicy', { Topics: [ref('Topic')], PolicyDocument: { Statement: services.map((Service) => ({ Effect: 'Allow', Principal: { Service } })) } }),
  Rule: of('AWS::Events::Rule', { Targets: [{ Arn: ref('Topic') }] }),
});
const topicForEvents = (Condition?: object) => template({
  Key: of('AWS::KMS::Key', { KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Condition }] } }),
  One: of('AWS::SNS::Topic', { KmsMasterKeyId: arn('Key') }),
  Two: of('AWS::SNS::Topic', { KmsMasterKeyId: arn('Key') }),
});
const undelivered = (key: TemplateResource) => template({
  Key: key,
  Queue: of('AWS::SQS::Queue', { KmsMasterKeyId: arn('Key') }),
  Subscription: of('AWS::SNS::Subscription', { RedrivePolicy: { deadLetterTargetArn: arn('Queue') } }),
});
const teams = (...channels: string[]) => template(Object.fromEntries(channels.map((TeamsChannelId, index) =>
  [`Teams${index}`, of('AWS::Chatbot::MicrosoftTeamsChannelConfiguration', { TeamId: '1', TeamsChannelId, GuardrailPolicies: ['arn'] })])));
const alarmOn = (metrics: number) => template({
  Alarm: of('AWS::CloudWatch::Alarm', { EvaluationPeriods: 1, Metrics: [{ Id: 'all', Expression: 'SUM(METRICS())' }, ...Array.from({ length: metrics }, (_, index) => ({ Id: `m${index}`, MetricStat: { Period: 60 } }))] }),
});
const worstOf = (...values: string[]) => template({
  Alarm: of('AWS::CloudWatch::Alarm', { EvaluationPeriods: 5, DatapointsToAlarm: 1, Metrics: [{ Id: 'worst', Expression: `100*MAX([${values.join(',')}])` }, { Id: 'm', MetricStat: { Period: 60 } }] }),
});
const filling = (EvaluationPeriods: number, DatapointsToAlarm?: number, Period = 60) => template({
  Alarm: of('AWS::CloudWatch::Alarm', { EvaluationPeriods, DatapointsToAlarm, Metrics: [{ Id: 'filled', Expression: 'FILL(m,0)' }, { Id: 'm', MetricStat: { Period } }] }),
});
const counting = (MetricName: string) => template({ Filter: of('AWS::Logs::MetricFilter', { MetricTransformations: [{ MetricName }] }) });
const objectives = (...names: string[]) => template(Object.fromEntries(names.map((Name, index) => [`Objective${index}`, of('AWS::ApplicationSignals::ServiceLevelObjective', { Name })])));
const guarded = (GuardrailPolicies?: string[]) => template({ Slack: of('AWS::Chatbot::SlackChannelConfiguration', { SlackWorkspaceId: 'T1', SlackChannelId: 'C1', GuardrailPolicies }) });
const flowLog = (principal: string) => template({
  Role: of('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: principal } }] } }),
  FlowLog: of('AWS::EC2::FlowLog', { LogDestinationType: 'cloud-watch-logs', DeliverLogsPermissionArn: arn('Role') }),
});
const endpoints = (...services: string[]) => template(Object.fromEntries(services.map((ServiceName, index) =>
  [`Endpoint${index}`, of('AWS::EC2::VPCEndpoint', { ServiceName, VpcId: ref('Vpc'), VpcEndpointType: 'Interface', PrivateDnsEnabled: true })])));
const balancerInZones = (...zones: string[]) => template({
  Balancer: of('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'application', Subnets: zones.map((_, index) => ref(`Subnet${index}`)) }),
  ...Object.fromEntries(zones.map((AvailabilityZone, index) => [`Subnet${index}`, of('AWS::EC2::Subnet', { AvailabilityZone })])),
});
const natGateway = (dependsOn?: string) => template({
  Attachment: of('AWS::EC2::VPCGatewayAttachment'), Gateway: of('AWS::EC2::InternetGateway'), Nat: of('AWS::EC2::NatGateway', { AvailabilityMode: 'regional' }, dependsOn),
});
const redisUsers = (UserName: string) => template({
  User: of('AWS::ElastiCache::User', { UserName }), Group: of('AWS::ElastiCache::UserGroup', { Engine: 'redis', UserIds: [ref('User')] }),
});
const database = (properties: object) => template({ Database: of('AWS::RDS::DBInstance', { Engine: 'postgres', StorageType: 'gp3', ...properties }) });
const databaseLog = of('AWS::Logs::LogGroup', { LogGroupName: '/aws/rds/instance/shop/postgresql' });
const budget = (count: number) => template({ Budget: of('AWS::Budgets::Budget', { NotificationsWithSubscribers: Array.from({ length: count }, () => ({})) }) });
const slack = (...channels: string[]) => template(Object.fromEntries(channels.map((SlackChannelId, index) =>
  [`Slack${index}`, of('AWS::Chatbot::SlackChannelConfiguration', { SlackWorkspaceId: 'T1', SlackChannelId, GuardrailPolicies: ['arn'] })])));
const withRole = (...made: Array<[id: string, resource: TemplateResource]>) => template({
  Role: of('AWS::IAM::Role'), Policy: of('AWS::IAM::ManagedPolicy', { Roles: [ref('Role')] }), ...Object.fromEntries(made),
});
const hooked = (dependsOn?: string) => withRole(['Service', of('AWS::ECS::Service', {
  DeploymentConfiguration: { MinimumHealthyPercent: 100, LifecycleHooks: [{ RoleArn: arn('Role') }] },
}, dependsOn)]);
const networkFunction = (dependsOn?: string) => withRole(
  ['Policy', of('AWS::IAM::ManagedPolicy', { Roles: [ref('Role')], PolicyDocument: { Statement: [{ Action: 'ec2:CreateNetworkInterface' }] } })],
  ['Code', of('AWS::Lambda::Function', { Role: arn('Role'), VpcConfig: {} }, dependsOn)],
);
const deadLetterFunction = (dependsOn?: string) => withRole(['Code', of('AWS::Lambda::Function', { Role: arn('Role'), DeadLetterConfig: {} }, dependsOn)]);
const taskOf = (dependsOn?: string) => withRole(['Task', of('AWS::ECS::TaskDefinition', { Memory: '512', TaskRoleArn: arn('Role'), ContainerDefinitions: [] }, dependsOn)]);
const codeDeploy = (ruleOn: string) => template({
  Rule: of('AWS::ElasticLoadBalancingV2::ListenerRule', { ListenerArn: ref(ruleOn) }),
  Group: of('AWS::CodeDeploy::DeploymentGroup', { LoadBalancerInfo: { TargetGroupPairInfoList: [{ ProdTrafficRoute: { ListenerArns: [ref('Production')] } }] } }),
});
const upTo = (count: number) => Array.from({ length: count }, (_, index) => 100 + index);

const CASES: { [rule: string]: Case } = {
  'one-private-endpoint-per-service': { bad: endpoints('logs', 'logs'), good: endpoints('logs', 'ecr.api') },
  'network-acl-quota': { bad: aclEntries(upTo(20)), good: aclEntries(upTo(19)) },
  'network-acl-numbers': { bad: aclEntries([100, 100]), good: aclEntries([100, 101]) },
  'regional-nat-after-attachment': { bad: natGateway('Gateway'), good: natGateway('Attachment') },
  'described-security-group-rules': {
    bad: template({ Group: of('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ CidrIp: '10.0.0.0/8' }] }) }),
    good: template({ Group: of('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ CidrIp: '10.0.0.0/8', Description: 'Inside' }] }) }),
  },
  'security-group-names-its-egress': {
    bad: template({ Group: of('AWS::EC2::SecurityGroup') }),
    good: template({ Group: of('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ CidrIp: '127.0.0.1/32', Description: 'Nowhere' }] }) }),
  },
  'load-balancer-in-two-subnets': {
    bad: template({ Balancer: of('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'application', Subnets: ['a'] }) }),
    good: template({ Balancer: of('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'application', Subnets: ['a', 'b'] }) }),
  },
  'load-balancer-one-subnet-per-zone': { bad: balancerInZones('a', 'a'), good: balancerInZones('a', 'b') },
  'load-balancer-log-bucket-without-key': { bad: balancerLogging('aws:kms'), good: balancerLogging('AES256') },
  'firewall-log-group-name': { bad: firewallLogging('shop-firewall', groupArn('')), good: firewallLogging('aws-waf-logs-shop', groupArn('')) },
  'firewall-log-arn': { bad: firewallLogging('aws-waf-logs-shop', arn('Group')), good: firewallLogging('aws-waf-logs-shop', groupArn('')) },
  'log-group-key-admits-logs': { bad: loggedGroup(keyFor('sns.amazonaws.com')), good: loggedGroup(keyFor('logs.eu-central-1.amazonaws.com')) },
  'topic-key-admits-publishers': { bad: alarmedTopic(keyFor('events.amazonaws.com')), good: alarmedTopic(keyFor('events.amazonaws.com', 'cloudwatch.amazonaws.com')) },
  'flow-log-writer': { bad: flowLog('ec2.amazonaws.com'), good: flowLog('vpc-flow-logs.amazonaws.com') },
  'metric-filter-dimensions': { bad: metricFilter({ DefaultValue: 0 }), good: metricFilter({}) },
  'events-into-logs': { bad: eventsIntoLogs('sns.amazonaws.com'), good: eventsIntoLogs('events.amazonaws.com') },
  'both-groups-in-production-rule': { bad: service({}, ['Blue']), good: service({}) },
  'bake-time-is-set': { bad: service({ BakeTimeInMinutes: undefined }), good: service({}) },
  'full-strength-during-deployment': { bad: service({ MinimumHealthyPercent: 50 }), good: service({}) },
  'container-user': { bad: container({ User: '0:0' }), good: container({}) },
  'container-read-only': { bad: container({ ReadonlyRootFilesystem: false }), good: container({}) },
  'container-log': { bad: container({ LogConfiguration: undefined }), good: container({}) },
  'tmpfs-within-memory': { bad: inMemory(['mode=1777'], 512), good: inMemory(['mode=1777']) },
  'tmpfs-of-its-user': {
    bad: inMemory(['noexec']),
    good: inMemory(['uid=1000', 'gid=1000', 'mode=0700']),
  },
  'task-roles-before-tasks': { bad: taskOf(), good: taskOf('Policy') },
  'released-parameter-untagged': {
    bad: template({ Parameter: of('AWS::SSM::Parameter', { Name: '/shop/released/production', Tags: { Team: 'shop' } }) }),
    good: template({ Parameter: of('AWS::SSM::Parameter', { Name: '/shop/released/production' }) }),
  },
  'hook-role-before-service': { bad: hooked(), good: hooked('Policy') },
  'network-function-after-policy': { bad: networkFunction(), good: networkFunction('Policy') },
  'default-action-for-code-deploy': { bad: codeDeploy('Production'), good: codeDeploy('Other') },
  'small-gp3-without-iops': { bad: database({ AllocatedStorage: '100', Iops: 3000 }), good: database({ AllocatedStorage: '400', Iops: 12000 }) },
  'managed-secret-without-replicas': {
    bad: template({ Source: of('AWS::RDS::DBInstance', { ManageMasterUserPassword: true }), Copy: of('AWS::RDS::DBInstance', { SourceDBInstanceIdentifier: ref('Source') }) }),
    good: template({ Source: of('AWS::RDS::DBInstance', {}), Copy: of('AWS::RDS::DBInstance', { SourceDBInstanceIdentifier: ref('Source') }) }),
  },
  'database-logs-before-server': {
    bad: template({ Log: databaseLog, Server: of('AWS::RDS::DBInstance', { DBInstanceIdentifier: 'shop' }) }),
    good: template({ Log: databaseLog, Server: of('AWS::RDS::DBInstance', { DBInstanceIdentifier: 'shop' }, 'Log') }),
  },
  'redis-default-user': { bad: redisUsers('shop'), good: redisUsers('default') },
  'five-notifications-a-budget': { bad: budget(6), good: budget(5) },
  'topic-policy-admits-publishers': { bad: policedTopic('cloudwatch.amazonaws.com'), good: policedTopic('cloudwatch.amazonaws.com', 'events.amazonaws.com') },
  'no-condition-for-eventbridge': { bad: topicForEvents({ StringEquals: { 'aws:SourceAccount': '1' } }), good: topicForEvents({ StringEqualsIfExists: { 'aws:SourceAccount': '1' } }) },
  'undelivered-queue-key-admits-sns': { bad: undelivered(keyFor('sqs.amazonaws.com')), good: undelivered(keyFor('sns.amazonaws.com')) },
  'dead-letter-function-after-policy': { bad: deadLetterFunction(), good: deadLetterFunction('Policy') },
  'teams-channel-once': { bad: teams('C1', 'C1'), good: teams('C1', 'C2') },
  'chat-guardrail': { bad: guarded(), good: guarded(['arn']) },
  'slack-channel-once': { bad: slack('C1', 'C1'), good: slack('C1', 'C2') },
  'ten-metrics-an-alarm': { bad: alarmOn(11), good: alarmOn(10) },
  'alarm-looks-back-a-week': {
    bad: template({ Alarm: of('AWS::CloudWatch::Alarm', { Period: 300, EvaluationPeriods: 289 }) }), good: template({ Alarm: of('AWS::CloudWatch::Alarm', { Period: 259_200, EvaluationPeriods: 2 }) }),
  },
  'filled-minute-is-no-bad-one': { bad: filling(3, 3), good: filling(6, 3) },
  'worst-of-several-series': { bad: worstOf('FILL(m,0)'), good: worstOf('FILL(m,0)', 'n') },
  'metric-name-of-a-filter': { bad: counting('shop:errors'), good: counting('shop-errors') },
  'objective-named-once': { bad: objectives('shop', 'shop'), good: objectives('shop', 'api') },
};

describe('each rule', () => {
  test.each(DEPLOY_RULES.map(({ id }) => id))('%s fires on what breaks it and on nothing else', (id) => {
    const { bad, good } = CASES[id];
    expect(brokenRules(bad).map((broken) => broken.split(':')[0])).toEqual([id]);
    expect(brokenRules(good)).toEqual([]);
  });

  test('filled-minute-is-no-bad-one fires on a single minute, and on a window with room for one that is late alone, not on a longer period: that has other minutes', () => {
    const found = [filling(1), filling(1, 1), filling(3, 2), filling(6, 2), filling(15, 1), filling(1, 1, 300), filling(3, 3, 300)].map((alarm) => brokenRules(alarm).length);
    expect(found).toEqual([1, 1, 1, 0, 0, 0, 0]);
  });

  test('says what happens on AWS, under a name of its own', () => {
    expect(DEPLOY_RULES.filter(({ why }) => why.length < 20)).toEqual([]);
    expect(Object.keys(CASES).sort()).toEqual(DEPLOY_RULES.map(({ id }) => id).sort());
  });

  test('takes a template without resources', () => {
    expect(brokenRules({})).toEqual([]);
  });
});

describe('the rules see more than one form', () => {
  test('an ARN that ends in a colon and a star, joined from parts', () => {
    expect(brokenRules(firewallLogging('aws-waf-logs-shop', groupArn(':*')))).toEqual(['firewall-log-arn: Logging']);
  });

  test('a flow log that has no role at all', () => {
    expect(brokenRules(template({ FlowLog: of('AWS::EC2::FlowLog', {}) }))).toEqual(['flow-log-writer: FlowLog']);
  });

  test('dimensions with a pattern on terms, and a constant as one', () => {
    const found = [metricFilter({}, '?ERROR'), metricFilter({ Dimensions: [{ Key: 'Stage', Value: 'production' }] })].map(brokenRules);
    expect(found).toEqual([['metric-filter-dimensions: Filter'], ['metric-filter-dimensions: Filter']]);
  });

  test('events that go to the attribute Arn of a log group', () => {
    expect(brokenRules(eventsIntoLogs('events.amazonaws.com', arn('Group')))).toEqual(['events-into-logs: Rule to Group']);
  });

  test('a container that says root by name, and one that says nothing', () => {
    expect([container({ User: 'root' }), container({ User: undefined })].map((task) => brokenRules(task).length)).toEqual([1, 1]);
  });

  test('a rule of a security group that stands alone', () => {
    expect(brokenRules(template({ Way: of('AWS::EC2::SecurityGroupEgress', { FromPort: 443 }) }))).toEqual(['described-security-group-rules: Way']);
  });
});

describe('what the library makes', () => {
  test.each([['NAT in each zone', Egress.natGatewayPerZone()], ['regional NAT', Egress.regionalNatGateway()], ['endpoints only', Egress.endpointsOnly()]])(
    'a network with %s, a repository and a firewall break none', (_what, egress) => {
      const stack = testStack();
      new SecureVpc(stack, 'Network', { egress });
      new ImageRepository(stack, 'Images', { profile: EnvironmentProfile.production() });
      new WebFirewall(stack, 'Firewall');
      expect(brokenRules(templateOf(stack).toJSON() as TemplateJson)).toEqual([]);
    });

  test('there are examples', () => {
    expect(exampleNames()).toContain('canary-fargate');
  });

  test.each(exampleNames())('the example %s breaks none', (name) => {
    const templates = templatesOfExample(name);
    expect(Object.values(templates).flatMap(({ Resources }) => Object.values(Resources ?? {})).length).toBeGreaterThan(10);
    const broken = Object.entries(templates).flatMap(([stack, json]) => brokenRules(json).map((rule) => `${stack}: ${rule}`));
    expect(broken).toEqual([]);
  });
});
