import { Template } from 'aws-cdk-lib/assertions';
import { DatabaseAccess, type HardenedPostgres } from '../../../src';
import { postgres, resources } from '../../fixtures/database-stack';
import { DatabaseSetup, type SecretValue } from '../../simulators/database-setup';
import type { PostgresServer } from '../../simulators/postgres-server';
import { MASTER, startRdsPostgres } from '../../simulators/rds-postgres';

/** Properties of the custom resource of a template, with the server and the secrets as CloudFormation would name them. */
function resolved(template: Template, port: number): { [name: string]: unknown } {
  const [{ Properties }] = Object.values(resources(template, 'Custom::DatabaseSetup'));
  const value = (part: unknown): unknown => {
    if (Array.isArray(part)) {
      return part.map(value);
    }
    const { 'Ref': ref, 'Fn::GetAtt': attribute } = (typeof part === 'object' && part ? part : {}) as { [name: string]: any };
    if (ref !== undefined) {
      return `arn:${ref}`;
    }
    if (attribute !== undefined) {
      return attribute[1] === 'Endpoint.Address' ? 'localhost' : `arn:${attribute[0]}`;
    }
    return typeof part === 'object' && part
      ? Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, value(inner)]))
      : part;
  };
  return { ...value(Properties) as object, port: `${port}` };
}

/** Secrets of a template by the ARN that clients get, with the user that the template writes into each. */
function secretsOf(template: Template): Map<string, SecretValue> {
  const secrets = resources(template, 'AWS::SecretsManager::Secret') as { [id: string]: any };
  const attachments = resources(template, 'AWS::SecretsManager::SecretTargetAttachment') as { [id: string]: any };
  return new Map(Object.entries(attachments).map(([attachment, { Properties }]) => {
    const { SecretStringTemplate: text } = secrets[Properties.SecretId.Ref].Properties.GenerateSecretString;
    const username = /"username":"(\w+)"/.exec(typeof text === 'string' ? text : JSON.stringify(text).replaceAll('\\', ''))![1];
    return [`arn:${attachment}`, username === MASTER.username ? MASTER : { username, password: `generated for ${username}` }];
  }));
}

describe.each(['15', '18'])('The setup of a template on a real PostgreSQL %s', (major) => {
  let server: PostgresServer;
  let setup: DatabaseSetup;
  const make = (add: (database: HardenedPostgres) => void = () => undefined): Template => {
    const { stack, database } = postgres({ schemas: ['billing'], extensions: ['pgcrypto'], additionalDatabases: ['archive'] });
    add(database);
    return Template.fromStack(stack);
  };
  const run = async (type: 'Create' | 'Update' | 'Delete', template: Template) => {
    secretsOf(template).forEach((value, arn) => setup.put(arn, value));
    return setup.request(type, resolved(template, server.port));
  };
  const as = async (username: string, sql: string, { database = 'application', password = `generated for ${username}` } = {}) =>
    server.query<{ [column: string]: unknown }>(sql, { user: username, password, database });

  beforeAll(async () => {
    server = await startRdsPostgres(major);
    setup = await DatabaseSetup.start(server.certificateFile);
  }, 60_000);

  afterAll(async () => {
    setup.stop();
    await server.stop();
  });

  test('lets the owner migrate and the application work, in each schema and database', async () => {
    expect(await run('Create', make())).toMatchObject({ status: 'SUCCESS' });
    await as('owner', 'CREATE TABLE orders (id int); CREATE TABLE billing.invoices (id int)');
    await as('owner', 'CREATE TABLE old_orders (id int)', { database: 'archive' });
    await as('application', 'INSERT INTO orders VALUES (1); INSERT INTO billing.invoices VALUES (1)');
    await as('application', 'INSERT INTO old_orders VALUES (1)', { database: 'archive' });
    await expect(as('application', 'CREATE TABLE mine (id int)')).rejects.toThrow(/permission denied/);
  }, 60_000);

  test('creates a user that is added later, and keeps the others as they are', async () => {
    const template = make((database) => {
      database.addUser('reporting', DatabaseAccess.READ_ONLY);
      database.addUser('anna', DatabaseAccess.READ_ONLY, { iamAuthentication: true });
    });
    expect(await run('Update', template)).toMatchObject({ status: 'SUCCESS' });
    expect(await as('reporting', 'SELECT id FROM billing.invoices')).toEqual([{ id: 1 }]);
    await expect(as('reporting', 'DELETE FROM orders')).rejects.toThrow(/permission denied/);
    expect(await server.query("SELECT pg_has_role('anna', 'rds_iam', 'member') AS iam")).toEqual([{ iam: true }]);
  }, 60_000);

  test('lets the second user of a rotation alter what the first one made, and the other way round [A-34]', async () => {
    await server.query("ALTER ROLE owner_clone PASSWORD 'rotated'");
    await as('owner_clone', 'ALTER TABLE orders ADD state text; CREATE TABLE returns (id int)', { password: 'rotated' });
    await as('owner', 'ALTER TABLE returns ADD reason text');
    expect(await as('application', 'SELECT state FROM orders')).toEqual([{ state: null }]);
    expect(await as('application', 'SELECT reason FROM returns')).toEqual([]);
  });

  test('refuses to switch a user from a password to IAM, and says how to go about it', async () => {
    const { users, ...rest } = resolved(make(), server.port) as { users: Array<{ name: string }> };
    const switched = users.map(({ name, ...user }) => (name === 'application' ? { name, access: 'READ_WRITE' } : { name, ...user }));
    const { status, reason } = await setup.request('Update', { ...rest, users: switched });
    expect(status).toBe('FAILED');
    expect(reason).toMatch(/application signs in with a password .* add a second one with addUser\(\)/);
    expect(await as('application', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  test('takes over users that the bootstrap statements made', async () => {
    const { database } = postgres();
    const statements = database.bootstrapSql.replace(/.*(pgaudit|pg_stat_statements).*\n/g, '').replace(/:'(\w+)_password'/g, "'generated for $1'");
    const other = await startRdsPostgres(major);
    await other.query(statements, { user: MASTER.username, password: MASTER.password, database: 'application' });
    await other.query('CREATE TABLE made_before (id int)', { user: 'owner', password: 'generated for owner', database: 'application' });
    const onOther = await DatabaseSetup.start(other.certificateFile);
    const template = make();
    secretsOf(template).forEach((value, arn) => onOther.put(arn, value));
    expect(await onOther.request('Create', resolved(template, other.port))).toMatchObject({ status: 'SUCCESS' });
    const rows = await other.query('SELECT count(*)::int AS count FROM made_before', {
      user: 'application', password: 'generated for application', database: 'application',
    });
    expect(rows).toEqual([{ count: 0 }]);
    onOther.stop();
    await other.stop();
  }, 90_000);

  test('changes nothing when the stack is deleted', async () => {
    expect(await run('Delete', make())).toMatchObject({ status: 'SUCCESS' });
    expect(await as('application', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);
});
