import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  DatabaseAccess, Egress, HardenedPostgres, type IBackingService, ImageRepository, Migration, type MigrationOptions, ProductionWebService,
  type ProductionWebServiceProps, Release, type ReleaseProps, ReleaseTask, SecureVpc, ServiceImage, ServiceSecret,
} from '../../../src';
import { refusal, testApp, testStack } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';

jest.setTimeout(60_000);

const COMMAND = ['npm', 'run', 'migrate'];
const ARCHIVE = {
  host: 'ARCHIVE_HOST',
  port: 'ARCHIVE_PORT',
  databaseName: 'ARCHIVE_NAME',
  userName: 'ARCHIVE_USERNAME',
  password: 'ARCHIVE_PASSWORD',
  sslMode: 'ARCHIVE_SSL_MODE',
  sslRootCert: 'ARCHIVE_SSL_ROOT_CERT',
  sslCa: 'ARCHIVE_SSL_CA',
};

interface Parts {
  readonly stack: Stack;
  readonly database: HardenedPostgres;
  readonly api: ProductionWebService;
}

/** Service that is bound to a database as given. */
function parts(bound: (database: HardenedPostgres) => IBackingService[], props: Partial<ProductionWebServiceProps> = {}): Parts {
  const app = testApp();
  const stack = testStack({ app, id: 'Application' });
  const network = new SecureVpc(stack, 'Network', { egress: Egress.endpointsOnly() });
  const database = new HardenedPostgres(stack, 'Database', { network, additionalDatabases: ['archive'] });
  const api = new ProductionWebService(stack, 'Api', {
    network,
    certificate: certificate(stack),
    image: ServiceImage.released(new ImageRepository(testStack({ app, id: 'Registry' }), 'Images')),
    backingServices: bound(database),
    ...props,
  });
  return { stack, database, api };
}

const release = ({ stack, api }: Parts, props: Partial<ReleaseProps>) =>
  new Release(stack, 'Release', { stageName: 'production', services: [api], ...props });

/** Plain variables, and names of the secret ones, of the migration or its dry run. */
function taskOf(given: Parts, options?: MigrationOptions, id = 'ApiMigrationDefinition') {
  release(given, { migrations: [Migration.command(given.api, COMMAND, options)] });
  const definitions = Template.fromStack(given.stack).findResources('AWS::ECS::TaskDefinition');
  const [, { Properties }] = Object.entries(definitions).find(([logicalId]) => logicalId.startsWith(id))!;
  const [{ Environment, Secrets }] = Properties.ContainerDefinitions;
  const names = Secrets.map(({ Name }: { Name: string }) => Name).sort();
  return { plain: Object.fromEntries(Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value])), secrets: names };
}

const inArchive = (variables?: typeof ARCHIVE) => (database: HardenedPostgres) =>
  database.withUser(database.addUser('reporting', DatabaseAccess.READ_WRITE), { databaseName: 'archive', variables });

describe('The connection of a migration', () => {
  test('leads to the database that its service uses', () => {
    expect(taskOf(parts((database) => [inArchive()(database)])).plain).toMatchObject({ DB_NAME: 'archive' });
  });

  test('leads the dry run there, too', () => {
    const given = parts((database) => [inArchive()(database)]);
    expect(taskOf(given, { plan: ['plan'] }, 'ApiMigrationPlanDefinition').plain).toMatchObject({ DB_NAME: 'archive' });
  });

  test('has the names of variables by which its service reads the database [E-04]', () => {
    expect(taskOf(parts((database) => [database.withVariables(ARCHIVE)])).secrets).toEqual(['ARCHIVE_PASSWORD', 'ARCHIVE_USERNAME']);
  });

  test('is the one that is named, with the names of variables of the service for it', () => {
    const given = () => parts((database) => [database, inArchive(ARCHIVE)(database)]);
    expect(taskOf(given(), { connection: { databaseName: 'archive' } })).toMatchObject({
      plain: { ARCHIVE_NAME: 'archive' }, secrets: ['ARCHIVE_PASSWORD', 'ARCHIVE_USERNAME'],
    });
    expect(taskOf(given(), { connection: { databaseName: 'application' } })).toMatchObject({
      plain: { DB_NAME: 'application' }, secrets: ['DB_PASSWORD', 'DB_USERNAME'],
    });
  });

  test('is refused where the service uses several databases of the server, and none is named', () => {
    const given = parts((database) => [database, inArchive(ARCHIVE)(database)]);
    expect(refusal(() => release(given, { migrations: [Migration.command(given.api, COMMAND)] }))).toMatch(
      /migrations\[0\]\.connection\.databaseName is not given, and Application\/Api uses several databases of Application\/Database: application, archive\./,
    );
  });
});

