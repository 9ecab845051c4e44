import { Lazy, type Stack } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AuroraMysqlEngineVersion, AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine,
  type DatabaseClusterProps, DatabaseInstance, DatabaseInstanceEngine,
  DatabaseInstanceReadReplica, type IInstanceEngine, MariaDbEngineVersion, MysqlEngineVersion, OracleEngineVersion, PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { DatabaseFamily, GoldenSignalAlarms, MonitoredDatabase, OperationsDashboard } from '../../../src';
import { databaseAlarms } from '../../../src/observability/alarms/database-alarms';
import { mailRouting } from '../../fixtures/signals';
import { refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';

const POSTGRES = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
const XLARGE = InstanceType.of(InstanceClass.R8G, InstanceSize.XLARGE);
const GIB = 1024 ** 3;

function instance(stack: Stack, engine: IInstanceEngine = POSTGRES, instanceType: InstanceType = XLARGE, enablePerformanceInsights?: boolean): DatabaseInstance {
  return new DatabaseInstance(stack, 'Database', { engine, instanceType, vpc: new Vpc(stack, 'Vpc'), enablePerformanceInsights });
}

/** Keys of the alarms that a database gets. */
function keysOf({ signals }: MonitoredDatabase): string[] {
  return databaseAlarms(signals).map(({ key }) => key);
}

function cluster(stack: Stack, props: Partial<DatabaseClusterProps>): DatabaseCluster {
  return new DatabaseCluster(stack, 'Cluster', {
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_4 }), writer: ClusterInstance.serverlessV2('Writer'), vpc: new Vpc(stack, 'Vpc'), ...props,
  });
}

function imported(stack: Stack) {
  return DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
    instanceIdentifier: 'Shop', instanceEndpointAddress: 'shop.example.com', port: 5432, securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
  });
}

describe('A database instance of an L2 construct', () => {
  test('has engine, class, memory and maximum connections from the construct', () => {
    const stack = testStack();
    const database = instance(stack);
    const { signals } = MonitoredDatabase.fromInstance(database);
    expect(signals).toMatchObject({ source: database, family: DatabaseFamily.POSTGRES, maxConnections: 3172, memoryBytes: 32 * GIB, vcpus: 4, burstable: false, logGroups: [] });
    expect(signals.instanceIdentifiers).toEqual([database.instanceIdentifier]);
  });

  test.each([
    ['MySQL', DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_4_8 }), 300],
    ['MariaDB, which takes half of them', DatabaseInstanceEngine.mariaDb({ version: MariaDbEngineVersion.VER_11_4_8 }), 150],
  ])('of %s', (_, engine, ceiling) => {
    const { signals } = MonitoredDatabase.fromInstance(instance(testStack(), engine, InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM)));
    expect(signals).toMatchObject({ family: DatabaseFamily.MYSQL, maxConnections: ceiling, burstable: true, vcpus: 2 });
  });

  test('lists its replicas after itself, and maxConnections wins over the formula', () => {
    const stack = testStack();
    const source = instance(stack);
    const replica = new DatabaseInstanceReadReplica(stack, 'Replica', { sourceDatabaseInstance: source, instanceType: XLARGE, vpc: source.vpc });
    const { signals } = MonitoredDatabase.fromInstance(source, { readReplicas: [replica], maxConnections: 200 });
    expect(signals.instanceIdentifiers).toEqual([source.instanceIdentifier, replica.instanceIdentifier]);
    expect(signals.maxConnections).toBe(200);
  });

  test('gets all alarms of its kind without a change to it, and no findings', () => {
    const stack = testStack();
    const logGroups = [new LogGroup(stack, 'Log')];
    const database = MonitoredDatabase.fromInstance(instance(stack, POSTGRES, XLARGE, true), { logGroups });
    const signals = new GoldenSignalAlarms(stack, 'Signals', { databases: [database], alertRouting: mailRouting(stack) });
    expect([...new Set(signals.alarms.map(({ node }) => node.scope!.node.id))].sort()).toEqual([
      'database-burst-balance-warning', 'database-connection-failures-warning', 'database-connections-left-warning', 'database-connections-share-error', 'database-cpu-warning', 'database-deadlocks-warning',
      'database-disk-queue-warning', 'database-load-warning', 'database-memory-warning', 'database-slot-lag-warning', 'database-storage-error', 'database-storage-warning', 'database-transaction-age-error',
    ]);
    expect(unacknowledged(stack).filter((finding) => finding.includes('Signals'))).toEqual([]);
  });
});

