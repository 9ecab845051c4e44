import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AuroraPostgresEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  BackupPolicy,
  CapacitySchedule,
  CredentialRotation,
  DatabaseEvents,
  EnvironmentProfile,
  HardenedPostgres,
  PostgresCapacity,
} from '../../src';
import { only, postgres, resources } from '../fixtures/database-stack';
import { unacknowledged } from '../fixtures/test-stack';

const INSTANCE = 'AWS::RDS::DBInstance';
const CLUSTER = 'AWS::RDS::DBCluster';

describe('HardenedPostgres with only a network', () => {
  let template: Template;
  let instance: { [name: string]: any };

  beforeAll(() => {
    template = postgres().template;
    instance = only(template, INSTANCE);
  });

  test('runs PostgreSQL 15 on db.t4g.medium, Multi-AZ, with 100 GB gp3 and its included baseline [A-03]', () => {
    expect(instance).toMatchObject({
      Engine: 'postgres',
      EngineVersion: '15',
      DBInstanceClass: 'db.t4g.medium',
      MultiAZ: true,
      AllocatedStorage: '100',
      StorageType: 'gp3',
    });
    expect(instance).not.toHaveProperty('Iops');
    expect(instance).not.toHaveProperty('StorageThroughput');
  });

  test('requires TLS and has a certificate of a named authority [A-04, E-12]', () => {
    expect(only(template, 'AWS::RDS::DBParameterGroup').Parameters['rds.force_ssl']).toBe('1');
    expect(instance.CACertificateIdentifier).toBe('rds-ca-rsa2048-g1');
  });

  test('encrypts storage, secrets, logs, insights and events with one key that rotates [A-04, A-27, D-16]', () => {
    const keys = Object.entries(resources(template, 'AWS::KMS::Key')).filter(([id]) => id.startsWith('Database'));
    expect(keys).toHaveLength(1);
    expect(keys[0][1].Properties.EnableKeyRotation).toBe(true);
    const arn = { 'Fn::GetAtt': [keys[0][0], 'Arn'] };
    expect(instance).toMatchObject({ StorageEncrypted: true, KmsKeyId: arn, PerformanceInsightsKMSKeyId: arn });
    Object.values(resources(template, 'AWS::SecretsManager::Secret')).forEach(({ Properties }) =>
      expect(Properties.KmsKeyId).toEqual(arn),
    );
    databaseLogs(template).forEach(({ Properties }) => expect(Properties.KmsKeyId).toEqual(arn));
    expect(only(template, 'AWS::SNS::Topic').KmsMasterKeyId).toEqual(arn);
    expect(only(template, 'AWS::Backup::BackupVault').EncryptionKeyArn).toEqual(arn);
  });

  test('lets the log service and the event service use the key [A-27]', () => {
    const [key] = Object.entries(resources(template, 'AWS::KMS::Key'))
      .filter(([id]) => id.startsWith('Database'))
      .map(([, { Properties }]) => Properties);
    const statements = (key.KeyPolicy as { Statement: any[] }).Statement;
    const groups = databaseLogs(template).map(({ Properties }) => Properties.LogGroupName as string);
    const contexts = statements
      .filter(({ Principal }) => Principal.Service === 'logs.eu-central-1.amazonaws.com')
      .map(({ Condition }) => JSON.stringify(Condition.ArnLike));
    groups.forEach((group, index) =>
      expect(contexts[index]).toMatch(new RegExp(`kms:EncryptionContext:aws:logs:arn.*:log-group:${group}"`)),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'events.rds.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
      }),
    );
  });

  test('backs up at 02:00 UTC, and can be restored to any point in time of seven days [A-05, C-27]', () => {
    expect(instance).toMatchObject({
      PreferredBackupWindow: '02:00-03:00',
      BackupRetentionPeriod: 7,
      CopyTagsToSnapshot: true,
    });
  });

  test('takes a daily snapshot after the window, keeps it 30 days, and selects only this database [A-06, D-11]', () => {
    const [rule] = only(template, 'AWS::Backup::BackupPlan').BackupPlan.BackupPlanRule;
    expect(rule).toMatchObject({ ScheduleExpression: 'cron(0 3 * * ? *)', Lifecycle: { DeleteAfterDays: 30 } });
    expect(rule).not.toHaveProperty('EnableContinuousBackup');
    const [id] = Object.keys(resources(template, INSTANCE));
    expect(JSON.stringify(only(template, 'AWS::Backup::BackupSelection').BackupSelection.Resources)).toContain(
      `"Ref":"${id}"`,
    );
  });

  test('keeps its logs seven days, under names that RDS fixes, lower-case with a hash at their end [A-15]', () => {
    const names = databaseLogs(template).map(({ Properties }) => Properties.LogGroupName);
    expect(names).toEqual([
      `/aws/rds/instance/${instance.DBInstanceIdentifier}/postgresql`,
      `/aws/rds/instance/${instance.DBInstanceIdentifier}/upgrade`,
    ]);
    expect(instance.DBInstanceIdentifier).toMatch(/^[a-z][a-z0-9-]*-[0-9a-f]{8}$/);
    databaseLogs(template).forEach(({ Properties }) => expect(Properties.RetentionInDays).toBe(7));
    expect(instance.EnableCloudwatchLogsExports).toEqual(['postgresql', 'upgrade']);
  });

  test('creates the log groups before the server, which would create them without a key [A-15]', () => {
    const [[, server]] = Object.entries(resources(template, INSTANCE)) as Array<[string, any]>;
    const groups = Object.keys(resources(template, 'AWS::Logs::LogGroup')).filter((id) => id.startsWith('DatabaseLog'));
    expect(groups).toHaveLength(2);
    groups.forEach((id) => expect(server.DependsOn).toContain(id));
  });

  test('rotates the secrets of master, owner and application every 30 days and not at deployment [A-24, E-12]', () => {
    const schedules = Object.values(resources(template, 'AWS::SecretsManager::RotationSchedule')).map(
      ({ Properties }) => Properties as any,
    );
    expect(schedules.map(({ HostedRotationLambda }) => HostedRotationLambda.RotationType).sort()).toEqual([
      'PostgreSQLMultiUser',
      'PostgreSQLMultiUser',
      'PostgreSQLSingleUser',
    ]);
    schedules.forEach((schedule) =>
      expect(schedule).toMatchObject({
        RotationRules: { ScheduleExpression: 'rate(30 days)' },
        RotateImmediatelyOnUpdate: false,
      }),
    );
  });

  test('generates the passwords and has no secret value in the template [A-24, E-12]', () => {
    Object.values(resources(template, 'AWS::SecretsManager::Secret')).forEach(({ Properties }) =>
      expect(Properties).toMatchObject({ GenerateSecretString: { GenerateStringKey: 'password' } }),
    );
    expect(JSON.stringify(instance.MasterUserPassword)).toContain('{{resolve:secretsmanager:');
    expect(instance.MasterUsername).toBe('dbadmin');
  });

  test('allows ingress only from the rotation and the setup until a service is bound, and no egress [A-25]', () => {
    const groups = Object.entries(resources(template, 'AWS::EC2::SecurityGroup')).filter(([id]) =>
      id.startsWith('DatabaseSecurityGroup'),
    );
    expect(groups).toHaveLength(1);
    expect(groups[0][1].Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(groups[0][1].Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '127.0.0.1/32' })]);
    const rules = Object.values(resources(template, 'AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    expect(rules).toEqual([
      expect.objectContaining({ FromPort: 5432, ToPort: 5432, Description: 'Rotation of credentials' }),
      expect.objectContaining({ FromPort: 5432, ToPort: 5432, Description: 'Setup of the database' }),
    ]);
  });

  test('lies in the data tier and is explicitly not public [A-26]', () => {
    expect(instance.PubliclyAccessible).toBe(false);
    const subnets = only(template, 'AWS::RDS::DBSubnetGroup').SubnetIds as Array<{ Ref: string }>;
    expect(subnets).toHaveLength(3);
    subnets.forEach(({ Ref }) => expect(Ref).toContain('dataSubnet'));
  });

  test('logs connections, locks, schema and roles, and no query text in production [A-31]', () => {
    expect(only(template, 'AWS::RDS::DBParameterGroup')).toMatchObject({
      Family: 'postgres15',
      Parameters: {
        'password_encryption': 'scram-sha-256',
        'rds.accepted_password_auth_method': 'scram',
        'log_connections': '1',
        'log_disconnections': '1',
        'log_lock_waits': '1',
        'log_temp_files': '0',
        'shared_preload_libraries': 'pg_stat_statements,pgaudit',
        'pg_stat_statements.track_utility': '0',
        'pgaudit.log': 'ddl,role',
        'log_min_duration_statement': '-1',
        'log_statement': 'none',
        'log_min_error_statement': 'panic',
        'log_error_verbosity': 'terse',
        'idle_in_transaction_session_timeout': '300000',
      },
    });
  });

  test('is protected and retained with its dependencies, except after a failed first deployment [E-08]', () => {
    expect(instance).toMatchObject({ DeletionProtection: true, DeleteAutomatedBackups: false });
    const types = new Set(
      kept(template)
        .filter(([id]) => id.startsWith('Database'))
        .map(([, { Type }]) => Type),
    );
    expect([...types].sort()).toEqual([
      'AWS::Backup::BackupVault',
      'AWS::EC2::SecurityGroup',
      'AWS::KMS::Key',
      'AWS::Logs::LogGroup',
      INSTANCE,
      'AWS::RDS::DBParameterGroup',
      'AWS::RDS::DBSubnetGroup',
      'AWS::SecretsManager::Secret',
    ]);
  });

  test('has enhanced monitoring, IAM authentication and minor upgrades, and no paid extended support', () => {
    expect(instance).toMatchObject({
      MonitoringInterval: 60,
      EnablePerformanceInsights: true,
      PerformanceInsightsRetentionPeriod: 7,
      DatabaseInsightsMode: 'standard',
      EnableIAMDatabaseAuthentication: true,
      AutoMinorVersionUpgrade: true,
      EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      Port: '5432',
      MaxAllocatedStorage: 200,
    });
  });

  test('sends its events to an encrypted topic that requires TLS', () => {
    const subscriptions = Object.values(resources(template, 'AWS::RDS::EventSubscription')).map(
      ({ Properties }) => Properties as any,
    );
    expect(subscriptions.map(({ SourceType }) => SourceType).sort()).toEqual([
      'db-instance',
      'db-parameter-group',
      'db-security-group',
    ]);
    const [id] = Object.keys(resources(template, INSTANCE));
    expect(subscriptions.find(({ SourceType }) => SourceType === 'db-instance')).toMatchObject({
      SourceIds: [{ Ref: id }],
      EventCategories: expect.arrayContaining(['maintenance', 'configuration change', 'failure']),
    });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({ Principal: { Service: 'events.rds.amazonaws.com' } }),
        ]),
      },
    });
  });

  test('has one Lambda function, that of the setup, because CloudFormation expands the rotation', () => {
    template.resourceCountIs('AWS::Lambda::Function', 1);
    const types = Object.values(template.toJSON().Resources as { [id: string]: { Type: string } }).map(({ Type }) => Type);
    expect(types.filter((type) => /^(Custom::|AWS::CloudFormation::CustomResource)/.test(type))).toEqual([
      'Custom::DatabaseSetup',
    ]);
    expect(template.toJSON().Transform).toEqual(['AWS::SecretsManager-2024-09-16']);
  });
});

