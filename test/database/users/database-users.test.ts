import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  CredentialRotation,
  DatabaseAccess,
  type DatabaseUser,
  HardenedPostgres,
  type HardenedPostgresProps,
  type IBackingService,
  PostgresCapacity,
  ProductionWebService,
  SecureVpc,
  ServiceImage,
} from '../../../src';
import { mysql, postgres, resources } from '../../fixtures/database-stack';
import { refusal, testStack, unacknowledged } from '../../fixtures/test-stack';

const { READ_ONLY, READ_WRITE } = DatabaseAccess;
const CERTIFICATE = 'arn:aws:acm:eu-central-1:111111111111:certificate/00000000-0000-0000-0000-000000000000';
const WAIVER = { reason: 'the application reads the secret again' };

/** Services by id, each with what it is bound to, in a stack with a database. */
function services(
  bindings: (database: HardenedPostgres) => { [id: string]: IBackingService[] },
  props: Partial<HardenedPostgresProps> = {},
): Template {
  const stack = testStack();
  const network = new SecureVpc(stack, 'Network');
  const database = new HardenedPostgres(stack, 'Database', { network, ...props });
  Object.entries(bindings(database)).forEach(([id, backingServices]) => new ProductionWebService(stack, id, {
    network,
    image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29'),
    certificate: Certificate.fromCertificateArn(stack, `${id}Certificate`, CERTIFICATE),
    backingServices,
  }));
  return Template.fromStack(stack);
}

/** Container of a service. */
function container(template: Template, id: string): { Environment: any[]; Secrets?: any[] } {
  const [, { Properties }] = Object.entries(resources(template, 'AWS::ECS::TaskDefinition'))
    .find(([logicalId]) => logicalId.startsWith(`${id}Task`))!;
  return (Properties as any).ContainerDefinitions[0];
}

