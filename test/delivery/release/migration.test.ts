import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpointAwsService, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  CredentialRotation, DatabaseAccess, Egress, HardenedMysql, HardenedPostgres, ImageRepository, MaintenanceWindow, Migration, type MigrationOptions, ProductionWebService,
  type ProductionWebServiceProps, Release, type ReleaseProps, ReleaseTask, SecureVpc, ServiceImage, ServiceSecret,
  type Waiver,
} from '../../../src';
import { refusal, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';
import { definitions } from '../../simulators/deployed-definition';

jest.setTimeout(120_000);

const COMMAND = ['npm', 'run', 'migrate'];
const PLAN = ['npm', 'run', 'plan'];
const NAT = { reason: 'The image comes through NAT.' };
const SERVICE_SECRET = ServiceSecret.generated('JWT_SECRET');

interface Given {
  readonly egress?: Egress;
  readonly credentials?: CredentialRotation;
  readonly service?: (databases: HardenedPostgres[], stack: Stack) => Partial<ProductionWebServiceProps>;
}

interface Parts {
  readonly stack: Stack;
  readonly api: ProductionWebService;
  readonly orders: HardenedPostgres;
  readonly reports: HardenedMysql;
}

/** Service with secrets of its own and a database. */
function parts({ egress, credentials, service }: Given = {}): Parts {
  const app = testApp();
  const stack = testStack({ app, id: 'Application' });
  const network = new SecureVpc(stack, 'Network', { egress });
  const orders = new HardenedPostgres(stack, 'Orders', { network, credentials });
  const reports = new HardenedMysql(stack, 'Reports', { network });
  const api = new ProductionWebService(stack, 'Api', {
    network,
    certificate: certificate(stack),
    image: ServiceImage.released(new ImageRepository(testStack({ app, id: 'Registry' }), 'Images')),
    backingServices: [orders],
    environment: { LOG_LEVEL: 'info' },
    secrets: [SERVICE_SECRET],
    ...service?.([orders], stack),
  });
  return { stack, api, orders, reports };
}

type Resource = { readonly Type: string; readonly Properties: any };

/** A release in a template, and what it holds. */
class Released {
  public readonly template: Template;
  public readonly resources: { [id: string]: Resource };

  public constructor(public readonly given: Parts, props: (given: Parts) => Partial<ReleaseProps>) {
    new Release(given.stack, 'Release', { stageName: 'production', services: [given.api], ...props(given) });
    this.template = templateOf(given.stack);
    this.resources = this.template.toJSON().Resources;
  }

  /** Id of the one resource that begins so. */
  public id(prefix: string): string {
    const found = Object.keys(this.resources).filter((id) => new RegExp(`^${prefix}[0-9A-F]{8}$`).test(id));
    expect(found).toHaveLength(1);
    return found[0];
  }

  public definition(prefix: string): any {
    return this.resources[this.id(prefix)].Properties;
  }

  public container(prefix: string): any {
    return this.definition(prefix).ContainerDefinitions[0];
  }

  /** Statements of the managed policies of a role. */
  public statements(role: string): any[] {
    return Object.values(this.resources)
      .filter(({ Type, Properties }) => Type === 'AWS::IAM::ManagedPolicy' && Properties.Roles.some(({ Ref }: any) => Ref === role))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  }

  /** Ids of the secrets that a role may read. */
  public readable(role: string): string[] {
    return this.statements(role).filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'))
      .flatMap(({ Resource }) => [Resource].flat().map(({ Ref }: any) => Ref)).sort();
  }

  /** Destinations of a security group, with port. */
  public destinations(group: string): string[] {
    const inline: any[] = this.resources[group].Properties.SecurityGroupEgress ?? [];
    const rules = Object.values(this.resources).filter(({ Type, Properties }) => Type === 'AWS::EC2::SecurityGroupEgress' && Properties.GroupId['Fn::GetAtt'][0] === group);
    return [...inline, ...rules.map(({ Properties }) => Properties)].map(({ CidrIp, DestinationPrefixListId, DestinationSecurityGroupId, ToPort }) =>
      `${CidrIp ?? DestinationPrefixListId ?? DestinationSecurityGroupId['Fn::GetAtt'][0]}${ToPort === undefined ? '' : `:${JSON.stringify(ToPort)}`}`.replace(/[0-9A-F]{8}(?=:)/, '')).sort();
  }

  /** Statements of the role of a state machine. */
  public ofMachine(prefix: string): any[] {
    const [[, { Properties }]] = Object.entries(this.resources).filter(([id, { Type }]) => Type === 'AWS::StepFunctions::StateMachine' && id.startsWith(prefix));
    return this.statements(Properties.RoleArn['Fn::GetAtt'][0]);
  }

  /** Resources of the statements with an action. */
  public allowed(prefix: string, action: string): string {
    return JSON.stringify(this.ofMachine(prefix).filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource));
  }
}

