import type { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { optionsOf, passwordOption, tagOption } from './command-options';
import { available, header, rds, readPassword, renamed, type RestoreScripts } from './shell-script';

type ClusterProperties = ReadonlyArray<keyof CfnDBCluster & string>;
type MemberProperties = ReadonlyArray<keyof CfnDBInstance & string>;

/** Properties that a restore takes. Whatever is left out here gets the default of RDS, not the source's value. */
const RESTORED: ClusterProperties = [
  'engineLifecycleSupport',
  'dbSubnetGroupName',
  'vpcSecurityGroupIds',
  'port',
  'kmsKeyId',
  'dbClusterParameterGroupName',
  'enableIamDatabaseAuthentication',
  'enableCloudwatchLogsExports',
  'copyTagsToSnapshot',
  'deletionProtection',
  'serverlessV2ScalingConfiguration',
  'storageType',
];
/** Properties that a restore does not take, and a change does. */
const CHANGED: ClusterProperties = [
  'autoMinorVersionUpgrade',
  'backupRetentionPeriod',
  'preferredBackupWindow',
  'preferredMaintenanceWindow',
];
/**
 * Insights of the whole cluster.
 *
 * They are a change of their own once the cluster has members, because Aurora takes mode and retention together.
 */
const INSIGHTS: ClusterProperties = [
  'databaseInsightsMode',
  'performanceInsightsEnabled',
  'performanceInsightsKmsKeyId',
  'performanceInsightsRetentionPeriod',
];
const MEMBER: MemberProperties = [
  'engine',
  'dbInstanceClass',
  'availabilityZone',
  'promotionTier',
  'publiclyAccessible',
  'autoMinorVersionUpgrade',
  'caCertificateIdentifier',
  'monitoringInterval',
  'monitoringRoleArn',
  'enablePerformanceInsights',
  'performanceInsightsKmsKeyId',
  'performanceInsightsRetentionPeriod',
  'preferredMaintenanceWindow',
  'dbParameterGroupName',
];

/** Scripts that restore a cluster, and each of its members, which no restore makes. */
export function clusterScripts(cluster: CfnDBCluster, members: CfnDBInstance[], secretArn: string): RestoreScripts {
  const target = '"$TARGET"';
  const settings = [...optionsOf(cluster, RESTORED), ...tagOption(cluster)];
  const identified = [`--db-cluster-identifier ${target}`, '--apply-immediately'];
  const afterwards = [
    ...(cluster.manageMasterUserPassword ? [] : readPassword(secretArn)),
    available('cluster', target),
    rds('modify-db-cluster', ...identified, ...optionsOf(cluster, CHANGED), ...passwordOption(cluster)),
    available('cluster', target),
    ...memberScripts(members),
    rds('modify-db-cluster', ...identified, ...optionsOf(cluster, INSIGHTS)),
    available('cluster', target),
  ];
  const swapped = members.flatMap((member, index) => [
    ...renamed('instance', member.ref, `${member.ref}-former`),
    ...renamed('instance', memberName(index), member.ref),
  ]);
  return {
    fromSnapshot: [
      ...header('TARGET', 'SNAPSHOT'),
      rds(
        'restore-db-cluster-from-snapshot',
        `--db-cluster-identifier ${target}`,
        '--snapshot-identifier "$SNAPSHOT"',
        `--engine ${cluster.engine}`,
        ...settings,
      ),
      ...afterwards,
    ],
    toPointInTime: [
      ...header('TARGET', 'TIME'),
      rds(
        'restore-db-cluster-to-point-in-time',
        `--source-db-cluster-identifier "\${SOURCE:-${cluster.ref}}"`,
        `--db-cluster-identifier ${target}`,
        '--restore-to-time "$TIME"',
        ...settings,
      ),
      ...afterwards,
    ],
    rename: [
      ...header('TARGET'),
      ...renamed('cluster', cluster.ref, `${cluster.ref}-former`),
      ...renamed('cluster', target, cluster.ref),
      ...swapped,
    ],
  };
}

/** Creates the members. Options that all have stand once, because an output of a stack takes 4,096 characters. */
function memberScripts(members: CfnDBInstance[]): string[] {
  const options = members.map((member) => [...optionsOf(member, MEMBER), ...tagOption(member)]);
  const shared = options[0].filter((option) => options.every((others) => others.includes(option)));
  const identified = ['--db-cluster-identifier "$TARGET"', '--db-instance-identifier "$@"'];
  const created = options.flatMap((all, index) => [
    ['member', memberName(index), ...all.filter((option) => !shared.includes(option))].join(' '),
    available('instance', memberName(index)),
  ]);
  return ['member() {', rds('create-db-instance', ...identified, ...shared), '}', ...created];
}

function memberName(index: number): string {
  return `"$TARGET-${index + 1}"`;
}