describe('The load of an instance', () => {
  test.each<[string, boolean | undefined, boolean]>([['nothing said of Performance Insights', undefined, false], ['Performance Insights off', false, false], ['Performance Insights on', true, true]])(
    'with %s', (_, enabled, watched) => {
      const stack = testStack();
      const database = MonitoredDatabase.fromInstance(instance(stack, POSTGRES, XLARGE, enabled));
      expect(keysOf(database).includes('database-load')).toBe(watched);
      new OperationsDashboard(stack, 'Dashboard', { databases: [database] });
      expect(JSON.stringify(templateOf(stack).toJSON()).includes('Sessions at work')).toBe(watched);
    });

  test('is monitored where the instance is imported, because it may have Performance Insights', () => {
    expect(keysOf(MonitoredDatabase.fromInstance(imported(testStack()), { family: DatabaseFamily.POSTGRES, instanceType: XLARGE }))).toContain('database-load');
  });
});

describe('A read replica that is monitored alone', () => {
  test('requires its family, because its construct has neither engine nor source', () => {
    const stack = testStack();
    const source = instance(stack);
    const instanceType = InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM);
    const replica = new DatabaseInstanceReadReplica(stack, 'Replica', { sourceDatabaseInstance: source, instanceType, vpc: source.vpc });
    const untold = refusal(() => MonitoredDatabase.fromInstance(replica));
    expect(untold).toMatch(/'Test\/Replica': family is not given.*Give DatabaseFamily\.POSTGRES or DatabaseFamily\.MYSQL, .*read replica/);
    const { signals } = MonitoredDatabase.fromInstance(replica, { family: DatabaseFamily.POSTGRES });
    expect(signals).toMatchObject({ family: DatabaseFamily.POSTGRES, memoryBytes: 4 * GIB, burstable: true });
  });
});

describe('An imported instance', () => {
  test('requires its family and class', () => {
    const stack = testStack();
    expect(refusal(() => MonitoredDatabase.fromInstance(imported(stack)))).toMatch(/'Test\/Imported': family is not given, expected PostgreSQL, MySQL and MariaDB.*Give DatabaseFamily\.POSTGRES/);
    const other = testStack();
    expect(refusal(() => MonitoredDatabase.fromInstance(imported(other), { family: DatabaseFamily.POSTGRES }))).toMatch(/'Test\/Imported': instanceType is not given.*Give InstanceType\.of/);
  });

  test('is monitored with both', () => {
    const { signals } = MonitoredDatabase.fromInstance(imported(testStack()), { family: DatabaseFamily.POSTGRES, instanceType: XLARGE });
    expect(signals).toMatchObject({ instanceIdentifiers: ['shop'], maxConnections: 3172 });
  });

  test('accepts its class as the console shows it', () => {
    const { signals } = MonitoredDatabase.fromInstance(imported(testStack()), { family: DatabaseFamily.POSTGRES, instanceType: new InstanceType('db.t4g.medium') });
    expect(signals).toMatchObject({ memoryBytes: 4 * GIB, vcpus: 2, burstable: true });
  });
});

describe('A cluster of an L2 construct', () => {
  test('of serverless members has their capacity', () => {
    const { signals } = MonitoredDatabase.fromCluster(cluster(testStack(), { serverlessV2MinCapacity: 1, serverlessV2MaxCapacity: 16, readers: [ClusterInstance.serverlessV2('Reader')] }));
    expect(signals).toMatchObject({ family: DatabaseFamily.POSTGRES, maxAcu: 16, maxConnections: 3360 });
    expect([signals.memoryBytes, signals.burstable]).toEqual([undefined, undefined]);
    expect(signals.instanceIdentifiers).toHaveLength(2);
  });

  test('of instances has the memory of the smallest, and Aurora\'s own number of connections', () => {
    const { signals } = MonitoredDatabase.fromCluster(cluster(testStack(), {
      engine: DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 }),
      writer: ClusterInstance.provisioned('Writer', { instanceType: XLARGE }),
      readers: [ClusterInstance.provisioned('Reader', { instanceType: InstanceType.of(InstanceClass.R8G, InstanceSize.LARGE) })],
    }));
    expect(signals).toMatchObject({ family: DatabaseFamily.MYSQL, maxAcu: undefined, maxConnections: 1000, memoryBytes: 16 * GIB, vcpus: 2 });
  });

  test('of both kinds has the connections of the smaller, and no memory, which would not hold for all', () => {
    const { signals } = MonitoredDatabase.fromCluster(cluster(testStack(), {
      writer: ClusterInstance.provisioned('Writer', { instanceType: XLARGE }), readers: [ClusterInstance.serverlessV2('Reader')], serverlessV2MinCapacity: 1, serverlessV2MaxCapacity: 4,
    }));
    expect(signals).toMatchObject({ maxAcu: 4, maxConnections: 823 });
    expect(signals.memoryBytes).toBeUndefined();
  });

  test('that is imported requires its class or its capacity', () => {
    const stack = testStack();
    const engine = DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 });
    const known = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', { clusterIdentifier: 'shop', engine, instanceIdentifiers: ['writer'] });
    expect(refusal(() => MonitoredDatabase.fromCluster(known))).toMatch(/'Test\/Imported': instanceType is not given.*or maxAcu of a serverless cluster/);
    expect(MonitoredDatabase.fromCluster(known, { maxAcu: 8 }).signals).toMatchObject({ maxAcu: 8, maxConnections: 1000 });
    expect(MonitoredDatabase.fromCluster(known, { instanceType: XLARGE }).signals).toMatchObject({ maxConnections: 2000, memoryBytes: 32 * GIB });
  });
});