test('A migration is refused that would get other variables than its service has, of two connections', () => {
  const second = Object.fromEntries(Object.entries(ARCHIVE).map(([key, name]) => [key, name.replace('ARCHIVE', 'SECOND')]));
  const given = parts((database) => [
    database.withVariables(ARCHIVE),
    database.withUser(database.addUser('reporting', DatabaseAccess.READ_ONLY), { variables: second }),
  ]);
  expect(refusal(() => release(given, { migrations: [Migration.command(given.api, COMMAND)] }))).toContain(
    'migrations[0].connection names the host of Application/Database DB_HOST, but Application/Api reads it by ARCHIVE_HOST',
  );
});

describe('A secret of a migration', () => {
  const key = ServiceSecret.generated('DATA_KEY');
  const given = () => parts((database) => [database], { secrets: [key] });

  test('is that of the service where both have the same object', () => {
    const made = given();
    expect(taskOf(made, { secrets: [key] }).secrets).toContain('DATA_KEY');
    const secrets = Object.keys(Template.fromStack(made.stack).findResources('AWS::SecretsManager::Secret'));
    expect(secrets.filter((id) => id.includes('DATAKEY'))).toHaveLength(1);
  });

  test('is refused where it would be another one of the same name, with another value', () => {
    const made = given();
    const migrations = [Migration.command(made.api, COMMAND, { secrets: [ServiceSecret.generated('DATA_KEY')] })];
    expect(refusal(() => release(made, { migrations }))).toMatch(
      /migrations\[0\]\.secrets has a second secret for DATA_KEY, whose value is not that of Application\/Api\. Keep the ServiceSecret of DATA_KEY in a constant/,
    );
  });
});

describe('A release refuses, with the fix,', () => {
  const made = parts((database) => [database], { secrets: [ServiceSecret.placeholder('PAYMENT_CODE')] });
  const { api, database } = made;
  const migrate = (options: object, command: unknown = COMMAND) => ({ migrations: [Migration.command(api, command as string[], options)] });
  const after = (options: object, command: unknown = ['warm']) => ({ afterRelease: [ReleaseTask.command(api, command as string[], options)] });

  test.each<[string, object, RegExp]>([
    ['the host of the database as a variable of a migration', migrate({ environment: { DB_HOST: 'other' } }), /environment\.DB_HOST is set already, by Application\/Database/],
    ['the port as a variable of a migration', migrate({ environment: { PORT: '1' } }), /environment\.PORT is set already, by the port of the service/],
    ['a secret of the service as a plain variable', migrate({ environment: { PAYMENT_CODE: 'x' } }), /environment\.PAYMENT_CODE is set already, by a secret of the service/],
    ['a password as a plain variable', migrate({ environment: { PGPASSWORD_FILE_TOKEN: 'x' } }), /environment\.PGPASSWORD_FILE_TOKEN is "\(not shown\)"/],
    ['the password of the database as a plain variable of a task', after({ environment: { DB_PASSWORD: 'x' } }), /environment\.DB_PASSWORD is set already/],
    ['the command of a migration as one text', migrate({}, 'npm run migrate'), /migrations\[0\]\.command is "npm run migrate", expected a list.* Write \['npm', 'run', 'migrate'\]\./],
    ['the command of a task as one text', after({}, 'npm run warm'), /afterRelease\[0\]\.command is "npm run warm", expected a list/],
    ['the verification as one text', migrate({ verify: 'check' }), /migrations\[0\]\.verify is "check", expected a list/],
    ['a migration without a list', { migrations: Migration.command(api, COMMAND) }, /migrations is a single object, expected a list\. Write migrations: \[\.\.\.\]/],
    ['a secret without a list', migrate({ secrets: ServiceSecret.placeholder('X') }), /migrations\[0\]\.secrets is a single object, expected a list/],
    ['the name of a secret in the place of the secret', migrate({ secrets: ['PAYMENT_CODE'] }), /migrations\[0\]\.secrets\[0\] is "PAYMENT_CODE", expected an object of ServiceSecret/],
    ['a connection in the place of a database', migrate({ database: database.withPoolSize(3) }), /migrations\[0\]\.database is .*withPoolSize.*, expected a database/],
    ['the name of a database in the place of the database', migrate({ database: 'shop' }), /migrations\[0\]\.database is "shop", expected a database/],
    ['the snapshot of a connection', { snapshot: database.withPoolSize(3) }, /snapshot is .*withPoolSize.*, expected a database\. Give the database itself/],
  ])('%s', (_name, props, message) => {
    expect(refusal(() => new Release(made.stack, `Release${_name.replace(/\W/g, '')}`, { stageName: 'production', services: [api], ...props }))).toMatch(message);
  });
});
