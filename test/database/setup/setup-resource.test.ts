import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  CredentialRotation,
  DatabaseAccess,
  Egress,
  HardenedPostgres,
  type HardenedPostgresProps,
  ImageRepository,
  PostgresCapacity,
  ProductionWebService,
  SecureVpc,
  ServiceImage,
} from '../../../src';
import { mysql, only, postgres, resources } from '../../fixtures/database-stack';
import { ENV, testApp, unacknowledged } from '../../fixtures/test-stack';

const SETUP = 'Custom::DatabaseSetup';
const SERVICE = 'AWS::ECS::Service';
const CERTIFICATE = 'arn:aws:acm:eu-central-1:111111111111:certificate/00000000-0000-0000-0000-000000000000';

interface Declared { readonly Type: string; readonly DependsOn?: string[]; readonly Properties: any }

/** The only resource of a type, with its dependencies. */
function declared(template: Template, type: string): Declared {
  const [resource, ...others] = Object.values(template.findResources(type)) as Declared[];
  expect(others).toEqual([]);
  return resource;
}

/** Network, database, registry and service, in one stack or in four. */
function landscape(stacks: 'one' | 'four', props: Partial<HardenedPostgresProps> = {}, released = false) {
  const app = testApp();
  const first = new Stack(app, 'Network', { env: ENV });
  const stack = (id: string) => (stacks === 'four' ? new Stack(app, id, { env: ENV }) : first);
  const [data, registry, services] = [stack('Data'), new Stack(app, 'Registry', { env: ENV }), stack('Service')];
  const network = new SecureVpc(first, 'Vpc');
  const database = new HardenedPostgres(data, 'Database', { network, ...props });
  const images = new ImageRepository(registry, 'Images');
  const service = new ProductionWebService(services, 'Api', {
    network,
    image: released ? ServiceImage.released(images) : ServiceImage.fromRepository(images, { tag: '1.4.2' }),
    backingServices: [database],
    certificate: Certificate.fromCertificateArn(services, 'Certificate', CERTIFICATE),
  });
  return { app, data, services, service, database };
}

