import * as fs from 'fs';
import * as path from 'path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { ImageRepository, ProductionWebService, type ProductionWebServiceProps, Rollout, Route, SecureLoadBalancer, SecureVpc, ServiceCluster, ServiceImage } from '../../../src';
import { containersOf } from '../../fixtures/task-definition';
import { refusal, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate, serviceFixture, VERSION } from '../../fixtures/web-service';

interface Shop {
  readonly web: ProductionWebService;
  readonly api: ProductionWebService;
  readonly third: ProductionWebService;
  readonly template: () => Template;
  readonly findings: () => string[];
}

/** Document A's two services in one cluster, the api on 4000, each in its stack with network, registry and balancer below where asked. */
function shop(api: Partial<ProductionWebServiceProps> = { discoveryName: 'api' }, stacks: 'one' | 'many' = 'one'): Shop {
  const app = testApp();
  const stack = testStack({ app, id: 'Shop' });
  const of = (id: string) => (stacks === 'one' ? stack : testStack({ app, id }));
  const network = new SecureVpc(of('NetworkStack'), 'Network');
  const image = ServiceImage.fromRepository(new ImageRepository(testStack({ app, id: 'Registry' }), 'Images'), { tag: VERSION });
  const edge = of('Edge');
  const loadBalancer = new SecureLoadBalancer(edge, 'Balancer', { network, certificate: certificate(edge) });
  const cluster = new ServiceCluster(edge, 'Cluster', { network }).cluster;
  const callee = new ProductionWebService(of('ApiStack'), 'Api', { network, loadBalancer, cluster, image, port: 4000, route: Route.path('/api/*'), ...api });
  const caller = new ProductionWebService(stack, 'Web', { network, loadBalancer, cluster, image, port: 3000 });
  const third = new ProductionWebService(stack, 'Third', { network, loadBalancer, cluster, image, port: 5000, route: Route.path('/third'), discoveryName: 'third' });
  return { web: caller, api: callee, third, template: () => templateOf(stack), findings: () => unacknowledged(stack) };
}

const serviceOf = (template: Template, part: string) =>
  Object.entries(template.findResources('AWS::ECS::Service')).filter(([id]) => id.startsWith(part)).map(([, resource]) => resource)[0];

describe('A discoverable service', () => {
  test('is found by its name and port in the namespace of the cluster (C-24, B-12)', () => {
    const { template, api } = shop();
    const made = template();
    made.resourceCountIs('AWS::ServiceDiscovery::HttpNamespace', 1);
    expect(serviceOf(made, 'Api').Properties.ServiceConnectConfiguration).toMatchObject({
      Enabled: true,
      Namespace: { 'Fn::GetAtt': [expect.stringContaining('ClusterDefaultServiceDiscoveryNamespace'), 'Arn'] },
      Services: [{ PortName: 'http', DiscoveryName: 'api', ClientAliases: [{ DnsName: 'api', Port: 4000 }] }],
      LogConfiguration: { LogDriver: 'awslogs', Options: expect.objectContaining({ 'awslogs-stream-prefix': 'service-connect' }) },
    });
    expect(api.url).toBe('http://api:4000');
  });

  test('has no test traffic rules, which CDK does not support', () => {
    const [service] = serviceOf(shop().template(), 'Api').Properties.ServiceConnectConfiguration.Services;
    expect(Object.keys(service.ClientAliases[0]).sort()).toEqual(['DnsName', 'Port']);
    expect(fs.readFileSync(path.join(__dirname, '../../../docs/service.md'), 'utf8')).toContain('no test traffic rules for Service Connect');
  });

  test('has a named port mapping, which other services do not have', () => {
    const discoverable = serviceFixture(({ stack, network }) => ({ discoveryName: 'web', cluster: new ServiceCluster(stack, 'Cluster', { network }).cluster }));
    expect(containersOf(templateOf(discoverable.stack)).web.PortMappings).toEqual([{ ContainerPort: 3000, Protocol: 'tcp', Name: 'http', AppProtocol: 'http' }]);
    const plain = templateOf(serviceFixture().stack);
    expect(containersOf(plain).web.PortMappings).toEqual([{ ContainerPort: 3000, Protocol: 'tcp' }]);
    plain.hasResourceProperties('AWS::ECS::Service', { ServiceConnectConfiguration: Match.absent() });
  });
});

