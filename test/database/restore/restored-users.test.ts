import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DatabaseAccess, HardenedPostgres, RestoreSource, SecureVpc } from '../../../src';
import { resources } from '../../fixtures/database-stack';
import { ACCOUNT, REGION, testStack } from '../../fixtures/test-stack';
import { DatabaseSetup, type SecretValue } from '../../simulators/database-setup';
import { MAJOR_VERSIONS, type PostgresServer } from '../../simulators/postgres-server';
import { MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

/** Properties of the setup and secrets of a template, with the names that CloudFormation would give them. */
interface Deployed {
  readonly properties: { [name: string]: unknown };
  readonly secrets: Map<string, SecretValue>;
}

/** A database as it is deployed at a port. Each deployment generates passwords of its own. */
function deployed(template: Template, deployment: string, port: number): Deployed {
  const arn = (id: string) => `arn:${deployment}:${id}`;
  const [{ Properties }] = Object.values(resources(template, 'Custom::DatabaseSetup'));
  const text = JSON.stringify(Properties, (_name, value: { [name: string]: any }) => {
    const attribute = value?.['Fn::GetAtt'] as string[] | undefined;
    if (attribute) {
      return attribute[1] === 'Endpoint.Address' ? 'localhost' : arn(attribute[0]);
    }
    return value?.Ref ? arn(value.Ref as string) : value;
  });
  const attached = Object.entries(resources(template, 'AWS::SecretsManager::SecretTargetAttachment')) as Array<[string, any]>;
  const generated = resources(template, 'AWS::SecretsManager::Secret') as { [id: string]: any };
  const secrets = attached.map(([id, { Properties: { SecretId } }]): [string, SecretValue] => {
    const written = JSON.stringify(generated[SecretId.Ref].Properties.GenerateSecretString.SecretStringTemplate).replaceAll('\\', '');
    const username = /"username":"(\w+)"/.exec(written)![1];
    return [arn(id), username === MASTER.username ? MASTER : { username, password: passwordOf(username, deployment) }];
  });
  return { properties: { ...JSON.parse(text), port: `${port}` }, secrets: new Map(secrets) };
}

const passwordOf = (username: string, deployment: string) => `of ${username} in ${deployment}`;

function templateOf(id: string, restored: boolean): Template {
  const stack = testStack();
  const storageEncryptionKey = Key.fromKeyArn(stack, 'FormerKey', `arn:aws:kms:${REGION}:${ACCOUNT}:key/former`);
  const database = new HardenedPostgres(stack, id, {
    network: new SecureVpc(stack, 'Network'),
    schemas: ['billing'],
    ...restored && {
      identifier: 'shop-restored', restoreFrom: RestoreSource.snapshot(`arn:aws:rds:${REGION}:${ACCOUNT}:snapshot:monday`, { storageEncryptionKey }),
    },
  });
  database.addUser('reporting', DatabaseAccess.READ_ONLY);
  return Template.fromStack(stack);
}

describe.each(MAJOR_VERSIONS)('Users of a server with PostgreSQL %s that is restored from a snapshot', (major) => {
  let original: PostgresServer;
  let restored: PostgresServer;

  /** Runs the setup of a deployment, as CloudFormation does. */
  async function setUp(server: PostgresServer, template: Template, deployment: string) {
    const setup = await DatabaseSetup.start(server.certificateFile);
    const { properties, secrets } = deployed(template, deployment, server.port);
    secrets.forEach((value, arn) => setup.put(arn, value));
    const result = await setup.request('Create', properties);
    setup.stop();
    expect(result).toMatchObject({ status: 'SUCCESS' });
  }

  const as = (server: PostgresServer, username: string, deployment: string, sql: string) =>
    server.query<{ [column: string]: unknown }>(sql, { user: username, password: passwordOf(username, deployment), database: 'application' });

  beforeAll(async () => {
    original = await startRdsPostgres(major);
    await setUp(original, templateOf('Database', false), 'production');
    await as(original, 'owner', 'production', 'CREATE TABLE orders (id int); CREATE TABLE billing.invoices (id int); INSERT INTO orders VALUES (7)');
    restored = await original.restored();
    await as(original, 'owner', 'production', 'INSERT INTO orders VALUES (8)');
    await setUp(restored, templateOf('Restored', true), 'restored');
  }, 120_000);

  afterAll(async () => {
    await restored.stop();
    await original.stop();
  });

  test('sign in with the secrets of the new database, and find the data of the snapshot [A-07]', async () => {
    expect(await as(restored, 'application', 'restored', 'SELECT id FROM orders')).toEqual([{ id: 7 }]);
    expect(await as(restored, 'reporting', 'restored', 'SELECT count(*)::int AS count FROM billing.invoices')).toEqual([{ count: 0 }]);
    await as(restored, 'application', 'restored', 'INSERT INTO billing.invoices VALUES (1)');
  });

  test('migrate on as the owner of the tables that came with the data', async () => {
    await as(restored, 'owner', 'restored', 'ALTER TABLE orders ADD state text; CREATE TABLE returns (id int)');
    expect(await as(restored, 'application', 'restored', 'SELECT state FROM orders')).toEqual([{ state: null }]);
  });

  test('no longer sign in with the passwords of the server that the data came from', async () => {
    await expect(as(restored, 'application', 'production', 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(await as(original, 'application', 'production', 'SELECT id FROM orders ORDER BY id')).toEqual([{ id: 7 }, { id: 8 }]);
  });
});
