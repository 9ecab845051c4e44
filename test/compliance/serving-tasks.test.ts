/* eslint-disable @typescript-eslint/no-explicit-any -- templates are whatever CloudFormation takes */
import { CredentialRotation, HardenedMysql, HardenedPostgres, PostgresCapacity, ImageRepository, ProductionWebService, SecureVpc, ServiceImage } from '../../src';
import { list } from '../deploy-rules/template-json';
import { AppTemplates, everyApp, type Placed } from '../fixtures/every-template';
import { testApp, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';

/** Users of a database that change its schema or its users. */
const PRIVILEGED = ['dbadmin', 'owner', 'owner_clone'];

/** Services of databases of both engines, with each way to sign in. */
function signInShapes(credentials: CredentialRotation[]): AppTemplates {
  const app = testApp();
  const stack = testStack({ app, id: 'Shapes' });
  const network = new SecureVpc(stack, 'Network');
  const shared = { network, certificate: certificate(stack), image: ServiceImage.fromRepository(new ImageRepository(testStack({ app, id: 'Registry' }), 'Images'), { tag: '1.4.2' }) };
  credentials.forEach((one, index) => {
    const databases = [
      new HardenedPostgres(stack, `Postgres${index}`, { network, credentials: one, capacity: index ? undefined : PostgresCapacity.serverless() }),
      new HardenedMysql(stack, `Mysql${index}`, { network, credentials: one }),
    ];
    databases.forEach((database, of) => new ProductionWebService(stack, `Service${index}${of}`, { ...shared, backingServices: [database] }));
  });
  return AppTemplates.of('signInShapes', app);
}

/** Task definitions of services, which are named by reference or by family. */
function servingTasks(app: AppTemplates): Placed[] {
  const services = app.resources('AWS::ECS::Service');
  return app.resources('AWS::ECS::TaskDefinition').filter((task) => services.some(({ stack, properties }) =>
    properties.TaskDefinition === task.properties.Family || app.referred(stack, properties.TaskDefinition).some(({ id, stack: of }) => id === task.id && of === task.stack)));
}

/** Database users that a serving task can sign in as, by its variables or by its roles. */
function usersOf(app: AppTemplates, { stack, properties }: Placed): string[] {
  const variables = list(properties.ContainerDefinitions).flatMap(({ Secrets }) => list(Secrets).flatMap(({ ValueFrom }) => app.signIns(stack, ValueFrom)));
  const roles = [properties.TaskRoleArn, properties.ExecutionRoleArn].flatMap((role) => app.referred(stack, role, 'AWS::IAM::Role'));
  const statements = roles.flatMap((role) => app.statements(role));
  const readable = statements.filter(({ Action }) => list(Action).some((action) => /^(secretsmanager:|\*)/.test(action))).flatMap((one) => app.signIns(one.stack, one.Resource));
  const connects = statements.filter(({ Action }) => list(Action).includes('rds-db:connect'))
    .flatMap(({ Resource }) => list(Resource).map((resource) => /\/(\w+)"\]?\]?\}?\]?$|\/(\w+)"$/.exec(JSON.stringify(resource))?.slice(1).find(Boolean) ?? JSON.stringify(resource)));
  return [...new Set([...variables, ...readable, ...connects])];
}

const privileged = (app: AppTemplates) => servingTasks(app).flatMap((task) => usersOf(app, task).filter((user) => PRIVILEGED.includes(user)).map((user) => `${app.name}/${task.stack}/${task.id} as ${user}`));

describe('Tasks that serve', () => {
  test('sign in as no master and no owner, in any example and in any shape of the library [A-24]', () => {
    const apps = [...everyApp(), signInShapes([CredentialRotation.alternatingUsers(), CredentialRotation.iamAuthentication()])];
    const users = apps.flatMap((app) => servingTasks(app).flatMap((task) => usersOf(app, task)));
    expect([...new Set(users)].sort()).toEqual(['application']);
    expect(apps.flatMap(privileged)).toEqual([]);
    expect(apps.every((app) => servingTasks(app).length > 0 || app.resources('AWS::ECS::Service').length === 0)).toBe(true);
  });

  test('sign in as the master where a waiver says so, and this test sees it', () => {
    const waived = signInShapes([CredentialRotation.managedSecret({ waiver: { reason: 'The team creates its users by hand.' } })]);
    expect(privileged(waived)).toHaveLength(2);
  });
});
