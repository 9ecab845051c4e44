import { Duration, TimeZone } from 'aws-cdk-lib';
import { InstanceType, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraMysqlEngineVersion,
  MysqlEngineVersion,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import {
  BackupPolicy,
  type BackupPolicyProps,
  CapacitySchedule,
  CredentialRotation,
  DatabaseEvents,
  EnvironmentProfile,
  HardenedPostgres,
  MysqlCapacity,
  type OfficeHoursProps,
  PostgresCapacity,
  type PostgresInstanceProps,
  type PostgresServerlessProps,
  RecoveryRegion,
  SecureVpc,
} from '../../src';
import { mysql, postgres, resources } from '../fixtures/database-stack';
import { refusal, REGION, testApp, testStack } from '../fixtures/test-stack';

const instance = (props: PostgresInstanceProps) => () => postgres({ capacity: PostgresCapacity.instance(props) });
const serverless = (props: PostgresServerlessProps) => () => postgres({ capacity: PostgresCapacity.serverless(props) });
const parameter = (name: string, value: string) => () => postgres({ parameters: { [name]: value } });
const locked = (backup: BackupPolicyProps) => () => {
  const app = testApp();
  const stack = testStack({ app });
  const recoveryRegion = new RecoveryRegion(app, 'Recovery', {
    region: 'eu-west-1',
    vaultLock: { minRetention: Duration.days(21) },
  });
  return new HardenedPostgres(stack, 'Database', {
    network: new SecureVpc(stack, 'Network'),
    backup: BackupPolicy.daily({ ...backup, recoveryRegion }),
  });
};
const nights = (props: Partial<OfficeHoursProps>, profile?: EnvironmentProfile) => () =>
  postgres(
    {
      capacity: PostgresCapacity.serverless({
        readers: 1,
        schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC, ...props }),
      }),
    },
    profile,
  );

