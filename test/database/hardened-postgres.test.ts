import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AuroraPostgresEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { BackupPolicy, CapacitySchedule, CredentialRotation, DatabaseEvents, EnvironmentProfile, HardenedPostgres, PostgresCapacity } from '../../src';
import { only, postgres, resources } from '../support/database-stack';
import { unacknowledged } from '../support/test-stack';

const INSTANCE = 'AWS::RDS::DBInstance';
const CLUSTER = 'AWS::RDS::DBCluster';

describe('HardenedPostgres without more props', () => {
  let template: Template;
  let instance: { [name: string]: any };

  beforeAll(() => {
    template = postgres().template;
    instance = only(template, INSTANCE);
  });

  test('A-03: is PostgreSQL 15 on db.t4g.medium, Multi-AZ, 100 GB gp3, with the included baseline', () => {
    expect(instance).toMatchObject({ Engine: 'postgres', EngineVersion: '15', DBInstanceClass: 'db.t4g.medium', MultiAZ: true, AllocatedStorage: '100', StorageType: 'gp3' });
    expect(instance).not.toHaveProperty('Iops');
    expect(instance).not.toHaveProperty('StorageThroughput');
  });

  test('A-04, E-12: forces TLS on every connection and signs its certificate with a named authority', () => {
    expect(only(template, 'AWS::RDS::DBParameterGroup').Parameters['rds.force_ssl']).toBe('1');
    expect(instance.CACertificateIdentifier).toBe('rds-ca-rsa2048-g1');
  });

  test('A-04, A-27, D-16: encrypts storage, secrets, logs, insights and events with one key of its own that rotates', () => {
    const keys = Object.entries(resources(template, 'AWS::KMS::Key')).filter(([id]) => id.startsWith('Database'));
    expect(keys).toHaveLength(1);
    expect(keys[0][1].Properties.EnableKeyRotation).toBe(true);
    const arn = { 'Fn::GetAtt': [keys[0][0], 'Arn'] };
    expect(instance).toMatchObject({ StorageEncrypted: true, KmsKeyId: arn, PerformanceInsightsKMSKeyId: arn });
    Object.values(resources(template, 'AWS::SecretsManager::Secret')).forEach(({ Properties }) => expect(Properties.KmsKeyId).toEqual(arn));
    databaseLogs(template).forEach(({ Properties }) => expect(Properties.KmsKeyId).toEqual(arn));
    expect(only(template, 'AWS::SNS::Topic').KmsMasterKeyId).toEqual(arn);
    expect(only(template, 'AWS::Backup::BackupVault').EncryptionKeyArn).toEqual(arn);
  });

  test('A-27: lets the log service and the event service use the key, without which nothing would arrive', () => {
    const [key] = Object.entries(resources(template, 'AWS::KMS::Key')).filter(([id]) => id.startsWith('Database')).map(([, { Properties }]) => Properties);
    const statements = (key.KeyPolicy as { Statement: any[] }).Statement;
    const groups = databaseLogs(template).map(({ Properties }) => Properties.LogGroupName as string);
    const contexts = statements.filter(({ Principal }) => Principal.Service === 'logs.eu-central-1.amazonaws.com').map(({ Condition }) => JSON.stringify(Condition.ArnLike));
    groups.forEach((group, index) => expect(contexts[index]).toMatch(new RegExp(`kms:EncryptionContext:aws:logs:arn.*:log-group:${group}"`)));
    expect(statements).toContainEqual(expect.objectContaining({
      Principal: { Service: 'events.rds.amazonaws.com' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
    }));
  });

  test('A-05, C-27: backs up at 02:00 UTC and keeps seven days in which any point in time can be restored', () => {
    expect(instance).toMatchObject({ PreferredBackupWindow: '02:00-03:00', BackupRetentionPeriod: 7, CopyTagsToSnapshot: true });
  });

  test('A-06, D-11: takes a snapshot a day after the window, keeps it 30 days, and selects the database in the same stack', () => {
    const [rule] = only(template, 'AWS::Backup::BackupPlan').BackupPlan.BackupPlanRule;
    expect(rule).toMatchObject({ ScheduleExpression: 'cron(0 3 * * ? *)', Lifecycle: { DeleteAfterDays: 30 } });
    expect(rule).not.toHaveProperty('EnableContinuousBackup');
    const [id] = Object.keys(resources(template, INSTANCE));
    expect(JSON.stringify(only(template, 'AWS::Backup::BackupSelection').BackupSelection.Resources)).toContain(`"Ref":"${id}"`);
  });

  test('A-15: keeps its log seven days, under the name that RDS fixes, lower-case and ending in a hash', () => {
    const names = databaseLogs(template).map(({ Properties }) => Properties.LogGroupName);
    expect(names).toEqual([`/aws/rds/instance/${instance.DBInstanceIdentifier}/postgresql`, `/aws/rds/instance/${instance.DBInstanceIdentifier}/upgrade`]);
    expect(instance.DBInstanceIdentifier).toMatch(/^[a-z][a-z0-9-]*-[0-9a-f]{8}$/);
    databaseLogs(template).forEach(({ Properties }) => expect(Properties.RetentionInDays).toBe(7));
    expect(instance.EnableCloudwatchLogsExports).toEqual(['postgresql', 'upgrade']);
  });

  test('A-15: has the log groups made before the server, which would make them without a key', () => {
    const [[, server]] = Object.entries(resources(template, INSTANCE)) as Array<[string, any]>;
    Object.keys(resources(template, 'AWS::Logs::LogGroup')).filter((id) => id.startsWith('Database')).forEach((id) => expect(server.DependsOn).toContain(id));
  });

  test('A-24, E-12: rotates both secrets every 30 days and not at once', () => {
    const schedules = Object.values(resources(template, 'AWS::SecretsManager::RotationSchedule')).map(({ Properties }) => Properties as any);
    expect(schedules.map(({ HostedRotationLambda }) => HostedRotationLambda.RotationType).sort()).toEqual(['PostgreSQLMultiUser', 'PostgreSQLSingleUser']);
    schedules.forEach((schedule) => expect(schedule).toMatchObject({ RotationRules: { ScheduleExpression: 'rate(30 days)' }, RotateImmediatelyOnUpdate: false }));
  });

  test('A-24, E-12: generates the passwords, and no secret value stands in the template', () => {
    Object.values(resources(template, 'AWS::SecretsManager::Secret')).forEach(({ Properties }) => expect(Properties).toMatchObject({ GenerateSecretString: { GenerateStringKey: 'password' } }));
    expect(JSON.stringify(instance.MasterUserPassword)).toContain('{{resolve:secretsmanager:');
    expect(instance.MasterUsername).toBe('dbadmin');
  });

  test('A-25: lets in the rotation alone until it is given to a service, and nothing out', () => {
    const groups = Object.entries(resources(template, 'AWS::EC2::SecurityGroup')).filter(([id]) => id.startsWith('DatabaseSecurityGroup'));
    expect(groups).toHaveLength(1);
    expect(groups[0][1].Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(groups[0][1].Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '127.0.0.1/32' })]);
    const rule = only(template, 'AWS::EC2::SecurityGroupIngress');
    expect(rule).toMatchObject({ FromPort: 5432, ToPort: 5432, Description: 'Rotation of credentials' });
  });

  test('A-26: stands in the data tier, and says that it is not public', () => {
    expect(instance.PubliclyAccessible).toBe(false);
    const subnets = only(template, 'AWS::RDS::DBSubnetGroup').SubnetIds as Array<{ Ref: string }>;
    expect(subnets).toHaveLength(3);
    subnets.forEach(({ Ref }) => expect(Ref).toContain('dataSubnet'));
  });

  test('A-31: logs connections, locks, schema and roles, and no query text in production', () => {
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
        'pgaudit.log': 'ddl,role',
        'log_min_duration_statement': '-1',
        'log_statement': 'none',
        'log_min_error_statement': 'panic',
        'log_error_verbosity': 'terse',
        'idle_in_transaction_session_timeout': '300000',
      },
    });
  });

  test('E-08: is protected, and stays when the stack goes, with what it stands on; of a failed first deployment nothing is meant to stay', () => {
    expect(instance).toMatchObject({ DeletionProtection: true, DeleteAutomatedBackups: false });
    const types = new Set(kept(template).filter(([id]) => id.startsWith('Database')).map(([, { Type }]) => Type));
    expect([...types].sort()).toEqual([
      'AWS::Backup::BackupVault', 'AWS::EC2::SecurityGroup', 'AWS::KMS::Key', 'AWS::Logs::LogGroup', INSTANCE, 'AWS::RDS::DBParameterGroup', 'AWS::RDS::DBSubnetGroup', 'AWS::SecretsManager::Secret',
    ]);
  });

  test('is monitored, signs in by IAM too, upgrades minor versions and pays for no extended support', () => {
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

  test('sends what happens to itself to an encrypted topic that takes messages over TLS alone', () => {
    const subscriptions = Object.values(resources(template, 'AWS::RDS::EventSubscription')).map(({ Properties }) => Properties as any);
    expect(subscriptions.map(({ SourceType }) => SourceType).sort()).toEqual(['db-instance', 'db-parameter-group', 'db-security-group']);
    const [id] = Object.keys(resources(template, INSTANCE));
    expect(subscriptions.find(({ SourceType }) => SourceType === 'db-instance')).toMatchObject({ SourceIds: [{ Ref: id }], EventCategories: expect.arrayContaining(['maintenance', 'configuration change', 'failure']) });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), Match.objectLike({ Principal: { Service: 'events.rds.amazonaws.com' } })]) },
    });
  });

  test('holds no Lambda function of its own and no custom resource; the rotation is a transform that CloudFormation expands', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
    expect(Object.values(template.toJSON().Resources as { [id: string]: { Type: string } }).filter(({ Type }) => /^(Custom::|AWS::CloudFormation::CustomResource)/.test(Type))).toEqual([]);
    expect(template.toJSON().Transform).toEqual(['AWS::SecretsManager-2024-09-16']);
  });
});

