import type { App, Stack } from 'aws-cdk-lib';
import {
  AlertChannel, AlertRouting, BlueGreenPipeline, type BlueGreenPipelineProps, DeployStage, HardenedPostgres, ImageBuild, ImageRepository, Migration, PipelineSource,
  ProductionWebService, type ProductionWebServiceProps, Route, SecureLoadBalancer, SecureVpc, ServiceImage, Severity, SmokeTest,
} from '../../src';
import { ACCOUNT, REGION, testApp, testStack } from './test-stack';
import { certificate } from './web-service';

export const CONNECTION_ARN = `arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/11111111-2222-3333-4444-555555555555`;

/** Document A's two services, in staging and in production, their repositories, and the stack of their pipeline. */
export interface Shop {
  readonly app: App;
  readonly stack: Stack;
  readonly apiImages: ImageRepository;
  readonly webImages: ImageRepository;
  readonly staging: { readonly api: ProductionWebService; readonly web: ProductionWebService };
  readonly production: { readonly api: ProductionWebService; readonly web: ProductionWebService; readonly database: HardenedPostgres };
  readonly routing: AlertRouting;
  readonly images: ImageBuild[];
}

/** What each of the services is told besides. */
export interface ShopServices { readonly staging?: Partial<ProductionWebServiceProps>; readonly production?: Partial<ProductionWebServiceProps> }

export function shop(services: ShopServices = {}): Shop {
  const app = testApp();
  const registry = testStack({ app, id: 'Registry' });
  const [apiImages, webImages] = [new ImageRepository(registry, 'Api'), new ImageRepository(registry, 'Web')];
  const make = (id: string, props: Partial<ProductionWebServiceProps> = {}) => {
    const stack = testStack({ app, id });
    const network = new SecureVpc(stack, 'Network');
    const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) });
    const database = new HardenedPostgres(stack, 'Database', { network });
    const track = id.toLowerCase();
    const api = new ProductionWebService(stack, 'Api', {
      network, loadBalancer, image: ServiceImage.released(apiImages, track), route: Route.path('/api/*'), port: 4000, backingServices: [database], ...props,
    });
    const web = new ProductionWebService(stack, 'Web', { network, loadBalancer, image: ServiceImage.released(webImages, track), port: 3000 });
    return { api, web, database };
  };
  const [staging, production] = [make('Staging', services.staging), make('Production', services.production)];
  const stack = testStack({ app, id: 'Delivery' });
  const routing = new AlertRouting(testStack({ app, id: 'Alerts' }), 'Routing', {
    onCritical: [AlertChannel.email('ops@example.com')], onError: [AlertChannel.email('ops@example.com')], onWarning: [AlertChannel.email('ops@example.com')],
  });
  [staging, production].forEach(({ database }) => routing.listenTo(database.events.topic, Severity.WARNING));
  return {
    app,
    stack,
    apiImages,
    webImages,
    staging,
    production,
    routing,
    images: [ImageBuild.docker({ repository: apiImages, directory: 'api' }), ImageBuild.docker({ repository: webImages, directory: 'web' })],
  };
}

/** Document A's pipeline (requirements ). */
export function pipelineOf(fixture: Shop, props: Partial<BlueGreenPipelineProps> = {}): BlueGreenPipeline {
  const { staging, production, images, routing, stack } = fixture;
  return new BlueGreenPipeline(stack, 'Pipeline', {
    source: PipelineSource.codeConnection({ connectionArn: CONNECTION_ARN, repository: 'org/app' }),
    images,
    stages: [
      DeployStage.staging({ services: [staging.api, staging.web], smokeTest: SmokeTest.http('/health'), migration: Migration.command(staging.api, ['npm', 'run', 'migrate']) }),
      DeployStage.production({
        services: [production.api, production.web],
        migration: Migration.command(production.api, ['npm', 'run', 'migrate'], { plan: ['npm', 'run', 'migrate:plan'] }),
        snapshot: production.database,
      }),
    ],
    alertRouting: routing,
    ...props,
  });
}