describe('HardenedPostgres on an instance', () => {
  test('runs PostgreSQL 16 with read replicas that have their own logs, the first of them for reads [D-03]', () => {
    const { database, template } = postgres({
      capacity: PostgresCapacity.instance({ version: PostgresEngineVersion.VER_16, readReplicas: 2 }),
    });
    const replicas = Object.values(resources(template, INSTANCE)).filter(
      ({ Properties }) => Properties.SourceDBInstanceIdentifier,
    );
    expect(replicas).toHaveLength(2);
    replicas.forEach(({ Properties }) => {
      expect(Properties).toMatchObject({
        PubliclyAccessible: false,
        EnableIAMDatabaseAuthentication: true,
        MonitoringInterval: 60,
      });
      expect(databaseLogs(template).map((log) => log.Properties.LogGroupName)).toContain(
        `/aws/rds/instance/${Properties.DBInstanceIdentifier}/postgresql`,
      );
    });
    expect(database.readReplicas).toHaveLength(2);
    expect(database.readEndpoint).toBe(database.readReplicas[0].dbInstanceEndpointAddress);
    expect(only(template, 'AWS::RDS::DBParameterGroup').Family).toBe('postgres16');
  });

  test('accepts provisioned IOPS and throughput from 400 GiB on', () => {
    const { template } = postgres({
      capacity: PostgresCapacity.instance({ storageGiB: 400, iops: 16000, storageThroughputMiB: 1000 }),
    });
    expect(only(template, INSTANCE)).toMatchObject({ AllocatedStorage: '400', Iops: 16000, StorageThroughput: 1000 });
  });

  test('has replicas that grow with their source and are as fast [D-03]', () => {
    const { template } = postgres({
      capacity: PostgresCapacity.instance({
        storageGiB: 400,
        iops: 16000,
        storageThroughputMiB: 1000,
        readReplicas: 1,
      }),
    });
    const both = Object.values(resources(template, INSTANCE));
    expect(both).toHaveLength(2);
    both.forEach(({ Properties }) =>
      expect(Properties).toMatchObject({
        MaxAllocatedStorage: 800,
        Iops: 16000,
        StorageThroughput: 1000,
        StorageType: 'gp3',
      }),
    );
  });

  test('accepts another port, retention, monitoring interval and class, and advanced insights', () => {
    const { template } = postgres({
      port: 3306,
      logRetention: RetentionDays.TWO_WEEKS,
      monitoringInterval: Duration.seconds(1),
      advancedInsights: true,
      maintenanceWindow: 'mon:10:00-mon:11:00',
      capacity: PostgresCapacity.instance({
        instanceType: new InstanceType('r8g.large'),
        multiAz: false,
        maxStorageGiB: 1000,
      }),
    });
    expect(only(template, INSTANCE)).toMatchObject({
      Port: '3306',
      MonitoringInterval: 1,
      DatabaseInsightsMode: 'advanced',
      PerformanceInsightsRetentionPeriod: 465,
      DBInstanceClass: 'db.r8g.large',
      MultiAZ: false,
      MaxAllocatedStorage: 1000,
      PreferredMaintenanceWindow: 'mon:10:00-mon:11:00',
    });
    databaseLogs(template).forEach(({ Properties }) => expect(Properties.RetentionInDays).toBe(14));
  });

  test('is small, in one zone, unprotected and destroyed with its stack in development [E-08]', () => {
    const { template } = postgres({}, EnvironmentProfile.development());
    expect(only(template, INSTANCE)).toMatchObject({
      DBInstanceClass: 'db.t4g.micro',
      MultiAZ: false,
      DeletionProtection: false,
      BackupRetentionPeriod: 1,
      DeleteAutomatedBackups: true,
    });
    expect(only(template, 'AWS::RDS::DBParameterGroup').Parameters).toMatchObject({
      log_min_duration_statement: '1000',
      log_statement: 'none',
    });
    template.resourceCountIs('AWS::Backup::BackupVault', 0);
    expect(kept(template)).toEqual([]);
    expect(Object.values(template.findResources(INSTANCE))[0].DeletionPolicy).toBe('Delete');
  });

  test('differs in staging from production only in size and the logging of queries', () => {
    const { template } = postgres({}, EnvironmentProfile.staging());
    expect(only(template, INSTANCE)).toMatchObject({
      DBInstanceClass: 'db.t4g.small',
      MultiAZ: true,
      DeletionProtection: true,
      BackupRetentionPeriod: 7,
    });
    expect(only(template, 'AWS::RDS::DBParameterGroup').Parameters.log_min_duration_statement).toBe('1000');
  });

  test('leaves a final snapshot and its key with the removal policy SNAPSHOT', () => {
    const { template } = postgres({
      removalPolicy: RemovalPolicy.SNAPSHOT,
      capacity: PostgresCapacity.instance({ readReplicas: 1 }),
    });
    expect(Object.values(template.findResources(INSTANCE)).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual([
      'Snapshot',
      'Delete',
    ]);
    expect(
      Object.values(postgres({ removalPolicy: RemovalPolicy.RETAIN }).template.findResources(INSTANCE))[0]
        .DeletionPolicy,
    ).toBe('RetainExceptOnCreate');
    const cluster = postgres({
      removalPolicy: RemovalPolicy.SNAPSHOT,
      capacity: PostgresCapacity.serverless(),
    }).template;
    expect(Object.values(cluster.findResources(CLUSTER))[0].DeletionPolicy).toBe('Snapshot');
    const [key] = Object.entries(template.findResources('AWS::KMS::Key'))
      .filter(([id]) => id.startsWith('Database'))
      .map(([, resource]) => resource);
    expect(key.DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

/** Schedules that change a capacity, without those that keep rotations awake. */
function capacitySchedules(template: Template): any[] {
  return Object.values(resources(template, 'AWS::Scheduler::Schedule'))
    .map(({ Properties }) => Properties as any)
    .filter(({ Target }) => !JSON.stringify(Target.Arn).includes('lambda:invoke'));
}

describe('HardenedPostgres on Aurora Serverless v2', () => {
  test('has one writer with 0.5 to 1 capacity units and seven days of backups in development [E-03]', () => {
    const { template } = postgres(
      {
        capacity: PostgresCapacity.serverless({ minAcu: 0.5, maxAcu: 1 }),
        backup: BackupPolicy.daily({ retention: Duration.days(7) }),
      },
      EnvironmentProfile.development(),
    );
    expect(only(template, CLUSTER)).toMatchObject({
      Engine: 'aurora-postgresql',
      EngineVersion: '15',
      BackupRetentionPeriod: 7,
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 1 },
    });
    expect(Object.keys(resources(template, INSTANCE))).toHaveLength(1);
  });

  test('has the given number of readers in other zones, which scale with the writer [E-03]', () => {
    const { template, database } = postgres({ capacity: PostgresCapacity.serverless({ readers: 2 }) });
    const members = Object.values(resources(template, INSTANCE)).map(({ Properties }) => Properties as any);
    expect(new Set(members.map(({ AvailabilityZone }) => JSON.stringify(AvailabilityZone))).size).toBe(3);
    expect(members.filter(({ PromotionTier }) => PromotionTier <= 1)).toHaveLength(3);
    members.forEach((member) =>
      expect(member).toMatchObject({
        DBInstanceClass: 'db.serverless',
        PubliclyAccessible: false,
        CACertificateIdentifier: 'rds-ca-rsa2048-g1',
      }),
    );
    expect(database.readEndpoint).not.toBe(database.endpoint);
  });

  test.each([
    ['2 in production, which AWS advises with insights on', EnvironmentProfile.production(), {}, 2],
    ['0.5 in staging', EnvironmentProfile.staging(), {}, 0.5],
    ['0.5 in development', EnvironmentProfile.development(), {}, 0.5],
    ['that of a changed profile', EnvironmentProfile.staging().adjust({ databaseMinAcu: 4 }), {}, 4],
    ['the given one', EnvironmentProfile.production(), { minAcu: 0.5, maxAcu: 1 }, 0.5],
    ['the maximum, where that is lower', EnvironmentProfile.production(), { maxAcu: 1 }, 1],
    [
      'the maximum at night, where that is lower',
      EnvironmentProfile.production(),
      { schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC, nightMaxAcu: 1.5 }) },
      1.5,
    ],
    ['0 with a pause', EnvironmentProfile.production(), { autoPauseAfter: Duration.minutes(5) }, 0],
  ])('has a minimum of capacity units: %s [C-08, E-03]', (_name, profile, props, minimum) => {
    const { template } = postgres({ capacity: PostgresCapacity.serverless(props) }, profile);
    expect(only(template, CLUSTER).ServerlessV2ScalingConfiguration.MinCapacity).toBe(minimum);
  });

  test('has more than 2000 connections in production where its maximum allows them [C-26]', () => {
    const ceiling = (profile: EnvironmentProfile) =>
      postgres({ capacity: PostgresCapacity.serverless({ maxAcu: 16 }) }, profile).database.maxConnections;
    expect(ceiling(EnvironmentProfile.production())).toBe(3360);
    expect(ceiling(EnvironmentProfile.staging())).toBe(2000);
  });

  test('pauses with autoPauseAfter, from a minimum of 0 [E-03]', () => {
    const { template } = postgres({ capacity: PostgresCapacity.serverless({ autoPauseAfter: Duration.minutes(5) }) });
    expect(only(template, CLUSTER).ServerlessV2ScalingConfiguration).toEqual({
      MinCapacity: 0,
      MaxCapacity: 8,
      SecondsUntilAutoPause: 300,
    });
  });

  test('has the key, TLS, logs, protection, IAM authentication, insights and port of an instance', () => {
    const { template } = postgres({ capacity: PostgresCapacity.serverless() });
    const cluster = only(template, CLUSTER);
    expect(cluster).toMatchObject({
      StorageEncrypted: true,
      DeletionProtection: true,
      EnableIAMDatabaseAuthentication: true,
      Port: 5432,
      CopyTagsToSnapshot: true,
      EnableCloudwatchLogsExports: ['postgresql'],
      EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      PreferredBackupWindow: '02:00-03:00',
      PerformanceInsightsEnabled: true,
    });
    Object.values(resources(template, INSTANCE)).forEach(({ Properties }) =>
      expect(Properties).toMatchObject({ MonitoringInterval: 60, EnablePerformanceInsights: true }),
    );
    expect(only(template, 'AWS::RDS::DBClusterParameterGroup').Parameters['rds.force_ssl']).toBe('1');
    expect(databaseLogs(template).map(({ Properties }) => Properties.LogGroupName)).toEqual([
      `/aws/rds/cluster/${cluster.DBClusterIdentifier}/postgresql`,
    ]);
    const [id] = Object.keys(resources(template, CLUSTER));
    expect(JSON.stringify(only(template, 'AWS::Backup::BackupSelection').BackupSelection.Resources)).toContain(
      `"Ref":"${id}"`,
    );
  });

  test('has 8 capacity units by day and 2 at night in a named time zone, without a Lambda function [C-19]', () => {
    const { template, database } = postgres({
      capacity: PostgresCapacity.serverless({
        schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.EUROPE_PARIS }),
      }),
    });
    const schedules = capacitySchedules(template);
    expect(schedules.map(({ ScheduleExpression }) => ScheduleExpression)).toEqual([
      'cron(0 7 ? * MON-FRI *)',
      'cron(0 19 ? * MON-FRI *)',
    ]);
    schedules.forEach(({ ScheduleExpressionTimezone, Target }) => {
      expect(ScheduleExpressionTimezone).toBe('Europe/Paris');
      expect(JSON.stringify(Target.Arn)).toContain('scheduler:::aws-sdk:rds:modifyDBCluster');
    });
    expect(schedules.map(({ Target }) => JSON.parse(Target.Input))).toEqual(
      [8, 2].map((MaxCapacity) => ({
        DbClusterIdentifier: database.identifier,
        ServerlessV2ScalingConfiguration: { MinCapacity: 2, MaxCapacity },
        ApplyImmediately: true,
      })),
    );
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test('pauses after the same time by day and at night [C-19]', () => {
    const schedule = CapacitySchedule.officeHours({ timeZone: TimeZone.EUROPE_PARIS });
    const { template } = postgres({
      capacity: PostgresCapacity.serverless({ autoPauseAfter: Duration.minutes(20), schedule }),
    });
    const inputs = capacitySchedules(template).map(({ Target }) => JSON.parse(Target.Input));
    const bounds = inputs.map(({ ServerlessV2ScalingConfiguration }) => ServerlessV2ScalingConfiguration);
    expect(bounds).toEqual([8, 2].map((MaxCapacity) => ({ MinCapacity: 0, MaxCapacity, SecondsUntilAutoPause: 1200 })));
  });

  test('has readers by day only, which Application Auto Scaling adds to those of the template [C-19]', () => {
    const schedule = CapacitySchedule.officeHours({
      timeZone: TimeZone.EUROPE_PARIS,
      nightReaders: 1,
      weekendsOff: false,
    });
    const { template } = postgres({ capacity: PostgresCapacity.serverless({ readers: 2, schedule }) });
    expect(Object.keys(resources(template, INSTANCE))).toHaveLength(2);
    expect(only(template, 'AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({
      ScalableDimension: 'rds:cluster:ReadReplicaCount',
      MinCapacity: 1,
      MaxCapacity: 2,
      ScheduledActions: [
        {
          Schedule: 'cron(0 7 * * ? *)',
          Timezone: 'Europe/Paris',
          ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 2 },
        },
        {
          Schedule: 'cron(0 19 * * ? *)',
          Timezone: 'Europe/Paris',
          ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 1 },
        },
      ],
    });
  });
});

describe('The credentials', () => {
  test('have no application password and no Lambda function with IAM authentication [A-34]', () => {
    const { template, database } = postgres({ credentials: CredentialRotation.iamAuthentication() });
    expect(database.secret).toBeUndefined();
    expect(only(template, INSTANCE)).toMatchObject({
      ManageMasterUserPassword: true,
      MasterUsername: 'dbadmin',
      MasterUserSecret: { KmsKeyId: expect.anything() },
    });
    expect(only(template, 'AWS::SecretsManager::RotationSchedule')).toMatchObject({
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediatelyOnUpdate: false,
    });
    expect(template.toJSON()).not.toHaveProperty('Transform');
    expect(database.bootstrapSql).toContain('GRANT rds_iam TO "application"');
  });

  test('are the secret of the master user with managedSecret, which requires a waiver', () => {
    const { database } = postgres({
      credentials: CredentialRotation.managedSecret({
        waiver: { reason: 'the pool reads the secret again on each new connection' },
        automaticallyAfter: Duration.days(7),
      }),
    });
    expect(database.secret).toBe(database.masterSecret);
  });

  test('let a granted role sign in as one user of this database only', () => {
    const { stack, database, template } = (() => {
      const made = postgres({ credentials: CredentialRotation.iamAuthentication() });
      made.database.grantConnect(
        new Role(made.stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
        'reports',
      );
      return { ...made, template: made.template };
    })();
    expect(stack.resolve(database.instance!.instanceResourceId)).toBeDefined();
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'rds-db:connect', Effect: 'Allow' }] },
    });
    expect(JSON.stringify(only(template, 'AWS::IAM::Policy').PolicyDocument)).toContain('/reports');
  });
});