describe('A service that calls another one', () => {
  const rulesOn = (template: Template, port: number) => ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'].flatMap((type) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties).filter(({ FromPort, ToPort }) => FromPort === port && ToPort === port));

  test('may reach exactly the port of the other service from exactly its security group (A-35)', () => {
    const { web, api, template } = shop();
    expect(web.calls(api)).toBe(api.url);
    const group = (part: string) => ({ 'Fn::GetAtt': [expect.stringContaining(`${part}SecurityGroup`), 'GroupId'] });
    expect(rulesOn(template(), 4000).filter(({ Description }) => Description.startsWith('Calls to'))).toEqual([
      expect.objectContaining({ GroupId: group('Api'), SourceSecurityGroupId: group('Web') }),
      expect.objectContaining({ GroupId: group('Web'), DestinationSecurityGroupId: group('Api') }),
    ]);
  });

  test('joins the namespace as a client, and is deployed after the service that it calls (A-35, C-24)', () => {
    const { web, api, template, findings } = shop();
    web.calls(api);
    const made = serviceOf(template(), 'Web');
    expect(made.Properties.ServiceConnectConfiguration).toMatchObject({ Enabled: true, LogConfiguration: expect.anything() });
    expect(made.Properties.ServiceConnectConfiguration.Services).toBeUndefined();
    expect((made.DependsOn as string[]).some((id) => id.startsWith('ApiService'))).toBe(true);
    expect(findings()).toEqual([]);
  });

  test('may not reach the other service without a call (A-35)', () => {
    expect(rulesOn(shop().template(), 4000).filter(({ Description }) => Description?.startsWith('Calls to'))).toEqual([]);
  });

  test('has both rules in its own stack, so that no dependency cycle closes (A-35)', () => {
    const { web, api, template, findings } = shop({ discoveryName: 'api' }, 'many');
    web.calls(api);
    expect(rulesOn(template(), 4000)).toHaveLength(2);
    expect(web.node.scope).not.toBe(api.node.scope);
    expect(findings()).toEqual([]);
  });

  test('refuses a service without a name', () => {
    const { web, api } = shop({});
    expect(refusal(() => web.calls(api))).toMatch(/'Shop\/Api': discoveryName is not given, expected a name by which other services call this one\. Set discoveryName: 'api'/);
  });

  test('refuses a service that calls it, because each would wait for the other', () => {
    const { web, api } = shop();
    web.calls(api);
    expect(refusal(() => api.calls(web))).toMatch(/'Shop\/Api': calls is "Shop\/Web", expected a service that does not call this one.*through the load balancer/);
  });

  test('refuses a service that calls it through a third one, instead of failing with a circular dependency', () => {
    const { web, api, third } = shop({ discoveryName: 'api' });
    web.calls(third);
    third.calls(api);
    expect(refusal(() => api.calls(web))).toMatch(/'Shop\/Api': calls is "Shop\/Web", expected a service that does not call this one/);
  });

  test('refuses calls with CodeDeploy, which does not support Service Connect', () => {
    const { stack, web } = serviceFixture({ rollout: Rollout.codeDeploy() });
    expect(refusal(() => web.calls(shop().api))).toMatch(/'Test\/Web': rollout is Rollout\.codeDeploy\(\), which does not support Service Connect/);
    templateOf(stack).hasResourceProperties('AWS::ECS::Service', { ServiceConnectConfiguration: Match.absent() });
  });

  test('refuses a service of another namespace, whose name would not resolve', () => {
    const { web, api } = shop();
    const other = serviceFixture();
    expect(refusal(() => other.web.calls(api))).toMatch(/'Test\/Web': calls is "Shop\/Api", expected a service of the same namespace/);
    expect(refusal(() => web.calls(serviceFixture(({ stack, network }) => ({
      discoveryName: 'else', cluster: new ServiceCluster(stack, 'Cluster', { network }).cluster,
    })).web))).toContain('Give both services the cluster of one ServiceCluster');
  });

  test('refuses a cluster without a namespace', () => {
    const message = refusal(() => serviceFixture(({ stack, network }) => ({ discoveryName: 'web', cluster: new Cluster(stack, 'Bare', { vpc: network.vpc }) })));
    expect(message).toMatch(/'Test\/Web': cluster is "Test\/Bare", expected a cluster with a Cloud Map namespace.*new ServiceCluster/);
  });
});

describe('ServiceCluster', () => {
  const cluster = (props: { namespaceName?: string; clusterName?: string } = {}) => {
    const stack = testStack();
    new ServiceCluster(stack, 'Cluster', { network: new SecureVpc(stack, 'Network'), ...props });
    return templateOf(stack);
  };

  test('has enhanced Container Insights, both Fargate capacity providers and a namespace (B-04, B-13)', () => {
    const template = cluster();
    template.hasResourceProperties('AWS::ECS::Cluster', {
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }], ServiceConnectDefaults: { Namespace: Match.anyValue() }, Configuration: Match.absent(),
    });
    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    template.hasResourceProperties('AWS::ServiceDiscovery::HttpNamespace', { Name: Match.stringLikeRegexp('^[a-z0-9-]+$') });
  });

  test('accepts physical names of cluster and namespace (C-30)', () => {
    const template = cluster({ clusterName: 'shop', namespaceName: 'shop.local' });
    template.hasResourceProperties('AWS::ECS::Cluster', { ClusterName: 'shop' });
    template.hasResourceProperties('AWS::ServiceDiscovery::HttpNamespace', { Name: 'shop.local' });
    templateOf(serviceFixture({ serviceName: 'shop-web' }).stack).hasResourceProperties('AWS::ECS::Service', { ServiceName: 'shop-web' });
  });

  test('gives its services no physical names, which a replaced service could not take again (C-30)', () => {
    templateOf(serviceFixture().stack).hasResourceProperties('AWS::ECS::Service', { ServiceName: Match.absent() });
  });

  test('refuses a namespace that AWS would refuse', () => {
    expect(refusal(() => cluster({ namespaceName: 'the shop' }))).toMatch(/^ServiceCluster 'Test\/Cluster': namespaceName is "the shop", expected letters, digits/);
  });
});
