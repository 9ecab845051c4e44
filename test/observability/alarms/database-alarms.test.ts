import { App, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceClass, InstanceSize, InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AuroraMysqlEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  AlarmOverride, DatabaseFamily, type DatabaseSignals, DisabledAlarm, EnvironmentProfile, GoldenSignalAlarms, HardenedMysql, HardenedPostgres, MysqlCapacity, PostgresCapacity,
  SecureVpc, Severity,
} from '../../../src';
import { processors } from '../../../src/database/capacity/max-connections';
import { databaseAlarms } from '../../../src/observability/alarms/database-alarms';
import { DatabaseLogMetrics } from '../../../src/observability/logs/database-log-metrics';
import { DatabaseMetrics } from '../../../src/observability/metrics/database-metrics';
import { mysql, postgres } from '../../fixtures/database-stack';
import { mailRouting } from '../../fixtures/signals';
import { FLAGS, refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';

const INSTANCE: Omit<DatabaseSignals, 'source'> = {
  family: DatabaseFamily.POSTGRES, instanceIdentifiers: ['shop'], maxConnections: 400, memoryBytes: 4 * 1024 ** 3, vcpus: 2, burstable: true, logGroups: [],
};
const SERVERLESS: Omit<DatabaseSignals, 'source'> = {
  family: DatabaseFamily.MYSQL, clusterIdentifier: 'shop', instanceIdentifiers: ['writer', 'reader'], maxConnections: 1000, maxAcu: 8, logGroups: [],
};

function rows(signals: Omit<DatabaseSignals, 'source'>, source: Stack = testStack()) {
  return databaseAlarms({ source, ...signals });
}

function row(key: string, signals: Omit<DatabaseSignals, 'source'> = INSTANCE) {
  return rows(signals).find((definition) => definition.key === key)!;
}

/** `Metric{dimension=value} statistic`, of all that an expression reads. */
function read(metric: IMetric): string[] {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  return metricStat
    ? [`${metricStat.metricName}{${metricStat.dimensions!.map(({ name, value }) => `${name}=${value as string}`).join()}} ${metricStat.statistic}`]
    : Object.values(mathExpression!.usingMetrics).flatMap(read);
}

function expression(metric: IMetric): string {
  return (metric as MathExpression).expression;
}

function lookBack({ period, evaluationPeriods, datapointsToAlarm }: { period: { toMinutes(): number }; evaluationPeriods: number; datapointsToAlarm: number }): string {
  return `${datapointsToAlarm} of ${evaluationPeriods} x ${period.toMinutes()} min`;
}

describe('Documented thresholds, windows and severities', () => {
  test('fewer than 5 connections left is a warning [A-21]', () => {
    const { metric, comparison, thresholds } = row('database-connections-left');
    expect([expression(metric), comparison, thresholds]).toEqual(['400-connections', 'LessThanThreshold', { warning: 5 }]);
    expect(read(metric)).toEqual(['DatabaseConnections{DBInstanceIdentifier=shop} Maximum']);
  });

  test('more than 80 % of the connections for 5 minutes is an error [C-26, D-08]', () => {
    const definition = row('database-connections-share');
    expect([expression(definition.metric), definition.thresholds, lookBack(definition)]).toEqual(['100*connections/400', { error: 80 }, '5 of 7 x 1 min']);
  });

  test('a CPU above 70 % for 5 minutes is a warning [C-26]', () => {
    const definition = row('database-cpu');
    expect([read(definition.metric), definition.thresholds, lookBack(definition)]).toEqual([['CPUUtilization{DBInstanceIdentifier=shop} Maximum'], { warning: 70 }, '5 of 7 x 1 min']);
  });

  test('15 minutes of low use alarm only by an override [C-26]', () => {
    const definition = row('database-idle');
    expect([definition.thresholds, definition.comparison, lookBack(definition)]).toEqual([{}, 'LessThanThreshold', '15 of 17 x 1 min']);
  });

  test('less than 10 GiB of storage is a warning, and nearly none an error [A-21]', () => {
    const { metric, thresholds, unit, comparison } = row('database-storage');
    expect([expression(metric), thresholds, unit, comparison]).toEqual(['storage/1073741824', { warning: 10, error: 2 }, 'GiB', 'LessThanThreshold']);
    expect(read(metric)).toEqual(['FreeStorageSpace{DBInstanceIdentifier=shop} Minimum']);
  });

  test('a transaction age of 10^9 is an error, and PostgreSQL\'s alone', () => {
    expect(row('database-transaction-age').thresholds).toEqual({ error: 1_000_000_000 });
    expect(row('database-transaction-age', { ...INSTANCE, family: DatabaseFamily.MYSQL })).toBeUndefined();
  });

  test('more than one active session for each vCPU is a warning, by RDS\'s own metric', () => {
    const { metric, thresholds } = row('database-load');
    expect([read(metric), thresholds]).toEqual([['DBLoadRelativeToNumVCPUs{DBInstanceIdentifier=shop} Average'], { warning: 1 }]);
  });

  test('CPU credits have periods of 5 minutes, as RDS reports them, and a window of two hours', () => {
    expect(lookBack(row('database-cpu-credits'))).toBe('24 of 24 x 5 min');
    expect(row('database-cpu-credits', { ...INSTANCE, burstable: false })).toBeUndefined();
  });

  test('memory is a percentage of the instance class', () => {
    const { metric, thresholds, unit } = row('database-memory');
    expect([expression(metric), thresholds, unit]).toEqual(['100*memory/4294967296', { warning: 5 }, '%']);
  });

  test('no alarm fires on missing data or exceeds CloudWatch\'s evaluation window', () => {
    [INSTANCE, SERVERLESS].flatMap((signals) => rows(signals)).forEach(({ missing, period, evaluationPeriods: of, datapointsToAlarm: datapoints }) => {
      expect(missing).toBe('notBreaching');
      expect(period.toSeconds() * of).toBeLessThanOrEqual(86_400);
      expect(datapoints).toBeLessThanOrEqual(of);
    });
  });

  test('the small set of development has these alarms [E-09]', () => {
    const logs = new DatabaseLogMetrics(testStack(), 'Logs', postgres().database.signals);
    const small = databaseAlarms(postgres().database.signals, logs).filter(({ onlyWithAllAlarms }) => !onlyWithAllAlarms).map(({ key }) => key);
    expect(small).toEqual([
      'database-connections-left', 'database-connections-share', 'database-cpu', 'database-memory', 'database-storage', 'database-transaction-age', 'database-connection-failures',
    ]);
  });
});

describe('The alarms of a database', () => {
  test('are of capacity and readers for a serverless cluster, not of disk, memory and credits', () => {
    expect(rows(SERVERLESS).map(({ key }) => key)).toEqual([
      'database-connections-left', 'database-connections-share', 'database-cpu', 'database-idle', 'database-replica-lag', 'database-connection-failures', 'database-deadlocks', 'database-capacity',
    ]);
  });

  test('read metrics of the cluster as a whole, so that readers which scaling adds are monitored', () => {
    const dimensions = rows(SERVERLESS).flatMap(({ metric }) => read(metric)).map((metric) => /\{(\w+)=/.exec(metric)![1]);
    expect([...new Set(dimensions)]).toEqual(['DBClusterIdentifier']);
  });

  test('convert Aurora\'s lag from milliseconds and its counts from rates', () => {
    expect(expression(row('database-replica-lag', SERVERLESS).metric)).toBe('milliseconds/1000');
    expect(read(row('database-deadlocks', SERVERLESS).metric)).toEqual(['Deadlocks{DBClusterIdentifier=shop} Sum']);
    expect(expression(row('database-deadlocks', SERVERLESS).metric)).toBe('60*rateOfDeadlocks');
    expect(read(row('database-connection-failures', SERVERLESS).metric)).toEqual(['LoginFailures{DBClusterIdentifier=shop} Sum']);
  });

  test('have none on connections where the maximum is unknown', () => {
    expect(rows({ ...INSTANCE, maxConnections: undefined }).filter(({ key }) => key.startsWith('database-connections-'))).toEqual([]);
  });

  test('have none on lag for an instance without replicas', () => {
    expect(row('database-replica-lag')).toBeUndefined();
  });

  test('take the worst of several instances, with the writer except for the lag', () => {
    const signals = { ...INSTANCE, instanceIdentifiers: ['shop', 'one', 'two'] };
    expect(expression(row('database-cpu', signals).metric)).toBe('MAX([ofCPUUtilization0,ofCPUUtilization1,ofCPUUtilization2])');
    expect(read(row('database-replica-lag', signals).metric)).toEqual(['ReplicaLag{DBInstanceIdentifier=one} Maximum', 'ReplicaLag{DBInstanceIdentifier=two} Maximum']);
  });

  test('count a lag of -1, that of a stopped replica, as a day', () => {
    const lag = expression(row('database-replica-lag', { ...INSTANCE, instanceIdentifiers: ['shop', 'one'] }).metric);
    expect(lag).toBe('IF(replica0<0,86400,replica0)');
  });

  test('have a threshold above the five minutes that an idle PostgreSQL replica reports', () => {
    const replicated = { ...INSTANCE, instanceIdentifiers: ['shop', 'one'] };
    expect(row('database-replica-lag', replicated).thresholds).toEqual({ warning: 600 });
    expect(row('database-replica-lag', { ...replicated, family: DatabaseFamily.MYSQL }).thresholds).toEqual({ warning: 60 });
    expect(row('database-replica-lag', SERVERLESS).thresholds).toEqual({ warning: 2 });
  });

  test('monitor the first ten instances and warn about the others', () => {
    const stack = testStack();
    const source = new Key(stack, 'Database');
    const many = databaseAlarms({ ...INSTANCE, source, instanceIdentifiers: Array.from({ length: 12 }, (_, index) => `shop${index}`) });
    expect(Math.max(...many.map(({ metric }) => read(metric).length))).toBe(10);
    Annotations.fromStack(stack).hasWarning('/Test/Database', Match.stringLikeRegexp('Of the 12 instances of Test/Database the last 2 are not monitored'));
  });
});

describe('Operations per second on the dashboard [A-37]', () => {
  test('are reads and writes of all disks, and statements on Aurora MySQL', () => {
    const source = testStack();
    expect(read(new DatabaseMetrics({ source, ...INSTANCE }).operations())).toEqual(['ReadIOPS{DBInstanceIdentifier=shop} Average', 'WriteIOPS{DBInstanceIdentifier=shop} Average']);
    expect(read(new DatabaseMetrics({ source, ...SERVERLESS }).operations())).toEqual(['Queries{DBClusterIdentifier=shop} Sum']);
  });
});

describe('The signals of databases of this library', () => {
  test('are class, memory, vCPUs, credits, connections and replicas of an instance', () => {
    const { stack, database } = postgres({ capacity: PostgresCapacity.instance({ instanceType: InstanceType.of(InstanceClass.R8G, InstanceSize.XLARGE), readReplicas: 2 }) });
    const { memoryBytes, vcpus, burstable, maxConnections, family, instanceIdentifiers, maxAcu, events } = database.signals;
    expect({ memoryBytes, vcpus, burstable, maxConnections, family, maxAcu }).toEqual({
      memoryBytes: 32 * 1024 ** 3, vcpus: 4, burstable: false, maxConnections: 3172, family: 'postgres', maxAcu: undefined,
    });
    const all = [database.instance!, ...database.readReplicas].map(({ instanceIdentifier }) => instanceIdentifier);
    expect(stack.resolve(instanceIdentifiers)).toEqual(stack.resolve(all));
    expect(events).toBe(database.events.topic);
  });

  test('are capacity of a serverless cluster, not memory or vCPUs, which change', () => {
    const { database } = mysql({ capacity: MysqlCapacity.serverless({ version: AuroraMysqlEngineVersion.VER_3_08_0, maxAcu: 16 }) });
    expect(database.signals).toMatchObject({ family: 'mysql', clusterIdentifier: database.identifier, maxAcu: 16, maxConnections: 2000 });
    expect([database.signals.memoryBytes, database.signals.vcpus]).toEqual([undefined, undefined]);
  });

  test.each([
    ['t4g.micro', 2], ['t3.large', 2], ['t4g.xlarge', 4], ['t2.micro', 1], ['m7g.medium', 1], ['m7g.large', 2], ['r8g.xlarge', 4], ['r6i.4xlarge', 16], ['x2g.16xlarge', 64],
  ])('%s has %d processors', (type, count) => {
    expect(processors(new InstanceType(type))).toBe(count);
  });
});

function watched(make: (stack: Stack, network: SecureVpc) => HardenedPostgres | HardenedMysql, profile?: EnvironmentProfile) {
  const stack = testStack();
  profile?.applyTo(stack);
  const database = make(stack, new SecureVpc(stack, 'Network'));
  const routing = mailRouting(stack);
  routing.listenTo(database.events.topic, Severity.WARNING);
  return { stack, database, signals: new GoldenSignalAlarms(stack, 'Signals', { databases: [database], alertRouting: routing }) };
}

describe('GoldenSignalAlarms of a database', () => {
  test('refused connections are counted in all logs of a PostgreSQL, into one metric, and alarm [E-09]', () => {
    const { stack, database, signals } = watched((scope, network) => new HardenedPostgres(scope, 'Database', { network }));
    const template = templateOf(stack);
    const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).map(({ Properties }) => Properties);
    const failures = filters.filter(({ FilterPattern }) => FilterPattern.includes('?"password authentication failed"'));
    expect(failures.map(({ LogGroupName }) => LogGroupName)).toEqual(database.logGroups.map((group) => stack.resolve(group.logGroupName) as unknown));
    expect(new Set(failures.map(({ MetricTransformations: [{ MetricName }] }) => MetricName)).size).toBe(1);
    const alarm = signals.alarmFor('database-connection-failures', database);
    const { Threshold, Metrics: [{ MetricStat }] } = template.findResources('AWS::CloudWatch::Alarm')[stack.getLogicalId(alarm.node.defaultChild as never)].Properties;
    expect([Threshold, MetricStat.Stat, MetricStat.Period, MetricStat.Metric]).toEqual([10, 'Sum', 300, {
      Namespace: 'prod-constructs/databases', MetricName: failures[0].MetricTransformations[0].MetricName,
    }]);
  });

  test('count into metrics of their own, so that two of them for one database don\'t count twice', () => {
    const stack = testStack();
    const database = new HardenedPostgres(stack, 'Database', { network: new SecureVpc(stack, 'Network') });
    const names = ['One', 'Two'].map((id) => new DatabaseLogMetrics(stack, id, database.signals).deadlocks()!.metricName);
    expect(new Set(names).size).toBe(2);
  });

  test('doc C sets the limit of low use by an adjustment [C-26]', () => {
    const stack = testStack();
    const database = new HardenedMysql(stack, 'Database', { network: new SecureVpc(stack, 'Network') });
    const signals = new GoldenSignalAlarms(stack, 'Signals', { databases: [database], alertRouting: mailRouting(stack), overrides: [AlarmOverride.of('database-idle', { warningThreshold: 5 })] });
    templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: [Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'CPUUtilization' }) }) })], ComparisonOperator: 'LessThanThreshold', Threshold: 5, EvaluationPeriods: 17, DatapointsToAlarm: 15,
    });
    expect(signals.alarmFor('database-idle', database)).toBeDefined();
  });

  test.each([
    ['a PostgreSQL instance with replicas', (stack: Stack, network: SecureVpc) => new HardenedPostgres(stack, 'Database', { network, capacity: PostgresCapacity.instance({ readReplicas: 2 }) })],
    ['an Aurora MySQL', (stack: Stack, network: SecureVpc) => new HardenedMysql(stack, 'Database', { network })],
    ['an Aurora PostgreSQL', (stack: Stack, network: SecureVpc) => new HardenedPostgres(stack, 'Database', { network, capacity: PostgresCapacity.serverless() })],
    ['a MySQL instance', (stack: Stack, network: SecureVpc) => new HardenedMysql(stack, 'Database', { network, capacity: MysqlCapacity.instance() })],
  ])('nothing is left to acknowledge for %s', (_, make) => {
    expect(unacknowledged(watched(make).stack)).toEqual([]);
  });

  test('may be in another stack than the database', () => {
    const app = new App({ context: FLAGS });
    const below = testStack({ app, id: 'Below' });
    const database = new HardenedPostgres(below, 'Database', { network: new SecureVpc(below, 'Network') });
    const above = testStack({ app, id: 'Above' });
    new GoldenSignalAlarms(above, 'Signals', { databases: [database], alertRouting: mailRouting(above) });
    expect(() => app.synth()).not.toThrow();
  });

  test('a key that no database has is refused with those that there are', () => {
    const message = refusal(() => {
      const stack = testStack();
      const database = new HardenedPostgres(stack, 'Database', { network: new SecureVpc(stack, 'Network') });
      new GoldenSignalAlarms(stack, 'Signals', { databases: [database], alertRouting: mailRouting(stack), disabledAlarms: [DisabledAlarm.of('database-disk', { reason: 'It has no disk of its own' })] });
    });
    expect(message).toContain('database-disk-queue');
  });
});
