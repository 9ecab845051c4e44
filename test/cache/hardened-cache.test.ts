import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import {
  AlertRouting, CacheCapacity, CacheCredentials, CacheEngine, CachePurpose, EnvironmentProfile, GoldenSignalAlarms, HardenedCache, ImageRepository,
  ProductionWebService, SecureVpc, ServiceImage,
} from '../../src';
import { BAD } from '../changes/play';
import { cacheIn } from '../fixtures/cache-stack';
import { only, resources } from '../fixtures/database-stack';
import { ENV, refusal, testApp, testStack, unacknowledged } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import type { Template as CfnTemplate } from '../simulators/cloudformation/template';

const GROUP = 'AWS::ElastiCache::ReplicationGroup';
const USER = 'AWS::ElastiCache::User';

interface User {
  readonly UserName: string;
  readonly UserId: string;
  readonly AccessString: string;
  readonly AuthenticationMode: { readonly Type: string; readonly Passwords?: unknown[] };
}

function users(template: Template): User[] {
  return Object.values(resources(template, USER)).map(({ Properties }) => Properties as unknown as User);
}

describe('A cache', () => {
  const { template, cache } = cacheIn();
  const group = only(template, GROUP);

  test('is Valkey, encrypted at rest by a key of its own and in transit, with TLS required (C-10, D-16)', () => {
    expect(group).toMatchObject({
      Engine: 'valkey', EngineVersion: '8.0', AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true, TransitEncryptionMode: 'required', AutoMinorVersionUpgrade: true,
    });
    expect(JSON.stringify(group.KmsKeyId)).toContain('CacheKey');
  });

  test('has a replica in another zone and fails over by itself (A-32, C-10)', () => {
    expect(group).toMatchObject({ NumCacheClusters: 2, AutomaticFailoverEnabled: true, MultiAZEnabled: true, CacheNodeType: 'cache.t4g.small' });
  });

  test('is saved daily between 02:00 and 04:00, and kept for 15 days (C-10, C-27)', () => {
    expect(group).toMatchObject({ SnapshotRetentionLimit: 15, SnapshotWindow: '02:00-03:00', PreferredMaintenanceWindow: 'sun:05:30-sun:06:30' });
  });

  test('listens in the data tier on the documented port, behind a group without rules (C-13)', () => {
    expect(group.Port).toBe(6379);
    expect(Object.values(resources(template, 'AWS::ElastiCache::SubnetGroup'))[0].Properties.SubnetIds).toHaveLength(3);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('drops the entries that were used longest ago, and reserves memory for snapshots on a small node (C-10)', () => {
    expect(only(template, 'AWS::ElastiCache::ParameterGroup')).toMatchObject({
      CacheParameterGroupFamily: 'valkey8', Properties: { 'maxmemory-policy': 'allkeys-lru', 'reserved-memory-percent': '30' },
    });
  });

  test('admits the application alone: the default user is off and has a generated password (C-24)', () => {
    const [off, application] = users(template);

    expect(off).toMatchObject({ UserName: 'default', AccessString: 'off ~* -@all', AuthenticationMode: { Type: 'password' } });
    expect(application).toMatchObject({ UserName: 'application', AuthenticationMode: { Type: 'password' } });
    [off, application].forEach(({ AuthenticationMode }) => expect(JSON.stringify(AuthenticationMode.Passwords)).toMatch(/resolve:secretsmanager:.*:SecretString:password::/));
    expect(only(template, 'AWS::ElastiCache::UserGroup').UserIds).toHaveLength(2);
  });

  test('logs its engine, and no slow commands with keys and values in production (A-31)', () => {
    expect(group.LogDeliveryConfigurations.map(({ LogType }: { LogType: string }) => LogType)).toEqual(['engine-log']);
    expect(only(cacheIn({ slowLog: true }).template, GROUP).LogDeliveryConfigurations).toHaveLength(2);
  });

  test('is retained with everything that it can not exist without', () => {
    const kept = [GROUP, USER, 'AWS::ElastiCache::UserGroup', 'AWS::ElastiCache::ParameterGroup', 'AWS::ElastiCache::SubnetGroup', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret'];
    kept.flatMap((type) => Object.values(template.findResources(type))).forEach((resource) => {
      expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    });
  });

  test('has names that ElastiCache accepts, at most 40 characters', () => {
    const stack = testStack({ id: 'AStackWithAVeryLongNameThatGoesOnAndOn--AndOn' });
    const long = new HardenedCache(stack, 'TheCacheOfSessionsOfTheShopOfTheCompany', { network: new SecureVpc(stack, 'Network'), purpose: CachePurpose.SESSIONS });
    const names = [long.identifier, cache.identifier, ...users(Template.fromStack(stack)).map(({ UserId }) => UserId)];

    names.forEach((name) => expect(name).toMatch(/^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/));
  });

  test('has no finding that nobody acknowledged, in any shape', () => {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network', { dataPorts: [6379, 6380] });
    new HardenedCache(stack, 'Sessions', { network, purpose: CachePurpose.SESSIONS, slowLog: true });
    new HardenedCache(stack, 'Redis', { network, purpose: CachePurpose.CACHE, engine: CacheEngine.redis('7.0'), credentials: CacheCredentials.iam() });
    new HardenedCache(stack, 'Serverless', { network, purpose: CachePurpose.CACHE, capacity: CacheCapacity.serverless({ readFromReplicas: true }) });
    new HardenedCache(stack, 'Small', { network, purpose: CachePurpose.CACHE, profile: EnvironmentProfile.development() });

    expect(unacknowledged(stack)).toEqual([]);
  });

  test('creates no function', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });
});

describe('A cache as document C has it', () => {
  const { template } = cacheIn({
    engine: CacheEngine.redis('7.0'), capacity: CacheCapacity.nodes({ nodeType: new InstanceType('t3.micro'), replicas: 2 }), keyspaceEvents: 'KEA',
  });

  test('is Redis 7.0 on cache.t3.micro with two replicas, allkeys-lru and keyspace events (C-10)', () => {
    expect(only(template, GROUP)).toMatchObject({ Engine: 'redis', EngineVersion: '7.0', CacheNodeType: 'cache.t3.micro', NumCacheClusters: 3 });
    expect(only(template, 'AWS::ElastiCache::ParameterGroup')).toMatchObject({
      CacheParameterGroupFamily: 'redis7', Properties: { 'maxmemory-policy': 'allkeys-lru', 'notify-keyspace-events': 'KEA', 'reserved-memory-percent': '50' },
    });
  });
});

describe('The purpose', () => {
  test.each([CachePurpose.SESSIONS, CachePurpose.QUEUES])('%s refuses writes when the memory is full, and drops nothing (D-04)', (purpose) => {
    expect(only(cacheIn({ purpose }).template, 'AWS::ElastiCache::ParameterGroup').Properties['maxmemory-policy']).toBe('noeviction');
  });
});

describe('In development', () => {
  const { template } = cacheIn({}, { profile: EnvironmentProfile.development() });

  test('a cache is one small node whose snapshots are kept for a day, and goes with its stack (E-08)', () => {
    expect(only(template, GROUP)).toMatchObject({ NumCacheClusters: 1, AutomaticFailoverEnabled: false, MultiAZEnabled: false, CacheNodeType: 'cache.t4g.micro', SnapshotRetentionLimit: 1 });
    template.hasResource(GROUP, { DeletionPolicy: 'Delete' });
  });

  test('it logs slow commands, too (A-31)', () => {
    expect(only(template, GROUP).LogDeliveryConfigurations).toHaveLength(2);
  });
});

test('A cache that leaves a final snapshot keeps the key of the snapshot', () => {
  const { template } = cacheIn({ removalPolicy: RemovalPolicy.SNAPSHOT });

  template.hasResource(GROUP, { DeletionPolicy: 'Snapshot' });
  template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate' });
});

test('A restored cache has the name of its snapshot, and a serverless one its ARN', () => {
  const arn = 'arn:aws:elasticache:eu-central-1:111111111111:serverlesscachesnapshot:sessions';

  expect(only(cacheIn({ identifier: 'restored', restoreFrom: 'sessions-1' }).template, GROUP)).toMatchObject({ ReplicationGroupId: 'restored', SnapshotName: 'sessions-1' });
  expect(only(cacheIn({ identifier: 'restored', restoreFrom: arn, capacity: CacheCapacity.serverless() }).template, 'AWS::ElastiCache::ServerlessCache'))
    .toMatchObject({ ServerlessCacheName: 'restored', SnapshotArnsToRestore: [arn] });
});

describe('A serverless cache', () => {
  const capacity = CacheCapacity.serverless({ maxStorageGb: 5, maxUnitsPerSecond: 2000 });
  const serverless = (availabilityZoneCount?: number) => only(cacheIn({ capacity, snapshotRetention: Duration.days(20) }, { network: { availabilityZoneCount } }).template, 'AWS::ElastiCache::ServerlessCache');

  test('has limits, a key, users and daily snapshots', () => {
    expect(serverless()).toMatchObject({
      Engine: 'valkey',
      MajorEngineVersion: '8',
      DailySnapshotTime: '02:00',
      SnapshotRetentionLimit: 20,
      CacheUsageLimits: { DataStorage: { Maximum: 5, Unit: 'GB' }, ECPUPerSecond: { Maximum: 2000 } },
    });
  });

  test('stays where it is when the network gets a third zone, because other subnets would replace it', () => {
    expect(serverless(3).SubnetIds).toEqual(serverless(2).SubnetIds);
  });
});

describe('A password', () => {
  const passwords = (generation: number) => {
    const { template, cache } = cacheIn({ credentials: CacheCredentials.password({ generation }) });
    const application = users(template).find(({ UserName }) => UserName === 'application')!;
    return { accepted: application.AuthenticationMode.Passwords!.map((one) => JSON.stringify(one)), current: JSON.stringify(Stack.of(cache).resolve(cache.secret!.secretArn)) };
  };
  const refOf = (text: string) => /"Ref":"(\w+)"/.exec(text)![1];

  test('of the next generation is accepted beside the former one, so that no running task is locked out (A-34)', () => {
    const [first, second, third] = [1, 2, 3].map(passwords);

    expect(first.accepted).toHaveLength(1);
    expect(second.accepted).toHaveLength(2);
    expect(second.accepted).toContain(first.accepted[0]);
    expect(third.accepted).toContain(second.accepted.find((one) => refOf(one) === refOf(second.current)));
    expect(third.accepted).not.toContain(first.accepted[0]);
  });

  test('that services get is the newest one', () => {
    expect(refOf(passwords(2).current)).not.toBe(refOf(passwords(1).current));
    expect(refOf(passwords(2).current)).toContain('2');
  });
});

/** Deploys one password after the other, the cache in a stack of its own, and returns what happens to each stack each time. */
function rotated(generations: number[]): string[] {
  const account = new Account(ENV);
  return generations.flatMap((generation) => {
    const app = testApp();
    const [registry, data, web] = ['Registry', 'Data', 'Web'].map((id) => testStack({ app, id })) as [Stack, Stack, Stack];
    const network = new SecureVpc(data, 'Network');
    const cache = new HardenedCache(data, 'Cache', { network, purpose: CachePurpose.SESSIONS, credentials: CacheCredentials.password({ generation }) });
    const image = ServiceImage.released(new ImageRepository(registry, 'Images'));
    new ProductionWebService(web, 'Api', { network, image, certificate: certificate(web), backingServices: [cache] });
    const assembly = app.synth();
    return [registry, data, web].map(({ stackName }) => {
      const { verdict, changes } = account.deploy(stackName, assembly.getStackByName(stackName).template as CfnTemplate);
      const bad = changes.flatMap(({ findings }) => findings).filter(({ verdict: of }) => BAD.includes(of));
      return [stackName, verdict, ...bad.map(({ rule, says }) => `${rule}: ${says}`)].join(' ');
    });
  });
}

test('Passwords rotate under a released service whose cache has a stack of its own (A-34)', () => {
  const told = rotated([1, 2, 3, 4]);
  expect(told.filter((line) => /refused|permission/.test(line))).toEqual([]);
  expect(told).toHaveLength(12);
}, 60_000);

describe('A service with a cache, in four stacks,', () => {
  const inStacks = (credentials?: CacheCredentials) => {
    const app = testApp();
    const [base, data, web] = ['Base', 'Data', 'Web'].map((id) => testStack({ app, id })) as [Stack, Stack, Stack];
    const network = new SecureVpc(base, 'Network');
    const cache = new HardenedCache(data, 'Cache', { network, purpose: CachePurpose.SESSIONS, credentials });
    const reports = cache.addUser('reports', CacheCredentials.password(), 'on ~reports:* -@all +@read +@connection');
    const image = ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29.1');
    const service = new ProductionWebService(web, 'Api', {
      network, image, certificate: certificate(web), backingServices: [cache, cache.withUser(reports, { host: 'R_HOST', userName: 'R_USER', password: 'R_PASSWORD' })],
    });
    return { service, template: Template.fromStack(web), dataTemplate: Template.fromStack(data) };
  };

  test('gets host, port, user and TLS as parts, and the password from the secret (C-24)', () => {
    const { template } = inStacks();
    const [{ Environment, Secrets }] = only(template, 'AWS::ECS::TaskDefinition').ContainerDefinitions as Array<{ Environment: Array<{ Name: string; Value: unknown }>; Secrets: Array<{ Name: string }> }>;
    const environment = Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));

    expect(environment).toMatchObject({ REDIS_PORT: '6379', REDIS_USERNAME: 'application', REDIS_TLS: 'true', REDIS_CLUSTER_MODE: 'false', R_USER: 'reports' });
    expect(environment).toHaveProperty('REDIS_HOST');
    expect(environment).toHaveProperty('REDIS_READ_HOST');
    expect(Secrets.map(({ Name }) => Name).sort()).toEqual(['REDIS_PASSWORD', 'R_PASSWORD']);
  });

  test('may read the password before the current one, which revisions that run still name (A-34)', () => {
    const readable = (generation: number) => {
      const { template } = inStacks(CacheCredentials.password({ generation }));
      const statements = Object.values<any>(template.findResources('AWS::IAM::ManagedPolicy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
      const reads = statements.filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'));
      return new Set(JSON.stringify(reads).match(/Secretapplication\d/g)).size;
    };
    expect([1, 2, 3].map(readable)).toEqual([1, 2, 2]);
  });

  test('opens the port of the cache for its own group, and the cache knows no client (C-13)', () => {
    const { template, dataTemplate } = inStacks();

    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 6379, ToPort: 6379 });
    dataTemplate.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('signs in with IAM as exactly one user of exactly one cache, without a password', () => {
    const { template, dataTemplate } = inStacks(CacheCredentials.iam());
    const iam = users(dataTemplate).find(({ AuthenticationMode }) => AuthenticationMode.Type === 'iam')!;

    expect(iam.UserName).toBe(iam.UserId);
    const [statement, ...more] = Object.values<any>(template.findResources('AWS::IAM::ManagedPolicy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => [Action].flat().includes('elasticache:Connect'));
    expect(more).toEqual([]);
    // With and without the partition as a reference.
    const ends = statement.Resource.map((arn: any) => (typeof arn === 'string' ? arn : arn['Fn::Join'][1].at(-1)).split(':').slice(-2).join(':'));
    expect(ends).toEqual([expect.stringMatching(/^replicationgroup:data-cache-\w+$/), `user:${iam.UserId}`]);
  });
});

test('The alarms refuse a serverless cache, whose metrics have other names', () => {
  const { stack, cache } = cacheIn({ capacity: CacheCapacity.serverless() }, { profile: EnvironmentProfile.staging() });
  const alertRouting = new AlertRouting(stack, 'Alerts');

  expect(refusal(() => new GoldenSignalAlarms(stack, 'Signals', { caches: [cache], alertRouting }))).toMatch(/caches is "Test\/Cache", expected caches of nodes/);
});

test('The alarms take a cache as it is, and watch each of its nodes (C-28)', () => {
  const { stack, cache } = cacheIn({ identifier: 'sessions' }, { profile: EnvironmentProfile.staging() });
  const alertRouting = new AlertRouting(stack, 'Alerts');
  new GoldenSignalAlarms(stack, 'Signals', { caches: [cache], alertRouting });
  const alarms = JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));

  expect(cache.signals.nodeIds).toEqual(['sessions-001', 'sessions-002']);
  expect(alarms).toContain('sessions-002');
});