/** Secrets that the roles of a service may read. */
function readable(template: Template, id: string): string {
  return JSON.stringify(Object.entries(resources(template, 'AWS::IAM::ManagedPolicy'))
    .filter(([logicalId]) => logicalId.startsWith(id))
    .flatMap(([, { Properties }]) => (Properties as any).PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'))
    .map(({ Resource }) => Resource));
}

function rotations(template: Template): any[] {
  return Object.values(resources(template, 'AWS::SecretsManager::RotationSchedule')).map(({ Properties }) => Properties);
}

describe('The owner', () => {
  test('has a secret of its own that rotates by alternation [A-24, E-12]', () => {
    const { database, template } = postgres();
    const { owner } = database;
    expect(owner).toMatchObject({ userName: 'owner', access: READ_WRITE });
    const secrets = Object.values(resources(template, 'AWS::SecretsManager::Secret')).map(({ Properties }) => Properties);
    const secret = secrets.find(({ GenerateSecretString }) => JSON.stringify(GenerateSecretString).includes('owner'));
    // The rotation needs the master user's secret, the server and the database.
    expect(JSON.stringify(secret!.GenerateSecretString)).toMatch(/masterarn/);
    expect(rotations(template).filter(({ SecretId }) => JSON.stringify(SecretId).includes('DatabaseOwnerSecret'))).toEqual([
      expect.objectContaining({
        HostedRotationLambda: expect.objectContaining({ RotationType: 'PostgreSQLMultiUser' }),
        RotationRules: { ScheduleExpression: 'rate(30 days)' },
        RotateImmediatelyOnUpdate: false,
      }),
    ]);
  });

  test('has the name of ownerName', () => {
    expect(postgres({ ownerName: 'shop_owner' }).database.owner?.userName).toBe('shop_owner');
  });

  test('has no secret with IAM authentication', () => {
    const { owner } = postgres({ credentials: CredentialRotation.iamAuthentication() }).database;
    expect(owner?.userName).toBe('owner');
    expect(owner?.secret).toBeUndefined();
  });

  test('is missing where applications sign in as the master user, who owns the tables', () => {
    expect(postgres({ credentials: CredentialRotation.managedSecret({ waiver: WAIVER }) }).database.owner).toBeUndefined();
  });

  test('has a secret that no service may read [A-24]', () => {
    const template = services((database) => ({ Web: [database] }));
    expect(readable(template, 'Web')).toContain('DatabaseCredentialsApplicationSecret');
    expect(readable(template, 'Web')).not.toContain('Owner');
  });
});

describe('A user that is added', () => {
  test('has a secret, a rotation and a schedule that keeps the rotation awake', () => {
    const before = rotations(postgres().template).length;
    const added = postgres();
    const user = added.database.addUser('reporting', READ_ONLY);
    expect(user).toMatchObject({ userName: 'reporting', access: READ_ONLY });
    expect(user.secret).toBeDefined();
    expect(rotations(added.template)).toHaveLength(before + 1);
    const [{ HostedRotationLambda }] = rotations(added.template).filter(({ SecretId }) => JSON.stringify(SecretId).includes('reporting'));
    const schedules = Object.values(resources(added.template, 'AWS::Scheduler::Schedule')).map(({ Properties }) => JSON.stringify(Properties));
    expect(schedules.filter((schedule) => schedule.includes(HostedRotationLambda.RotationLambdaName))).toHaveLength(1);
  });

  test('signs in with IAM where it is asked for, and has no secret', () => {
    const { database } = postgres();
    expect(database.addUser('anna', READ_ONLY, { iamAuthentication: true }).secret).toBeUndefined();
  });

  test('signs in with IAM where RDS manages the secret of the master user', () => {
    const { database } = postgres({ credentials: CredentialRotation.iamAuthentication() });
    expect(database.addUser('anna', READ_ONLY).secret).toBeUndefined();
  });

  test('has a rotation of its engine', () => {
    const { database, stack } = mysql();
    database.addUser('reporting', READ_ONLY);
    const types = rotations(Template.fromStack(stack)).map(({ HostedRotationLambda }) => HostedRotationLambda.RotationType);
    expect(types.sort()).toEqual(['MySQLMultiUser', 'MySQLMultiUser', 'MySQLMultiUser', 'MySQLSingleUser']);
  });

  test('leaves no compliance finding, with a password or with IAM', () => {
    const { database, stack } = postgres({ capacity: PostgresCapacity.serverless() });
    database.addUser('reporting', READ_ONLY);
    database.addUser('anna', READ_WRITE, { iamAuthentication: true });
    database._planUser();
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('is made once for dry runs of migrations, and reads only', () => {
    const { database } = postgres();
    expect(database._planUser()).toBe(database._planUser());
    expect(database._planUser()).toMatchObject({ userName: 'migration_plan', access: READ_ONLY });
  });
});

describe('A service that is bound with a user', () => {
  test('gets its secret, and may read no other [A-24]', () => {
    const template = services((database) => ({
      Web: [database],
      Reports: [database.withUser(database.addUser('reporting', READ_ONLY))],
    }));
    const [userName, password] = ['DB_USERNAME', 'DB_PASSWORD'].map((variable) =>
      container(template, 'Reports').Secrets!.find(({ Name }) => Name === variable));
    [userName, password].forEach((secret) => expect(JSON.stringify(secret)).toContain('DatabaseUserreportingSecret'));
    expect(readable(template, 'Reports')).toContain('DatabaseUserreportingSecret');
    expect(readable(template, 'Reports')).not.toMatch(/Application|Owner|Master/);
    expect(readable(template, 'Web')).not.toContain('reporting');
  });

  test('gets the permission to sign in as that user alone with IAM', () => {
    const template = services((database) => ({
      Reports: [database.withUser(database.addUser('reporting', READ_ONLY, { iamAuthentication: true }))],
    }));
    expect(container(template, 'Reports').Environment).toContainEqual({ Name: 'DB_USERNAME', Value: 'reporting' });
    const permissions = JSON.stringify(resources(template, 'AWS::IAM::ManagedPolicy'));
    expect(permissions).toMatch(/dbuser:.*\/reporting"/);
    expect(permissions).not.toMatch(/dbuser:.*\/application"/);
  });

  test('has its tasks replaced before the next rotation [A-34]', () => {
    const template = services((database) => ({
      Reports: [database.withUser(database.addUser('reporting', READ_ONLY))],
    }));
    const schedules = Object.values(resources(template, 'AWS::Scheduler::Schedule')).map(({ Properties }) => Properties);
    expect(schedules.filter(({ Target }) => JSON.stringify(Target).includes('updateService'))).toHaveLength(1);
  });

  test('gets another database and other names of variables, beside a connection of the application', () => {
    const template = services((database) => ({
      Web: [
        database,
        database.withUser(database.addUser('migrator', READ_WRITE), {
          databaseName: 'archive',
          variables: {
            host: 'ARCHIVE_HOST',
            port: 'ARCHIVE_PORT',
            databaseName: 'ARCHIVE_NAME',
            userName: 'ARCHIVE_USER',
            password: 'ARCHIVE_PASSWORD',
            sslMode: 'ARCHIVE_SSL_MODE',
            sslRootCert: 'ARCHIVE_SSL_ROOT_CERT',
            sslCa: 'ARCHIVE_SSL_CA',
          },
        }),
      ],
    }), { additionalDatabases: ['archive'] });
    expect(container(template, 'Web').Environment).toEqual(expect.arrayContaining([
      { Name: 'DB_NAME', Value: 'application' },
      { Name: 'ARCHIVE_NAME', Value: 'archive' },
    ]));
  });
});

describe('A database refuses, with the fix,', () => {
  const { database } = postgres({ additionalDatabases: ['archive'] });
  const other = postgres().database;
  const managed = postgres({ credentials: CredentialRotation.iamAuthentication() }).database;
  database.addUser('reporting', READ_ONLY);

  test.each<[string, () => unknown, RegExp]>([
    ['a second user of one name', () => database.addUser('reporting', READ_ONLY), /userName is 'reporting', which is the name of another user/],
    ['a user of the name of the owner', () => database.addUser('owner', READ_ONLY), /userName is 'owner'/],
    ['a user of the name of the application', () => database.addUser('application', READ_ONLY), /userName is 'application'/],
    ['the second user of a rotation', () => database.addUser('reporting_clone', READ_ONLY), /userName is 'reporting_clone'.* the second user/],
    ['the user of dry runs', () => database.addUser('migration_plan', READ_ONLY), /userName is "migration_plan", expected .* none of .*migration_plan/],
    ['the master user', () => database.addUser('dbadmin', READ_ONLY), /userName is "dbadmin"/],
    ['a name that PostgreSQL reserves', () => database.addUser('pg_reports', READ_ONLY), /userName is "pg_reports"/],
    ['a name that needs quotes', () => database.addUser('Reports', READ_ONLY), /userName is "Reports"/],
    ['a name too long for a second user', () => database.addUser('a'.repeat(27), READ_ONLY), /at most 26 characters/],
    ['no name', () => database.addUser(undefined as never, READ_ONLY), /userName is not given/],
    ['no access', () => database.addUser('one', undefined as never), /access is null, expected READ_WRITE, READ_ONLY/],
    ['a user of another database', () => database.withUser(other.owner!), /user is 'Test\/Database\/Owner', which is a user of another database/],
    ['no user', () => database.withUser(undefined as never), /user is null, expected an object of DatabaseUser/],
    ['a database that the server lacks', () => database.withUser(database.owner!, { databaseName: 'shop' }), /databaseName is "shop", expected application or archive/],
    [
      'a password where RDS manages the secret of the master user',
      () => managed.addUser('anna', READ_ONLY, { iamAuthentication: false }),
      /iamAuthentication is false, but RDS manages the secret .* CredentialRotation\.alternatingUsers\(\)/,
    ],
  ])('%s', (_name, make, message) => {
    expect(refusal(make)).toMatch(message);
  });

  test('nothing of a name that another database has', () => {
    const user: DatabaseUser = other.addUser('reporting', READ_ONLY);
    expect(user.userName).toBe('reporting');
  });
});

describe('The bootstrap statements', () => {
  test('create every user, also one that is added, for setup: false', () => {
    const { database } = postgres({ setup: false, extensions: ['uuid-ossp'] });
    database.addUser('reporting', READ_ONLY);
    ['CREATE EXTENSION IF NOT EXISTS "uuid-ossp";', 'CREATE ROLE "owner" LOGIN PASSWORD :\'owner_password\';', 'CREATE ROLE "owner_clone" LOGIN IN ROLE "owner";',
      'CREATE ROLE "reporting" LOGIN PASSWORD :\'reporting_password\';', 'ALTER DEFAULT PRIVILEGES FOR ROLE "owner" GRANT SELECT ON TABLES TO "reporting";'].forEach((statement) => expect(database.bootstrapSql).toContain(statement));
  });

  test('never leave the master user a member of an owner with IAM, who would lose its password', () => {
    const { bootstrapSql } = postgres({ credentials: CredentialRotation.iamAuthentication() }).database;
    const lines = bootstrapSql.trim().split('\n');
    expect(lines[0]).toBe('BEGIN;');
    expect(lines.slice(-2)).toEqual(['REVOKE "owner" FROM CURRENT_USER;', 'COMMIT;']);
    expect(bootstrapSql).not.toContain('owner_clone');
  });

  test('of MySQL let the owner alter tables, and nobody else', () => {
    const { bootstrapSql } = mysql().database;
    expect(bootstrapSql).toMatch(/GRANT [^;]*CREATE, ALTER, DROP, INDEX, REFERENCES[^;]* TO 'owner'@'%'/);
    expect(bootstrapSql).toMatch(/GRANT SELECT, SHOW VIEW, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE ON `application`\.\* TO 'application'@'%'/);
  });
});
