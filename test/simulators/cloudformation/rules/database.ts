import type { Existing, Resource } from '../resource';
import type { Rules } from './rule';
import { STATIC_PARAMETERS } from './static-parameters';

const INSTANCE = 'AWS::RDS::DBInstance';
const CLUSTER = 'AWS::RDS::DBCluster';
const SERVERS = [INSTANCE, CLUSTER];
const SUBNET_GROUP = 'AWS::RDS::DBSubnetGroup';
const PARAMETER_GROUPS = ['AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup'];

/** Dynamic parameters of MySQL that limit sessions, with their defaults. */
const LIMITS: { readonly [parameter: string]: number } = {
  innodb_lock_wait_timeout: 50,
  interactive_timeout: 28_800,
  max_allowed_packet: 67_108_864,
  net_read_timeout: 30,
  net_write_timeout: 60,
  wait_timeout: 28_800,
};
/** Changes that restart a server. */
const RESTARTS = [
  'DBInstanceClass',
  'DBParameterGroupName',
  'DBClusterParameterGroupName',
  'DBInstanceParameterGroupName',
  'EngineVersion',
  'StorageType',
  'OptionGroupName',
  'Port',
];
const SETTINGS = [
  'AllocatedStorage',
  'AllowMajorVersionUpgrade',
  'ApplyImmediately',
  'AutoMinorVersionUpgrade',
  'AutomaticBackupReplicationKmsKeyId',
  'AutomaticBackupReplicationRegion',
  'AutomaticBackupReplicationRetentionPeriod',
  'BackupRetentionPeriod',
  'CACertificateIdentifier',
  'CopyTagsToSnapshot',
  'DatabaseInsightsMode',
  'DeleteAutomatedBackups',
  'DeletionProtection',
  'EnableCloudwatchLogsExports',
  'EnableIAMDatabaseAuthentication',
  'EnablePerformanceInsights',
  'EngineLifecycleSupport',
  'Iops',
  'MasterUserPassword',
  'MaxAllocatedStorage',
  'MonitoringInterval',
  'MonitoringRoleArn',
  'MultiAZ',
  'PerformanceInsightsEnabled',
  'PerformanceInsightsKMSKeyId',
  'PerformanceInsightsRetentionPeriod',
  'PreferredBackupWindow',
  'PreferredMaintenanceWindow',
  'PromotionTier',
  'PubliclyAccessible',
  'ServerlessV2ScalingConfiguration',
  'StorageThroughput',
  'Tags',
  'VPCSecurityGroups',
  'VpcSecurityGroupIds',
];
/** Properties that restore a server from something. */
const RESTORES = [
  'DBSnapshotIdentifier',
  'DBClusterSnapshotIdentifier',
  'RestoreTime',
  'SourceDBInstanceAutomatedBackupsArn',
  'SourceDBInstanceIdentifier',
  'SourceDBClusterIdentifier',
  'SourceDbiResourceId',
  'UseLatestRestorableTime',
];

