import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  CredentialRotation,
  Egress,
  HardenedMysql,
  HardenedPostgres,
  type IBackingService,
  ImageRepository,
  type ISecureVpc,
  PostgresCapacity,
  ProductionWebService,
  SecureVpc,
  ServiceImage,
} from '../../../src';
import { only, resources } from '../../fixtures/database-stack';
import { ENV, testApp, unacknowledged } from '../../fixtures/test-stack';

interface Landscape {
  readonly app: App;
  readonly networkStack: Stack;
  readonly databaseStack: Stack;
  readonly serviceStack: Stack;
}

type MakeDatabase = (stack: Stack, network: ISecureVpc) => IBackingService;

const CERTIFICATE = 'arn:aws:acm:eu-central-1:111111111111:certificate/00000000-0000-0000-0000-000000000000';

/** Everything in one stack, or network, database, registry and service in four (requirement E-07). */
function landscape(stacks: 'one' | 'four', makeDatabase: MakeDatabase, egress?: Egress): Landscape {
  const app = testApp();
  const stack = (id: string) => new Stack(app, id, { env: ENV });
  const networkStack = stack('Network');
  const next = (id: string) => (stacks === 'four' ? stack(id) : networkStack);
  const [databaseStack, registryStack, serviceStack] = [next('Data'), next('Registry'), next('Service')];
  const network = new SecureVpc(networkStack, 'Vpc', { egress });
  const database = makeDatabase(databaseStack, network);
  const images = new ImageRepository(registryStack, 'Images');
  new ProductionWebService(serviceStack, 'Api', {
    network,
    image: ServiceImage.fromRepository(images, { tag: '1.4.2' }),
    port: 4000,
    backingServices: [database],
    certificate: Certificate.fromCertificateArn(serviceStack, 'Certificate', CERTIFICATE),
  });
  return { app, networkStack, databaseStack, serviceStack };
}

const POSTGRES: MakeDatabase = (stack, network) => new HardenedPostgres(stack, 'Database', { network });