describe('An imported cluster', () => {
  const attributes = { clusterIdentifier: 'Shop', engine: DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 }) };

  test('without instance identifiers is monitored by metrics of the cluster', () => {
    const stack = testStack();
    const known = MonitoredDatabase.fromCluster(DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', attributes), { instanceType: new InstanceType('db.r8g.xlarge') });
    expect(known.signals).toMatchObject({ clusterIdentifier: 'shop', instanceIdentifiers: [], memoryBytes: 32 * GIB });
    new GoldenSignalAlarms(stack, 'Signals', { databases: [known], alertRouting: mailRouting(stack) });
    expect(keysOf(known)).toEqual(expect.arrayContaining(['database-cpu', 'database-memory', 'database-connections-share']));
    expect(keysOf(known)).not.toContain('database-load');
    expect(JSON.stringify(templateOf(stack).toJSON())).not.toMatch(/Sessions at work|MAX\(\[\]\)/);
  });

  test('has its name and its members in lower case, as RDS stores them', () => {
    const known = DatabaseCluster.fromDatabaseClusterAttributes(testStack(), 'Imported', { ...attributes, instanceIdentifiers: ['Shop-Writer'] });
    const watched = MonitoredDatabase.fromCluster(known, { instanceType: XLARGE });
    expect(watched.signals).toMatchObject({ clusterIdentifier: 'shop', instanceIdentifiers: ['shop-writer'] });
    expect(keysOf(watched)).toContain('database-load');
  });
});

describe('The load of a cluster', () => {
  const members = (enabled: boolean[]) => ({
    writer: ClusterInstance.provisioned('Writer', { instanceType: XLARGE, enablePerformanceInsights: enabled[0] }),
    readers: [ClusterInstance.provisioned('Reader', { instanceType: XLARGE, enablePerformanceInsights: enabled[1] })],
  });

  test.each<[string, Partial<DatabaseClusterProps>, boolean]>([
    ['without Performance Insights', members([false, false]), false],
    ['with Performance Insights of one member', members([true, false]), true],
    ['with Performance Insights of the cluster', { ...members([false, false]), enablePerformanceInsights: true }, true],
  ])('%s', (_, props, watched) => {
    expect(keysOf(MonitoredDatabase.fromCluster(cluster(testStack(), props))).includes('database-load')).toBe(watched);
  });
});

describe('A PropError', () => {
  test('refuses an engine of another family', () => {
    const oracle = DatabaseInstanceEngine.oracleSe2({ version: OracleEngineVersion.VER_19 });
    expect(refusal(() => MonitoredDatabase.fromInstance(instance(testStack(), oracle)))).toMatch(/^DatabaseInstance 'Test\/Database': family is "oracle-se2", expected PostgreSQL/);
  });

  test('refuses an engine that is named like a member of Object.prototype', () => {
    const engine = { ...DatabaseInstanceEngine.POSTGRES, engineType: 'constructor' };
    const unknown = DatabaseInstance.fromDatabaseInstanceAttributes(testStack(), 'Imported', {
      instanceIdentifier: 'shop', instanceEndpointAddress: 'shop.example.com', port: 5432, securityGroups: [], engine,
    });
    expect(refusal(() => MonitoredDatabase.fromInstance(unknown, { instanceType: XLARGE }))).toMatch(/'Test\/Imported': family is "constructor", expected PostgreSQL/);
  });

  test('refuses a class of unknown memory', () => {
    expect(refusal(() => MonitoredDatabase.fromInstance(instance(testStack(), POSTGRES, new InstanceType('q1.large'))))).toContain('instanceType is "q1.large"');
  });

  test.each([0, 1.5])('refuses a maximum of %d connections', (maxConnections) => {
    expect(refusal(() => MonitoredDatabase.fromInstance(instance(testStack()), { maxConnections }))).toContain('maxConnections is');
  });

  test.each([0, 257, 8.2])('refuses a capacity of %d units', (maxAcu) => {
    expect(refusal(() => MonitoredDatabase.fromCluster(cluster(testStack(), {}), { maxAcu }))).toContain('maxAcu is');
  });

  test('does not refuse a token', () => {
    const maxConnections = Lazy.number({ produce: () => 200 });
    expect(MonitoredDatabase.fromInstance(instance(testStack()), { maxConnections }).signals.maxConnections).toBe(maxConnections);
  });
});