describe('HardenedPostgres on an instance', () => {
  test('D-03: runs PostgreSQL 16 with read replicas, each with logs of its own, and hands out the first one for reads', () => {
    const { database, template } = postgres({ capacity: PostgresCapacity.instance({ version: PostgresEngineVersion.VER_16, readReplicas: 2 }) });
    const replicas = Object.values(resources(template, INSTANCE)).filter(({ Properties }) => Properties.SourceDBInstanceIdentifier);
    expect(replicas).toHaveLength(2);
    replicas.forEach(({ Properties }) => {
      expect(Properties).toMatchObject({ PubliclyAccessible: false, EnableIAMDatabaseAuthentication: true, MonitoringInterval: 60, DeletionProtection: true });
      expect(databaseLogs(template).map((log) => log.Properties.LogGroupName)).toContain(`/aws/rds/instance/${Properties.DBInstanceIdentifier}/postgresql`);
    });
    expect(database.readReplicas).toHaveLength(2);
    expect(database.readEndpoint).toBe(database.readReplicas[0].dbInstanceEndpointAddress);
    expect(only(template, 'AWS::RDS::DBParameterGroup').Family).toBe('postgres16');
  });

  test('takes provisioned IOPS and throughput from 400 GiB on', () => {
    const { template } = postgres({ capacity: PostgresCapacity.instance({ storageGiB: 400, iops: 16000, storageThroughputMiB: 1000 }) });
    expect(only(template, INSTANCE)).toMatchObject({ AllocatedStorage: '400', Iops: 16000, StorageThroughput: 1000 });
  });

  test('D-03: a replica grows with its source and is as fast', () => {
    const { template } = postgres({ capacity: PostgresCapacity.instance({ storageGiB: 400, iops: 16000, storageThroughputMiB: 1000, readReplicas: 1 }) });
    const both = Object.values(resources(template, INSTANCE));
    expect(both).toHaveLength(2);
    both.forEach(({ Properties }) => expect(Properties).toMatchObject({ MaxAllocatedStorage: 800, Iops: 16000, StorageThroughput: 1000, StorageType: 'gp3' }));
  });

  test('takes another port of the network, retention, monitoring interval, class and advanced insights', () => {
    const { template } = postgres({
      port: 3306,
      logRetention: RetentionDays.TWO_WEEKS,
      monitoringInterval: Duration.seconds(1),
      advancedInsights: true,
      maintenanceWindow: 'mon:10:00-mon:11:00',
      capacity: PostgresCapacity.instance({ instanceType: new InstanceType('r8g.large'), multiAz: false, maxStorageGiB: 1000 }),
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

  test('E-08: in development is small, in one zone, unprotected, logs queries and is gone without a trace', () => {
    const { template } = postgres({}, EnvironmentProfile.development());
    expect(only(template, INSTANCE)).toMatchObject({ DBInstanceClass: 'db.t4g.micro', MultiAZ: false, DeletionProtection: false, BackupRetentionPeriod: 1, DeleteAutomatedBackups: true });
    expect(only(template, 'AWS::RDS::DBParameterGroup').Parameters).toMatchObject({ log_min_duration_statement: '1000', log_statement: 'ddl' });
    template.resourceCountIs('AWS::Backup::BackupVault', 0);
    expect(kept(template)).toEqual([]);
    expect(Object.values(template.findResources(INSTANCE))[0].DeletionPolicy).toBe('Delete');
  });

  test('staging differs from production in size, and in that queries are logged', () => {
    const { template } = postgres({}, EnvironmentProfile.staging());
    expect(only(template, INSTANCE)).toMatchObject({ DBInstanceClass: 'db.t4g.small', MultiAZ: true, DeletionProtection: true, BackupRetentionPeriod: 7 });
    expect(only(template, 'AWS::RDS::DBParameterGroup').Parameters.log_min_duration_statement).toBe('1000');
  });

  test('can leave a last snapshot instead of itself, and keeps the key that the snapshot needs', () => {
    const { template } = postgres({ removalPolicy: RemovalPolicy.SNAPSHOT, capacity: PostgresCapacity.instance({ readReplicas: 1 }) });
    expect(Object.values(template.findResources(INSTANCE)).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Snapshot', 'Delete']);
    expect(Object.values(postgres({ removalPolicy: RemovalPolicy.RETAIN }).template.findResources(INSTANCE))[0].DeletionPolicy).toBe('RetainExceptOnCreate');
    const cluster = postgres({ removalPolicy: RemovalPolicy.SNAPSHOT, capacity: PostgresCapacity.serverless() }).template;
    expect(Object.values(cluster.findResources(CLUSTER))[0].DeletionPolicy).toBe('Snapshot');
    const [key] = Object.entries(template.findResources('AWS::KMS::Key')).filter(([id]) => id.startsWith('Database')).map(([, resource]) => resource);
    expect(key.DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

describe('HardenedPostgres on Aurora Serverless v2', () => {
  test('E-03: in development is one writer between 0.5 and 1 capacity units with seven days of backups', () => {
    const { template } = postgres({
      capacity: PostgresCapacity.serverless({ minAcu: 0.5, maxAcu: 1 }), backup: BackupPolicy.daily({ retention: Duration.days(7) }),
    }, EnvironmentProfile.development());
    expect(only(template, CLUSTER)).toMatchObject({
      Engine: 'aurora-postgresql', EngineVersion: '15.17', BackupRetentionPeriod: 7, ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 1 },
    });
    expect(Object.keys(resources(template, INSTANCE))).toHaveLength(1);
  });

  test('E-03: has readers by a prop, in other zones, that scale with the writer', () => {
    const { template, database } = postgres({ capacity: PostgresCapacity.serverless({ readers: 2 }) });
    const members = Object.values(resources(template, INSTANCE)).map(({ Properties }) => Properties as any);
    expect(new Set(members.map(({ AvailabilityZone }) => JSON.stringify(AvailabilityZone))).size).toBe(3);
    expect(members.filter(({ PromotionTier }) => PromotionTier <= 1)).toHaveLength(3);
    members.forEach((member) => expect(member).toMatchObject({ DBInstanceClass: 'db.serverless', PubliclyAccessible: false, CACertificateIdentifier: 'rds-ca-rsa2048-g1' }));
    expect(database.readEndpoint).not.toBe(database.endpoint);
  });

  test('E-03: pauses where asked, from a minimum of 0', () => {
    const { template } = postgres({ capacity: PostgresCapacity.serverless({ autoPauseAfter: Duration.minutes(5) }) });
    expect(only(template, CLUSTER).ServerlessV2ScalingConfiguration).toEqual({ MinCapacity: 0, MaxCapacity: 8, SecondsUntilAutoPause: 300 });
  });

  test('keeps every promise of the instance: key, TLS, logs, protection, IAM, insights, port', () => {
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
    Object.values(resources(template, INSTANCE)).forEach(({ Properties }) => expect(Properties).toMatchObject({ MonitoringInterval: 60, EnablePerformanceInsights: true }));
    expect(only(template, 'AWS::RDS::DBClusterParameterGroup').Parameters['rds.force_ssl']).toBe('1');
    expect(databaseLogs(template).map(({ Properties }) => Properties.LogGroupName)).toEqual([`/aws/rds/cluster/${cluster.DBClusterIdentifier}/postgresql`]);
    const [id] = Object.keys(resources(template, CLUSTER));
    expect(JSON.stringify(only(template, 'AWS::Backup::BackupSelection').BackupSelection.Resources)).toContain(`"Ref":"${id}"`);
  });

  test('C-19: has 8 capacity units by day and 2 at night in a named time zone, without a function', () => {
    const { template, database } = postgres({ capacity: PostgresCapacity.serverless({ schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.EUROPE_PARIS }) }) });
    const schedules = Object.values(resources(template, 'AWS::Scheduler::Schedule')).map(({ Properties }) => Properties as any);
    expect(schedules.map(({ ScheduleExpression }) => ScheduleExpression)).toEqual(['cron(0 7 ? * MON-FRI *)', 'cron(0 19 ? * MON-FRI *)']);
    schedules.forEach(({ ScheduleExpressionTimezone, Target }) => {
      expect(ScheduleExpressionTimezone).toBe('Europe/Paris');
      expect(JSON.stringify(Target.Arn)).toContain('scheduler:::aws-sdk:rds:modifyDBCluster');
    });
    expect(schedules.map(({ Target }) => JSON.parse(Target.Input))).toEqual([8, 2].map((MaxCapacity) => ({
      DbClusterIdentifier: database.identifier, ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity }, ApplyImmediately: true,
    })));
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test('C-19: pauses after the same time by day and by night', () => {
    const schedule = CapacitySchedule.officeHours({ timeZone: TimeZone.EUROPE_PARIS });
    const { template } = postgres({ capacity: PostgresCapacity.serverless({ autoPauseAfter: Duration.minutes(20), schedule }) });
    const inputs = Object.values(resources(template, 'AWS::Scheduler::Schedule')).map(({ Properties }) => JSON.parse((Properties.Target as any).Input));
    const bounds = inputs.map(({ ServerlessV2ScalingConfiguration }) => ServerlessV2ScalingConfiguration);
    expect(bounds).toEqual([8, 2].map((MaxCapacity) => ({ MinCapacity: 0, MaxCapacity, SecondsUntilAutoPause: 1200 })));
  });

  test('C-19: has readers by day alone, which Application Auto Scaling adds to those of the template', () => {
    const schedule = CapacitySchedule.officeHours({ timeZone: TimeZone.EUROPE_PARIS, nightReaders: 1, weekendsOff: false });
    const { template } = postgres({ capacity: PostgresCapacity.serverless({ readers: 2, schedule }) });
    expect(Object.keys(resources(template, INSTANCE))).toHaveLength(2);
    expect(only(template, 'AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({
      ScalableDimension: 'rds:cluster:ReadReplicaCount',
      MinCapacity: 1,
      MaxCapacity: 2,
      ScheduledActions: [
        { Schedule: 'cron(0 7 * * ? *)', Timezone: 'Europe/Paris', ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 2 } },
        { Schedule: 'cron(0 19 * * ? *)', Timezone: 'Europe/Paris', ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 1 } },
      ],
    });
  });
});

describe('Credentials', () => {
  test('A-34: with IAM authentication there is no password of an application and no function; RDS rotates the master user every 30 days', () => {
    const { template, database } = postgres({ credentials: CredentialRotation.iamAuthentication() });
    expect(database.secret).toBeUndefined();
    expect(only(template, INSTANCE)).toMatchObject({ ManageMasterUserPassword: true, MasterUsername: 'dbadmin', MasterUserSecret: { KmsKeyId: expect.anything() } });
    expect(only(template, 'AWS::SecretsManager::RotationSchedule')).toMatchObject({ RotationRules: { AutomaticallyAfterDays: 30 }, RotateImmediatelyOnUpdate: false });
    expect(template.toJSON()).not.toHaveProperty('Transform');
    expect(database.bootstrapSql).toContain('GRANT rds_iam TO application');
  });

  test('a managed secret is the master user\'s, and given to an application only with a reason', () => {
    const { database } = postgres({ credentials: CredentialRotation.managedSecret({ waiver: { reason: 'the pool reads the secret again on each new connection' }, automaticallyAfter: Duration.days(7) }) });
    expect(database.secret).toBe(database.masterSecret);
  });

  test('whoever is granted may sign in as one user of this one database', () => {
    const { stack, database, template } = (() => {
      const made = postgres({ credentials: CredentialRotation.iamAuthentication() });
      made.database.grantConnect(new Role(made.stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }), 'reports');
      return { ...made, template: made.template };
    })();
    expect(stack.resolve(database.instance!.instanceResourceId)).toBeDefined();
    template.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Action: 'rds-db:connect', Effect: 'Allow' }] } });
    expect(JSON.stringify(only(template, 'AWS::IAM::Policy').PolicyDocument)).toContain('/reports');
  });
});

