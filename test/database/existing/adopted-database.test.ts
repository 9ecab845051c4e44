import { type App, CfnResource, Duration, type Stack } from 'aws-cdk-lib';
import { InstanceType, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  type AdoptedDatabaseProps,
  GoldenSignalAlarms,
  HardenedMysql,
  HardenedPostgres,
  type IBackingService,
  ProductionWebService,
  SecureVpc,
  ServiceImage,
} from '../../../src';
import { routingByMail } from '../../fixtures/alert-routing';
import { arnStart, refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';

const ENDPOINT = 'shop.abc.eu-central-1.rds.amazonaws.com';
const KEY_ID = '11111111-2222-3333-4444-555555555555';

function given(stack: Stack): AdoptedDatabaseProps {
  const secretArn = `${arnStart(stack, 'secretsmanager')}:secret:shop-AbCdEf`;
  return {
    identifier: 'shop',
    endpoint: ENDPOINT,
    databaseName: 'shop',
    securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'DatabaseGroup', 'sg-0123456789abcdef0'),
    secret: Secret.fromSecretCompleteArn(stack, 'Secret', secretArn),
    secretKey: Key.fromKeyArn(stack, 'SecretKey', `${arnStart(stack, 'kms')}:key/${KEY_ID}`),
    replaceTasksEvery: Duration.days(7),
  };
}

/** Signs in with IAM authentication instead of a secret. */
const BY_TOKEN = {
  secret: undefined,
  secretKey: undefined,
  replaceTasksEvery: undefined,
  userName: 'shop',
  resourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
};

function serviceWith(stack: Stack, database: IBackingService): ProductionWebService {
  return new ProductionWebService(stack, 'Web', {
    network: new SecureVpc(stack, 'Network'),
    certificate: certificate(stack),
    image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1'),
    backingServices: [database],
  });
}

