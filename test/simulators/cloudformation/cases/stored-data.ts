import { type Case, changed, removed, resource, STACK, template, updating } from './case';

const bucket = resource('AWS::S3::Bucket');
const records = resource(
  'AWS::S3::Bucket',
  { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 400 }] } },
  { DeletionPolicy: 'Retain' },
);
const server = (DeletionPolicy: string) => resource('AWS::RDS::DBInstance', { Engine: 'postgres' }, { DeletionPolicy });
const selection = resource('AWS::Backup::BackupSelection', {
  BackupSelection: { Resources: [{ 'Fn::Sub': 'arn:aws:rds:eu-central-1:111111111111:db:${Server}' }] },
});
const logs = (LogGroupName: string, UpdateReplacePolicy?: string) =>
  resource('AWS::Logs::LogGroup', { LogGroupName }, { UpdateReplacePolicy });

const plan = (CopyActions: object[]) =>
  resource('AWS::Backup::BackupPlan', {
    BackupPlan: { BackupPlanName: 'orders', BackupPlanRule: [{ RuleName: 'daily', TargetBackupVault: 'orders', CopyActions }] },
  });

/** Documented behaviour of what holds data. */
export const STORED_DATA_CASES: readonly Case[] = [
  removed('bucket-with-objects', 'in place', 'a cleanup leaves a bucket with objects', bucket),
  {
    rule: 'bucket-with-objects',
    verdict: 'refused by AWS',
    shows: 'a log bucket holds a test object at once, and outlives the rollback of a first deployment',
    play: (account) =>
      account.deploy(
        STACK,
        template({
          Bucket: bucket,
          Balancer: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
            LoadBalancerAttributes: [{ Key: 'access_logs.s3.bucket', Value: { Ref: 'Bucket' } }],
          }),
          Failing: resource('AWS::SNS::Topic', {}, { DependsOn: 'Balancer' }),
        }),
        { failing: ['Failing'] },
      ),
  },
  removed(
    'repository-with-images',
    'in place',
    'a cleanup leaves a repository with images',
    resource('AWS::ECR::Repository'),
  ),
  removed(
    'vault-with-recovery-points',
    'in place',
    'a cleanup leaves a vault with recovery points',
    resource('AWS::Backup::BackupVault', { BackupVaultName: 'orders' }),
  ),
  removed(
    'protected-log-group',
    'in place',
    'a cleanup leaves a protected log group',
    resource('AWS::Logs::LogGroup', { DeletionProtectionEnabled: true }),
  ),
  changed(
    'data-replaced',
    'data at risk',
    'a server for another subnet group is empty',
    resource('AWS::RDS::DBInstance', { DBSubnetGroupName: 'a' }),
    resource('AWS::RDS::DBInstance', { DBSubnetGroupName: 'b' }),
  ),
  ...['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::EFS::FileSystem'].map((type) =>
    changed(
      'data-replaced',
      'data at risk',
      `${type} with another key is empty`,
      resource(type, { KmsKeyId: 'a' }),
      resource(type, { KmsKeyId: 'b' }),
    ),
  ),
  ...[{ Encrypted: true }, { PerformanceMode: 'maxIO' }, { AvailabilityZoneName: 'eu-central-1a' }].map((after) =>
    changed(
      'data-replaced',
      'data at risk',
      `a file system with another ${Object.keys(after)[0]} is empty`,
      resource('AWS::EFS::FileSystem'),
      resource('AWS::EFS::FileSystem', after),
    ),
  ),
  removed(
    'data-deleted',
    'data at risk',
    'a cache is deleted, and no snapshot is taken unless its policy says so',
    resource('AWS::ElastiCache::ReplicationGroup', { ReplicationGroupDescription: 'Sessions' }),
  ),
  removed(
    'reader-ends',
    'interruption',
    'a member of a cluster goes without its data',
    resource('AWS::RDS::DBInstance', { DBClusterIdentifier: 'orders', Engine: 'aurora-postgresql' }),
  ),
  removed(
    'reader-ends',
    'interruption',
    'a replica is a copy',
    resource('AWS::RDS::DBInstance', { SourceDBInstanceIdentifier: 'orders' }, { DeletionPolicy: 'Delete' }),
  ),
  changed('records-replaced', 'data at risk', 'a log group of another name is empty', logs('a'), logs('b')),
  changed(
    'records-replaced',
    'in place',
    'a retained log group keeps its events',
    logs('a', 'Retain'),
    logs('b', 'Retain'),
  ),
  changed(
    'retention-shortened',
    'data at risk',
    'a shorter retention deletes events',
    resource('AWS::Logs::LogGroup', { RetentionInDays: 90 }),
    resource('AWS::Logs::LogGroup', { RetentionInDays: 30 }),
  ),
  ...[{ AutomaticBackupReplicationRegion: 'eu-west-1', AutomaticBackupReplicationRetentionPeriod: 14 }, {}].map((after) =>
    changed(
      'replication-begins-anew',
      'data at risk',
      `backups are replicated no more, or anew, with ${JSON.stringify(after)}`,
      resource('AWS::RDS::DBInstance', {
        AutomaticBackupReplicationRegion: 'eu-west-1',
        AutomaticBackupReplicationRetentionPeriod: 7,
      }),
      resource('AWS::RDS::DBInstance', after),
    ),
  ),
  changed(
    'database-settings',
    'in place',
    'a first replication takes nothing away',
    resource('AWS::RDS::DBInstance'),
    resource('AWS::RDS::DBInstance', { AutomaticBackupReplicationRegion: 'eu-west-1' }),
  ),
  changed(
    'no-further-copies',
    'data at risk',
    'a plan without its copy action saves in one place alone',
    plan([{ DestinationBackupVaultArn: 'arn:aws:backup:eu-west-1:111111111111:backup-vault:copies' }]),
    plan([]),
  ),
  changed(
    'automation-changed',
    'in place',
    'another vault gets the copies from then on',
    plan([{ DestinationBackupVaultArn: 'arn:aws:backup:eu-west-1:111111111111:backup-vault:copies' }]),
    plan([{ DestinationBackupVaultArn: 'arn:aws:backup:eu-west-3:111111111111:backup-vault:copies' }]),
  ),
  removed('no-further-snapshots', 'data at risk', 'a server that stays is no longer saved', selection, {
    Server: server('Retain'),
  }),
  {
    rule: 'automation-changed',
    verdict: 'in place',
    shows: 'another selection goes on saving the server',
    play: updating(
      { Server: server('Retain'), Former: selection },
      { Server: server('Retain'), Later: selection },
    ),
  },
  changed(
    'secret-generated-anew',
    'interruption',
    'another template of a secret generates another value',
    resource('AWS::SecretsManager::Secret', { GenerateSecretString: { PasswordLength: 32 } }),
    resource('AWS::SecretsManager::Secret', { GenerateSecretString: { PasswordLength: 40 } }),
  ),
  changed(
    'secret-generated-anew',
    'interruption',
    'another user name in the template of a secret generates another password',
    resource('AWS::SecretsManager::Secret', { GenerateSecretString: { SecretStringTemplate: '{"username":"application"}' } }),
    resource('AWS::SecretsManager::Secret', { GenerateSecretString: { SecretStringTemplate: '{"username":"shop"}' } }),
  ),
  removed(
    'retained',
    'in place',
    'a retained group goes on protecting what is in it',
    resource('AWS::EC2::SecurityGroup', { GroupDescription: 'Database' }, { DeletionPolicy: 'RetainExceptOnCreate' }),
  ),
  removed('retained', 'in place', 'a retained server stays', server('Retain')),
  {
    rule: 'store-begins-anew',
    verdict: 'data at risk',
    shows: 'a retained server under another logical id is an empty one',
    play: updating({ ShopServer: server('Retain') }, { StoreServer: server('Retain') }),
  },
  ...['AWS::ElastiCache::ReplicationGroup', 'AWS::ElastiCache::ServerlessCache'].map((type): Case => ({
    rule: 'store-begins-anew',
    verdict: 'data at risk',
    shows: `a retained cache of nodes under another logical id, as ${type}, is an empty one`,
    play: updating(
      { Nodes: resource('AWS::ElastiCache::ReplicationGroup', {}, { DeletionPolicy: 'Retain' }) },
      { Later: resource(type, {}, { DeletionPolicy: 'Retain' }) },
    ),
  })),
  ...['Shop', 'Data'].map((stack): Case => ({
    rule: 'store-made-again',
    verdict: 'data at risk',
    shows: `a server that was retained, and is made again in the stack ${stack}, is an empty one`,
    play: (account) => {
      const topic = resource('AWS::SNS::Topic');
      account.deploy(STACK, template({ Topic: topic, Server: server('Retain') }));
      account.update(STACK, template({ Topic: topic }));
      const again = template({ Topic: topic, Server: server('Retain') });
      return stack === STACK ? account.update(stack, again) : account.deploy(stack, again);
    },
  })),
  {
    rule: 'store-begins-anew',
    verdict: 'data at risk',
    shows: 'a bucket that a cleanup leaves for its objects is followed by an empty one',
    play: updating({ ShopFiles: bucket }, { StoreFiles: bucket }),
  },
  {
    rule: 'retained',
    verdict: 'in place',
    shows: 'another bucket of records goes on where the former one ended',
    play: updating({ ShopLogs: records }, { StoreLogs: records }),
  },
  removed('data-kept-as-a-snapshot', 'interruption', 'a server leaves a snapshot', server('Snapshot')),
  removed('data-deleted', 'data at risk', 'a server without policy of its own is deleted', server('Delete')),
];