describe('Events', () => {
  test('are shared between databases where an account would run out of subscriptions', () => {
    const { stack, network } = postgres();
    const events = new DatabaseEvents(stack, 'Events');
    const database = new HardenedPostgres(stack, 'Second', { network, events });
    expect(database.events).toBe(events);
    expect(database.node.tryFindChild('Events')).toBeUndefined();
  });
});

describe('Connection ceilings', () => {
  test.each([['t4g.micro', 99], ['t4g.small', 198], ['t4g.medium', 396], ['m7g.large', 793], ['r8g.large', 1586], ['r8g.4xlarge', 5000], ['m8g.12xlarge', 5000]])('A-21: db.%s takes %i connections', (type, ceiling) => {
    expect(HardenedPostgres.connectionCeilingOf(postgres().stack, new InstanceType(type))).toBe(ceiling);
  });

  test('follow the capacity, or max_connections where it is set', () => {
    expect(postgres().database.connectionCeiling).toBe(396);
    expect(postgres({ parameters: { max_connections: '250' } }).database.connectionCeiling).toBe(250);
    expect(postgres({ capacity: PostgresCapacity.serverless({ maxAcu: 8 }) }).database.connectionCeiling).toBe(1669);
    const ceiling = (maxAcu: number) => postgres({ capacity: PostgresCapacity.serverless({ minAcu: 1, maxAcu }) }).database.connectionCeiling;
    expect([1, 4, 8, 16, 32, 64].map(ceiling)).toEqual([189, 823, 1669, 3360, 5000, 5000]);
    const schedule = CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC, nightMaxAcu: 4 });
    expect(postgres({ capacity: PostgresCapacity.serverless({ maxAcu: 8, schedule }) }).database.connectionCeiling).toBe(823);
    expect(postgres({ capacity: PostgresCapacity.serverless({ minAcu: 0.5, maxAcu: 64 }) }).database.connectionCeiling).toBe(2000);
  });
});

