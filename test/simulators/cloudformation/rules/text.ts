import type { RefusalRule, Rules } from './rule';

/** Text that a service accepts in one property. */
export interface TextLimit {
  readonly type: string;
  readonly property: string;
  /** Longest text. */
  readonly longest: number;
  /** Characters of the whole text. */
  readonly pattern?: RegExp;
  /** AWS page that says so. */
  readonly source: string;
}

const EC2_DESCRIPTION = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/;
const PATH_NAME = /^[a-zA-Z0-9_.\-/]*$/;

/** Limits that a resource schema does not hold, or that synthesis does not check. */
export const TEXT_LIMITS: readonly TextLimit[] = [
  {
    type: 'AWS::Backup::BackupVault',
    property: 'BackupVaultName',
    longest: 50,
    pattern: /^[a-zA-Z0-9\-_]{2,50}$/,
    source: 'AWS Backup Developer Guide, "CreateBackupVault"',
  },
  {
    type: 'AWS::CloudWatch::Alarm',
    property: 'AlarmName',
    longest: 255,
    source: 'API reference of CloudWatch, "PutMetricAlarm"',
  },
  {
    type: 'AWS::CloudWatch::Alarm',
    property: 'AlarmDescription',
    longest: 1024,
    source: 'API reference of CloudWatch, "PutMetricAlarm"',
  },
  {
    type: 'AWS::CloudWatch::CompositeAlarm',
    property: 'AlarmName',
    longest: 255,
    source: 'API reference of CloudWatch, "PutCompositeAlarm"',
  },
  {
    type: 'AWS::EC2::SecurityGroup',
    property: 'GroupDescription',
    longest: 255,
    pattern: EC2_DESCRIPTION,
    source: 'API reference of Amazon EC2, "CreateSecurityGroup"',
  },
  {
    type: 'AWS::EC2::SecurityGroupIngress',
    property: 'Description',
    longest: 255,
    pattern: EC2_DESCRIPTION,
    source: 'API reference of Amazon EC2, "IpRange"',
  },
  {
    type: 'AWS::EC2::SecurityGroupEgress',
    property: 'Description',
    longest: 255,
    pattern: EC2_DESCRIPTION,
    source: 'API reference of Amazon EC2, "IpRange"',
  },
  {
    type: 'AWS::ECR::Repository',
    property: 'RepositoryName',
    longest: 256,
    pattern: /^[a-z0-9]+(?:[._\-/][a-z0-9]+)*$/,
    source: 'API reference of ECR, "CreateRepository"',
  },
  {
    type: 'AWS::ECS::Service',
    property: 'ServiceName',
    longest: 255,
    pattern: /^[a-zA-Z0-9_-]*$/,
    source: 'API reference of Amazon ECS, "CreateService"',
  },
  {
    type: 'AWS::ECS::TaskDefinition',
    property: 'Family',
    longest: 255,
    pattern: /^[a-zA-Z0-9_-]*$/,
    source: 'API reference of Amazon ECS, "RegisterTaskDefinition"',
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    property: 'Name',
    longest: 32,
    pattern: /^(?!-)(?!internal-)[a-zA-Z0-9-]*(?<!-)$/,
    source: 'API reference of Elastic Load Balancing, "CreateLoadBalancer"',
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    property: 'Name',
    longest: 32,
    pattern: /^(?!-)[a-zA-Z0-9-]*(?<!-)$/,
    source: 'API reference of Elastic Load Balancing, "CreateTargetGroup"',
  },
  {
    type: 'AWS::Events::Rule',
    property: 'Name',
    longest: 64,
    pattern: /^[.\-_A-Za-z0-9]*$/,
    source: 'API reference of EventBridge, "PutRule"',
  },
  {
    type: 'AWS::Events::Rule',
    property: 'Description',
    longest: 512,
    source: 'API reference of EventBridge, "PutRule"',
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    property: 'Description',
    longest: 1000,
    source: 'API reference of IAM, "CreatePolicy"',
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    property: 'ManagedPolicyName',
    longest: 128,
    pattern: /^[\w+=,.@-]*$/,
    source: 'API reference of IAM, "CreatePolicy"',
  },
  {
    type: 'AWS::IAM::Role',
    property: 'Description',
    longest: 1000,
    pattern: /^[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*$/,
    source: 'API reference of IAM, "CreateRole"',
  },
  {
    type: 'AWS::IAM::Role',
    property: 'RoleName',
    longest: 64,
    pattern: /^[\w+=,.@-]*$/,
    source: 'API reference of IAM, "CreateRole"',
  },
  { type: 'AWS::KMS::Key', property: 'Description', longest: 8192, source: 'API reference of KMS, "CreateKey"' },
  {
    type: 'AWS::Lambda::Function',
    property: 'Description',
    longest: 256,
    source: 'API reference of Lambda, "CreateFunction"',
  },
  {
    type: 'AWS::Lambda::Function',
    property: 'FunctionName',
    longest: 64,
    pattern: /^[a-zA-Z0-9-_]*$/,
    source: 'API reference of Lambda, "CreateFunction"',
  },
  {
    type: 'AWS::Logs::LogGroup',
    property: 'LogGroupName',
    longest: 512,
    pattern: /^[.\-_/#A-Za-z0-9]*$/,
    source: 'API reference of CloudWatch Logs, "CreateLogGroup"',
  },
  {
    type: 'AWS::Logs::MetricFilter',
    property: 'FilterName',
    longest: 512,
    pattern: /^[^:*]*$/,
    source: 'API reference of CloudWatch Logs, "PutMetricFilter"',
  },
  {
    type: 'AWS::Logs::QueryDefinition',
    property: 'Name',
    longest: 255,
    source: 'API reference of CloudWatch Logs, "PutQueryDefinition"',
  },
  {
    type: 'AWS::RDS::DBCluster',
    property: 'DBClusterIdentifier',
    longest: 63,
    pattern: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)$/,
    source: 'API reference of RDS, "CreateDBCluster"',
  },
  {
    type: 'AWS::RDS::DBInstance',
    property: 'DBInstanceIdentifier',
    longest: 63,
    pattern: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)$/,
    source: 'API reference of RDS, "CreateDBInstance"',
  },
  {
    type: 'AWS::S3::Bucket',
    property: 'BucketName',
    longest: 63,
    pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
    source: 'Amazon S3 User Guide, "General purpose bucket naming rules"',
  },
  {
    type: 'AWS::SecretsManager::Secret',
    property: 'Name',
    longest: 512,
    pattern: /^[a-zA-Z0-9/_+=.@-]*$/,
    source: 'API reference of Secrets Manager, "CreateSecret"',
  },
  {
    type: 'AWS::SNS::Topic',
    property: 'TopicName',
    longest: 256,
    pattern: /^[a-zA-Z0-9_-]+(\.fifo)?$/,
    source: 'API reference of SNS, "CreateTopic"',
  },
  {
    type: 'AWS::SQS::Queue',
    property: 'QueueName',
    longest: 80,
    pattern: /^[a-zA-Z0-9_-]+(\.fifo)?$/,
    source: 'API reference of SQS, "CreateQueue"',
  },
  {
    type: 'AWS::SSM::Parameter',
    property: 'Name',
    longest: 1011,
    pattern: PATH_NAME,
    source: 'API reference of Systems Manager, "PutParameter"',
  },
  {
    type: 'AWS::SSM::Parameter',
    property: 'Description',
    longest: 1024,
    source: 'API reference of Systems Manager, "PutParameter"',
  },
  {
    type: 'AWS::StepFunctions::StateMachine',
    property: 'StateMachineName',
    longest: 80,
    pattern: /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]*$/,
    source: 'API reference of Step Functions, "CreateStateMachine"',
  },
  {
    type: 'AWS::ApplicationSignals::ServiceLevelObjective',
    property: 'Description',
    longest: 1024,
    source: 'API reference of Application Signals, "CreateServiceLevelObjective"',
  },
  {
    type: 'AWS::CloudWatch::CompositeAlarm',
    property: 'AlarmDescription',
    longest: 1024,
    source: 'API reference of CloudWatch, "PutCompositeAlarm"',
  },
  {
    type: 'AWS::CodeBuild::Project',
    property: 'Description',
    longest: 255,
    source: 'API reference of CodeBuild, "CreateProject"',
  },
  {
    type: 'AWS::RDS::DBClusterParameterGroup',
    property: 'Description',
    longest: 255,
    pattern: EC2_DESCRIPTION,
    source: 'Template reference, "AWS::RDS::DBClusterParameterGroup"; RDS documents no characters, those of EC2 are safe',
  },
  {
    type: 'AWS::RDS::DBParameterGroup',
    property: 'Description',
    longest: 255,
    pattern: EC2_DESCRIPTION,
    source: 'Template reference, "AWS::RDS::DBParameterGroup"; RDS documents no characters, those of EC2 are safe',
  },
  {
    type: 'AWS::RDS::DBSubnetGroup',
    property: 'DBSubnetGroupDescription',
    longest: 255,
    pattern: EC2_DESCRIPTION,
    source: 'Template reference, "AWS::RDS::DBSubnetGroup"; RDS documents no characters, those of EC2 are safe',
  },
  {
    type: 'AWS::RDS::OptionGroup',
    property: 'OptionGroupDescription',
    longest: 255,
    pattern: EC2_DESCRIPTION,
    source: 'Template reference, "AWS::RDS::OptionGroup"; RDS documents no characters, those of EC2 are safe',
  },
  {
    type: 'AWS::Route53::RecordSet',
    property: 'Comment',
    longest: 256,
    source: 'API reference of Route 53, "ChangeBatch"',
  },
  {
    type: 'AWS::SNS::Topic',
    property: 'DisplayName',
    longest: 100,
    source: 'API reference of SNS, "SetTopicAttributes"',
  },
  {
    type: 'AWS::Scheduler::Schedule',
    property: 'Description',
    longest: 512,
    source: 'API reference of EventBridge Scheduler, "CreateSchedule"',
  },
  {
    type: 'AWS::SecretsManager::Secret',
    property: 'Description',
    longest: 2048,
    source: 'API reference of Secrets Manager, "CreateSecret"',
  },
];

/** Id of a limit's rule. */
export function idOfLimit({ type, property }: TextLimit): string {
  return `text-of-${type}.${property}`;
}

/** Refusals of texts that are too long or hold other characters. */
export const TEXT: Rules = {
  refusals: TEXT_LIMITS.map((limit): RefusalRule => ({
    id: idOfLimit(limit),
    source: limit.source,
    types: [limit.type],
    refuses: ({ resource }) => fault(limit, resource.properties[limit.property]),
  })),
};

function fault({ property, longest, pattern }: TextLimit, value: unknown): string | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  if ([...value].length > longest) {
    return `${property} has ${[...value].length} characters, at most ${longest}`;
  }
  return pattern && !pattern.test(value) ? `${property} ${value} does not match ${pattern.source}` : undefined;
}
