import { Duration } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { BackupPolicy, EnvironmentProfile, HardenedMysql, MysqlCapacity } from '../../src';
import { mysql, only, resources } from '../fixtures/database-stack';
import { refusal, unacknowledged } from '../fixtures/test-stack';

const INSTANCE = 'AWS::RDS::DBInstance';
const CLUSTER = 'AWS::RDS::DBCluster';

describe('HardenedMysql', () => {
  test('runs Aurora MySQL 8.0 Serverless v2 with 2 to 8 capacity units, and two readers in other zones [C-08]', () => {
    const { template } = mysql({ capacity: MysqlCapacity.serverless({ minAcu: 2, maxAcu: 8, readers: 2 }) });
    expect(only(template, CLUSTER)).toMatchObject({
      Engine: 'aurora-mysql',
      ServerlessV2ScalingConfiguration: { MinCapacity: 2, MaxCapacity: 8 },
    });
    expect(only(template, CLUSTER).EngineVersion).toBe('8.0');
    const members = Object.values(resources(template, INSTANCE)).map(({ Properties }) => Properties);
    expect(members).toHaveLength(3);
    expect(new Set(members.map(({ AvailabilityZone }) => JSON.stringify(AvailabilityZone))).size).toBe(3);
  });

  test('pauses after five minutes with autoPauseAfter [C-08]', () => {
    const { template } = mysql({ capacity: MysqlCapacity.serverless({ autoPauseAfter: Duration.minutes(5) }) });
    expect(only(template, CLUSTER).ServerlessV2ScalingConfiguration).toMatchObject({
      MinCapacity: 0,
      SecondsUntilAutoPause: 300,
    });
  });

  test('keeps backups 35 days and insights 7 days, samples every second, requires TLS and is encrypted [C-09]', () => {
    const { template } = mysql({
      backup: BackupPolicy.daily({ retention: Duration.days(35) }),
      monitoringInterval: Duration.seconds(1),
    });
    expect(only(template, CLUSTER)).toMatchObject({
      BackupRetentionPeriod: 35,
      StorageEncrypted: true,
      PerformanceInsightsRetentionPeriod: 7,
    });
    Object.values(resources(template, INSTANCE)).forEach(({ Properties }) =>
      expect(Properties.MonitoringInterval).toBe(1),
    );
    expect(only(template, 'AWS::RDS::DBClusterParameterGroup').Parameters).toMatchObject({
      require_secure_transport: 'ON',
      tls_version: 'TLSv1.2,TLSv1.3',
    });
  });

  test('listens on port 3306 in the data tier of three zones [C-13]', () => {
    const { template } = mysql();
    expect(only(template, CLUSTER).Port).toBe(3306);
    expect(only(template, 'AWS::RDS::DBSubnetGroup').SubnetIds).toHaveLength(3);
  });

  test('is backed up between 02:00 and 04:00 UTC [C-27]', () => {
    const { template } = mysql();
    expect(only(template, CLUSTER).PreferredBackupWindow).toBe('02:00-03:00');
    const [rule] = only(template, 'AWS::Backup::BackupPlan').BackupPlan.BackupPlanRule;
    expect(rule).toMatchObject({ ScheduleExpression: 'cron(0 3 * * ? *)', StartWindowMinutes: 60 });
    expect(rule).not.toHaveProperty('ScheduleExpressionTimezone');
  });

  test('audits connections, schema and privileges, and logs no query in production [A-31]', () => {
    const { template } = mysql();
    expect(only(template, 'AWS::RDS::DBClusterParameterGroup').Parameters).toMatchObject({
      server_audit_logging: '1',
      server_audit_logs_upload: '1',
      server_audit_events: 'CONNECT,QUERY_DDL,QUERY_DCL',
      general_log: '0',
      slow_query_log: '0',
    });
    expect(only(template, CLUSTER).EnableCloudwatchLogsExports).toEqual(['audit', 'error', 'general', 'slowquery']);
  });

  test('lets the owner create functions and triggers wherever it writes a binary log', () => {
    const BINARY_LOG = 'log_bin_trust_function_creators';
    const ofInstance = (parameters?: { [name: string]: string }) =>
      only(mysql({ capacity: MysqlCapacity.instance(), parameters }).template, 'AWS::RDS::DBParameterGroup').Parameters;
    const ofCluster = (parameters?: { [name: string]: string }) =>
      only(mysql({ parameters }).template, 'AWS::RDS::DBClusterParameterGroup').Parameters;
    expect(ofInstance()[BINARY_LOG]).toBe('1');
    expect(ofInstance({ [BINARY_LOG]: '0' })[BINARY_LOG]).toBe('0');
    expect(ofCluster({ binlog_format: 'ROW' })[BINARY_LOG]).toBe('1');
    expect(ofCluster()).not.toHaveProperty(BINARY_LOG);
    expect(ofCluster({ binlog_format: 'OFF' })).not.toHaveProperty(BINARY_LOG);
  });

  test('logs slow queries outside production [A-31]', () => {
    expect(
      only(mysql({}, EnvironmentProfile.staging()).template, 'AWS::RDS::DBClusterParameterGroup').Parameters,
    ).toMatchObject({ slow_query_log: '1', long_query_time: '1' });
  });

  test('audits an instance by its option group', () => {
    const { template } = mysql({ capacity: MysqlCapacity.instance() });
    expect(only(template, INSTANCE)).toMatchObject({ Engine: 'mysql', MultiAZ: true, Port: '3306' });
    expect(only(template, 'AWS::RDS::OptionGroup').OptionConfigurations).toEqual([
      expect.objectContaining({ OptionName: 'MARIADB_AUDIT_PLUGIN' }),
    ]);
    expect(only(template, 'AWS::RDS::DBParameterGroup').Parameters).not.toHaveProperty('server_audit_logging');
  });

  test('has no insights on the smallest classes, where RDS does not support them', () => {
    const { template } = mysql({ capacity: MysqlCapacity.instance() }, EnvironmentProfile.development());
    expect(only(template, INSTANCE)).not.toHaveProperty('EnablePerformanceInsights');
  });

  test('refuses advanced insights on the smallest classes, which would be left out without a word', () => {
    const make = () => mysql({ capacity: MysqlCapacity.instance(), advancedInsights: true }, EnvironmentProfile.staging());
    expect(refusal(make)).toMatch(/advancedInsights is true, expected false on db\.t4g\.small/);
  });

  test('rotates with the rotation functions for MySQL', () => {
    const types = Object.values(resources(mysql().template, 'AWS::SecretsManager::RotationSchedule')).map(
      ({ Properties }) => (Properties as any).HostedRotationLambda.RotationType,
    );
    expect(types.sort()).toEqual(['MySQLMultiUser', 'MySQLMultiUser', 'MySQLSingleUser']);
  });

  test('knows its maximum number of connections [C-26]', () => {
    expect(mysql().database.maxConnections).toBe(1000);
    expect(HardenedMysql.maxConnectionsOf(mysql().stack, new InstanceType('t4g.medium'))).toBe(300);
  });

  test.each<[string, () => { stack: any }]>([
    ['a cluster in production', () => mysql()],
    ['a cluster in development', () => mysql({}, EnvironmentProfile.development())],
    ['an instance in production', () => mysql({ capacity: MysqlCapacity.instance() })],
    [
      'an instance in development',
      () => mysql({ capacity: MysqlCapacity.instance() }, EnvironmentProfile.development()),
    ],
  ])('leaves no compliance finding on %s', (_name, make) => {
    expect(unacknowledged(make().stack)).toEqual([]);
  });
});