const migrates = (options?: MigrationOptions, given?: Given) =>
  new Released(parts(given), ({ api }) => ({ migrations: [Migration.command(api, COMMAND, options)] }));
const names = (variables: any[] = []) => variables.map(({ Name }) => Name).sort();

describe('The task of a migration', () => {
  let released: Released;
  beforeAll(() => { released = migrates(); });

  test('has a family of its own, with the size, the user, the memory and the log of the service [A-08]', () => {
    const [own, service] = [released.definition('ApiMigrationDefinition'), released.definition('ApiTaskDefinition')];
    expect(own.Family).toBe(`${service.Family}-migration`);
    ['Cpu', 'Memory', 'RuntimePlatform', 'NetworkMode'].forEach((field) => expect(own[field]).toEqual(service[field]));
    const [container, theirs] = [released.container('ApiMigrationDefinition'), released.container('ApiTaskDefinition')];
    ['Name', 'Image', 'User', 'ReadonlyRootFilesystem', 'LinuxParameters', 'LogConfiguration'].forEach((field) => expect(container[field]).toEqual(theirs[field]));
    expect(own.ContainerDefinitions).toHaveLength(1);
    expect(container.PortMappings ?? []).toEqual([]);
  });

  test('signs in as the owner, and has the plain variables of the service', () => {
    const container = released.container('ApiMigrationDefinition');
    expect(names(container.Environment)).toEqual(names(released.container('ApiTaskDefinition').Environment));
    expect(names(container.Environment)).toEqual(expect.arrayContaining(['LOG_LEVEL', 'PORT', 'DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_SSL_MODE']));
    expect(names(container.Secrets)).toEqual(['DB_PASSWORD', 'DB_USERNAME']);
    expect(JSON.stringify(container.Secrets)).toContain(released.id('OrdersOwnerSecretAttachment'));
  });

  test('has its own roles: one reads the secret of the owner, the other may do nothing [A-24]', () => {
    const { ExecutionRoleArn, TaskRoleArn } = released.definition('ApiMigrationDefinition');
    expect(released.readable(ExecutionRoleArn['Fn::GetAtt'][0])).toEqual([released.id('OrdersOwnerSecretAttachment')]);
    expect(released.statements(TaskRoleArn['Fn::GetAtt'][0])).toEqual([]);
  });

  test('leaves the secret of the owner to itself: no role and no container of the service has it [A-24]', () => {
    const owner = released.id('OrdersOwnerSecretAttachment');
    const { ExecutionRoleArn, TaskRoleArn } = released.definition('ApiTaskDefinition');
    [ExecutionRoleArn, TaskRoleArn].forEach((role) => expect(JSON.stringify(released.statements(role['Fn::GetAtt'][0]))).not.toContain(owner));
    expect(JSON.stringify(released.definition('ApiTaskDefinition'))).not.toContain(owner);
    const holders = Object.entries(released.resources).filter(([, { Type, Properties }]) => Type === 'AWS::ECS::TaskDefinition' && JSON.stringify(Properties).includes(owner));
    expect(holders.map(([id]) => id)).toEqual([released.id('ApiMigrationDefinition')]);
  });

  test('is what the release may run, and its roles are what the release may pass beside those of the service', () => {
    expect(released.allowed('ReleaseMachine', 'ecs:RunTask')).toMatch(/-migration:\*/);
    expect(released.ofMachine('ReleaseMachine').filter(({ Action }) => [Action].flat().includes('ecs:RunTask')).flatMap(({ Resource }) => [Resource].flat())).toHaveLength(1);
    const passed = released.allowed('ReleaseMachine', 'iam:PassRole');
    const roles = [...passed.matchAll(/\["(\w+Role)[0-9A-F]{8}","Arn"\]/g)].map(([, role]) => role).sort();
    expect([...new Set(roles)]).toEqual(['ApiMigrationExecutionRole', 'ApiMigrationTaskRole', 'ApiTaskExecutionRole', 'ApiTaskTaskRole']);
  });

  test('leaves no finding of the four packs unacknowledged', () => {
    const { stack } = migrates({ plan: PLAN, planInternetAccess: NAT }).given;
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('gets the secrets that it names; one of the service is the same secret', () => {
    const key = ServiceSecret.generated('MIGRATION_KEY');
    const given = parts();
    const token = Secret.fromSecretCompleteArn(given.stack, 'Token', 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:token-a1b2c3');
    const secrets = [SERVICE_SECRET, key, ServiceSecret.fromSecret('TOKEN', token)];
    const named = new Released(given, ({ api }) => ({ migrations: [Migration.command(api, COMMAND, { secrets })] }));
    const container = named.container('ApiMigrationDefinition');
    expect(names(container.Secrets)).toEqual(['DB_PASSWORD', 'DB_USERNAME', 'JWT_SECRET', 'MIGRATION_KEY', 'TOKEN']);
    const valueOf = (of: any, variable: string) => of.Secrets.find(({ Name }: any) => Name === variable).ValueFrom;
    expect(valueOf(container, 'JWT_SECRET')).toEqual(valueOf(named.container('ApiTaskDefinition'), 'JWT_SECRET'));
    expect(JSON.stringify(named.definition('ApiTaskDefinition'))).not.toContain('MIGRATION_KEY');
  });

  test('may sign in as the owner and nothing else with IAM authentication', () => {
    const iam = migrates({ plan: PLAN, planInternetAccess: NAT }, { credentials: CredentialRotation.iamAuthentication() });
    const rights = (prefix: string) => iam.statements(iam.definition(prefix).TaskRoleArn['Fn::GetAtt'][0]);
    for (const [prefix, user] of [['ApiMigrationDefinition', 'owner'], ['ApiMigrationPlanDefinition', 'migration_plan']]) {
      const [statement, ...others] = rights(prefix);
      expect([statement.Action, others]).toEqual(['rds-db:connect', []]);
      expect(JSON.stringify(statement.Resource)).toContain(`/${user}"`);
      expect(iam.container(prefix).Environment).toContainEqual({ Name: 'DB_USERNAME', Value: user });
    }
  });

  test('signs in as the master where RDS manages its secret and there is no owner', () => {
    const reason = 'The team rotates by itself, and nobody else signs in.';
    const managed = migrates({}, { credentials: CredentialRotation.managedSecret({ reason } as never) });
    expect(managed.given.orders.owner).toBeUndefined();
    const container = managed.container('ApiMigrationDefinition');
    expect(names(container.Secrets)).toEqual(['DB_PASSWORD', 'DB_USERNAME']);
    expect(JSON.stringify(container.Secrets)).toContain('MasterUserSecret.SecretArn');
  });

  test('reaches the endpoints of its secrets in a network without NAT', () => {
    const isolated = migrates({ secrets: [ServiceSecret.fromParameter('TOKEN', '/shop/token')] }, { egress: Egress.endpointsOnly() });
    const endpoints = Object.keys(isolated.template.findResources('AWS::EC2::VPCEndpoint')).join();
    expect(endpoints).toContain('ssm');
    expect(endpoints).toContain('secretsmanager');
  });
});

describe('The migrations of two databases in one release', () => {
  const both = (given: Parts) => [
    Migration.command(given.api, COMMAND, { database: given.orders }),
    Migration.command(given.api, ['npm', 'run', 'migrate:reports'], {
      database: given.reports, connection: { variables: { host: 'REPORTS_HOST', userName: 'REPORTS_USERNAME', password: 'REPORTS_PASSWORD' } },
    }),
  ];
  const withReports = (): Parts => {
    let reports: HardenedMysql | undefined;
    const made = parts({
      service: ([orders], stack) => {
        const network = stack.node.findChild('Network') as SecureVpc;
        reports = new HardenedMysql(stack, 'Second', { network });
        const variables = { host: 'REPORTS_HOST', port: 'REPORTS_PORT', databaseName: 'REPORTS_NAME', userName: 'REPORTS_USERNAME', password: 'REPORTS_PASSWORD', sslMode: 'REPORTS_SSL_MODE', sslRootCert: 'REPORTS_SSL_ROOT_CERT', sslCa: 'REPORTS_SSL_CA' };
        return { backingServices: [orders, reports.withVariables(variables)] };
      },
    });
    return { ...made, reports: reports! };
  };

  test('have a family, roles and one owner each', () => {
    const released = new Released(withReports(), (given) => ({ migrations: both(given) }));
    const [first, second] = ['ApiMigrationDefinition', 'ApiMigration2Definition'].map((prefix) => released.definition(prefix));
    expect(second.Family).toBe(first.Family.replace(/-migration$/, '-migration-2'));
    const readable = [first, second].map(({ ExecutionRoleArn }) => released.readable(ExecutionRoleArn['Fn::GetAtt'][0]));
    expect(readable).toEqual([[released.id('OrdersOwnerSecretAttachment')], [released.id('SecondOwnerSecretAttachment')]]);
    expect(names(released.container('ApiMigration2Definition').Secrets)).toEqual(['REPORTS_PASSWORD', 'REPORTS_USERNAME']);
  });

  test.each<[string, (given: Parts) => MigrationOptions, string]>([
    ['without a database', () => ({}), 'migrations[0].database is not given, and Application/Api has several databases: Application/Orders, Application/Second'],
    ['of a database that the service does not use', ({ stack }) => ({ database: new HardenedPostgres(stack, 'Other', { network: stack.node.findChild('Network') as SecureVpc }) }), 'migrations[0].database is Application/Other, which is not among the backing services of Application/Api'],
  ])('are refused %s', (_, options, message) => {
    const given = withReports();
    const migrations = [Migration.command(given.api, COMMAND, options(given))];
    expect(refusal(() => new Release(given.stack, 'Release', { stageName: 'production', services: [given.api], migrations }))).toContain(message);
  });
});

describe('A dry run before the approval', () => {
  let released: Released;
  beforeAll(() => { released = migrates({ plan: PLAN }, { egress: Egress.endpointsOnly() }); });

  test('has no task role, and the secret of a user who may only read [A-08, A-24]', () => {
    const definition = released.definition('ApiMigrationPlanDefinition');
    expect(definition.TaskRoleArn).toBeUndefined();
    const secret = released.id('OrdersUsermigrationplanSecretAttachment');
    expect(released.readable(definition.ExecutionRoleArn['Fn::GetAtt'][0])).toEqual([secret]);
    expect(names(released.container('ApiMigrationPlanDefinition').Secrets)).toEqual(['DB_PASSWORD', 'DB_USERNAME']);
    expect(released.given.orders._planUser().access).toBe(DatabaseAccess.READ_ONLY);
  });

  test('may write its log and pull its image, and nothing else [A-24]', () => {
    const role = released.definition('ApiMigrationPlanDefinition').ExecutionRoleArn['Fn::GetAtt'][0];
    expect(released.statements(role).flatMap(({ Action }) => Action).sort()).toEqual([
      'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetAuthorizationToken', 'ecr:GetDownloadUrlForLayer',
      'kms:Decrypt', 'logs:CreateLogStream', 'logs:PutLogEvents', 'secretsmanager:GetSecretValue',
    ]);
  });

  test('reaches the database and the endpoints of its start, and not the internet [A-25, B-02]', () => {
    expect(released.destinations(released.id('ApiMigrationPlanSecurityGroup'))).toEqual([
      '127.0.0.1/32', 'NetworkEndpointsSecurityGroup:443', expect.stringMatching(/^OrdersSecurityGroup:/), 'pl-6ea54007:443',
    ]);
    const [, machine] = Object.entries(definitions(released.template)).find(([id]) => id.startsWith('ReleasePlanMachine'))!;
    const groups = [...JSON.stringify(machine).matchAll(/"SecurityGroups":\["([^"]+)"\]/g)].map(([, group]) => group);
    expect(groups).toEqual([expect.stringMatching(/^apimigrationplansecuritygroup/)]);
  });

  test('is all that its state machine may start, with the one role that starts it [A-08]', () => {
    const runs = released.ofMachine('ReleasePlanMachine').filter(({ Action }) => [Action].flat().includes('ecs:RunTask'));
    expect(runs).toHaveLength(1);
    expect(JSON.stringify(runs[0].Resource)).toMatch(/task-definition\/[^"]*-migration-plan:\*/);
    const passed = released.ofMachine('ReleasePlanMachine').filter(({ Action }) => [Action].flat().includes('iam:PassRole')).flatMap(({ Resource }) => [Resource].flat());
    expect(new Set(passed.map((role: any) => role['Fn::GetAtt'][0]))).toEqual(new Set([released.id('ApiMigrationPlanExecutionRole')]));
  });

  test('is refused in a network with NAT, through which it would reach the internet [A-08]', () => {
    const { stack, api } = parts();
    const make = () => new Release(stack, 'Release', { stageName: 'production', services: [api], migrations: [Migration.command(api, COMMAND, { plan: PLAN })] });
    expect(refusal(make)).toMatch(/migrations\[0\]\.plan would reach the internet before anybody has approved its code: .* planInternetAccess with a reason/);
  });

  test('is refused in an adopted VPC, whose endpoints may admit strangers, unless a reason says otherwise [A-08]', () => {
    const plans = (planInternetAccess?: Waiver) => {
      const app = testApp();
      const stack = testStack({ app, id: 'Application' });
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        vpcCidrBlock: '10.0.0.0/16',
        availabilityZones: ['eu-central-1a', 'eu-central-1b'],
        publicSubnetIds: ['p1', 'p2'],
        privateSubnetIds: ['a1', 'a2'],
        isolatedSubnetIds: ['d1', 'd2'],
      });
      const { ECR, ECR_DOCKER, CLOUDWATCH_LOGS, SECRETS_MANAGER } = InterfaceVpcEndpointAwsService;
      const network = SecureVpc.fromVpc(stack, 'Network', {
        vpc,
        publicSubnets: { subnetType: SubnetType.PUBLIC },
        applicationSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
        dataSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        reachesInternet: false,
        interfaceEndpoints: [ECR, ECR_DOCKER, CLOUDWATCH_LOGS, SECRETS_MANAGER],
      });
      const api = new ProductionWebService(stack, 'Api', {
        network,
        image: ServiceImage.released(new ImageRepository(testStack({ app, id: 'Registry' }), 'Images')),
        certificate: certificate(stack),
        backingServices: [new HardenedPostgres(stack, 'Orders', { network })],
      });
      const migrations = [Migration.command(api, COMMAND, { plan: PLAN, planInternetAccess })];
      return new Release(stack, 'Release', { stageName: 'production', services: [api], migrations });
    };
    expect(refusal(() => plans())).toMatch(/migrations\[0\]\.plan would reach the endpoints of an adopted VPC .* admit strangers/);
    expect(plans({ reason: 'All endpoint policies of this VPC admit our accounts alone.' }).migrationPlan).toBeDefined();
  });

  test('reaches port 443 of the internet where a reason allows it', () => {
    const open = migrates({ plan: PLAN, planInternetAccess: NAT });
    expect(open.destinations(open.id('ApiMigrationPlanSecurityGroup'))).toEqual(['0.0.0.0/0:443', '127.0.0.1/32', expect.stringMatching(/^OrdersSecurityGroup:/)]);
  });
});

describe('A migration that can not work', () => {
  const refused = (migrations: (given: Parts) => Migration[], given?: Given) => {
    const made = parts(given);
    return refusal(() => new Release(made.stack, 'Release', { stageName: 'production', services: [made.api], migrations: migrations(made) }));
  };
  const one = (options: (given: Parts) => MigrationOptions) => ({ api, ...given }: Parts) => [Migration.command(api, COMMAND, options({ api, ...given }))];
  const task = (stack: Stack) => {
    const definition = new FargateTaskDefinition(stack, 'Foreign');
    definition.addContainer('app', { image: ContainerImage.fromRegistry('shop') });
    return definition;
  };

  test.each<[string, (given: Parts) => Migration[], string]>([
    ['a reason for a dry run that it does not have', one(() => ({ planInternetAccess: NAT })), 'migrations[0].planInternetAccess has no plan that it is about'],
    ['a reason that is none', one(() => ({ plan: PLAN, planInternetAccess: { reason: 'so' } })), 'migrations[0].planInternetAccess.reason'],
    ['a task definition, where the service is of this library', one(({ stack }) => ({ taskDefinition: task(stack) })), 'migrations[0].taskDefinition is not supported for Application/Api'],
    ['two windows', ({ api }) => ['02:00', '03:00'].map((start) => Migration.command(api, COMMAND, { window: MaintenanceWindow.daily(start, '04:00') })), 'migrations have several windows'],
    ['too many others', ({ api }) => Array.from({ length: 6 }, () => Migration.command(api, COMMAND)), 'migrations has 6 tasks, expected at most 5'],
  ])('is refused with %s', (_, migrations, message) => {
    expect(refused(migrations)).toContain(message);
  });
});

describe('A task after a release', () => {
  const refused = (tasks: (given: Parts) => ReleaseTask[]) => {
    const made = parts();
    return refusal(() => new Release(made.stack, 'Release', { stageName: 'production', services: [made.api], afterRelease: tasks(made) }));
  };

  test.each<[string, (given: Parts) => ReleaseTask[], string]>([
    ['with a dry run', ({ api }) => [ReleaseTask.migration(Migration.command(api, COMMAND, { plan: PLAN, planInternetAccess: NAT }))], 'afterRelease[0].plan is not supported after a release'],
    ['with a window', ({ api }) => [ReleaseTask.migration(Migration.command(api, COMMAND, { window: MaintenanceWindow.daily('02:00', '04:00') }))], 'afterRelease[0].window is not supported after a release'],
    ['without a command', ({ api }) => [ReleaseTask.command(api, [])], 'afterRelease[0].command is []'],
  ])('is refused %s', (_, tasks, message) => {
    expect(refused(tasks)).toContain(message);
  });

  test('is the released task itself, with the roles of the service, unless it is a migration', () => {
    const released = new Released(parts(), ({ api }) => ({
      afterRelease: [ReleaseTask.command(api, ['npm', 'run', 'warm']), ReleaseTask.migration(Migration.command(api, ['npm', 'run', 'contract']))],
    }));
    const families = Object.values(released.template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }: any) => Properties.Family);
    expect(families.map((family) => family.replace(/^[A-Za-z0-9]+/, '')).sort()).toEqual(['', '-migration']);
    const allowed = released.allowed('ReleaseMachine', 'ecs:RunTask');
    [/Definition[0-9A-F]{8}-migration:\*/, /Definition[0-9A-F]{8}:\*/].forEach((family) => expect(allowed).toMatch(family));
  });
});
