import { mentions, type Resource } from '../resource';
import { list, type Properties } from '../template';
import type { ResourceChange, Rules } from './rule';

/** Types that hold data, or the key to them. */
const DATA = [
  'AWS::Backup::BackupVault',
  'AWS::DynamoDB::Table',
  'AWS::ECR::Repository',
  'AWS::EFS::FileSystem',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::ServerlessCache',
  'AWS::KMS::Key',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SSM::Parameter',
];
/** Those of them that others read while they run. */
const SERVING = [
  'AWS::DynamoDB::Table',
  'AWS::ECR::Repository',
  'AWS::EFS::FileSystem',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::ServerlessCache',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::S3::Bucket',
];
/** Records of what was, and messages on their way. */
const RECORDS = ['AWS::Logs::LogGroup', 'AWS::SQS::Queue'];

/** Properties that say how long something is kept; absent is for ever. */
const RETENTIONS: { readonly [type: string]: string } = {
  'AWS::Logs::LogGroup': 'RetentionInDays',
  'AWS::RDS::DBCluster': 'BackupRetentionPeriod',
  'AWS::RDS::DBInstance': 'BackupRetentionPeriod',
  'AWS::SQS::Queue': 'MessageRetentionPeriod',
};

/** Properties of the replication of backups to another region. */
const REPLICATION = [
  'AutomaticBackupReplicationKmsKeyId',
  'AutomaticBackupReplicationRegion',
  'AutomaticBackupReplicationRetentionPeriod',
];

