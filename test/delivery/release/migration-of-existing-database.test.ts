import type { Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  type AdoptedDatabaseProps, CredentialRotation, Egress, HardenedMysql, HardenedPostgres, type IBackingService, ImageRepository, Migration, type MigrationOptions,
  ProductionWebService, Release, SecureVpc, ServiceImage, type ServiceBinding,
} from '../../../src';
import { arnStart, refusal, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';

jest.setTimeout(120_000);

const COMMAND = ['npm', 'run', 'migrate'];
const PLAN = ['npm', 'run', 'plan'];
const GROUP = 'sg-0123456789abcdef0';

const secretOf = (stack: Stack, name: string): ISecret =>
  Secret.fromSecretCompleteArn(stack, `${name}Secret`, `${arnStart(stack, 'secretsmanager')}:secret:${name}-AbCdEf`);
const keyOf = (stack: Stack, name: string) => Key.fromKeyArn(stack, `${name}Key`, `${arnStart(stack, 'kms')}:key/${name}`);

/** An existing database, as a team describes it before it thinks of migrations. */
function described(stack: Stack): AdoptedDatabaseProps {
  return {
    identifier: 'shop',
    endpoint: 'shop.abc.eu-central-1.rds.amazonaws.com',
    databaseName: 'shop',
    securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'DatabaseGroup', GROUP),
    secret: secretOf(stack, 'application'),
    secretKey: keyOf(stack, 'application'),
  };
}

interface Given {
  readonly props?: (stack: Stack) => Partial<AdoptedDatabaseProps>;
  readonly egress?: Egress;
  readonly options?: MigrationOptions;
  readonly mysql?: boolean;
}

/** A release that migrates an existing database. */
function released({ props, egress, options, mysql }: Given): Stack {
  const app = testApp();
  const stack = testStack({ app, id: 'Application' });
  const given = { ...described(stack), ...props?.(stack) };
  const database = (mysql ? HardenedMysql : HardenedPostgres).fromExisting(stack, 'Database', given);
  const api = serviceOf(stack, new SecureVpc(stack, 'Network', { egress }), database);
  new Release(stack, 'Release', { stageName: 'production', services: [api], migrations: [Migration.command(api, COMMAND, { database, ...options })] });
  return stack;
}

function serviceOf(stack: Stack, network: SecureVpc, backingService: IBackingService): ProductionWebService {
  return new ProductionWebService(stack, 'Api', {
    network,
    certificate: certificate(stack),
    image: ServiceImage.released(new ImageRepository(testStack({ app: stack.node.scope, id: 'Registry' }), 'Images')),
    backingServices: [backingService],
  });
}

/** Secrets and keys of the only task definition of a family, and what its execution role reads. */
function taskOf(stack: Stack, family: RegExp): { readonly secrets: string[]; readonly reads: string; readonly environment: any[] } {
  const resources: Array<{ Type: string; Properties: any }> = Object.values(templateOf(stack).toJSON().Resources);
  const definitions = resources.filter(({ Type, Properties }) => Type === 'AWS::ECS::TaskDefinition' && family.test(Properties.Family));
  expect(definitions).toHaveLength(1);
  const [{ Properties: { ContainerDefinitions: [container], ExecutionRoleArn } }] = definitions;
  const role = ExecutionRoleArn['Fn::GetAtt'][0];
  const policies = resources.filter(({ Type, Properties }) => Type === 'AWS::IAM::ManagedPolicy' && JSON.stringify(Properties.Roles).includes(`"${role}"`));
  return {
    secrets: container.Secrets.map(({ Name, ValueFrom }: any) => `${Name} ${/secret:(\w+)-/.exec(JSON.stringify(ValueFrom))![1]}`),
    reads: JSON.stringify(policies.map(({ Properties }) => Properties.PolicyDocument)),
    environment: container.Environment,
  };
}

