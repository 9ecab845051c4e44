/** Property that gives a resource its name in the account. */
export interface PhysicalName {
  readonly type: string;
  readonly property: string;
  /** AWS page that says the name is unique, by its title. */
  readonly source: string;
  /** Letters count as the same in either case. */
  readonly ignoresCase?: boolean;
}

/** Names that no two resources of one account and region may have at once. */
export const PHYSICAL_NAMES: readonly PhysicalName[] = [
  {
    type: 'AWS::ApplicationSignals::ServiceLevelObjective',
    property: 'Name',
    source: 'API reference of Application Signals, "CreateServiceLevelObjective"',
  },
  {
    type: 'AWS::Backup::BackupVault',
    property: 'BackupVaultName',
    source: 'AWS Backup Developer Guide, "CreateBackupVault"',
  },
  {
    type: 'AWS::Chatbot::SlackChannelConfiguration',
    property: 'ConfigurationName',
    source: 'Template reference, "AWS::Chatbot::SlackChannelConfiguration"',
  },
  { type: 'AWS::CloudWatch::Alarm', property: 'AlarmName', source: 'API reference of CloudWatch, "PutMetricAlarm"' },
  {
    type: 'AWS::CloudWatch::CompositeAlarm',
    property: 'AlarmName',
    source: 'API reference of CloudWatch, "PutCompositeAlarm"',
  },
  {
    type: 'AWS::CloudWatch::Dashboard',
    property: 'DashboardName',
    source: 'API reference of CloudWatch, "PutDashboard"',
  },
  { type: 'AWS::CodeBuild::Project', property: 'Name', source: 'API reference of CodeBuild, "CreateProject"' },
  {
    type: 'AWS::CodeDeploy::Application',
    property: 'ApplicationName',
    source: 'API reference of CodeDeploy, "CreateApplication"',
  },
  { type: 'AWS::CodePipeline::Pipeline', property: 'Name', source: 'API reference of CodePipeline, "CreatePipeline"' },
  { type: 'AWS::ECR::Repository', property: 'RepositoryName', source: 'API reference of ECR, "CreateRepository"' },
  { type: 'AWS::ECS::Cluster', property: 'ClusterName', source: 'Amazon ECS Developer Guide, "Clusters"' },
  {
    type: 'AWS::ElastiCache::ReplicationGroup',
    property: 'ReplicationGroupId',
    source: 'API reference of ElastiCache, "CreateReplicationGroup"',
    ignoresCase: true,
  },
  {
    type: 'AWS::ElastiCache::User',
    property: 'UserId',
    source: 'API reference of ElastiCache, "CreateUser"',
    ignoresCase: true,
  },
  {
    type: 'AWS::ElastiCache::UserGroup',
    property: 'UserGroupId',
    source: 'API reference of ElastiCache, "CreateUserGroup"',
    ignoresCase: true,
  },
  {
    type: 'AWS::ElastiCache::ServerlessCache',
    property: 'ServerlessCacheName',
    source: 'API reference of ElastiCache, "CreateServerlessCache"',
    ignoresCase: true,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    property: 'Name',
    source: 'API reference of Elastic Load Balancing, "CreateLoadBalancer"',
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    property: 'Name',
    source: 'API reference of Elastic Load Balancing, "CreateTargetGroup"',
  },
  { type: 'AWS::Events::Rule', property: 'Name', source: 'API reference of EventBridge, "PutRule"' },
  {
    type: 'AWS::IAM::ManagedPolicy',
    property: 'ManagedPolicyName',
    source: 'IAM User Guide, "IAM and AWS STS quotas"',
    ignoresCase: true,
  },
  { type: 'AWS::IAM::OIDCProvider', property: 'Url', source: 'API reference of IAM, "CreateOpenIDConnectProvider"' },
  {
    type: 'AWS::IAM::Role',
    property: 'RoleName',
    source: 'IAM User Guide, "IAM and AWS STS quotas"',
    ignoresCase: true,
  },
  { type: 'AWS::KMS::Alias', property: 'AliasName', source: 'API reference of KMS, "CreateAlias"' },
  { type: 'AWS::Lambda::Function', property: 'FunctionName', source: 'API reference of Lambda, "CreateFunction"' },
  {
    type: 'AWS::Logs::LogGroup',
    property: 'LogGroupName',
    source: 'API reference of CloudWatch Logs, "CreateLogGroup"',
  },
  {
    type: 'AWS::Logs::ResourcePolicy',
    property: 'PolicyName',
    source: 'API reference of CloudWatch Logs, "PutResourcePolicy"',
  },
  {
    type: 'AWS::RDS::DBCluster',
    property: 'DBClusterIdentifier',
    source: 'API reference of RDS, "CreateDBCluster"',
    ignoresCase: true,
  },
  {
    type: 'AWS::RDS::DBClusterParameterGroup',
    property: 'DBClusterParameterGroupName',
    source: 'API reference of RDS, "CreateDBClusterParameterGroup"',
    ignoresCase: true,
  },
  {
    type: 'AWS::RDS::DBInstance',
    property: 'DBInstanceIdentifier',
    source: 'API reference of RDS, "CreateDBInstance"',
    ignoresCase: true,
  },
  {
    type: 'AWS::RDS::DBParameterGroup',
    property: 'DBParameterGroupName',
    source: 'API reference of RDS, "CreateDBParameterGroup"',
    ignoresCase: true,
  },
  {
    type: 'AWS::RDS::DBSubnetGroup',
    property: 'DBSubnetGroupName',
    source: 'API reference of RDS, "CreateDBSubnetGroup"',
    ignoresCase: true,
  },
  {
    type: 'AWS::S3::Bucket',
    property: 'BucketName',
    source: 'Amazon S3 User Guide, "General purpose bucket naming rules"',
  },
  { type: 'AWS::SecretsManager::Secret', property: 'Name', source: 'API reference of Secrets Manager, "CreateSecret"' },
  {
    type: 'AWS::ServiceDiscovery::HttpNamespace',
    property: 'Name',
    source: 'API reference of Cloud Map, "CreateHttpNamespace"',
  },
  { type: 'AWS::SNS::Topic', property: 'TopicName', source: 'API reference of SNS, "CreateTopic"' },
  { type: 'AWS::SQS::Queue', property: 'QueueName', source: 'API reference of SQS, "CreateQueue"' },
  { type: 'AWS::SSM::Document', property: 'Name', source: 'API reference of Systems Manager, "CreateDocument"' },
  { type: 'AWS::SSM::Parameter', property: 'Name', source: 'API reference of Systems Manager, "PutParameter"' },
  {
    type: 'AWS::StepFunctions::StateMachine',
    property: 'StateMachineName',
    source: 'API reference of Step Functions, "CreateStateMachine"',
  },
  { type: 'AWS::WAFv2::WebACL', property: 'Name', source: 'API reference of AWS WAF, "CreateWebACL"' },
];
