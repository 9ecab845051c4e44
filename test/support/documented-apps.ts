import type { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  ImageRepository, Ingress, ProductionWebService, Route, SecureLoadBalancer, SecureVpc, ServiceImage, TlsPolicy, WebFirewall,
} from '../../src';
import { testApp, testStack } from './test-stack';
import { certificate } from './web-service';

/** Network, balancer and services of a document, together or each in a stack of its own. */
export interface DocumentedApp {
  readonly app: App;
  readonly stacks: { readonly network: Stack; readonly edge: Stack; readonly services: Stack };
  readonly network: SecureVpc;
  readonly balancer: SecureLoadBalancer;
  readonly named: { [name: string]: ProductionWebService };
}

function foundation(apart: boolean): { app: App; images: ImageRepository; of: DocumentedApp['stacks'] } {
  const app = testApp();
  const images = new ImageRepository(testStack({ app, id: 'Registry' }), 'Images');
  const one = apart ? undefined : testStack({ app, id: 'App' });
  const stack = (id: string) => one ?? testStack({ app, id });
  return { app, images, of: { network: stack('Net'), edge: stack('Edge'), services: stack('Services') } };
}

/** Document A: web on 3000 and api on 4000 behind one load balancer, 443 alone (requirements ). */
export function documentA(apart = false): DocumentedApp {
  const { app, images, of } = foundation(apart);
  const network = new SecureVpc(of.network, 'Network');
  const balancer = new SecureLoadBalancer(of.edge, 'Balancer', {
    network,
    certificate: certificate(of.edge),
    httpRedirect: false,
    tlsPolicy: TlsPolicy.TLS_1_3,
    firewall: new WebFirewall(of.edge, 'Firewall', { requestsPerMinute: 100, pathLimits: [{ path: '/api/auth/login', requestsPerMinute: 10 }] }),
    responseHeaders: {
      contentSecurityPolicy: "default-src 'self'",
      crossOrigin: { origins: ['https://app.example.com'], methods: ['PUT', 'DELETE'], requestHeaders: ['authorization', 'content-type'] },
    },
  });
  const shared = { network, loadBalancer: balancer, image: ServiceImage.released(images) };
  const api = new ProductionWebService(of.services, 'Api', { ...shared, route: Route.path('/api/*'), port: 4000 });
  const web = new ProductionWebService(of.services, 'Web', { ...shared, port: 3000 });
  return { app, stacks: of, network, balancer, named: { api, web } };
}

/** Document C: two front ends on 3000 and an API on 8000 behind Cloudflare (requirements C-01, C-02, C-24). */
export function documentC(apart = false): DocumentedApp {
  const { app, images, of } = foundation(apart);
  const network = new SecureVpc(of.network, 'Network');
  const balancer = new SecureLoadBalancer(of.edge, 'Balancer', { network, certificate: certificate(of.edge), ingress: Ingress.cloudflare() });
  const shared = { network, loadBalancer: balancer, image: ServiceImage.released(images) };
  const api = new ProductionWebService(of.services, 'Api', { ...shared, route: Route.path('/api/*'), port: 8000, healthCheck: { path: '/api/health' } });
  const front1 = new ProductionWebService(of.services, 'FrontOne', { ...shared, port: 3000, healthCheck: { path: '/' } });
  const front2 = new ProductionWebService(of.services, 'FrontTwo', { ...shared, route: Route.host('two.example.com'), port: 3000, healthCheck: { path: '/health' } });
  [front1, front2].forEach((front) => api.allowCallsFrom(front));
  return { app, stacks: of, network, balancer, named: { api, front1, front2 } };
}

/** The templates of a documented app, each once. */
export function templatesOf(documented: DocumentedApp): Template[] {
  return [...new Set(Object.values(documented.stacks))].map((stack) => Template.fromStack(stack));
}