describe('DatabaseEvents', () => {
  test('is shared between databases, because an account has few subscriptions', () => {
    const { stack, network } = postgres();
    const events = new DatabaseEvents(stack, 'Events');
    const database = new HardenedPostgres(stack, 'Second', { network, events });
    expect(database.events).toBe(events);
    expect(database.node.tryFindChild('Events')).toBeUndefined();
  });
});

describe('The maximum number of connections', () => {
  test.each([
    ['t4g.micro', 99],
    ['t4g.small', 198],
    ['t4g.medium', 396],
    ['m7g.large', 793],
    ['r8g.large', 1586],
    ['r8g.4xlarge', 5000],
    ['m8g.12xlarge', 5000],
  ])('of db.%s is %i [A-21]', (type, ceiling) => {
    expect(HardenedPostgres.maxConnectionsOf(postgres().stack, new InstanceType(type))).toBe(ceiling);
  });

  test('follows the capacity, or max_connections where it is set', () => {
    expect(postgres().database.maxConnections).toBe(396);
    expect(postgres({ parameters: { max_connections: '250' } }).database.maxConnections).toBe(250);
    expect(postgres({ capacity: PostgresCapacity.serverless({ maxAcu: 8 }) }).database.maxConnections).toBe(1669);
    const ceiling = (maxAcu: number) =>
      postgres({ capacity: PostgresCapacity.serverless({ minAcu: 1, maxAcu }) }).database.maxConnections;
    expect([1, 4, 8, 16, 32, 64].map(ceiling)).toEqual([189, 823, 1669, 3360, 5000, 5000]);
    const schedule = CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC, nightMaxAcu: 4 });
    expect(
      postgres({ capacity: PostgresCapacity.serverless({ maxAcu: 8, schedule }) }).database.maxConnections,
    ).toBe(823);
    expect(
      postgres({ capacity: PostgresCapacity.serverless({ minAcu: 0.5, maxAcu: 64 }) }).database.maxConnections,
    ).toBe(2000);
  });
});