describe('The setup', () => {
  test('is told the server, what to create, and who signs in how', () => {
    const { database, stack } = postgres({
      schemas: ['billing'], extensions: ['vector'], additionalDatabases: ['archive'], databaseName: 'shop', ownerName: 'boss',
    });
    database.addUser('reporting', DatabaseAccess.READ_ONLY);
    database.addUser('anna', DatabaseAccess.READ_WRITE, { iamAuthentication: true });
    const { Properties } = declared(Template.fromStack(stack), SETUP);
    const secret = (id: string) => ({ Ref: expect.stringContaining(id) });
    expect(Properties).toMatchObject({
      engine: 'postgres',
      port: '5432',
      masterSecretArn: secret('MasterSecretAttachment'),
      database: 'shop',
      databases: ['archive'],
      schemas: ['billing'],
      extensions: ['vector'],
      users: [
        { name: 'application', access: 'READ_WRITE', secretArn: secret('ApplicationSecretAttachment') },
        { name: 'boss', access: 'OWNER', secretArn: secret('OwnerbossSecretAttachment') },
        { name: 'reporting', access: 'READ_ONLY', secretArn: secret('UserreportingSecretAttachment') },
        { name: 'anna', access: 'READ_WRITE' },
      ],
      statements: '3',
    });
    expect(JSON.stringify(Properties.host)).toContain('Endpoint.Address');
  });

  test('of MySQL is told its engine', () => {
    expect(declared(mysql().template, SETUP).Properties).toMatchObject({ engine: 'mysql', port: '3306', schemas: [], extensions: [] });
  });

  test('creates no user where applications sign in as the master user', () => {
    const { template } = postgres({ credentials: CredentialRotation.managedSecret({ waiver: { reason: 'it reads the secret again' } }) });
    expect(declared(template, SETUP).Properties).toMatchObject({
      users: [], masterSecretArn: { 'Fn::GetAtt': [expect.stringContaining('Instance'), 'MasterUserSecret.SecretArn'] },
    });
  });

  test('reads the secrets of this database alone, and decrypts them through Secrets Manager alone', () => {
    const { template } = postgres();
    const policies = Object.entries(resources(template, 'AWS::IAM::ManagedPolicy'))
      .filter(([id]) => /^DatabaseSetup(Secrets)?Policy/.test(id))
      .flatMap(([, { Properties }]) => (Properties as any).PolicyDocument.Statement);
    const allowed = policies.filter(({ Effect }) => Effect === 'Allow');
    const actions = allowed.flatMap(({ Action }) => Action).filter((action: string) => !action.startsWith('ec2:'));
    // Without the flag that merges them, each secret has a statement.
    expect([...new Set(actions)].sort()).toEqual(['kms:Decrypt', 'logs:CreateLogStream', 'logs:PutLogEvents', 'secretsmanager:GetSecretValue']);
    const reading = allowed.filter(({ Action }) => Action === 'secretsmanager:GetSecretValue');
    expect(reading.flatMap(({ Resource }) => Resource)).toHaveLength(3);
    const decrypting = allowed.find(({ Action }) => Action === 'kms:Decrypt');
    expect(JSON.stringify(decrypting.Condition)).toMatch(/kms:ViaService.*secretsmanager\.eu-central-1/);
  });

  test('ends within minutes, before CloudFormation gives up, and trusts the authorities of RDS', () => {
    const { template } = postgres();
    const { Timeout, Environment } = only(template, 'AWS::Lambda::Function');
    expect(Timeout).toBe(300);
    expect(Number(declared(template, SETUP).Properties.ServiceTimeout)).toBe(420);
    expect(Environment.Variables.NODE_EXTRA_CA_CERTS).toBe('/var/runtime/ca-cert.pem');
  });

  test('tells the function its server, so that it refuses a request for another one', () => {
    const template = Template.fromStack(postgres().stack);
    const { engine, host, port, masterSecretArn } = declared(template, SETUP).Properties;
    const functions = Object.values(resources(template, 'AWS::Lambda::Function')) as Array<{ [name: string]: any }>;
    const variables = functions.map(({ Properties }) => Properties.Environment?.Variables);
    expect(variables).toContainEqual(
      expect.objectContaining({ DB_ENGINE: engine, DB_HOST: host, DB_PORT: port, MASTER_SECRET_ARN: masterSecretArn }),
    );
  });

  test('comes after the server, its rules and policies, routes, endpoints and ACLs, which stand until it is deleted', () => {
    const { DependsOn } = declared(postgres({}).template, SETUP);
    ['DatabaseServerInstance', 'DatabaseSecurityGroupfromTestDatabaseSetup', 'DatabaseSetupPolicy', 'DatabaseSetupSecretsPolicy',
      'DatabaseSetupSecurityGroupto', 'DatabaseSetupFunction', 'NetworkAclsapplication', 'NetworkAclsdata', 'NetworkEndpointsS3',
      'NetworkVpcapplicationSubnet1DefaultRoute'].forEach((id) =>
      expect(DependsOn!.filter((other) => other.startsWith(id))).not.toEqual([]));
  });

  test('comes after the members of a cluster, and waits for no replica of an instance', () => {
    const cluster = declared(postgres({ capacity: PostgresCapacity.serverless({ readers: 1 }) }).template, SETUP).DependsOn!;
    expect(cluster.filter((id) => /ClusterMember\d/.test(id))).toHaveLength(2);
    const instance = declared(postgres({ capacity: PostgresCapacity.instance({ readReplicas: 2 }) }).template, SETUP).DependsOn!;
    expect(instance.filter((id) => id.includes('Replica'))).toEqual([]);
  });

  test('reaches the server, Secrets Manager and the answer in S3 without internet access [B-14]', () => {
    const stack = new Stack(testApp(), 'Test', { env: ENV });
    const network = new SecureVpc(stack, 'Network', { egress: Egress.endpointsOnly() });
    new HardenedPostgres(stack, 'Database', { network });
    const template = Template.fromStack(stack);
    const egress = Object.entries(resources(template, 'AWS::EC2::SecurityGroupEgress')).filter(([id]) => id.startsWith('DatabaseSetup'));
    expect(egress.map(([, { Properties }]) => Properties.FromPort).sort()).toEqual([443, 443, 5432]);
    expect(JSON.stringify(egress)).toContain('"DestinationPrefixListId":"pl-6ea54007"');
    const { DependsOn } = declared(template, SETUP);
    expect(DependsOn!.filter((id) => /NetworkEndpoints(S3|secretsmanager)/.test(id))).toHaveLength(2);
    const s3 = Object.values(resources(template, 'AWS::EC2::VPCEndpoint'))
      .map(({ Properties }) => Properties as any)
      .find(({ ServiceName }) => JSON.stringify(ServiceName).includes('.s3'));
    expect(s3.PolicyDocument.Statement).toContainEqual(expect.objectContaining({
      Action: 's3:PutObject', Principal: { AWS: '*' }, Resource: expect.arrayContaining([expect.anything()]),
    }));
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('is left to the team with setup: false, and nothing waits for it', () => {
    const { data, services } = landscape('four', { setup: false });
    Template.fromStack(data).resourceCountIs(SETUP, 0);
    Template.fromStack(data).resourceCountIs('AWS::Lambda::Function', 0);
    expect(JSON.stringify(declared(Template.fromStack(services), SERVICE).DependsOn)).not.toContain('Setup');
  });

  test('of many users divides its policy before IAM refuses it', () => {
    const { stack, database } = postgres();
    Array.from({ length: 40 }, (_, index) => database.addUser(`reporting_of_department_${index}`, DatabaseAccess.READ_ONLY));
    const policies = Object.keys(resources(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy'))
      .filter((id) => id.startsWith('DatabaseSetupSecretsPolicy'));
    expect(policies.length).toBeGreaterThan(1);
    const { DependsOn } = declared(Template.fromStack(stack), SETUP);
    policies.forEach((id) => expect(DependsOn).toContain(id));
  });
});

describe('A service that is given a database', () => {
  test.each([['declared', false], ['released', true]])('waits for its setup with a %s image, and its load balancer does not', (_name, released) => {
    const { services } = landscape('one', {}, released);
    const template = Template.fromStack(services);
    const [setup] = Object.keys(resources(template, SETUP));
    expect(declared(template, SERVICE).DependsOn).toContain(setup);
    ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancingV2::TargetGroup', 'AWS::ECS::TaskDefinition']
      .flatMap((type) => Object.values(template.findResources(type)) as Declared[])
      .forEach(({ DependsOn = [] }) => expect(DependsOn).not.toContain(setup));
  });

  test('waits for the stack of the setup, which never waits for the service', () => {
    const { data, services, app } = landscape('four');
    app.synth();
    expect(services.dependencies).toContain(data);
    expect(data.dependencies).not.toContain(services);
  });

  test('waits for it with a user, with other variables, and for another backing service that says so', () => {
    const stack = new Stack(testApp(), 'Test', { env: ENV });
    const network = new SecureVpc(stack, 'Network');
    const database = new HardenedPostgres(stack, 'Database', { network });
    const images = new ImageRepository(new Stack(stack.node.scope!, 'Registry', { env: ENV }), 'Images');
    const reporting = database.addUser('reporting', DatabaseAccess.READ_ONLY);
    Object.entries({
      User: database.withUser(reporting),
      Names: database.withVariables({ host: 'HOST' }),
      Other: { bind: () => ({ environment: {}, secrets: [], startAfter: database.events }) },
    }).forEach(([id, backing]) => new ProductionWebService(stack, id, {
      network,
      image: ServiceImage.fromRepository(images, { tag: '1' }),
      backingServices: [backing],
      certificate: Certificate.fromCertificateArn(stack, `${id}Certificate`, CERTIFICATE),
    }));
    const template = Template.fromStack(stack);
    const service = (id: string) => Object.entries(template.findResources(SERVICE)).find(([key]) => key.startsWith(`${id}Service`))![1] as Declared;
    const [setup] = Object.keys(resources(template, SETUP));
    expect(service('User').DependsOn).toContain(setup);
    expect(service('Names').DependsOn).toContain(setup);
    expect(service('Other').DependsOn!.filter((id) => id.startsWith('DatabaseEvents'))).not.toEqual([]);
  });
});
