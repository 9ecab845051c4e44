import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { CacheCapacity, CacheCredentials, CacheEngine, CachePurpose, type HardenedCacheProps } from '../../src';
import { cacheIn } from '../fixtures/cache-stack';
import { refusal } from '../fixtures/test-stack';

const serverless = CacheCapacity.serverless();
const ARN = 'arn:aws:elasticache:eu-central-1:111111111111:serverlesscachesnapshot:sessions';

describe('A cache refuses, with path, prop, range and fix,', () => {
  test.each<[string, Partial<HardenedCacheProps>, RegExp]>([
    ['a missing purpose', { purpose: undefined }, /^HardenedCache 'Test\/Cache': purpose is null, expected CACHE, SESSIONS, QUEUES\. /],
    [
      'an eviction policy that drops sessions',
      { purpose: CachePurpose.SESSIONS, parameters: { 'maxmemory-policy': 'allkeys-lru' } },
      /parameters\['maxmemory-policy'\] is "allkeys-lru", expected noeviction for CachePurpose\.SESSIONS\. Remove it, or set purpose to CACHE/,
    ],
    [
      'an eviction policy that drops jobs',
      { purpose: CachePurpose.QUEUES, parameters: { 'maxmemory-policy': 'volatile-ttl' } },
      /expected noeviction for CachePurpose\.QUEUES/,
    ],
    [
      'a cache that drops nothing',
      { parameters: { 'maxmemory-policy': 'noeviction' } },
      /is "noeviction", expected allkeys-lru, .* for CachePurpose\.CACHE\. Remove it, or set purpose to SESSIONS or QUEUES/,
    ],
    ['sessions in a serverless cache', { purpose: CachePurpose.SESSIONS, capacity: serverless }, /purpose is "sessions", expected cache with CacheCapacity\.serverless\(\)/],
    ['events of a serverless cache (C-10)', { keyspaceEvents: 'Ex', capacity: serverless }, /keyspaceEvents is not supported with CacheCapacity\.serverless\(\)/],
    ['parameters of a serverless cache', { parameters: { timeout: '60' }, capacity: serverless }, /parameters is not supported/],
    ['a port of a serverless cache', { port: 6379, capacity: serverless }, /port is not supported/],
    ['a log of a serverless cache', { slowLog: true, capacity: serverless }, /slowLog is not supported/],
    ['a final snapshot of a serverless cache', { removalPolicy: RemovalPolicy.SNAPSHOT, capacity: serverless }, /removalPolicy is "snapshot"/],
    [
      'the read port that the network does not have',
      { capacity: CacheCapacity.serverless({ readFromReplicas: true }) },
      /network has dataPorts 5432, 3306, 6379, expected 6380 among them\. Add 6380 to dataPorts/,
    ],
    ['too little storage', { capacity: CacheCapacity.serverless({ maxStorageGb: 0 }) }, /capacity\.maxStorageGb is 0, expected a whole number from 1 to 5000 GB/],
    ['too few units', { capacity: CacheCapacity.serverless({ maxUnitsPerSecond: 10 }) }, /capacity\.maxUnitsPerSecond is 10/],
    ['a port that the network does not have', { port: 6390 }, /port is 6390, expected one of the dataPorts of the network/],
    ['a port that ElastiCache does not have', { port: 80 }, /port is 80, expected a whole number from 1150 to 65535/],
    ['more replicas than a primary has', { capacity: CacheCapacity.nodes({ replicas: 6 }) }, /capacity\.replicas is 6, expected a whole number from 0 to 5 replicas/],
    ['a node type with its prefix', { capacity: CacheCapacity.nodes({ nodeType: new InstanceType('cache.t4g.small') }) }, /capacity\.nodeType is "cache\.t4g\.small"/],
    ['Redis OSS 8, which ElastiCache does not have', { engine: CacheEngine.redis('8.0') }, /engine is "8\.0", expected 7\.0 or 7\.1/],
    ['a major version alone', { engine: CacheEngine.valkey('8') }, /engine is "8", expected a major and minor version from 7\.2 on/],
    ['a password of generation 0', { credentials: CacheCredentials.password({ generation: 0 }) }, /credentials\.generation is 0/],
    ['events without a place', { keyspaceEvents: 'x' }, /keyspaceEvents is "x", expected K or E, and one or more of the classes/],
    ['events as a parameter', { parameters: { 'notify-keyspace-events': 'Ex' } }, /has a prop of its own\. Set keyspaceEvents/],
    ['a short snapshot window', { snapshotWindow: '02:00-02:30' }, /snapshotWindow is "02:00-02:30", expected 60 minutes to 24 hours as hh:mm-hh:mm in UTC/],
    ['a short maintenance window', { maintenanceWindow: 'sun:05:30-sun:06:00' }, /maintenanceWindow is "sun:05:30-sun:06:00", expected 60 minutes/],
    ['maintenance during the snapshot', { maintenanceWindow: 'sun:01:30-sun:02:30' }, /maintenanceWindow is .*, expected a window outside that of the snapshot \(02:00-03:00\)/],
    ['a snapshot during the maintenance', { snapshotWindow: '05:00-06:00' }, /snapshotWindow is .*, expected a window outside that of maintenance, which is sun:05:30-sun:06:30/],
    ['no retention', { snapshotRetention: Duration.days(0) }, /snapshotRetention is 0 days?, expected 1 day to 35 days/],
    ['a name in capitals', { identifier: 'Sessions' }, /identifier is "Sessions", expected 1 to 40 lower-case letters/],
    ['a restore without a name of its own', { restoreFrom: 'sessions-2026' }, /restoreFrom needs an identifier of its own/],
    ['an ARN for nodes', { restoreFrom: ARN, identifier: 'restored' }, /restoreFrom is .*, expected the name of a snapshot, for nodes/],
    ['a name for a serverless cache', { restoreFrom: 'sessions', identifier: 'restored', capacity: serverless }, /expected the ARN of a snapshot/],
    ['a password in the rights', { accessString: 'on >secret ~* +@all' }, /accessString is .*, expected rules without passwords/],
    ['an application that is off', { accessString: 'off ~* +@all' }, /accessString is .*, expected rules that begin with on/],
  ])('%s', (_, props, message) => {
    const text = refusal(() => cacheIn(props));

    expect(text).toMatch(message);
    expect(text).toMatch(/^(HardenedCache 'Test\/Cache'|CacheUsers 'Test\/Cache\/Users'): .*\. [A-Z].*\.$/);
  });

  test('failover in a single zone (A-32)', () => {
    expect(refusal(() => cacheIn({}, { network: { availabilityZoneCount: 1 } }))).toMatch(/network has a data tier in 1 Availability Zone/);
  });

  test('a second user of the same name', () => {
    const { cache } = cacheIn();
    cache.addUser('reports', CacheCredentials.iam());

    expect(refusal(() => cache.addUser('reports', CacheCredentials.password()))).toMatch(/userName is "reports", expected .* which no other user has/);
  });
});
