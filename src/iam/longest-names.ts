/** Names of a resource type, as far as policies mention them. */
export interface Naming {
  /** Longest name that the service accepts. */
  readonly longest: number;
  /**
   * Property of the resource that gives it another name than a generated one.
   * @default - CloudFormation or the service generates each name
   */
  readonly given?: string;
  /** Path of the ARN before the name: `role/`. */
  readonly path: string;
  /**
   * Property whose text stands between path and name in the ARN.
   * @default - the name follows the path
   */
  readonly below?: string;
  /**
   * True where `Ref` is the ARN.
   * @default false
   */
  readonly refIsArn?: boolean;
}

/** Characters of a load balancer's part in ARNs: a name of 32, and 17 for the id. */
const LOAD_BALANCER = 32 + 17;
const ID = 17;

/** Namings by resource type. Of other types, {@link UNKNOWN} is assumed. Source: the API reference of each service. */
export const NAMINGS: { readonly [type: string]: Naming } = {
  'AWS::Backup::BackupVault': { longest: 50, given: 'backupVaultName', path: 'backup-vault:' },
  'AWS::CodeBuild::Project': { longest: 150, given: 'name', path: 'project/' },
  'AWS::CodeBuild::ReportGroup': { longest: 128, given: 'name', path: 'report-group/' },
  'AWS::CodePipeline::Pipeline': { longest: 100, given: 'name', path: '' },
  'AWS::ECR::Repository': { longest: 256, given: 'repositoryName', path: 'repository/' },
  'AWS::ECS::Cluster': { longest: 255, given: 'clusterName', path: 'cluster/' },
  'AWS::ECS::Service': { longest: 255, given: 'serviceName', path: 'service/', below: 'cluster', refIsArn: true },
  'AWS::ElasticLoadBalancingV2::Listener': { longest: LOAD_BALANCER + ID, path: 'listener/app/', refIsArn: true },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    longest: LOAD_BALANCER + 2 * ID,
    path: 'listener-rule/app/',
    refIsArn: true,
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': { longest: 32 + ID, path: 'targetgroup/', refIsArn: true },
  'AWS::IAM::OIDCProvider': { longest: 128, path: 'oidc-provider/', refIsArn: true },
  'AWS::IAM::Role': { longest: 64, given: 'roleName', path: 'role/' },
  'AWS::KMS::Key': { longest: 36, path: 'key/' },
  'AWS::Lambda::Function': { longest: 64, given: 'functionName', path: 'function:' },
  'AWS::Logs::LogGroup': { longest: 512, given: 'logGroupName', path: 'log-group:' },
  'AWS::RDS::DBCluster': { longest: 63, given: 'dbClusterIdentifier', path: 'cluster:' },
  'AWS::RDS::DBInstance': { longest: 63, given: 'dbInstanceIdentifier', path: 'db:' },
  'AWS::S3::Bucket': { longest: 63, given: 'bucketName', path: '' },
  'AWS::SNS::Topic': { longest: 256, given: 'topicName', path: '', refIsArn: true },
  'AWS::SQS::Queue': { longest: 80, given: 'queueName', path: '' },
  'AWS::SSM::Parameter': { longest: 1011, given: 'name', path: 'parameter' },
  'AWS::SecretsManager::Secret': { longest: 512 + 7, given: 'name', path: 'secret:', refIsArn: true },
  'AWS::SecretsManager::SecretTargetAttachment': { longest: 512 + 7, path: 'secret:', refIsArn: true },
  'AWS::StepFunctions::StateMachine': {
    longest: 80,
    given: 'stateMachineName',
    path: 'stateMachine:',
    refIsArn: true,
  },
};

/** Naming of a type that is not listed: `Ref` is taken for the ARN, which is longer than a name. */
export const UNKNOWN: Naming = { longest: 256, path: 'x'.repeat(32), refIsArn: true };
