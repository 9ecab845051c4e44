import type { App, Stack } from 'aws-cdk-lib';
import { HardenedPostgres, ImageRepository, ProductionWebService, type ProductionWebServiceProps, Route, SecureLoadBalancer, SecureVpc, ServiceImage } from '../../src';
import { testApp, testStack } from './test-stack';
import { certificate } from './web-service';

export interface ReleasedServices {
  readonly app: App;
  readonly stack: Stack;
  readonly api: ProductionWebService;
  readonly web: ProductionWebService;
  readonly services: ProductionWebService[];
  readonly database: HardenedPostgres;
}

/** Two services with a database behind one of them, their repositories in the stack before. */
export function releasedServices(props: Partial<ProductionWebServiceProps> = {}): ReleasedServices {
  const app = testApp();
  const registry = testStack({ app, id: 'Registry' });
  const stack = testStack({ app, id: 'Application' });
  const network = new SecureVpc(stack, 'Network');
  const database = new HardenedPostgres(stack, 'Database', { network });
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) });
  const api = new ProductionWebService(stack, 'Api', {
    network, loadBalancer, image: ServiceImage.released(new ImageRepository(registry, 'Api')), route: Route.path('/api/*'), backingServices: [database], ...props,
  });
  const web = new ProductionWebService(stack, 'Web', { network, loadBalancer, image: ServiceImage.released(new ImageRepository(registry, 'Web')), ...props });
  return { app, stack, api, web, services: [api, web], database };
}
