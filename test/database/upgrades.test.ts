import * as fs from 'fs';
import * as path from 'path';
import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  AuroraMysqlEngineVersion,
  AuroraPostgresEngineVersion,
  MysqlEngineVersion,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import {
  BackupPolicy,
  CapacitySchedule,
  CredentialRotation,
  EnvironmentProfile,
  type HardenedPostgresProps,
  MysqlCapacity,
  PostgresCapacity,
} from '../../src';
import { mysql, postgres } from '../fixtures/database-stack';

const STATEFUL = [
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBSubnetGroup',
  'AWS::KMS::Key',
  'AWS::SecretsManager::Secret',
  'AWS::Backup::BackupVault',
  'AWS::Logs::LogGroup',
];

const LANDSCAPES: { [name: string]: () => Template } = {
  'postgres instance': () => postgres().template,
  'postgres instance with replicas': () =>
    postgres({ capacity: PostgresCapacity.instance({ readReplicas: 2 }) }).template,
  'postgres cluster': () => postgres({ capacity: PostgresCapacity.serverless({ readers: 2 }) }).template,
  'postgres instance with IAM': () => postgres({ credentials: CredentialRotation.iamAuthentication() }).template,
  'mysql cluster': () => mysql().template,
  'mysql instance': () => mysql({ capacity: MysqlCapacity.instance() }).template,
};

const BASELINE = path.join(__dirname, 'stateful-logical-ids.json');

if (process.env.WRITE_BASELINE) {
  fs.writeFileSync(BASELINE, `${JSON.stringify(baselineOf(LANDSCAPES), undefined, 2)}\n`);
}

describe('The logical ids of stateful resources', () => {
  const baseline = JSON.parse(fs.readFileSync(BASELINE, 'utf8')) as { [name: string]: string[] };

  test.each(Object.keys(LANDSCAPES))('of a %s never change, because another id is another, empty database', (name) => {
    expect(statefulIds(LANDSCAPES[name]())).toEqual(baseline[name]);
  });
});

describe('A change of', () => {
  const instance = (capacity: Parameters<typeof PostgresCapacity.instance>[0]) => ({
    capacity: PostgresCapacity.instance(capacity),
  });
  const serverless = (capacity: Parameters<typeof PostgresCapacity.serverless>[0]) => ({
    capacity: PostgresCapacity.serverless(capacity),
  });

  test.each<[string, Props, Props]>([
    ['the instance class', {}, instance({ instanceType: new InstanceType('m7g.large') })],
    ['Multi-AZ', {}, instance({ multiAz: false })],
    ['the storage size', {}, instance({ storageGiB: 400 })],
    ['the storage limit', {}, instance({ maxStorageGiB: 500 })],
    [
      'IOPS and throughput',
      instance({ storageGiB: 400 }),
      instance({ storageGiB: 400, iops: 16_000, storageThroughputMiB: 1000 }),
    ],
    ['the number of replicas', {}, instance({ readReplicas: 1 })],
    [
      'the minor version',
      instance({ version: PostgresEngineVersion.VER_15_16 }),
      instance({ version: PostgresEngineVersion.VER_15_17 }),
    ],
    ['the major version of an instance', {}, instance({ version: PostgresEngineVersion.VER_17 })],
    ['the major version of a cluster', serverless({}), serverless({ version: AuroraPostgresEngineVersion.VER_16_13 })],
    ['capacity units', serverless({}), serverless({ minAcu: 2, maxAcu: 32 })],
    ['pausing', serverless({}), serverless({ autoPauseAfter: Duration.minutes(10) })],
    ['the number of readers', serverless({}), serverless({ readers: 3 })],
    [
      'the schedule',
      serverless({}),
      serverless({ schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC }) }),
    ],
    ['parameters', {}, { parameters: { work_mem: '65536', max_connections: '200' } }],
    [
      'the rotation interval',
      {},
      { credentials: CredentialRotation.alternatingUsers({ automaticallyAfter: Duration.days(7) }) },
    ],
    [
      'the backup window and retention',
      {},
      {
        backup: BackupPolicy.daily({
          window: '03:00-04:00',
          retention: Duration.days(35),
          snapshotRetention: Duration.days(90),
        }),
        maintenanceWindow: 'sun:08:00-sun:09:00',
      },
    ],
    ['the lock of the vault', {}, { backup: BackupPolicy.daily({ vaultLock: { minRetention: Duration.days(7) } }) }],
    ['the maintenance window', {}, { maintenanceWindow: 'tue:10:00-tue:11:00' }],
    ['the monitoring interval', {}, { monitoringInterval: Duration.seconds(1) }],
    ['the insights mode', {}, { advancedInsights: true }],
    ['log retention', {}, { logRetention: RetentionDays.ONE_MONTH }],
    ['the certificate bundle', {}, { caBundlePath: '/app/authorities.pem' }],
    ['the removal policy', {}, { removalPolicy: RemovalPolicy.SNAPSHOT }],
    ['the profile', {}, { profile: EnvironmentProfile.staging() }],
    ['the port of a cluster', serverless({}), { ...serverless({}), port: 6379 }],
  ])('%s replaces and removes no stateful resource', (_name, before, after) => {
    expect(replaced(postgres(before).template, postgres(after).template)).toEqual([]);
  });

  test.each<[string, () => Template, () => Template]>([
    [
      'the release of Aurora MySQL',
      () => mysql().template,
      () => mysql({ capacity: MysqlCapacity.serverless({ version: AuroraMysqlEngineVersion.VER_3_11_1 }) }).template,
    ],
    [
      'the minor version of MySQL',
      () => mysql({ capacity: MysqlCapacity.instance({ version: MysqlEngineVersion.VER_8_4_9 }) }).template,
      () => mysql({ capacity: MysqlCapacity.instance() }).template,
    ],
  ])('%s replaces and removes no stateful resource', (_name, before, after) => {
    expect(replaced(before(), after())).toEqual([]);
  });

  test('the kind of rotation replaces only the secrets, and retains the old ones', () => {
    const before = postgres().template;
    expect(replaced(before, postgres({ credentials: CredentialRotation.iamAuthentication() }).template)).toEqual([
      'AWS::SecretsManager::Secret',
      'AWS::SecretsManager::Secret',
      'AWS::SecretsManager::Secret',
    ]);
    Object.values(before.findResources('AWS::SecretsManager::Secret')).forEach(({ DeletionPolicy }) =>
      expect(DeletionPolicy).toBe('RetainExceptOnCreate'),
    );
  });

  test.each<[keyof HardenedPostgresProps, Props]>([
    ['databaseName', { databaseName: 'other' }],
    ['port', { port: 3306 }],
    ['identifier', { identifier: 'other' }],
  ])('%s replaces the database, which its comment says, and which deletion protection prevents', (prop, after) => {
    expect(replaced(postgres().template, postgres(after).template)).toContain('AWS::RDS::DBInstance');
    const comments = fs.readFileSync(path.join(__dirname, '../../src/database/hardened-database-props.ts'), 'utf8');
    expect(
      new RegExp(`\\* [^/]*can't be changed[^/]*RDS would\\s+\\*? ?replace [^/]*\\*/\\s+readonly ${prop}\\?`).test(
        comments,
      ),
    ).toBe(true);
    const [database] = Object.values(postgres().template.findResources('AWS::RDS::DBInstance'));
    expect(database).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtection: true },
    });
  });
});

