import { Lazy, type Stack } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AuroraMysqlEngineVersion, AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine,
  type DatabaseClusterProps, DatabaseInstance, DatabaseInstanceEngine,
  DatabaseInstanceReadReplica, type IInstanceEngine, MariaDbEngineVersion, MysqlEngineVersion, OracleEngineVersion, PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { DatabaseFamily, GoldenSignalAlarms, MonitoredDatabase } from '../../src';
import { mailRouting } from '../support/signals';
import { refusal, testStack, unacknowledged } from '../support/test-stack';

const POSTGRES = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
const XLARGE = InstanceType.of(InstanceClass.R8G, InstanceSize.XLARGE);
const GIB = 1024 ** 3;

function instance(stack: Stack, engine: IInstanceEngine = POSTGRES, instanceType: InstanceType = XLARGE): DatabaseInstance {
  return new DatabaseInstance(stack, 'Database', { engine, instanceType, vpc: new Vpc(stack, 'Vpc') });
}

function cluster(stack: Stack, props: Partial<DatabaseClusterProps>): DatabaseCluster {
  return new DatabaseCluster(stack, 'Cluster', {
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_4 }), writer: ClusterInstance.serverlessV2('Writer'), vpc: new Vpc(stack, 'Vpc'), ...props,
  });
}

function imported(stack: Stack) {
  return DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
    instanceIdentifier: 'shop', instanceEndpointAddress: 'shop.example.com', port: 5432, securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
  });
}

describe('a plain instance', () => {
  test('tells engine, class, memory and the most connections by what its L2 exposes', () => {
    const stack = testStack();
    const database = instance(stack);
    const { signals } = MonitoredDatabase.fromInstance(database);
    expect(signals).toMatchObject({ source: database, family: DatabaseFamily.POSTGRES, connectionCeiling: 3172, memoryBytes: 32 * GIB, vcpus: 4, burstable: false, logGroups: [] });
    expect(signals.instanceIdentifiers).toEqual([database.instanceIdentifier]);
  });

  test.each([
    ['MySQL', DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_4_8 }), 300],
    ['MariaDB, which takes half of them', DatabaseInstanceEngine.mariaDb({ version: MariaDbEngineVersion.VER_11_4_8 }), 150],
  ])('of %s', (_, engine, ceiling) => {
    const { signals } = MonitoredDatabase.fromInstance(instance(testStack(), engine, InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM)));
    expect(signals).toMatchObject({ family: DatabaseFamily.MYSQL, connectionCeiling: ceiling, burstable: true, vcpus: 2 });
  });

  test('names its replicas after itself, and what max_connections says goes before the formula', () => {
    const stack = testStack();
    const source = instance(stack);
    const replica = new DatabaseInstanceReadReplica(stack, 'Replica', { sourceDatabaseInstance: source, instanceType: XLARGE, vpc: source.vpc });
    const { signals } = MonitoredDatabase.fromInstance(source, { readReplicas: [replica], connectionCeiling: 200 });
    expect(signals.instanceIdentifiers).toEqual([source.instanceIdentifier, replica.instanceIdentifier]);
    expect(signals.connectionCeiling).toBe(200);
  });

  test('gets all alarms that it can have, and no finding of ours, without being rebuilt', () => {
    const stack = testStack();
    const logGroups = [new LogGroup(stack, 'Log')];
    const database = MonitoredDatabase.fromInstance(instance(stack), { logGroups });
    const signals = new GoldenSignalAlarms(stack, 'Signals', { databases: [database], routing: mailRouting(stack) });
    expect([...new Set(signals.alarms.map(({ node }) => node.scope!.node.id))].sort()).toEqual([
      'database-connection-failures-warning', 'database-connections-left-warning', 'database-connections-share-error', 'database-cpu-warning', 'database-deadlocks-warning',
      'database-disk-queue-warning', 'database-load-warning', 'database-memory-warning', 'database-storage-error', 'database-storage-warning', 'database-transaction-age-error',
    ]);
    expect(unacknowledged(stack).filter((finding) => finding.includes('Signals'))).toEqual([]);
  });
});

