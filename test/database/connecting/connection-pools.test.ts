import type { Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  DatabaseAccess, HardenedPostgres, type IBackingService, ImageRepository, type ISecureVpc, ProductionWebService, Route, SecureLoadBalancer, SecureVpc,
  ServiceImage, ServiceScaling,
} from '../../../src';
import { arnStart, refusal, templateOf, testStack } from '../../fixtures/test-stack';

interface Landscape {
  readonly stack: Stack;
  readonly database: HardenedPostgres;
  /** A service with as many tasks at most. */
  service(id: string, maxTasks: number, backing: IBackingService): ProductionWebService;
}

/** A database whose server takes 396 connections, which leaves 386. */
function landscape(): Landscape {
  const stack = testStack();
  const network: ISecureVpc = new SecureVpc(stack, 'Network');
  const database = new HardenedPostgres(stack, 'Database', { network });
  const image = ServiceImage.fromRepository(new ImageRepository(stack, 'Images'), { tag: '1.4.2' });
  const certificate = Certificate.fromCertificateArn(stack, 'Certificate', `${arnStart(stack, 'acm')}:certificate/11111111-2222-3333-4444-555555555555`);
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate });
  return {
    stack,
    database,
    service: (id, maxTasks, backing) => new ProductionWebService(stack, id, {
      network, image, loadBalancer, route: Route.host(`${id.toLowerCase()}.example.com`), backingServices: [backing], scaling: ServiceScaling.targetTracking({ minTasks: 2, maxTasks }),
    }),
  };
}

function warnings({ stack, database }: Landscape): string[] {
  templateOf(stack);
  return database.node.metadata.map(({ data }) => `${data as string}`).filter((text) => text.includes('the pools may open'));
}

function poolSizes({ stack }: Landscape): unknown[] {
  return Object.values(templateOf(stack).findResources('AWS::ECS::TaskDefinition')).map(({ Properties: { ContainerDefinitions: [{ Environment }] } }) =>
    (Environment as Array<{ Name: string; Value: unknown }>).find(({ Name }) => /POOL|RAILS/.test(Name)));
}

test('a service that states its pool gets the size as a variable', () => {
  const places = landscape();
  places.service('Web', 10, places.database.withPoolSize(20));
  expect(poolSizes(places)).toEqual([{ Name: 'DB_POOL_SIZE', Value: '20' }]);
});

test('the variable has the name that the application asks for', () => {
  const places = landscape();
  places.service('Web', 10, places.database.withPoolSize(20, { poolSize: 'RAILS_MAX_THREADS' }));
  expect(poolSizes(places)).toEqual([{ Name: 'RAILS_MAX_THREADS', Value: '20' }]);
});

test('without a stated pool there is no variable and no warning', () => {
  const places = landscape();
  places.service('Web', 1000, places.database);
  expect(poolSizes(places)).toEqual([undefined]);
  expect(warnings(places)).toEqual([]);
});

test('pools fit as long as twice the tasks fit into what the server has without its reserve', () => {
  const places = landscape();
  places.service('Web', 10, places.database.withPoolSize(19));
  expect(places.database.maxConnections).toBe(396);
  expect(warnings(places)).toEqual([]);
});

test('one service too large gets one warning with the numbers and the fix', () => {
  const places = landscape();
  places.service('Web', 10, places.database.withPoolSize(20));
  expect(warnings(places)).toEqual([expect.stringContaining(
    'During a deployment the pools may open 400 connections (tasks × 2 × pool: Test/Web 10 × 2 × 20 = 400), and the server has 386: 396 without 10 in reserve. ' +
    'Lower poolSize or maxTasks, or choose a larger capacity.',
  )]);
});

test('the pools of all services and users count together', () => {
  const places = landscape();
  places.service('Web', 10, places.database.withPoolSize(19));
  const reporting = places.database.addUser('reporting', DatabaseAccess.READ_ONLY);
  places.service('Reports', 2, places.database.withUser(reporting, { poolSize: 5 }));
  const [message, ...others] = warnings(places);
  expect(others).toEqual([]);
  expect(message).toContain('may open 400 connections (tasks × 2 × pool: Test/Web 10 × 2 × 19 = 380, Test/Reports 2 × 2 × 5 = 20)');
});

test.each([0, 2.5, 10_001])('a pool of %s connections is refused', (poolSize) => {
  const places = landscape();
  expect(refusal(() => places.service('Web', 10, places.database.withPoolSize(poolSize)))).toContain(
    `ProductionWebService 'Test/Web': poolSize is ${poolSize}, expected a whole number from 1 to 10000 connections of each task. State the most connections`);
});
