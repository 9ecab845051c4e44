import {
  ProductionWebService, type ProductionWebServiceProps, Route, SecureLoadBalancer, type SecureLoadBalancerProps, SecureVpc, ServiceImage,
} from '../../../src';
import { refusal, testApp, testStack } from '../../fixtures/test-stack';
import { certificate, serviceFixture } from '../../fixtures/web-service';

describe('SecureLoadBalancer', () => {
  const balancer = (props: Partial<SecureLoadBalancerProps>, env?: { region: string } | 'unknown') => refusal(() => {
    const stack = testStack({ app: testApp(), ...(env === 'unknown' ? { env: undefined } : {}) });
    new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), ...props });
  });

  test('refuses plain HTTP without a reason', () => {
    expect(balancer({})).toMatch(/^SecureLoadBalancer 'Test\/Balancer': certificate is not given, expected a certificate, or plainHttp with a reason\. /);
    expect(balancer({ plainHttp: { reason: 'because' } })).toMatch(/plainHttp\.reason is "because", expected a sentence/);
  });

  test('refuses a certificate together with plain HTTP', () => {
    expect(balancer({ certificate: certificate(testStack()), plainHttp: { reason: 'A demonstration without data' } })).toContain('plainHttp is not supported together with certificate. Remove one of the two.');
  });

  test('refuses no firewall without a reason', () => {
    expect(balancer({ certificate: certificate(testStack()), withoutFirewall: { reason: '' } })).toContain('withoutFirewall.reason is ""');
  });

  test('refuses a stack whose region is unknown, because logs are delivered by an account of the region', () => {
    expect(balancer({ certificate: certificate(testStack()) }, 'unknown')).toMatch(/'Test\/Balancer': env\.region is not given, expected a stack whose region is known.*env: \{ region: 'eu-central-1' \}/);
  });

  test('refuses two services with one route, and two with one priority', () => {
    const two = (first: Partial<ProductionWebServiceProps>, second: Partial<ProductionWebServiceProps>) => refusal(() => {
      const { stack, network, images, web } = serviceFixture(first);
      new ProductionWebService(stack, 'Second', { network, image: ServiceImage.fromRepository(images, { tag: '1.0.0' }), loadBalancer: web.loadBalancer, ...second });
    });
    expect(two({}, {})).toMatch(/^ProductionWebService 'Test\/Second': route is "\/\*", expected a route that no other service of Test\/Web\/LoadBalancer has \('Test\/Web' has it\)/);
    expect(two({ routePriority: 7 }, { routePriority: 7, route: Route.path('/b') })).toMatch(/'Test\/Second': routePriority is 7, expected a priority that 'Test\/Web' doesn't have/);
  });
});