type Props = Omit<HardenedPostgresProps, 'network'>;

/** Properties that cause `Some interruptions` by CloudFormation's documentation, and no replacement. */
const INTERRUPTING = [
  'MultiAZ',
  'AutoMinorVersionUpgrade',
  'EngineVersion',
  'PreferredBackupWindow',
  'PreferredMaintenanceWindow',
  'DBParameterGroupName',
  'OptionGroupName',
  'BackupRetentionPeriod',
];

/** Types of stateful resources that a change replaces or takes out of the template. */
function replaced(before: Template, after: Template): string[] {
  const found: string[] = [];
  const harmless = [ResourceImpact.NO_CHANGE, ResourceImpact.WILL_UPDATE, ResourceImpact.WILL_CREATE];
  fullDiff(before.toJSON() as never, after.toJSON() as never).resources.forEachDifference((_id, difference) => {
    const type = difference.oldResourceType ?? difference.newResourceType ?? '';
    const doubtful = Object.entries(difference.propertyUpdates).filter(
      ([name, { changeImpact }]) =>
        changeImpact === ResourceImpact.WILL_REPLACE ||
        (changeImpact === ResourceImpact.MAY_REPLACE && !INTERRUPTING.includes(name)),
    );
    const interrupts = difference.changeImpact === ResourceImpact.MAY_REPLACE && doubtful.length === 0;
    if (STATEFUL.includes(type) && !harmless.includes(difference.changeImpact) && !interrupts) {
      found.push(type);
    }
  });
  return found;
}

function statefulIds(template: Template): string[] {
  const all = Object.entries(template.toJSON().Resources as { [id: string]: { Type: string } });
  return all
    .filter(([id, { Type }]) => id.startsWith('Database') && STATEFUL.includes(Type))
    .map(([id]) => id)
    .sort();
}

function baselineOf(landscapes: typeof LANDSCAPES): { [name: string]: string[] } {
  return Object.fromEntries(Object.entries(landscapes).map(([name, make]) => [name, statefulIds(make())]));
}