/** Data: what deletes them, parts from them, or stands in the way of a deletion. */
export const STORED_DATA: Rules = {
  deletions: [
    {
      id: 'bucket-with-objects',
      source: 'Amazon S3 User Guide, "Deleting a general purpose bucket": it must be empty',
      types: ['AWS::S3::Bucket'],
      refuses: (bucket, existing) =>
        existing.holdsData(bucket) ? 'the bucket you tried to delete is not empty' : undefined,
    },
    {
      id: 'repository-with-images',
      source: 'Amazon ECR User Guide, "Deleting an Amazon ECR private repository": a repository with images',
      types: ['AWS::ECR::Repository'],
      refuses: (repository, existing) =>
        existing.holdsData(repository) && String(repository.properties.EmptyOnDelete) !== 'true'
          ? 'the repository still contains images'
          : undefined,
    },
    {
      id: 'vault-with-recovery-points',
      source: 'AWS Backup Developer Guide, "Deleting a backup vault": a vault must be empty',
      types: ['AWS::Backup::BackupVault'],
      refuses: (vault, existing) => (existing.holdsData(vault) ? 'the vault holds recovery points' : undefined),
    },
    {
      id: 'protected-log-group',
      source: 'Amazon CloudWatch Logs User Guide, "Protecting log groups from deletion"',
      types: ['AWS::Logs::LogGroup'],
      refuses: ({ properties }) =>
        String(properties.DeletionProtectionEnabled) === 'true' ? 'deletion protection is enabled' : undefined,
    },
  ],
  effects: [
    {
      id: 'retention-shortened',
      source:
        'API reference of CloudWatch Logs, "PutRetentionPolicy", and of RDS, "ModifyDBInstance": BackupRetentionPeriod',
      on: ['update'],
      types: Object.keys(RETENTIONS),
      properties: [...new Set(Object.values(RETENTIONS))],
      effect: ({ type, before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => Number(properties[RETENTIONS[type]] ?? Infinity));
        return is < was
          ? { verdict: 'data at risk', says: 'what is older than the new retention is deleted' }
          : undefined;
      },
    },
    {
      id: 'replication-begins-anew',
      source:
        'Amazon RDS User Guide, "Replicating automated backups to another AWS Region"; resource handler of ' +
        '"AWS::RDS::DBInstance": it stops and starts the replication for any changed property of it',
      on: ['update'],
      types: ['AWS::RDS::DBInstance'],
      properties: REPLICATION,
      effect: ({ before, after }) =>
        before!.properties.AutomaticBackupReplicationRegion
          ? {
            verdict: 'data at risk',
            says: after!.properties.AutomaticBackupReplicationRegion
              ? 'the replication of backups stops and begins anew: ' +
                'the other region lacks the time until its first backup'
              : 'no further backup is replicated to the other region',
          }
          : undefined,
    },
    {
      id: 'no-further-copies',
      source: 'AWS Backup Developer Guide, "Creating backup copies across AWS Regions": the copy actions of a plan',
      on: ['update'],
      types: ['AWS::Backup::BackupPlan'],
      effect: ({ before, after }) =>
        copies(before!) && !copies(after!)
          ? { verdict: 'data at risk', says: 'no further backup is copied to the other region or account' }
          : undefined,
    },
    {
      id: 'no-further-snapshots',
      source: 'API reference of AWS Backup, "DeleteBackupSelection" and "DeleteBackupPlan"',
      on: ['delete'],
      types: ['AWS::Backup::BackupSelection'],
      effect: ({ before, leaving = [], made = [] }, existing) => {
        const saved = existing
          .of('AWS::RDS::DBCluster', 'AWS::RDS::DBInstance')
          .filter((server) => mentions(before!, server.physicalId) && !leaving.includes(server));
        const selections = existing.of(before!.type).filter((other) => other !== before && !leaving.includes(other));
        const unsaved = saved.filter(({ physicalId }) =>
          ![...selections, ...made].some((other) => other.type === before!.type && mentions(other, physicalId)));
        return unsaved.length > 0
          ? { verdict: 'data at risk', says: `no further snapshots of ${unsaved[0].logicalId} are taken` }
          : undefined;
      },
    },
    {
      id: 'secret-generated-anew',
      source:
        'Template reference, "AWS::SecretsManager::Secret": GenerateSecretString and SecretString; ' +
        '"AWS::SecretsManager::SecretTargetAttachment": it adds host and engine when it is made',
      on: ['update'],
      types: ['AWS::SecretsManager::Secret'],
      properties: ['GenerateSecretString', 'SecretString'],
      effect: ({ after }) => ({
        verdict: 'interruption',
        says: after!.properties.GenerateSecretString
          ? 'another password, without what an attachment added: whoever has read the former one keeps it'
          : 'a new value: whoever has read the former one keeps it',
      }),
    },
    {
      id: 'data-replaced',
      source: 'CloudFormation template reference, "UpdateReplacePolicy attribute"',
      on: ['replace'],
      types: DATA,
      effect: ({ logicalId, policy, before }) => {
        if (readsOnly(before!)) {
          return undefined;
        }
        const says =
          policy === 'Retain'
            ? `the new ${logicalId} is empty, its data stay with the former one outside the stack`
            : `the data of ${logicalId} are deleted`;
        return { verdict: 'data at risk', says };
      },
    },
    {
      id: 'reader-ends',
      source:
        'Amazon Aurora User Guide, "Amazon Aurora storage": one volume of the cluster; ' +
        'Amazon RDS User Guide, "Working with DB instance read replicas": a copy of the source',
      on: ['replace', 'delete'],
      types: ['AWS::RDS::DBInstance'],
      effect: ({ logicalId, before }) =>
        readsOnly(before!)
          ? { verdict: 'interruption', says: `connections to ${logicalId} end; the data are elsewhere` }
          : undefined,
    },
    {
      id: 'records-replaced',
      source: 'CloudFormation template reference, "UpdateReplacePolicy attribute"',
      on: ['replace'],
      types: RECORDS,
      effect: ({ policy }) =>
        policy === 'Retain'
          ? { verdict: 'in place', says: 'what was recorded stays in the former one, outside the stack' }
          : { verdict: 'data at risk', says: 'what was recorded is deleted' },
    },
    {
      id: 'retained',
      source: 'CloudFormation template reference, "DeletionPolicy attribute": Retain',
      on: ['retain'],
      effect: ({ logicalId }) => ({
        verdict: 'in place',
        says: `${logicalId} stays outside the stack and keeps its name`,
      }),
    },
    {
      id: 'store-begins-anew',
      source: 'CloudFormation User Guide, "Understand stack update behaviors": another logical id is another resource',
      on: ['retain'],
      types: SERVING,
      effect: ({ logicalId, before, made = [] }) =>
        serves(before!) && made.some((other) => serves(other) && serviceOf(other) === serviceOf(before!))
          ? { verdict: 'data at risk', says: `${logicalId} keeps its data outside the stack, and an empty one begins` }
          : undefined,
    },
    {
      id: 'store-made-again',
      source:
        'CloudFormation template reference, "DeletionPolicy attribute": what is retained belongs to no stack, ' +
        'and the same logical id makes another resource',
      on: ['create'],
      types: SERVING,
      effect: ({ type, logicalId, after }, existing) => {
        const former = existing
          .of(type)
          .find((other) => other.logicalId === logicalId && serves(other) && existing.isOrphan(other));
        return former && serves(after!)
          ? { verdict: 'data at risk', says: `${logicalId} begins empty, its data stay with the former one outside the stacks` }
          : undefined;
      },
    },
    {
      id: 'data-kept-as-a-snapshot',
      source: 'CloudFormation template reference, "DeletionPolicy attribute": Snapshot',
      on: ['delete'],
      types: DATA,
      effect: ({ policy, before }) =>
        policy === 'Snapshot' && !readsOnly(before!)
          ? { verdict: 'interruption', says: 'a snapshot remains, and a restore makes a new server' }
          : undefined,
    },
    {
      id: 'data-deleted',
      source: 'CloudFormation template reference, "DeletionPolicy attribute": Delete',
      on: ['delete'],
      types: [...DATA, ...RECORDS],
      effect: (change) =>
        losesData(change)
          ? { verdict: 'data at risk', says: `the data of ${change.logicalId} are deleted` }
          : undefined,
    },
  ],
};

/** Tells if a plan copies what it saves. */
function copies({ properties: { BackupPlan } }: Resource): boolean {
  return list(BackupPlan?.BackupPlanRule as Properties[]).some((rule) => list(rule.CopyActions as object[]).length > 0);
}

/** Tells if a server keeps no data of its own: a member of an Aurora cluster, or a replica. */
function readsOnly({ type, properties: { DBClusterIdentifier, SourceDBInstanceIdentifier } }: Resource): boolean {
  return type === 'AWS::RDS::DBInstance' && (DBClusterIdentifier ?? SourceDBInstanceIdentifier) !== undefined;
}

/** Tells if others read a store while they run. A bucket whose objects expire holds records. */
function serves(store: Resource): boolean {
  const { type, properties } = store;
  const expires = list(properties.LifecycleConfiguration?.Rules as Properties[]).some((rule) => rule.ExpirationInDays);
  return SERVING.includes(type) && !readsOnly(store) && !expires;
}

/** Service of a store: nodes and serverless caches stand for each other, as clusters and instances do. */
function serviceOf({ type }: Resource): string {
  return type.split('::')[1];
}

function losesData({ policy, before }: ResourceChange): boolean {
  return (policy === undefined || policy === 'Delete') && !readsOnly(before!);
}
