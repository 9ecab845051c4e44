import { Fn, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnReplicationGroup, type CfnReplicationGroupProps } from 'aws-cdk-lib/aws-elasticache';
import { GoldenSignalAlarms, MonitoredCache } from '../../../src';
import { cacheAlarms } from '../../../src/observability/alarms/cache-alarms';
import { CacheMetrics } from '../../../src/observability/metrics/cache-metrics';
import { mailRouting } from '../../fixtures/signals';
import { refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';

function group(props: Partial<CfnReplicationGroupProps>, stack: Stack = testStack()): CfnReplicationGroup {
  return new CfnReplicationGroup(stack, 'Cache', {
    replicationGroupDescription: 'Sessions', engine: 'valkey', cacheNodeType: 'cache.t4g.small', atRestEncryptionEnabled: true, transitEncryptionEnabled: true, automaticFailoverEnabled: true, ...props,
  });
}

function nodes(props: Partial<CfnReplicationGroupProps>, clusterMode?: boolean): string[] {
  return MonitoredCache.fromReplicationGroup(group({ replicationGroupId: 'shop', ...props }), { clusterMode }).signals.nodeIds;
}

function read(metric: IMetric): string[] {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  return metricStat
    ? [`${metricStat.metricName}{${metricStat.dimensions!.map(({ name, value }) => `${name}=${value as string}`).join()}} ${metricStat.statistic}`]
    : Object.values(mathExpression!.usingMetrics).flatMap(read);
}

const SIGNALS = () => MonitoredCache.fromReplicationGroup(group({ replicationGroupId: 'shop', numCacheClusters: 2 })).signals;

describe('the alarms of a cache [C-28]', () => {
  const limits = Object.fromEntries(cacheAlarms(SIGNALS()).map(({ key, thresholds, unit, evaluationPeriods: of, period }) => [key, [thresholds, unit, of * period.toMinutes()]]));

  test('each limit, its unit and its window in minutes', () => {
    expect(limits).toEqual({
      'cache-cpu': [{ warning: 80, error: 90 }, '%', 7],
      'cache-host-cpu': [{ warning: 90 }, '%', 7],
      'cache-memory': [{ warning: 80, error: 95 }, '%', 7],
      'cache-evictions': [{ warning: 1000 }, 'entries', 15],
      'cache-replication-lag': [{ warning: 10 }, 's', 7],
      'cache-connections': [{ warning: 52_000 }, 'connections', 7],
    });
  });

  test.each([
    ['cache-cpu', 'EngineCPUUtilization', 'Maximum'], ['cache-host-cpu', 'CPUUtilization', 'Maximum'], ['cache-memory', 'DatabaseMemoryUsagePercentage', 'Maximum'], ['cache-evictions', 'Evictions', 'Sum'],
    ['cache-replication-lag', 'ReplicationLag', 'Maximum'], ['cache-connections', 'CurrConnections', 'Maximum'],
  ])('%s reads %s of each node', (key, name, statistic) => {
    const { metric } = cacheAlarms(SIGNALS()).find((definition) => definition.key === key)!;
    expect(read(metric)).toEqual(['shop-001', 'shop-002'].map((node) => `${name}{CacheClusterId=${node}} ${statistic}`));
  });

  test('a single node has no replica that could be behind', () => {
    expect(cacheAlarms({ ...SIGNALS(), nodeIds: ['shop-001'] }).map(({ key }) => key)).not.toContain('cache-replication-lag');
  });

  test('hits and misses of all nodes are for the dashboard', () => {
    expect(read(new CacheMetrics(SIGNALS()).hits())).toEqual(['CacheHits{CacheClusterId=shop-001} Sum', 'CacheHits{CacheClusterId=shop-002} Sum']);
    expect(read(new CacheMetrics(SIGNALS()).misses())).toHaveLength(2);
  });

  test('missing data is no alarm', () => {
    cacheAlarms(SIGNALS()).forEach(({ missing }) => expect(missing).toBe('notBreaching'));
  });

  test('monitor the first ten nodes and warn about the others', () => {
    const stack = testStack();
    const cache = MonitoredCache.fromReplicationGroup(group({ replicationGroupId: 'shop', numNodeGroups: 4, replicasPerNodeGroup: 2 }, stack));
    expect(Math.max(...cacheAlarms(cache.signals).map(({ metric }) => read(metric).length))).toBe(10);
    Annotations.fromStack(stack).hasWarning('/Test/Cache', Match.stringLikeRegexp('Of the 12 nodes of Test/Cache the last 2 are not monitored'));
  });

  test('through GoldenSignalAlarms all of them exist, without a finding', () => {
    const stack = testStack();
    const cache = MonitoredCache.fromReplicationGroup(group({ numCacheClusters: 2 }, stack));
    const signals = new GoldenSignalAlarms(stack, 'Signals', { caches: [cache], alertRouting: mailRouting(stack) });
    expect(signals.alarms).toHaveLength(8);
    expect(unacknowledged(stack).filter((finding) => finding.includes('Signals'))).toEqual([]);
  });
});

describe('the nodes of a replication group', () => {
  test.each([
    ['without cluster mode', { numCacheClusters: 3 }, undefined, ['shop-001', 'shop-002', 'shop-003']],
    ['with nothing said', {}, undefined, ['shop-001']],
    ['of one shard and a replica', { numNodeGroups: 1, replicasPerNodeGroup: 1 }, undefined, ['shop-001', 'shop-002']],
    ['of one shard in cluster mode', { numNodeGroups: 1, replicasPerNodeGroup: 1 }, true, ['shop-0001-001', 'shop-0001-002']],
    ['of one shard that says so', { numNodeGroups: 1, replicasPerNodeGroup: 1, clusterMode: 'enabled' }, undefined, ['shop-0001-001', 'shop-0001-002']],
    ['of one shard with AWS\'s parameter group for cluster mode', { cacheParameterGroupName: 'default.valkey8.cluster.on' }, undefined, ['shop-0001-001']],
    ['of one shard whose parameter group sounds like it', { cacheParameterGroupName: 'default.valkey8.cluster.on', clusterMode: 'disabled' }, false, ['shop-001']],
    ['in lower case, as ElastiCache keeps them', { replicationGroupId: 'Shop-Cache' }, undefined, ['shop-cache-001']],
    ['of two shards', { numNodeGroups: 2, replicasPerNodeGroup: 1 }, undefined, ['shop-0001-001', 'shop-0001-002', 'shop-0002-001', 'shop-0002-002']],
    ['of shards that differ', { nodeGroupConfiguration: [{ replicaCount: 1 }, { replicaCount: 0 }] }, undefined, ['shop-0001-001', 'shop-0001-002', 'shop-0002-001']],
  ])('%s', (_, props, clusterMode, expected) => {
    expect(nodes(props, clusterMode)).toEqual(expected);
  });

  test('are named after the group that AWS names', () => {
    const stack = testStack();
    const { signals } = MonitoredCache.fromReplicationGroup(group({ numCacheClusters: 1 }, stack));
    expect(stack.resolve(signals.nodeIds)).toEqual([{ 'Fn::Join': ['', [{ Ref: 'Cache' }, '-001']] }]);
    expect(() => templateOf(stack)).not.toThrow();
  });

  test('are refused where their number is not known yet, or another region decides it', () => {
    const unknown = refusal(() => MonitoredCache.fromReplicationGroup(group({ nodeGroupConfiguration: Fn.getAtt('Other', 'Shards') })));
    expect(unknown).toMatch(/^CfnReplicationGroup 'Test\/Cache': group is "Test\/Cache", expected .*\. Use MonitoredCache\.fromNodes/);
    expect(refusal(() => MonitoredCache.fromReplicationGroup(group({ globalReplicationGroupId: 'world' })))).toContain('fromNodes');
  });

  test('can be named, but not none', () => {
    const stack = testStack();
    expect(MonitoredCache.fromNodes(stack, ['A', 'b']).signals).toEqual({ source: stack, nodeIds: ['a', 'b'] });
    expect(refusal(() => MonitoredCache.fromNodes(stack, []))).toContain('nodeIds is [], expected one or more nodes');
  });
});