describe.each(['one', 'four'] as const)('A service that is bound to a database, in %s stack(s)', (stacks) => {
  test('reaches its port by rules that are created in the stack of the service [A-25, E-12]', () => {
    const { serviceStack, databaseStack } = landscape(stacks, POSTGRES);
    const service = Template.fromStack(serviceStack);
    const rules = Object.entries(resources(service, 'AWS::EC2::SecurityGroupIngress')).filter(
      ([, { Properties }]) => Properties.Description === 'Database Database',
    );
    expect(rules).toHaveLength(1);
    expect(rules[0][1].Properties).toMatchObject({ FromPort: 5432, ToPort: 5432, IpProtocol: 'tcp' });
    expect(JSON.stringify(rules[0][1].Properties.SourceSecurityGroupId)).toContain('Api');
    const egress = Object.values(resources(service, 'AWS::EC2::SecurityGroupEgress')).filter(
      ({ Properties }) => Properties.Description === 'Database Database',
    );
    expect(egress).toHaveLength(1);
    if (stacks === 'four') {
      expect(/Api|TaskRole|ExecutionRole/.exec(JSON.stringify(Template.fromStack(databaseStack).toJSON()))).toBeNull();
      expect(databaseStack.dependencies).not.toContain(serviceStack);
      expect(serviceStack.dependencies).toContain(databaseStack);
      const weak = JSON.stringify(service.toJSON()).match(/"Fn::GetStackOutput":\{"StackName":"\w+"/g) ?? [];
      expect(weak.filter((reference) => reference.includes('"Data"'))).toEqual([]);
    }
  });

  test('gets host and TLS mode as plain variables, and user and password from the secret [A-24, C-24, E-04]', () => {
    const { serviceStack } = landscape(stacks, POSTGRES);
    const [container] = only(Template.fromStack(serviceStack), 'AWS::ECS::TaskDefinition').ContainerDefinitions;
    const names = (list: Array<{ Name: string }>) => list.map(({ Name }) => Name).sort();
    expect(names(container.Environment)).toEqual(['DB_HOST', 'DB_NAME', 'DB_PORT', 'DB_SSL_MODE', 'DB_SSL_ROOT_CERT', 'PORT']);
    expect(names(container.Secrets)).toEqual(['DB_PASSWORD', 'DB_USERNAME']);
    expect(container.Environment).toContainEqual({ Name: 'DB_SSL_MODE', Value: 'verify-full' });
    expect(container.Environment).toContainEqual({
      Name: 'DB_SSL_ROOT_CERT',
      Value: '/etc/ssl/certs/rds-global-bundle.pem',
    });
    container.Secrets.forEach(({ ValueFrom }: { ValueFrom: unknown }) =>
      expect(JSON.stringify(ValueFrom)).toMatch(/Database.*:(username|password)::/),
    );
  });

  test('gets the variable names that the application asks for [E-04]', () => {
    const { serviceStack } = landscape(stacks, (stack, network) =>
      new HardenedPostgres(stack, 'Database', { network }).withVariables({
        databaseName: 'DB_DATABASE',
        sslMode: 'PGSSLMODE',
      }),
    );
    const [container] = only(Template.fromStack(serviceStack), 'AWS::ECS::TaskDefinition').ContainerDefinitions;
    expect(container.Environment.map(({ Name }: { Name: string }) => Name).sort()).toEqual([
      'DB_DATABASE',
      'DB_HOST',
      'DB_PORT',
      'DB_SSL_ROOT_CERT',
      'PGSSLMODE',
      'PORT',
    ]);
  });

  test('may read only this secret, and use its key only to read it [A-24]', () => {
    const { serviceStack } = landscape(stacks, POSTGRES);
    // In one stack with the database, the setup's own role reads all secrets of the database.
    const policies = Object.values(resources(Template.fromStack(serviceStack), 'AWS::IAM::ManagedPolicy'))
      .filter(({ Properties }) => !JSON.stringify(Properties.Roles).includes('Setup'))
      .map(({ Properties }) => Properties.PolicyDocument as { Statement: any[] });
    const statements = policies.flatMap(({ Statement }) => Statement);
    const reading = statements.filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'));
    expect(reading).toHaveLength(1);
    expect(JSON.stringify(reading[0].Resource)).toMatch(/DatabaseCredentialsApplicationSecret/);
    expect(statements.filter(({ Action }) => Action === 'kms:Decrypt')).toEqual([
      expect.objectContaining({
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' } },
      }),
    ]);
  });

  test('has its tasks replaced before the next rotation, by a role that can do nothing else [A-34]', () => {
    const { serviceStack } = landscape(stacks, POSTGRES);
    const template = Template.fromStack(serviceStack);
    const schedules = Object.values(resources(template, 'AWS::Scheduler::Schedule')).map(({ Properties }) => Properties as any);
    const [schedule] = schedules.filter(({ Target }) => JSON.stringify(Target).includes('updateService'));
    expect(schedule.ScheduleExpression).toBe('rate(7 days)');
    expect(JSON.stringify(schedule.Target)).toMatch(/aws-sdk:ecs:updateService.*ForceNewDeployment/);
    const statements = Object.values(resources(template, 'AWS::IAM::ManagedPolicy')).map(
      ({ Properties }) => (Properties.PolicyDocument as { Statement: any[] }).Statement,
    );
    expect(statements).toContainEqual([
      expect.objectContaining({
        Action: 'ecs:UpdateService',
        Effect: 'Allow',
        Resource: expect.not.stringContaining('*'),
      }),
    ]);
  });

  test('gets a user, no password and the permission to sign in as that user with IAM authentication [A-34]', () => {
    const { serviceStack } = landscape(
      stacks,
      (stack, network) =>
        new HardenedPostgres(stack, 'Database', { network, credentials: CredentialRotation.iamAuthentication() }),
    );
    const template = Template.fromStack(serviceStack);
    const [container] = only(template, 'AWS::ECS::TaskDefinition').ContainerDefinitions;
    expect(container).not.toHaveProperty('Secrets');
    expect(container.Environment).toContainEqual({ Name: 'DB_USERNAME', Value: 'application' });
    const schedules = Object.values(resources(template, 'AWS::Scheduler::Schedule')).map(({ Properties }) => Properties);
    expect(schedules.filter((schedule) => JSON.stringify(schedule.Target).includes('updateService'))).toEqual([]);
    const policy = Object.values(resources(template, 'AWS::IAM::ManagedPolicy'))
      .map(({ Properties }) => Properties as any)
      .find(({ PolicyDocument }) => PolicyDocument.Statement[0].Action === 'rds-db:connect');
    expect(JSON.stringify(policy.Roles)).toContain('TaskRole');
    expect(JSON.stringify(policy.PolicyDocument.Statement[0].Resource)).toMatch(/:dbuser:.*\/application/);
  });

  test('gets a host for reads where there are replicas [D-03]', () => {
    const { serviceStack } = landscape(
      stacks,
      (stack, network) =>
        new HardenedPostgres(stack, 'Database', { network, capacity: PostgresCapacity.instance({ readReplicas: 1 }) }),
    );
    const [container] = only(Template.fromStack(serviceStack), 'AWS::ECS::TaskDefinition').ContainerDefinitions;
    expect(container.Environment.map(({ Name }: { Name: string }) => Name)).toContain('DB_READ_HOST');
  });

  test('reaches MySQL on port 3306 [C-13]', () => {
    const { serviceStack } = landscape(stacks, (stack, network) => new HardenedMysql(stack, 'Database', { network }));
    Template.fromStack(serviceStack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 3306,
      ToPort: 3306,
      Description: 'Database Database',
    });
  });

  test('leaves no compliance finding in any of the stacks', () => {
    const { serviceStack } = landscape(stacks, POSTGRES);
    expect(
      unacknowledged(serviceStack).filter((finding) => /Data|Database|TaskReplacement|BackingServices/.test(finding)),
    ).toEqual([]);
  });
});

describe('In a network without internet access', () => {
  test.each(['one', 'four'] as const)(
    'the rotation reaches Secrets Manager by an endpoint that the network creates, with %s stack(s) [B-14]',
    (stacks) => {
      const { networkStack } = landscape(stacks, POSTGRES, Egress.endpointsOnly());
      const services = Object.values(resources(Template.fromStack(networkStack), 'AWS::EC2::VPCEndpoint')).map(
        ({ Properties }) => JSON.stringify(Properties.ServiceName),
      );
      expect(services.some((name) => name.includes('secretsmanager'))).toBe(true);
    },
  );
});