describe('An existing database', () => {
  test('creates no resource', () => {
    const stack = testStack();
    HardenedPostgres.fromExisting(stack, 'Database', given(stack));
    expect(resourcesIn(stack)).toEqual([]);
  });

  test('opens the port of its group to a service, by rules in the stack of the service', () => {
    const imports = testStack();
    const database = HardenedPostgres.fromExisting(imports, 'Database', given(imports));
    const stack = testStack({ app: imports.node.root as App, id: 'Application' });
    serviceWith(stack, database);
    // A stack needs a resource.
    expect(resourcesIn(imports)).toEqual([]);
    new Topic(imports, 'Topic');
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-0123456789abcdef0',
      FromPort: 5432,
      ToPort: 5432,
      IpProtocol: 'tcp',
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      DestinationSecurityGroupId: 'sg-0123456789abcdef0',
      FromPort: 5432,
    });
  });

  test('gives a service its variables, its secret, and the key of the secret [E-04]', () => {
    const stack = testStack();
    serviceWith(stack, HardenedPostgres.fromExisting(stack, 'Database', { ...given(stack), readEndpoint: 'reader.local' }));
    const template = templateOf(stack);
    const [{ Properties }] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    const [{ Environment, Secrets }] = Properties.ContainerDefinitions;
    expect(Environment).toEqual(
      expect.arrayContaining([
        { Name: 'DB_HOST', Value: ENDPOINT },
        { Name: 'DB_PORT', Value: '5432' },
        { Name: 'DB_NAME', Value: 'shop' },
        { Name: 'DB_SSL_MODE', Value: 'verify-full' },
        { Name: 'DB_READ_HOST', Value: 'reader.local' },
      ]),
    );
    expect(Secrets.map(({ Name }: { Name: string }) => Name)).toEqual(['DB_USERNAME', 'DB_PASSWORD']);
    const policies = JSON.stringify(template.findResources('AWS::IAM::ManagedPolicy'));
    expect(policies).toContain('secret:shop-AbCdEf');
    expect(policies).toContain(`key/${KEY_ID}`);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('lets a service sign in with IAM authentication as the user that is named', () => {
    const stack = testStack();
    const database = HardenedMysql.fromExisting(stack, 'Database', { ...given(stack), ...BY_TOKEN });
    serviceWith(stack, database);
    const template = templateOf(stack);
    expect(JSON.stringify(template.findResources('AWS::IAM::ManagedPolicy'))).toContain(
      `rds-db:${stack.region}:${stack.account}:dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/shop`,
    );
    const [{ Properties }] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    const [{ Environment }] = Properties.ContainerDefinitions;
    expect(Environment).toEqual(
      expect.arrayContaining([
        { Name: 'DB_USERNAME', Value: 'shop' },
        { Name: 'DB_PORT', Value: '3306' },
        { Name: 'DB_SSL_MODE', Value: 'VERIFY_IDENTITY' },
      ]),
    );
  });

  test('lets a service sign in to the read replica of an instance, which has a resource id of its own', () => {
    const stack = testStack();
    const readers = { readEndpoint: 'reader.local', readResourceId: 'db-REPLICA' };
    serviceWith(stack, HardenedPostgres.fromExisting(stack, 'Database', { ...given(stack), ...BY_TOKEN, ...readers }));
    const policies = JSON.stringify(templateOf(stack).findResources('AWS::IAM::ManagedPolicy'));
    expect(policies).toContain('dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/shop');
    expect(policies).toContain('dbuser:db-REPLICA/shop');
  });

  test('gives a service the size of its pool, and warns where the pools exceed its connections', () => {
    const stack = testStack();
    const database = HardenedPostgres.fromExisting(stack, 'Database', { ...given(stack), maxConnections: 100 });
    serviceWith(stack, database.withPoolSize(40, { host: 'SHOP_HOST' }));
    const { Environment } = webContainer(stack);
    expect(Environment).toEqual(
      expect.arrayContaining([
        { Name: 'SHOP_HOST', Value: ENDPOINT },
        { Name: 'DB_POOL_SIZE', Value: '40' },
      ]),
    );
    expect(JSON.stringify(stack.node.root.node.findAll().flatMap(({ node }) => node.metadata))).toContain(
      'and the server has 90: 100 without 10 in reserve',
    );
  });

  test('gives a service another secret with the key that it was imported with, and another database [E-04]', () => {
    const stack = testStack();
    const database = HardenedPostgres.fromExisting(stack, 'Database', given(stack));
    const reports = Secret.fromSecretAttributes(stack, 'Reports', {
      secretCompleteArn: `${arnStart(stack, 'secretsmanager')}:secret:reports-AbCdEf`,
      encryptionKey: Key.fromKeyArn(stack, 'ReportsKey', `${arnStart(stack, 'kms')}:key/reports`),
    });
    serviceWith(stack, database.withSecret(reports, { databaseName: 'archive' }));
    const { Environment, Secrets } = webContainer(stack);
    expect(Environment).toContainEqual({ Name: 'DB_NAME', Value: 'archive' });
    expect(JSON.stringify(Secrets)).toContain('secret:reports-AbCdEf:username');
    const policies = JSON.stringify(templateOf(stack).findResources('AWS::IAM::ManagedPolicy'));
    expect(policies).toContain('key/reports');
    expect(policies).not.toContain('secret:shop-AbCdEf');
    expect(policies).not.toContain(KEY_ID);
  });

  test('uses the key that its secret was imported with, where secretKey is not given', () => {
    const stack = testStack();
    const secret = Secret.fromSecretAttributes(stack, 'WithKey', {
      secretCompleteArn: `${arnStart(stack, 'secretsmanager')}:secret:shop-AbCdEf`,
      encryptionKey: Key.fromKeyArn(stack, 'ItsKey', `${arnStart(stack, 'kms')}:key/its-own`),
    });
    serviceWith(stack, HardenedPostgres.fromExisting(stack, 'Database', { ...given(stack), secret, secretKey: undefined }));
    expect(JSON.stringify(templateOf(stack).findResources('AWS::IAM::ManagedPolicy'))).toContain('key/its-own');
  });

  test('refuses another secret that is known by a part of its ARN only', () => {
    const stack = testStack();
    const part = Secret.fromSecretPartialArn(stack, 'Part', `${arnStart(stack, 'secretsmanager')}:secret:shop`);
    const database = HardenedPostgres.fromExisting(stack, 'Database', given(stack));
    expect(refusal(() => database.withSecret(part))).toMatch(/secret is known by a part of its ARN only/);
  });

  test('has the alarms of a database by its names and its size', () => {
    const stack = testStack();
    const database = HardenedPostgres.fromExisting(stack, 'Database', {
      ...given(stack),
      instanceType: new InstanceType('m7g.large'),
      instanceIdentifiers: ['shop-replica1'],
      logGroups: [LogGroup.fromLogGroupName(stack, 'Log', '/aws/rds/instance/shop/postgresql')],
    });
    expect(database.signals).toMatchObject({
      family: 'postgres',
      instanceIdentifiers: ['shop', 'shop-replica1'],
      memoryBytes: 8 * 1024 ** 3,
      vcpus: 2,
      maxConnections: 793,
    });
    new GoldenSignalAlarms(stack, 'Signals', { databases: [database], alertRouting: routingByMail(stack) });
    const alarms = JSON.stringify(templateOf(stack).findResources('AWS::CloudWatch::Alarm'));
    ['memory', 'load', 'connections-left', 'storage'].forEach((key) => expect(alarms).toContain(`database-${key}`));
    expect(alarms).toContain('"Value":"shop-replica1"');
  });

  test('of a serverless cluster has the limits of its capacity units', () => {
    const stack = testStack();
    const of = { cluster: true, maxAcu: 8, instanceIdentifiers: ['shop-1', 'shop-2'] };
    const { signals } = HardenedPostgres.fromExisting(stack, 'Database', { ...given(stack), ...of });
    expect(signals).toMatchObject({ clusterIdentifier: 'shop', maxAcu: 8, maxConnections: 1669 });
    expect(signals.instanceIdentifiers).toEqual(['shop-1', 'shop-2']);
  });

  test.each<[string, (stack: Stack) => Partial<AdoptedDatabaseProps>, RegExp]>([
    [
      'neither a secret nor a user',
      () => ({ ...BY_TOKEN, userName: undefined }),
      /secret is not given, and neither are userName and resourceId/,
    ],
    [
      'a read replica without its resource id',
      () => ({ ...BY_TOKEN, readEndpoint: 'reader.local' }),
      /readResourceId is not given, and IAM names/,
    ],
    [
      'a resource id of a replica with a secret',
      () => ({ readEndpoint: 'reader.local', readResourceId: 'db-REPLICA' }),
      /readResourceId has no effect/,
    ],
    ['a user without the resource id', () => ({ ...BY_TOKEN, resourceId: undefined }), /secret is not given/],
    ['a secret and a user', () => ({ userName: 'shop' }), /userName is "shop", expected none with secret/],
    [
      'a part of the ARN of its secret',
      (stack) => ({
        secret: Secret.fromSecretPartialArn(stack, 'Part', `${arnStart(stack, 'secretsmanager')}:secret:shop`),
      }),
      /secret is known by a part of its ARN only.*fromSecretCompleteArn/,
    ],
    [
      "a part of the ARN of the owner's secret",
      (stack) => ({
        ownerSecret: Secret.fromSecretPartialArn(stack, 'Part', `${arnStart(stack, 'secretsmanager')}:secret:owner`),
      }),
      /ownerSecret is known by a part of its ARN only.*fromSecretCompleteArn/,
    ],
    [
      "a key without the owner's secret",
      (stack) => ({ ownerSecretKey: new Key(stack, 'Key') }),
      /ownerSecretKey has no effect without ownerSecret\. Remove it, or give ownerSecret/,
    ],
    [
      'a key without a secret for reading',
      (stack) => ({ readOnlySecretKey: new Key(stack, 'Key') }),
      /readOnlySecretKey has no effect without readOnlySecret/,
    ],
    [
      'a key without a secret',
      (stack) => ({ ...BY_TOKEN, secretKey: new Key(stack, 'Key') }),
      /secretKey has no effect without secret/,
    ],
    ['a URL', () => ({ endpoint: `postgres://${ENDPOINT}:5432` }), /endpoint is .*, expected a host name/],
    ['capacity units of an instance', () => ({ maxAcu: 4 }), /maxAcu is 4, expected none without cluster/],
    ['a quarter of a capacity unit', () => ({ cluster: true, maxAcu: 1.25 }), /maxAcu is 1\.25, expected 1 to 256/],
    ['a port that RDS lacks', () => ({ port: 80 }), /port is 80, expected a whole number from 1150 to 65535/],
  ])('is refused with %s', (_, props, message) => {
    const stack = testStack();
    const all = { ...given(stack), ...props(stack) };
    expect(refusal(() => HardenedPostgres.fromExisting(stack, 'Database', all))).toMatch(message);
  });
});

function webContainer(stack: Stack): any {
  const [{ Properties }] = Object.values(templateOf(stack).findResources('AWS::ECS::TaskDefinition'));
  return Properties.ContainerDefinitions[0];
}

function resourcesIn(stack: Stack): string[] {
  return stack.node
    .findAll()
    .filter((child) => CfnResource.isCfnResource(child))
    .map(({ node }) => node.path);
}