describe('The metrics', () => {
  test('name the instance, or the cluster [A-37]', () => {
    const { database, stack } = postgres();
    const shown = (metric: { toMetricConfig(): any }) => stack.resolve(metric.toMetricConfig().metricStat);
    expect(shown(database.metricConnections())).toMatchObject({
      namespace: 'AWS/RDS',
      metricName: 'DatabaseConnections',
      dimensions: [{ name: 'DBInstanceIdentifier' }],
    });
    expect(shown(database.metricCpuUtilization())).toMatchObject({ metricName: 'CPUUtilization' });
    expect(shown(database.metricFreeableMemory())).toMatchObject({ metricName: 'FreeableMemory' });
    expect(shown(database.metricFreeStorage())).toMatchObject({ metricName: 'FreeStorageSpace' });
    const cluster = postgres({ capacity: PostgresCapacity.serverless() });
    expect(cluster.stack.resolve(cluster.database.metricFreeStorage().toMetricConfig().metricStat)).toMatchObject({
      metricName: 'FreeLocalStorage',
      dimensions: [{ name: 'DBClusterIdentifier' }],
    });
  });
});

describe("CDK's validation and the four cdk-nag packs", () => {
  test.each<[string, () => { stack: any }]>([
    ['an instance in production', () => postgres()],
    ['an instance with replicas', () => postgres({ capacity: PostgresCapacity.instance({ readReplicas: 1 }) })],
    ['an instance in development', () => postgres({}, EnvironmentProfile.development())],
    ['an instance with IAM authentication', () => postgres({ credentials: CredentialRotation.iamAuthentication() })],
    ['a cluster in production', () => postgres({ capacity: PostgresCapacity.serverless() })],
    [
      'a cluster in development',
      () => postgres({ capacity: PostgresCapacity.serverless() }, EnvironmentProfile.development()),
    ],
    [
      'a cluster with a schedule',
      () =>
        postgres({
          capacity: PostgresCapacity.serverless({
            readers: 2,
            schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC, nightReaders: 1 }),
          }),
        }),
    ],
    [
      'a cluster of version 17',
      () => postgres({ capacity: PostgresCapacity.serverless({ version: AuroraPostgresEngineVersion.VER_17_9 }) }),
    ],
    [
      'an instance of version 18',
      () => postgres({ capacity: PostgresCapacity.instance({ version: PostgresEngineVersion.VER_18 }) }),
    ],
  ])('have no finding on %s', (_name, make) => {
    expect(unacknowledged(make().stack)).toEqual([]);
  });
});

function kept(template: Template): Array<[string, { Type: string }]> {
  const all = Object.entries(
    template.toJSON().Resources as { [id: string]: { Type: string; DeletionPolicy?: string } },
  );
  return all.filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete');
}

function databaseLogs(template: Template) {
  return Object.entries(resources(template, 'AWS::Logs::LogGroup'))
    .filter(([id]) => /^Database(Replica\d+)?Log/.test(id))
    .map(([, resource]) => resource);
}