describe('A migration of an existing database', () => {
  test.each([['PostgreSQL', false], ['MySQL', true]])('of %s signs in with the secret of the owner, which no other task gets [A-24]', (_, mysql) => {
    const stack = released({ mysql, props: (scope) => ({ ownerSecret: secretOf(scope, 'owner'), ownerSecretKey: keyOf(scope, 'owner') }) });
    const [migration, service] = [/-migration$/, /^(?!.*-migration)/].map((family) => taskOf(stack, family));
    expect(migration.secrets).toEqual(['DB_USERNAME owner', 'DB_PASSWORD owner']);
    expect(migration.reads).toContain('secret:owner-AbCdEf');
    expect(migration.reads).toContain('key/owner');
    expect(migration.reads).not.toMatch(/secret:application|key\/application/);
    expect(service.secrets).toEqual(['DB_USERNAME application', 'DB_PASSWORD application']);
    expect(service.reads).not.toMatch(/secret:owner|key\/owner/);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('takes another database in the server, and other names of variables', () => {
    const variables = { host: 'DB_HOST', password: 'OWNER_PASSWORD' };
    const stack = released({ props: (scope) => ({ ownerSecret: secretOf(scope, 'owner') }), options: { connection: { databaseName: 'archive', variables } } });
    const { environment, secrets } = taskOf(stack, /-migration$/);
    expect(environment).toContainEqual({ Name: 'DB_NAME', Value: 'archive' });
    expect(secrets).toEqual(['DB_USERNAME owner', 'OWNER_PASSWORD owner']);
  });

  test('signs in with the secret of the owner where services sign in with IAM authentication', () => {
    const byToken = { secret: undefined, secretKey: undefined, userName: 'shop', resourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ' };
    const stack = released({ props: (scope) => ({ ...byToken, ownerSecret: secretOf(scope, 'owner') }) });
    expect(taskOf(stack, /-migration$/).secrets).toEqual(['DB_USERNAME owner', 'DB_PASSWORD owner']);
  });

  test('has a dry run that signs in with the secret of a user who may only read [A-08, A-24]', () => {
    const stack = released({
      egress: Egress.endpointsOnly(),
      props: (scope) => ({ ownerSecret: secretOf(scope, 'owner'), readOnlySecret: secretOf(scope, 'reader'), readOnlySecretKey: keyOf(scope, 'reader') }),
      options: { plan: PLAN },
    });
    const { secrets, reads } = taskOf(stack, /-migration-plan$/);
    expect(secrets).toEqual(['DB_USERNAME reader', 'DB_PASSWORD reader']);
    expect(reads).toContain('key/reader');
    expect(reads).not.toMatch(/owner|application-AbCdEf/);
    const admitted = Object.values(templateOf(stack).findResources('AWS::EC2::SecurityGroupIngress')).filter(({ Properties }) => Properties.GroupId === GROUP);
    expect(JSON.stringify(admitted)).toContain('ApiMigrationPlanSecurityGroup');
  });

  test.each<[string, Given, RegExp]>([
    ['the secret of the owner', {}, /migrations\[0\]\.database is Application\/Database, an existing database whose owner's sign-in is not known\. Give ownerSecret to fromExisting\(\)/],
    [
      'the secret of a user who may only read, for a dry run',
      { egress: Egress.endpointsOnly(), props: (scope) => ({ ownerSecret: secretOf(scope, 'owner') }), options: { plan: PLAN } },
      /migrations\[0\]\.plan needs a user who may only read, and Application\/Database is an existing database without one\. Give readOnlySecret to fromExisting\(\), or remove plan/,
    ],
  ])('is refused without %s', (_, given, message) => {
    expect(refusal(() => released(given))).toMatch(message);
  });
});

/** A database that the team binds by itself. */
class OwnDatabase extends Construct implements IBackingService {
  public readonly databaseName = 'shop';

  public bind(): ServiceBinding {
    return { store: this, environment: { SHOP_HOST: 'shop.local' }, secrets: [] };
  }
}

describe('A migration', () => {
  test("is refused for a backing service of the team's own, whatever its properties are called", () => {
    const stack = testStack({ id: 'Application' });
    const api = serviceOf(stack, new SecureVpc(stack, 'Network'), new OwnDatabase(stack, 'Own'));
    const make = () => new Release(stack, 'Release', { stageName: 'production', services: [api], migrations: [Migration.command(api, COMMAND)] });
    expect(refusal(make)).toContain('migrations[0] runs in Application/Api, which has no database');
  });

  test('is refused for a database that the server lacks, also where the master user owns the tables', () => {
    const stack = testStack({ id: 'Application' });
    const network = new SecureVpc(stack, 'Network');
    const credentials = CredentialRotation.managedSecret({ waiver: { reason: 'The team rotates by itself, and nobody else signs in.' } });
    const api = serviceOf(stack, network, new HardenedPostgres(stack, 'Database', { network, credentials }));
    const migrations = [Migration.command(api, COMMAND, { connection: { databaseName: 'archive' } })];
    expect(refusal(() => new Release(stack, 'Release', { stageName: 'production', services: [api], migrations })))
      .toMatch(/databaseName is "archive", expected application/);
  });
});