describe('A database refuses, with path, prop, range and fix,', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'storage below what gp3 has',
      instance({ storageGiB: 10 }),
      /'Test\/Database': capacity\.storageGiB is 10, expected a whole number from 20 to 65536 GiB\. /,
    ],
    ['storage above what gp3 has', instance({ storageGiB: 70_000 }), /capacity\.storageGiB is 70000/],
    [
      'IOPS below 400 GiB [A-03]',
      instance({ iops: 12_000 }),
      /capacity\.iops is 12000, expected none below 400 GiB of storage, and storageGiB is 100/,
    ],
    [
      'throughput below 400 GiB [A-03]',
      instance({ storageGiB: 399, storageThroughputMiB: 500 }),
      /capacity\.storageThroughputMiB is 500, expected none below 400 GiB/,
    ],
    [
      'fewer IOPS than are included',
      instance({ storageGiB: 400, iops: 3000 }),
      /capacity\.iops is 3000, expected a whole number from 12000 to 64000 IOPS/,
    ],
    [
      'more throughput than a quarter of the IOPS',
      instance({ storageGiB: 400, iops: 12_000, storageThroughputMiB: 4000 }),
      /capacity\.storageThroughputMiB is 4000, expected at most 3000/,
    ],
    [
      'a storage limit that leaves no room to grow',
      instance({ storageGiB: 100, maxStorageGiB: 105 }),
      /capacity\.maxStorageGiB is 105, expected a whole number from 110 to 65536/,
    ],
    [
      'more read replicas than RDS supports',
      instance({ readReplicas: 16 }),
      /capacity\.readReplicas is 16, expected a whole number from 0 to 15/,
    ],
    [
      'an instance class whose memory is unknown',
      instance({ instanceType: new InstanceType('q1.huge') }),
      /capacity\.instanceType is "q1\.huge"/,
    ],
    [
      'a major version that is not tested here',
      instance({ version: PostgresEngineVersion.VER_14 }),
      /capacity\.version is "14", expected one of PostgreSQL 15, 16, 17, 18/,
    ],
    [
      'a backup retention below a day [A-05]',
      () => postgres({ backup: BackupPolicy.daily({ retention: Duration.days(0) }) }),
      /backup\.retention is 0, expected a whole number from 1 to 35 days/,
    ],
    [
      'a backup retention above 35 days [A-05]',
      () => postgres({ backup: BackupPolicy.daily({ retention: Duration.days(36) }) }),
      /backup\.retention is 36, expected a whole number from 1 to 35 days/,
    ],
    [
      'a snapshot retention of half a day',
      () => postgres({ backup: BackupPolicy.daily({ snapshotRetention: Duration.hours(12) }) }),
      /backup\.snapshotRetention is 0\.5/,
    ],
    [
      'a lock longer than snapshots are kept',
      () => postgres({ backup: BackupPolicy.daily({ vaultLock: { minRetention: Duration.days(60) } }) }),
      /backup\.snapshotRetention is 30 days by default, expected 60 days or more/,
    ],
    [
      'a lock longer than the given snapshot retention',
      () =>
        postgres({
          backup: BackupPolicy.daily({
            snapshotRetention: Duration.days(20),
            vaultLock: { minRetention: Duration.days(60) },
          }),
        }),
      /backup\.snapshotRetention is 20, expected 60 days or more/,
    ],
    [
      'a lock of a vault without snapshots',
      () =>
        postgres(
          { backup: BackupPolicy.daily({ vaultLock: { minRetention: Duration.days(7) } }) },
          EnvironmentProfile.development(),
        ),
      /backup\.snapshotRetention is not given, expected 7 days or more.*Set snapshotRetention to Duration\.days\(7\)/,
    ],
    [
      'a lock of the recovery region that is longer than copies are kept by default',
      locked({ snapshotRetention: Duration.days(14) }),
      /backup\.copyRetention is 14 days by default, expected 21 days or more/,
    ],
    [
      'a lock with a cooling-off period below three days',
      () =>
        postgres({
          backup: BackupPolicy.daily({
            vaultLock: { minRetention: Duration.days(7), immutableAfter: Duration.days(1) },
          }),
        }),
      /vaultLock\.immutableAfter is 1/,
    ],
    [
      'a lock of the recovery region that is longer than copies are kept',
      locked({ copyRetention: Duration.days(14) }),
      /backup\.copyRetention is 14, expected 21 days or more, the lock's minRetention/,
    ],
    [
      'a backup window that is not a window',
      () => postgres({ backup: BackupPolicy.daily({ window: '2am' }) }),
      /backup\.window is "2am", expected hh:mm-hh:mm in UTC/,
    ],
    [
      'a backup window that is too short',
      () => postgres({ backup: BackupPolicy.daily({ window: '02:00-02:10' }) }),
      /backup\.window is "02:00-02:10", expected 30 minutes/,
    ],
    [
      'windows that overlap',
      () => postgres({ maintenanceWindow: 'sun:02:30-sun:03:30' }),
      /maintenanceWindow is "sun:02:30-sun:03:30", expected a window outside the backup's \(02:00-03:00\)/,
    ],
    [
      'windows that overlap across the end of the week',
      () =>
        postgres({ backup: BackupPolicy.daily({ window: '23:30-00:30' }), maintenanceWindow: 'mon:00:00-mon:01:00' }),
      /maintenanceWindow is "mon:00:00-mon:01:00"/,
    ],
    [
      'a backup window that overlaps the default maintenance window, which the caller has not written',
      () => postgres({ backup: BackupPolicy.daily({ window: '04:00-05:00' }) }),
      /: backup\.window is "04:00-05:00", expected .* is sun:05:30-sun:06:30 by default\. Set maintenanceWindow, or move/,
    ],
    [
      'maintenance while snapshots are taken',
      () => postgres({ maintenanceWindow: 'sun:04:30-sun:05:30' }),
      /maintenanceWindow is "sun:04:30-sun:05:30"/,
    ],
    [
      'a maintenance window without a day',
      () => postgres({ maintenanceWindow: '04:30-05:30' }),
      /maintenanceWindow is "04:30-05:30", expected ddd:hh:mm-ddd:hh:mm/,
    ],
    [
      'a maintenance window that is too short',
      () => postgres({ maintenanceWindow: 'sun:10:00-sun:10:10' }),
      /maintenanceWindow is "sun:10:00-sun:10:10", expected 30 minutes/,
    ],
    [
      'a minimum above the maximum',
      serverless({ minAcu: 4, maxAcu: 2 }),
      /capacity\.minAcu is 4, expected at most maxAcu, which is 2/,
    ],
    [
      'a third of a capacity unit',
      serverless({ maxAcu: 1.3 }),
      /capacity\.maxAcu is 1\.3, expected 1 to 256 capacity units in steps of 0\.5/,
    ],
    [
      'pausing with a minimum above 0 [C-08]',
      serverless({ minAcu: 2, autoPauseAfter: Duration.minutes(5) }),
      /capacity\.autoPauseAfter is "5 minutes", expected only with minAcu 0, and minAcu is 2/,
    ],
    [
      'a minimum of 0 without autoPauseAfter, with which Aurora pauses [E-03]',
      serverless({ minAcu: 0 }),
      /capacity\.minAcu is 0, expected 0\.5 to 256, and 0 only with autoPauseAfter/,
    ],
    [
      'a pause after part of a minute',
      serverless({ autoPauseAfter: Duration.seconds(330) }),
      /capacity\.autoPauseAfter is 5\.5, expected a whole number from 5 to 1440 minutes/,
    ],
    [
      'a pause after less than five minutes',
      serverless({ autoPauseAfter: Duration.minutes(1) }),
      /capacity\.autoPauseAfter is 1, expected a whole number from 5 to 1440 minutes/,
    ],
    [
      "pausing with an Aurora MySQL that can't [C-08]",
      () =>
        mysql({
          capacity: MysqlCapacity.serverless({
            version: AuroraMysqlEngineVersion.VER_3_04_6,
            autoPauseAfter: Duration.minutes(5),
          }),
        }),
      /only with Aurora MySQL 3\.08 or later, and version is 8\.0\.mysql_aurora\.3\.04\.6/,
    ],
    [
      'a MySQL out of support',
      () => mysql({ capacity: MysqlCapacity.instance({ version: MysqlEngineVersion.of('5.7.44', '5.7') }) }),
      /capacity\.version is "5\.7\.44", expected one of MySQL 8\.4/,
    ],
    ['more than 15 readers', serverless({ readers: 16 }), /capacity\.readers is 16, expected a whole number from 0 to 15/],
    [
      'more capacity at night than by day [C-19]',
      nights({ nightMaxAcu: 16 }),
      /capacity\.schedule\.nightMaxAcu is 16, expected 2 to 8/,
    ],
    [
      'a default of the capacity at night that is more than by day [C-19]',
      () =>
        postgres({
          capacity: PostgresCapacity.serverless({
            maxAcu: 1,
            schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC }),
          }),
        }),
      /capacity\.schedule\.nightMaxAcu is 2 by default, expected 1 to 1, the capacity's limits/,
    ],
    [
      'no reader at night in a Multi-AZ environment [C-19]',
      nights({ nightReaders: 0 }),
      /capacity\.schedule\.nightReaders is 0, expected 1 or more in a Multi-AZ environment/,
    ],
    [
      'more readers at night than by day [C-19]',
      nights({ nightReaders: 2 }),
      /capacity\.schedule\.nightReaders is 2, expected a whole number from 0 to 1/,
    ],
    [
      'a day that ends before it begins [C-19]',
      nights({ fromHour: 20 }),
      /capacity\.schedule\.fromHour is 20, expected a whole number from 0 to 18/,
    ],
    [
      'a day that ends before it begins by default [C-19]',
      nights({ toHour: 5 }),
      /capacity\.schedule\.toHour is 5, expected a whole number from 8 to 23 \(an hour after fromHour, which is 7 by default\)/,
    ],
    [
      'a parameter that does not exist',
      parameter('max_conections', '100'),
      /parameters\['max_conections'\] is "100", expected a parameter that PostgreSQL 15 has/,
    ],
    ['a parameter of a later version', parameter('transaction_timeout', '1000'), /parameters\['transaction_timeout'\]/],
    [
      'a parameter out of its range',
      parameter('work_mem', '1'),
      /parameters\['work_mem'\] is "1", expected a whole number from 64 to 2147483647, in units of kB/,
    ],
    ['a parameter with a unit', parameter('work_mem', '64MB'), /parameters\['work_mem'\] is "64MB"/],
    [
      'a value that an enum parameter does not have',
      parameter('log_error_verbosity', 'loud'),
      /expected terse, default, verbose/,
    ],
    ['a boolean parameter that is neither on nor off', parameter('autovacuum', 'maybe'), /expected 0 or 1/],
    [
      'TLS that is not required [A-04]',
      parameter('rds.force_ssl', '0'),
      /expected a value with which every connection is encrypted.*parameterWaiver/,
    ],
    ['passwords that are not scram', parameter('password_encryption', 'md5'), /passwords are scram/],
    ['connections that are not logged [A-31]', parameter('log_connections', '0'), /connections are logged/],
    [
      'query text in production [A-31]',
      parameter('log_min_duration_statement', '500'),
      /no more text of queries than queryText allows/,
    ],
    [
      'audit of reads in production [A-31]',
      parameter('pgaudit.log', 'ddl,role,read'),
      /no more text of queries than queryText allows/,
    ],
    ['an audit without roles', parameter('pgaudit.log', 'ddl'), /changes of schema and roles are audited/],
    [
      'preloaded libraries without pgaudit',
      parameter('shared_preload_libraries', 'pg_stat_statements'),
      /pgaudit is loaded/,
    ],
    ['commits that a crash would lose', parameter('synchronous_commit', 'off'), /survives a crash/],
    [
      'a waiver with a reason that is too short',
      () => postgres({ parameters: { 'rds.force_ssl': '0' }, parameterWaiver: { reason: 'legacy' } }),
      /parameterWaiver\.reason is "legacy"/,
    ],
    [
      'a MySQL parameter without TLS [C-09]',
      () => mysql({ parameters: { require_secure_transport: 'OFF' } }),
      /every connection is encrypted/,
    ],
    [
      'a managed secret with read replicas',
      () =>
        postgres({
          capacity: PostgresCapacity.instance({ readReplicas: 1 }),
          credentials: CredentialRotation.iamAuthentication(),
        }),
      /credentials does not support read replicas with CredentialRotation\.iamAuthentication\(\).* Use Credential/,
    ],
    [
      'a managed secret without a reason',
      () => postgres({ credentials: CredentialRotation.managedSecret({ waiver: { reason: '' } }) }),
      /credentials\.waiver\.reason is ""/,
    ],
    [
      'a rotation below a day',
      () => postgres({ credentials: CredentialRotation.alternatingUsers({ automaticallyAfter: Duration.hours(6) }) }),
      /credentials\.automaticallyAfter is 0\.25, expected a whole number from 4 to 365 days/,
    ],
    [
      'a rotation that leaves no time to replace tasks [A-34]',
      () => postgres({ credentials: CredentialRotation.alternatingUsers({ automaticallyAfter: Duration.days(3) }) }),
      /credentials\.automaticallyAfter is 3, expected a whole number from 4 to 365 days/,
    ],
    [
      'a rotation by RDS below a day',
      () => postgres({ credentials: CredentialRotation.iamAuthentication({ automaticallyAfter: Duration.hours(6) }) }),
      /credentials\.automaticallyAfter is 0\.25, expected a whole number from 1 to 365 days/,
    ],
    ["the master user as the application's user", () => postgres({ userName: 'dbadmin' }), /userName is "dbadmin"/],
    ['a database name that has to be quoted', () => postgres({ databaseName: 'my-shop' }), /databaseName is "my-shop"/],
    ['an identifier in upper case', () => postgres({ identifier: 'Shop' }), /identifier is "Shop"/],
    [
      'a port that the data tier does not allow',
      () => postgres({ port: 5433 }),
      /port is 5433, expected one of the dataPorts of the network \(5432, 3306, 6379\)/,
    ],
    ['a port that RDS does not support', () => postgres({ port: 80 }), /port is 80, expected a whole number from 1150 to 65535/],
    [
      'a monitoring interval of part of a second',
      () => postgres({ monitoringInterval: Duration.millis(1500) }),
      /monitoringInterval is "1\.5 s"/,
    ],
    [
      'a monitoring interval that RDS does not have',
      () => postgres({ monitoringInterval: Duration.seconds(2) }),
      /monitoringInterval is "2 s", expected one of 1, 5, 10, 15, 30, 60 seconds/,
    ],
    [
      'a parameter that is named like a member of every object',
      parameter('constructor', '1'),
      /parameters\['constructor'\] is "1", expected a parameter that PostgreSQL 15 has/,
    ],
    [
      'a MySQL parameter that is named like a member of every object',
      () => mysql({ parameters: { toString: '1' } as never }),
      /parameters\['toString'\] is "1", expected a parameter that Aurora MySQL 8\.0 has/,
    ],
    [
      'a class of a family that is named like a member of every object',
      instance({ instanceType: new InstanceType('t4g.constructor') }),
      /capacity\.instanceType is "t4g\.constructor"/,
    ],
    [
      'an event source type that is named like a member of every object',
      () => new DatabaseEvents(testStack(), 'Events', { sources: { constructor: [] } as never }),
      /sources has the source type "constructor", expected one of db-instance, /,
    ],
    [
      'an event source type that RDS does not have',
      () => new DatabaseEvents(testStack(), 'Events', { sources: { tables: [] } }),
      /sources has the source type "tables"/,
    ],
  ])('%s', (_name, make, message) => {
    expect(refusal(make)).toMatch(message);
  });

  test('a network with one zone in the data tier', () => {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network', { availabilityZoneCount: 1 });
    expect(refusal(() => new HardenedPostgres(stack, 'Database', { network }))).toMatch(
      /network has a data tier in 1 Availability Zone, expected two or more/,
    );
  });

  test('an adopted network without a data tier', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', {
      subnetConfiguration: [{ name: 'private', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    const network = SecureVpc.fromVpc(stack, 'Network', { vpc, applicationSubnets: { subnetGroupName: 'private' } });
    expect(refusal(() => new HardenedPostgres(stack, 'Database', { network }))).toMatch(/dataSubnets is not given/);
  });

  test('a network whose data tier lacks the default port, which the caller has not written', () => {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network', { dataPorts: [3306] });
    expect(refusal(() => new HardenedPostgres(stack, 'Database', { network }))).toMatch(
      /: network has dataPorts 3306, expected 5432 among them\. Add 5432 to dataPorts of the SecureVpc\.$/,
    );
  });

  test('copies into the same region [A-06]', () => {
    const app = testApp();
    const stack = testStack({ app });
    const recoveryRegion = new RecoveryRegion(app, 'Recovery', { region: REGION });
    const network = new SecureVpc(stack, 'Network');
    expect(
      refusal(
        () => new HardenedPostgres(stack, 'Database', { network, backup: BackupPolicy.daily({ recoveryRegion }) }),
      ),
    ).toMatch(/backup\.recoveryRegion is "eu-central-1", expected another region than the database's own/);
  });

  test('copies from a region that is unknown', () => {
    const app = testApp();
    const stack = testStack({ app, env: {} });
    const recoveryRegion = new RecoveryRegion(app, 'Recovery', { region: REGION });
    const network = new SecureVpc(stack, 'Network');
    expect(
      refusal(
        () => new HardenedPostgres(stack, 'Database', { network, backup: BackupPolicy.daily({ recoveryRegion }) }),
      ),
    ).toMatch(/: backup\.recoveryRegion needs a stack with a known region\. Set env\.region of the stack\.$/);
  });
});

describe('A database accepts', () => {
  test('a parameter in its range, a formula, and a broken guarantee with a waiver, which the assembly shows', () => {
    const { database, template } = postgres({
      parameters: {
        work_mem: '65536',
        shared_buffers: '{DBInstanceClassMemory/32768}',
        random_page_cost: '1.1',
        log_min_duration_statement: '5000',
      },
      parameterWaiver: { reason: 'the queries of this database hold no personal data, says the audit of May' },
    });
    const { Parameters } = Object.values(resources(template, 'AWS::RDS::DBParameterGroup'))[0].Properties as {
      Parameters: object;
    };
    expect(Parameters).toMatchObject({
      work_mem: '65536',
      shared_buffers: '{DBInstanceClassMemory/32768}',
      random_page_cost: '1.1',
      log_min_duration_statement: '5000',
    });
    expect(database.node.metadata).toContainEqual(
      expect.objectContaining({ type: 'waiver', data: expect.stringContaining('audit of May') }),
    );
  });

  test('no reader at night in development [C-19]', () => {
    expect(nights({ nightReaders: 0 }, EnvironmentProfile.development())).not.toThrow();
  });
});