describe('an imported instance', () => {
  test('has to be told its family and class', () => {
    const stack = testStack();
    expect(refusal(() => MonitoredDatabase.fromInstance(imported(stack)))).toMatch(/'Test\/Imported': family is not given, allowed: PostgreSQL, MySQL and MariaDB.*Way out: give the family/);
    const other = testStack();
    expect(refusal(() => MonitoredDatabase.fromInstance(imported(other), { family: DatabaseFamily.POSTGRES }))).toMatch(/'Test\/Imported': instanceType is not given.*Way out: name the class/);
  });

  test('is watched then', () => {
    const { signals } = MonitoredDatabase.fromInstance(imported(testStack()), { family: DatabaseFamily.POSTGRES, instanceType: XLARGE });
    expect(signals).toMatchObject({ instanceIdentifiers: ['shop'], connectionCeiling: 3172 });
  });
});

describe('a plain cluster', () => {
  test('of serverless members tells its capacity', () => {
    const { signals } = MonitoredDatabase.fromCluster(cluster(testStack(), { serverlessV2MinCapacity: 1, serverlessV2MaxCapacity: 16, readers: [ClusterInstance.serverlessV2('Reader')] }));
    expect(signals).toMatchObject({ family: DatabaseFamily.POSTGRES, maxAcu: 16, connectionCeiling: 3360 });
    expect([signals.memoryBytes, signals.burstable]).toEqual([undefined, undefined]);
    expect(signals.instanceIdentifiers).toHaveLength(2);
  });

  test('of instances tells the memory of the smallest, and Aurora\'s own number of connections', () => {
    const { signals } = MonitoredDatabase.fromCluster(cluster(testStack(), {
      engine: DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 }),
      writer: ClusterInstance.provisioned('Writer', { instanceType: XLARGE }),
      readers: [ClusterInstance.provisioned('Reader', { instanceType: InstanceType.of(InstanceClass.R8G, InstanceSize.LARGE) })],
    }));
    expect(signals).toMatchObject({ family: DatabaseFamily.MYSQL, maxAcu: undefined, connectionCeiling: 1000, memoryBytes: 16 * GIB, vcpus: 2 });
  });

  test('of both has the limits of the smaller, and no memory that would hold for all', () => {
    const { signals } = MonitoredDatabase.fromCluster(cluster(testStack(), {
      writer: ClusterInstance.provisioned('Writer', { instanceType: XLARGE }), readers: [ClusterInstance.serverlessV2('Reader')], serverlessV2MinCapacity: 1, serverlessV2MaxCapacity: 4,
    }));
    expect(signals).toMatchObject({ maxAcu: 4, connectionCeiling: 823 });
    expect(signals.memoryBytes).toBeUndefined();
  });

  test('that is imported has to be told its class or its capacity', () => {
    const stack = testStack();
    const engine = DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 });
    const known = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', { clusterIdentifier: 'shop', engine, instanceIdentifiers: ['writer'] });
    expect(refusal(() => MonitoredDatabase.fromCluster(known))).toMatch(/'Test\/Imported': instanceType is not given.*give maxAcu/);
    expect(MonitoredDatabase.fromCluster(known, { maxAcu: 8 }).signals).toMatchObject({ maxAcu: 8, connectionCeiling: 1000 });
    expect(MonitoredDatabase.fromCluster(known, { instanceType: XLARGE }).signals).toMatchObject({ connectionCeiling: 2000, memoryBytes: 32 * GIB });
  });
});

describe('what is refused', () => {
  test('an engine whose signals are others', () => {
    const oracle = DatabaseInstanceEngine.oracleSe2({ version: OracleEngineVersion.VER_19 });
    expect(refusal(() => MonitoredDatabase.fromInstance(instance(testStack(), oracle)))).toMatch(/^DatabaseInstance 'Test\/Database': family is "oracle-se2", allowed: PostgreSQL/);
  });

  test('a class whose memory nobody knows', () => {
    expect(refusal(() => MonitoredDatabase.fromInstance(instance(testStack(), POSTGRES, new InstanceType('q1.large'))))).toContain('instanceType is "q1.large"');
  });

  test.each([0, 1.5])('a most of %d connections', (connectionCeiling) => {
    expect(refusal(() => MonitoredDatabase.fromInstance(instance(testStack()), { connectionCeiling }))).toContain('connectionCeiling is');
  });

  test.each([0, 257, 8.2])('a capacity of %d units', (maxAcu) => {
    expect(refusal(() => MonitoredDatabase.fromCluster(cluster(testStack(), {}), { maxAcu }))).toContain('maxAcu is');
  });

  test('but not a token', () => {
    const connectionCeiling = Lazy.number({ produce: () => 200 });
    expect(MonitoredDatabase.fromInstance(instance(testStack()), { connectionCeiling }).signals.connectionCeiling).toBe(connectionCeiling);
  });
});