describe('Metrics', () => {
  test('A-37: name the instance, or the cluster', () => {
    const { database, stack } = postgres();
    const shown = (metric: { toMetricConfig(): any }) => stack.resolve(metric.toMetricConfig().metricStat);
    expect(shown(database.metricConnections())).toMatchObject({ namespace: 'AWS/RDS', metricName: 'DatabaseConnections', dimensions: [{ name: 'DBInstanceIdentifier' }] });
    expect(shown(database.metricCpuUtilization())).toMatchObject({ metricName: 'CPUUtilization' });
    expect(shown(database.metricFreeableMemory())).toMatchObject({ metricName: 'FreeableMemory' });
    expect(shown(database.metricFreeStorage())).toMatchObject({ metricName: 'FreeStorageSpace' });
    const cluster = postgres({ capacity: PostgresCapacity.serverless() });
    expect(cluster.stack.resolve(cluster.database.metricFreeStorage().toMetricConfig().metricStat)).toMatchObject({ metricName: 'FreeLocalStorage', dimensions: [{ name: 'DBClusterIdentifier' }] });
  });
});

describe('Findings of CDK\'s validation and the four cdk-nag packs', () => {
  test.each<[string, () => { stack: any }]>([
    ['an instance in production', () => postgres()],
    ['an instance with replicas', () => postgres({ capacity: PostgresCapacity.instance({ readReplicas: 1 }) })],
    ['an instance in development', () => postgres({}, EnvironmentProfile.development())],
    ['an instance with IAM authentication', () => postgres({ credentials: CredentialRotation.iamAuthentication() })],
    ['a cluster in production', () => postgres({ capacity: PostgresCapacity.serverless() })],
    ['a cluster in development', () => postgres({ capacity: PostgresCapacity.serverless() }, EnvironmentProfile.development())],
    ['a cluster with a schedule', () => postgres({ capacity: PostgresCapacity.serverless({ readers: 2, schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC, nightReaders: 1 }) }) })],
    ['a cluster of version 17', () => postgres({ capacity: PostgresCapacity.serverless({ version: AuroraPostgresEngineVersion.VER_17_9 }) })],
    ['an instance of version 18', () => postgres({ capacity: PostgresCapacity.instance({ version: PostgresEngineVersion.VER_18 }) })],
  ])('none for %s', (_name, make) => {
    expect(unacknowledged(make().stack)).toEqual([]);
  });
});

function kept(template: Template): Array<[string, { Type: string }]> {
  const all = Object.entries(template.toJSON().Resources as { [id: string]: { Type: string; DeletionPolicy?: string } });
  return all.filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete');
}

function databaseLogs(template: Template) {
  return Object.entries(resources(template, 'AWS::Logs::LogGroup')).filter(([id]) => id.startsWith('Database')).map(([, resource]) => resource);
}
