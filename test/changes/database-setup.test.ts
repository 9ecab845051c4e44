import type { Stack } from 'aws-cdk-lib';
import {
  CredentialRotation,
  DatabaseAccess,
  EnvironmentProfile,
  HardenedPostgres,
  type HardenedPostgresProps,
  type IBackingService,
  PostgresCapacity,
  ProductionWebService,
  SecureVpc,
  ServiceImage,
} from '../../src';
import { ENV, templateOf, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import { described } from '../simulators/cloudformation/outcome';
import type { Template } from '../simulators/cloudformation/template';

interface Shop {
  readonly database?: Partial<HardenedPostgresProps>;
  /** Connection of the service. */
  readonly bind?: (database: HardenedPostgres) => IBackingService;
}

/** Network, database and a service in one stack. */
function shop({ database: props, bind = (database) => database }: Shop = {}): Template {
  const stack: Stack = testStack({ id: 'Shop' });
  const network = new SecureVpc(stack, 'Network');
  const database = new HardenedPostgres(stack, 'Database', { network, ...props });
  new ProductionWebService(stack, 'Web', {
    network,
    image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1'),
    certificate: certificate(stack),
    backingServices: [bind(database)],
  });
  return templateOf(stack).toJSON() as Template;
}

const second = (iamAuthentication: boolean) => (database: HardenedPostgres) =>
  database.withUser(database.addUser('shop', DatabaseAccess.READ_WRITE, { iamAuthentication }));

describe.each([
  ['an instance', undefined],
  ['a cluster', PostgresCapacity.serverless()],
])('The setup of %s', (_name, capacity) => {
  const template = shop({ database: { capacity } });
  const idOf = (type: RegExp) => Object.keys(template.Resources!).find((id) => type.test(template.Resources![id].Type))!;
  const serversOf = () => Object.keys(template.Resources!).filter((id) => /^AWS::RDS::DB(Instance|Cluster)$/.test(template.Resources![id].Type));
  const [setup, service] = [idOf(/^Custom::DatabaseSetup$/), idOf(/^AWS::ECS::Service$/)];
  const ways = Object.keys(template.Resources!).filter((id) =>
    /^AWS::EC2::(Route|VPCEndpoint|SecurityGroupIngress|SecurityGroupEgress|SubnetNetworkAclAssociation|NatGateway)$/.test(template.Resources![id].Type)
    && /^(Network(Vpcapplication|Endpoints|Acls)|DatabaseSetup|DatabaseSecurityGroupfromShopDatabaseSetup)/.test(id));

  test('comes after the server and every way to it, and before the tasks', () => {
    const account = new Account(ENV);
    const { state, steps } = account.deploy('Shop', template);
    expect(state.status).toBe('CREATE_COMPLETE');
    const order = steps.map(({ logicalId }) => logicalId);
    expect(ways.length).toBeGreaterThan(8);
    [...serversOf(), ...ways].forEach((id) => expect(order.indexOf(id)).toBeLessThan(order.indexOf(setup)));
    expect(order.indexOf(setup)).toBeLessThan(order.indexOf(service));
  });

  test('is deleted after the tasks, and while its answer still finds a way out', () => {
    const account = new Account(ENV);
    account.deploy('Shop', template);
    const order = account.remove('Shop').steps.map(({ logicalId }) => logicalId);
    expect(order).toContain(setup);
    expect(order.indexOf(service)).toBeLessThan(order.indexOf(setup));
    const gone = ways.filter((id) => order.includes(id));
    expect(gone.length).toBeGreaterThan(8);
    gone.forEach((id) => expect(order.indexOf(setup)).toBeLessThan(order.indexOf(id)));
    expect(order.indexOf(setup)).toBeLessThan(order.indexOf(Object.keys(template.Resources!).find((id) => id.startsWith('DatabaseSetupFunction'))!));
  });
});

describe('A running service', () => {
  const deployed = (template: Template) => {
    const account = new Account(ENV);
    account.deploy('Shop', template);
    return account;
  };

  test('is not locked out by another way to sign in, because the setup refuses it and the deployment rolls back', () => {
    const outcome = deployed(shop()).update('Shop', shop({ database: { credentials: CredentialRotation.iamAuthentication() } }));
    expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(described(outcome).join('\n')).toMatch(/user (application|owner) signs in another way on this server/);
  });

  test.each<[string, Partial<HardenedPostgresProps>]>([
    ['an instance', {}],
    ['an instance of development', { profile: EnvironmentProfile.development() }],
    ['a cluster', { capacity: PostgresCapacity.serverless() }],
  ])('keeps its server, %s, when identifier changes: the setup refuses an empty one in its place', (_name, kind) => {
    const account = deployed(shop({ database: { ...kind, identifier: 'shop' } }));
    const servers = () => account.existing.of('AWS::RDS::DBInstance', 'AWS::RDS::DBCluster').map(({ physicalId }) => physicalId);
    const former = servers();
    const outcome = account.update('Shop', shop({ database: { ...kind, identifier: 'shop2' } }));
    expect([outcome.state.status, outcome.verdict]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'refused by AWS']);
    expect(described(outcome).join('\n')).toMatch(/would replace the server by an empty one/);
    expect(outcome.steps.filter(({ does, logicalId }) => does !== 'restore' && logicalId.startsWith('WebService'))).toEqual([]);
    expect(servers()).toEqual(expect.arrayContaining(former));
    // Whoever takes the former identifier back deploys as before.
    expect(account.update('Shop', shop({ database: { ...kind, identifier: 'shop' } })).state.status).toBe('UPDATE_COMPLETE');
  });

  test('moves to IAM with a second user: first the user, then the service, while no further task of the former revision starts', () => {
    const withUser = shop({ bind: (database) => (second(true)(database), database) });
    const account = deployed(shop());
    const first = account.update('Shop', withUser);
    expect([first.state.status, first.verdict]).toEqual(['UPDATE_COMPLETE', 'in place']);
    const moved = account.update('Shop', shop({ bind: second(true) }));
    expect([moved.state.status, moved.verdict]).toEqual(['UPDATE_COMPLETE', 'some affected']);
    expect(described(moved).filter((line) => line.startsWith('some affected'))).toEqual([
      expect.stringContaining('no new task of the running revision'),
    ]);
  });

  test('moves to another password the same way', () => {
    const account = deployed(shop());
    account.update('Shop', shop({ bind: (database) => (second(false)(database), database) }));
    const moved = account.update('Shop', shop({ bind: second(false) }));
    expect([moved.state.status, moved.verdict]).toEqual(['UPDATE_COMPLETE', 'some affected']);
    expect(described(moved).filter((line) => line.startsWith('some affected'))).toEqual([
      expect.stringContaining('no new task of the running revision'),
    ]);
  });

  test('goes on while schemas, databases and extensions come', () => {
    const more = shop({ database: { schemas: ['billing'], additionalDatabases: ['archive'], extensions: ['vector'] } });
    const outcome = deployed(shop()).update('Shop', more);
    expect([outcome.state.status, outcome.verdict]).toEqual(['UPDATE_COMPLETE', 'in place']);
    expect(outcome.changes.map(({ type }) => type)).toEqual(['Custom::DatabaseSetup']);
  });
});
