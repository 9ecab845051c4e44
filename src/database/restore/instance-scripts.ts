import type { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { optionsOf, passwordOption, tagOption } from './command-options';
import { available, header, rds, readPassword, renamed, type RestoreScripts } from './shell-script';

type Properties = ReadonlyArray<keyof CfnDBInstance & string>;

/** Properties that a restore takes. Whatever is left out here gets the default of RDS, not the source's value. */
const RESTORED: Properties = [
  'dbInstanceClass',
  'engineLifecycleSupport',
  'dbSubnetGroupName',
  'vpcSecurityGroups',
  'port',
  'multiAz',
  'publiclyAccessible',
  'dbParameterGroupName',
  'optionGroupName',
  'enableIamDatabaseAuthentication',
  'enableCloudwatchLogsExports',
  'autoMinorVersionUpgrade',
  'copyTagsToSnapshot',
  'deletionProtection',
  'storageType',
  'iops',
  'storageThroughput',
];
/** Properties that a restore does not take, and a change does. */
const CHANGED: Properties = [
  'backupRetentionPeriod',
  'preferredBackupWindow',
  'preferredMaintenanceWindow',
  'maxAllocatedStorage',
  'monitoringInterval',
  'monitoringRoleArn',
  'enablePerformanceInsights',
  'performanceInsightsKmsKeyId',
  'performanceInsightsRetentionPeriod',
  'databaseInsightsMode',
  'caCertificateIdentifier',
];

/** Scripts that restore an instance. */
export function instanceScripts(instance: CfnDBInstance, secretArn: string): RestoreScripts {
  const target = '"$TARGET"';
  const settings = [
    ...optionsOf(instance, RESTORED),
    // The storage may have grown by itself, and a restore never shrinks it.
    `--allocated-storage "\${STORAGE:-${instance.allocatedStorage}}"`,
    ...tagOption(instance),
  ];
  const changes = [...optionsOf(instance, CHANGED), ...passwordOption(instance)];
  const afterwards = [
    ...(instance.manageMasterUserPassword ? [] : readPassword(secretArn)),
    available('instance', target),
    rds('modify-db-instance', `--db-instance-identifier ${target}`, '--apply-immediately', ...changes),
    available('instance', target),
  ];
  return {
    fromSnapshot: [
      ...header('TARGET', 'SNAPSHOT'),
      rds(
        'restore-db-instance-from-db-snapshot',
        `--db-instance-identifier ${target}`,
        '--db-snapshot-identifier "$SNAPSHOT"',
        ...settings,
      ),
      ...afterwards,
    ],
    toPointInTime: [
      ...header('TARGET', 'TIME'),
      `SOURCE="\${SOURCE:-${instance.attrDbiResourceId}}"`,
      'from=--source-dbi-resource-id',
      'case "$SOURCE" in arn:*) from=--source-db-instance-automated-backups-arn ;; esac',
      rds(
        'restore-db-instance-to-point-in-time',
        '$from "$SOURCE"',
        `--target-db-instance-identifier ${target}`,
        '--restore-time "$TIME"',
        ...settings,
      ),
      ...afterwards,
    ],
    rename: [
      ...header('TARGET'),
      ...renamed('instance', instance.ref, `${instance.ref}-former`),
      ...renamed('instance', target, instance.ref),
    ],
  };
}
