import { type App, TimeZone } from 'aws-cdk-lib';
import { Peer } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  Egress, ImageRepository, ProductionWebService, Route, SecureLoadBalancer, SecureVpc, ServiceCluster, ServiceImage, ServiceScaling, ServiceSecret, ServiceVolume, Sidecar,
  SubnetTier, Tracing,
} from '../../src';
import { brokenRules } from '../deploy-rules/deploy-rules';
import { endpointsOf } from '../fixtures/task-definition';
import { ACCOUNT, REGION, templateOf, testApp, testStack, unacknowledged } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';

const REASON = { reason: 'Shown in the report of this test' };

interface Everything { readonly app: App; readonly stacks: { readonly [id: string]: ReturnType<typeof testStack> } }

/** Network, registry, edge and services in four stacks; two services that have and do everything that goes together. */
function everything(egress: Egress): Everything {
  const app = testApp();
  const [networkStack, registry, edge, services] = ['NetworkStack', 'Registry', 'Edge', 'Services'].map((id) => testStack({ app, id }));
  const network = new SecureVpc(networkStack, 'Network', { egress });
  const images = new ImageRepository(registry, 'Images');
  const loadBalancer = new SecureLoadBalancer(edge, 'Balancer', { network, certificate: certificate(edge) });
  const cluster = new ServiceCluster(edge, 'Cluster', { network, ecsExec: true }).cluster;
  const files = new FileSystem(networkStack, 'Files', { vpc: network.vpc, vpcSubnets: network.subnets(SubnetTier.APPLICATION) });
  const shared = new Secret(registry, 'Partner', { secretName: 'partner' });
  const mirrored = (tag: string) => ServiceImage.fromRepository(images, { tag });
  const apiKey = Secret.fromSecretCompleteArn(services, 'Datadog', `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:datadog-a1b2c3`);

  const api = new ProductionWebService(services, 'Api', {
    network,
    loadBalancer,
    cluster,
    route: Route.path('/api/*'),
    port: 4000,
    cpu: 2048,
    memoryMiB: 4096,
    image: ServiceImage.released(images),
    discoveryName: 'api',
    volumes: [ServiceVolume.fileSystem('/var/lib/api', files, { directory: '/api' }), ServiceVolume.ephemeral('/var/cache/api')],
    ephemeralStorageGiB: 50,
    executableWritablePaths: REASON,
    ecsExec: REASON,
    environment: { NODE_ENV: 'production' },
    secrets: [
      ServiceSecret.generated('JWT_SECRET'),
      ServiceSecret.placeholder('STRIPE_KEY'),
      ServiceSecret.fromSecret('PARTNER', shared, 'key'),
      ServiceSecret.fromParameter('RELIC', '/shop/relic'),
    ],
    sidecars: [Sidecar.of('cache', { image: mirrored('cache-8.2'), port: 6379, secrets: [ServiceSecret.generated('JWT_SECRET')] })],
    tracing: Tracing.xray({ collectorImage: mirrored('collector-0.49.0') }),
    scaling: ServiceScaling.stepScaling({
      minTasks: 3, maxTasks: 12, requestsPerMinute: 1000, spot: { percent: 50 }, nightPause: { timeZone: TimeZone.ETC_UTC }, withoutTasks: REASON,
    }),
  });
  const web = new ProductionWebService(services, 'Web', {
    network,
    loadBalancer,
    cluster,
    image: mirrored('1.4.2'),
    port: 3000,
    environment: { API_URL: api.url },
    tracing: egress.reachesInternet
      ? Tracing.datadog({ apiKey, site: 'datadoghq.eu' })
      : Tracing.openTelemetry({ endpoint: 'http://jaeger.internal:4317', reachedThrough: Peer.ipv4('10.0.11.7/32'), collectorImage: mirrored('collector-0.49.0') }),
    scaling: ServiceScaling.targetTracking({ requestsPerMinute: 1000, spot: { percent: 100, onDemandTasks: 2 } }),
  });
  web.calls(api);
  return { app, stacks: { networkStack, registry, edge, services } };
}

describe.each([['NAT', Egress.natGatewayPerZone()], ['endpoints only', Egress.endpointsOnly()]])('Everything on, in four stacks, with %s', (_, egress) => {
  test('closes no cycle, and each stack depends only on those below', () => {
    const { networkStack, registry, edge, services } = everything(egress).stacks;
    templateOf(services).resourceCountIs('AWS::ECS::Service', 2);
    expect([networkStack, registry].flatMap(({ dependencies }) => dependencies)).toEqual([]);
    expect(edge.dependencies).not.toContain(services);
  });

  test('leaves no finding of the four packs and of CDK unacknowledged but those of the partner\'s secret and the file system, which are not ours', () => {
    expect(unacknowledged(everything(egress).stacks.services).filter((finding) => !/Registry\/Partner\/Resource$|NetworkStack\/Files\//.test(finding))).toEqual([]);
  });

  test('has the endpoints that it uses and no other (B-14)', () => {
    const endpoints = endpointsOf(templateOf(everything(egress).stacks.networkStack));
    expect(endpoints).toEqual(egress.reachesInternet ? [] : ['ecr.api', 'ecr.dkr', 'kms', 'logs', 'secretsmanager', 'ssm', 'ssmmessages', 'xray']);
  });

  test('breaks none of the rules that AWS enforces and no validator sees', () => {
    expect(brokenRules(templateOf(everything(egress).stacks.services).toJSON())).toEqual([]);
  });

  test('makes one secret of a variable that the application and a sidecar share', () => {
    templateOf(everything(egress).stacks.services).resourceCountIs('AWS::SecretsManager::Secret', 2);
  });
});