/** RDS and Aurora. */
export const DATABASE: Rules = {
  refusals: [
    {
      id: 'no-engine-downgrade',
      source: 'Amazon RDS User Guide, "Upgrading a DB instance engine version": a downgrade is not supported',
      types: SERVERS,
      refuses: ({ resource, before }) =>
        before && isLower(resource.properties.EngineVersion, before.properties.EngineVersion)
          ? `cannot downgrade from ${before.properties.EngineVersion} to ${resource.properties.EngineVersion}`
          : undefined,
    },
    {
      id: 'replicas-before-their-primary',
      source:
        'Amazon RDS User Guide, "Upgrades of the RDS for MySQL DB engine" and "... PostgreSQL DB engine": read replicas ' +
        'first; to another major version of PostgreSQL, RDS upgrades them along with the primary',
      types: [INSTANCE],
      refuses: ({ resource, before }, existing) => {
        const version = resource.properties.EngineVersion as unknown;
        const late =
          before &&
          version !== before.properties.EngineVersion &&
          !upgradesReplicas(resource, before.properties.EngineVersion)
            ? existing
              .of(INSTANCE)
              .find(
                ({ properties }) =>
                  isReplicaOf(properties, resource) && isLower(properties.EngineVersion, version),
              )
            : undefined;
        return late && `its replica ${late.logicalId} must be upgraded first`;
      },
    },
    {
      id: 'storage-does-not-shrink',
      source: 'Amazon RDS User Guide, "Working with storage for Amazon RDS DB instances": storage cannot be reduced',
      types: [INSTANCE],
      refuses: ({ resource, before }) =>
        before && Number(resource.properties.AllocatedStorage) < Number(before.properties.AllocatedStorage)
          ? `storage cannot be reduced to ${resource.properties.AllocatedStorage} GiB`
          : undefined,
    },
  ],
  deletions: [
    {
      id: 'protected-database',
      source: 'Amazon RDS User Guide, "Deleting a DB instance": deletion protection',
      types: SERVERS,
      refuses: ({ properties }) =>
        String(properties.DeletionProtection) === 'true'
          ? 'cannot delete a protected database, disable deletion protection first'
          : undefined,
    },
    {
      id: 'group-of-a-server',
      source: 'API reference of RDS, "DeleteDBSubnetGroup" and "DeleteDBParameterGroup": groups in use',
      types: [SUBNET_GROUP, ...PARAMETER_GROUPS],
      refuses: (group, existing) =>
        existing.usersOf(group, ...SERVERS).length > 0 ? 'a database still uses the group' : undefined,
    },
    {
      id: 'place-of-a-server',
      source: 'API reference of Amazon EC2, "Error codes" and "DeleteSecurityGroup": DependencyViolation',
      types: ['AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup'],
      refuses: (place, existing) =>
        [place, ...existing.usersOf(place, SUBNET_GROUP)].some((one) => existing.usersOf(one, ...SERVERS).length > 0)
          ? 'a network interface of a database is still there'
          : undefined,
    },
  ],
  replacements: [
    {
      id: 'kept-by-a-conditional-property',
      source: 'Template reference, "AWS::RDS::DBInstance": updates with no or some interruption',
      types: [INSTANCE],
      properties: [
        'AutoMinorVersionUpgrade',
        'BackupRetentionPeriod',
        'DBParameterGroupName',
        'MultiAZ',
        'PerformanceInsightsKMSKeyId',
        'PreferredMaintenanceWindow',
        'StorageType',
      ],
      replaces: () => false,
    },
    {
      id: 'replaced-by-another-engine',
      source: 'Template reference, "AWS::RDS::DBInstance" and "AWS::RDS::DBCluster": Engine',
      types: SERVERS,
      properties: ['Engine', 'MasterUsername'],
      replaces: () => true,
    },
    {
      id: 'replaced-by-another-zone',
      source: 'Template reference, "AWS::RDS::DBInstance": AvailabilityZone requires replacement',
      types: [INSTANCE],
      properties: ['AvailabilityZone'],
      replaces: () => true,
    },
    {
      id: 'replaced-by-a-restore',
      source: 'Template reference, "AWS::RDS::DBInstance": DBSnapshotIdentifier',
      types: SERVERS,
      properties: RESTORES,
      replaces: () => true,
    },
  ],
  effects: [
    {
      id: 'static-parameters',
      source: 'Template reference, "AWS::RDS::DBInstance": DBParameterGroupName, static parameters',
      on: ['update'],
      types: PARAMETER_GROUPS,
      properties: ['Parameters'],
      effect: ({ before, after }, running) =>
        restarts(before!, after!, running)
          ? { verdict: 'interruption', says: 'the database restarts: seconds to minutes' }
          : undefined,
    },
    {
      id: 'dynamic-parameters',
      source: 'Amazon RDS User Guide, "Working with parameter groups": dynamic parameters apply at once',
      on: ['update'],
      types: PARAMETER_GROUPS,
      properties: ['Parameters'],
      effect: ({ before, after }, running) =>
        restarts(before!, after!, running) ? undefined : { verdict: 'in place', says: 'the parameters apply at once' },
    },
    {
      id: 'lower-limits',
      source: 'MySQL Reference Manual, "Server System Variables": each new session takes the global value',
      on: ['update'],
      types: PARAMETER_GROUPS,
      properties: ['Parameters'],
      effect: ({ before, after }, running) => {
        const lower = Object.keys(LIMITS).filter((name) => {
          const [was, is] = [before!, after!].map(({ properties }) => Number(properties.Parameters?.[name] ?? LIMITS[name]));
          return is < was;
        });
        return lower.length > 0 && running.usersOf(before!, ...SERVERS).length > 0
          ? {
            verdict: 'some affected',
            says: `new sessions that need more than the lower ${lower.map((name) => `\`${name}\``).join(', ')} are cut or refused`,
          }
          : undefined;
      },
    },
    {
      id: 'parameter-group-replaced',
      source: 'Template reference, "AWS::RDS::DBParameterGroup": Family and name require replacement',
      on: ['replace'],
      types: PARAMETER_GROUPS,
      effect: () => ({ verdict: 'in place', says: 'servers take the new group by a change of their own' }),
    },
    {
      id: 'database-restarts',
      source: 'Amazon RDS User Guide, "Settings for DB instances": downtime notes',
      on: ['update'],
      types: SERVERS,
      properties: RESTARTS,
      effect: () => ({
        verdict: 'interruption',
        says: 'the server restarts or fails over: a minute or more, for a new version longer',
      }),
    },
    {
      id: 'master-password-moves',
      source: 'Amazon RDS User Guide, "Password management with Amazon RDS and AWS Secrets Manager"',
      on: ['update'],
      types: SERVERS,
      properties: ['ManageMasterUserPassword', 'MasterUserSecret'],
      effect: () => ({
        verdict: 'interruption',
        says: 'the master user gets another password at once: who signs in as it reads another secret from then on',
      }),
    },
    {
      id: 'database-settings',
      source: 'Amazon RDS User Guide, "Settings for DB instances": no downtime',
      on: ['update'],
      types: SERVERS,
      properties: SETTINGS,
      effect: () => ({ verdict: 'in place', says: 'the server goes on' }),
    },
  ],
};

/** Tells if a server replicates another one, which it names or whose ARN it holds. */
function isReplicaOf({ SourceDBInstanceIdentifier: source }: Resource['properties'], { physicalId }: Resource): boolean {
  return String(source ?? '').split(':').pop() === physicalId;
}

/** Tells if RDS upgrades the replicas along with their primary. */
function upgradesReplicas({ properties }: Resource, before: unknown): boolean {
  const [from, to] = [before, properties.EngineVersion].map((version) => String(version).split('.')[0]);
  return properties.Engine === 'postgres' && from !== to;
}

/** Tells if one version is lower than another, as far as both are given. */
function isLower(version: unknown, than: unknown): boolean {
  // Aurora MySQL writes 8.0.mysql_aurora.3.11.1.
  const [parts, others] = [version, than].map((of) => (String(of ?? '').match(/\d+/g) ?? []).map(Number));
  const index = parts.findIndex((part, at) => at < others.length && part !== others[at]);
  return index >= 0 && parts[index] < others[index];
}

/** Tells if a group with a static parameter is in use. */
function restarts(before: Resource, after: Resource, running: Existing): boolean {
  const names = [
    ...Object.keys((before.properties.Parameters as object) ?? {}),
    ...Object.keys((after.properties.Parameters as object) ?? {}),
  ];
  return names.some((name) => STATIC_PARAMETERS.includes(name)) && running.usersOf(before, ...SERVERS).length > 0;
}
