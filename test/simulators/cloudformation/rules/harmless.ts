import type { Action, EffectRule, Rules } from './rule';

/** Types whose change nobody who uses the system notices. */
interface Unnoticed {
  readonly id: string;
  readonly source: string;
  readonly on: readonly Action[];
  readonly types: readonly string[];
  readonly properties?: readonly string[];
  readonly says: string;
}

const MONITORING = [
  'AWS::ApplicationSignals::ServiceLevelObjective',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::AlarmMuteRule',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CloudWatch::InsightRule',
  'AWS::EC2::FlowLog',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::RDS::EventSubscription',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::XRay::SamplingRule',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SNS::Subscription',
  'AWS::SQS::QueuePolicy',
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
  'AWS::Chatbot::SlackChannelConfiguration',
];
const AUTOMATION = [
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::CodeBuild::Project',
  'AWS::CodeBuild::ReportGroup',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::ECR::RegistryPolicy',
  'AWS::ECR::ReplicationConfiguration',
  'AWS::Events::Rule',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Scheduler::Schedule',
  'AWS::SSM::Document',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SecretsManager::SecretTargetAttachment',
];
const PERMISSIONS = [
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::OIDCProvider',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::S3::BucketPolicy',
];
const STORES = [
  'AWS::Backup::BackupVault',
  'AWS::ECR::Repository',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SSM::Parameter',
];
const PLACES = [
  'AWS::EC2::EIP',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::PrefixList',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint',
];
const ASSOCIATIONS = [
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SubnetNetworkAclAssociation',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::RDS::DBSubnetGroup',
  'AWS::RDS::OptionGroup',
  'AWS::ServiceDiscovery::HttpNamespace',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
];

/** Each row is one rule; a type that stands in none is unknown until somebody has read its page. */
export const UNNOTICED: readonly Unnoticed[] = [
  {
    id: 'added',
    source: 'CloudFormation User Guide, "Understand stack update behaviors": new resources',
    on: ['create'],
    types: [],
    says: 'something new stands beside the rest',
  },
  {
    id: 'monitoring-changed',
    source: 'Template reference of CloudWatch, Logs, SNS and Chatbot: no interruption',
    on: ['update', 'replace', 'delete'],
    types: MONITORING,
    says: 'what is watched or told changes',
  },
  {
    id: 'automation-changed',
    source: 'Template reference of CodeBuild, Events and Lambda: no interruption',
    on: ['update', 'replace', 'delete'],
    types: AUTOMATION,
    says: 'its next run is by the new definition',
  },
  {
    id: 'permissions-changed',
    source: 'Template reference of IAM: no interruption, or a new one before the old one goes',
    on: ['update', 'replace', 'delete'],
    types: PERMISSIONS,
    says: 'permissions change; the policy tests say whether they suffice',
  },
  {
    id: 'store-settings',
    source: 'Template reference of S3, KMS, ECR, Logs, SQS and Backup: no interruption',
    on: ['update'],
    types: STORES,
    says: 'what is stored stays',
  },
  {
    id: 'secret-settings',
    source: 'Template reference, "AWS::SecretsManager::Secret": no interruption',
    on: ['update'],
    types: ['AWS::SecretsManager::Secret'],
    properties: ['Description', 'KmsKeyId', 'ReplicaRegions', 'Tags'],
    says: 'the secret value stays',
  },
  {
    id: 'settings-of-places',
    source: 'Template reference of EC2 and RDS: Tags without interruption',
    on: ['update'],
    types: [...PLACES, 'AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup'],
    properties: ['MapPublicIpOnLaunch', 'Tags', 'TagSpecifications'],
    says: 'what is there already keeps its addresses',
  },
  {
    id: 'endpoint-settings',
    source: 'Template reference, "AWS::EC2::VPCEndpoint": no interruption',
    on: ['update'],
    types: ['AWS::EC2::VPCEndpoint'],
    properties: ['PolicyDocument', 'SecurityGroupIds'],
    says: 'the endpoint stays',
  },
  {
    id: 'settings-of-a-prefix-list',
    source: 'Template reference, "AWS::EC2::PrefixList": no interruption, or a new one before the old one goes',
    on: ['update', 'replace'],
    types: ['AWS::EC2::PrefixList'],
    properties: ['AddressFamily', 'MaxEntries', 'PrefixListName'],
    says: 'rules name the list by its id',
  },
  {
    id: 'settings-of-a-cluster',
    source: 'Template reference, "AWS::ECS::Cluster": no interruption',
    on: ['update'],
    types: ['AWS::ECS::Cluster'],
    says: 'tasks keep running',
  },
  {
    id: 'association-changed',
    source: 'Template reference of EC2, ECS, RDS and WAF: no interruption, or a new one before the old one goes',
    on: ['update', 'replace'],
    types: ASSOCIATIONS,
    says: 'the new one applies before the old one goes',
  },
  {
    id: 'association-removed',
    source: 'Template reference of ECS, RDS and WAF',
    on: ['delete'],
    types: [
      'AWS::ApplicationAutoScaling::ScalableTarget',
      'AWS::ECS::ClusterCapacityProviderAssociations',
      'AWS::RDS::DBClusterParameterGroup',
      'AWS::RDS::DBParameterGroup',
      'AWS::RDS::DBSubnetGroup',
      'AWS::RDS::OptionGroup',
      'AWS::ServiceDiscovery::HttpNamespace',
      'AWS::WAFv2::WebACL',
      'AWS::WAFv2::WebACLAssociation',
      'AWS::EC2::PrefixList',
    ],
    says: 'nothing that stays uses it',
  },
  {
    id: 'alias-removed',
    source: 'API reference of AWS KMS, "DeleteAlias": the key that the alias names stays as it is',
    on: ['delete'],
    types: ['AWS::KMS::Alias'],
    says: 'the key stays, and what is encrypted with it',
  },
  {
    id: 'default-security-group-restricted',
    source: 'API reference of the AWS CDK, "VpcProps": restrictDefaultSecurityGroup',
    on: ['update', 'replace', 'delete'],
    types: ['Custom::VpcRestrictDefaultSG'],
    says: 'nothing of the library is in the default security group',
  },
];

/** Changes that are documented to go unnoticed. */
export const HARMLESS: Rules = {
  effects: UNNOTICED.map(({ id, source, on, types, properties, says }): EffectRule => ({
    id,
    source,
    on,
    properties,
    types: types.length > 0 ? types : undefined,
    effect: () => ({ verdict: 'in place', says }),
  })),
};
