import type { App } from 'aws-cdk-lib';
import {
  BackupPolicy, CredentialRotation, Egress, EnvironmentProfile, HardenedMysql, HardenedPostgres, ImageRepository, Ingress, MysqlCapacity, PostgresCapacity, ProductionWebService,
  RecoveryRegion, Rollout, Route, SecureLoadBalancer, SecureVpc, ServiceCluster, ServiceImage, ServiceScaling, ServiceSecret, SmokeTest, Tracing,
} from '../../src';
import { ACCOUNT, testApp, testStack } from './test-stack';
import { certificate } from './web-service';

/** An app in which every construct stands in each shape that makes an acknowledgement of its own. */
export function wholeLibrary(): App {
  const app = testApp();
  const images = new ImageRepository(testStack({ app, id: 'Registry' }), 'Images');

  const stack = testStack({ app, id: 'Application' });
  const network = new SecureVpc(stack, 'Network');
  const tls = certificate(stack);
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: tls });
  const image = ServiceImage.released(images);
  new ProductionWebService(stack, 'Api', { network, loadBalancer, image, route: Route.path('/api/*'), environment: { NODE_ENV: 'production' } });
  new ProductionWebService(stack, 'Web', { network, loadBalancer, image, rollout: Rollout.rolling() });
  new ProductionWebService(stack, 'Shop', { network, loadBalancer, image, route: Route.path('/shop/*'), rollout: Rollout.steps([10, 50, 100]), smokeTest: SmokeTest.http('/health') });
  new ProductionWebService(stack, 'Classic', { network, certificate: tls, image, rollout: Rollout.codeDeploy() });

  const data = testStack({ app, id: 'Data' });
  const recoveryRegion = new RecoveryRegion(app, 'Recovery', { region: 'eu-west-1', account: ACCOUNT });
  const dataNetwork = new SecureVpc(data, 'Network');
  new HardenedPostgres(data, 'Instance', { network: dataNetwork, capacity: PostgresCapacity.instance({ readReplicas: 1 }), backup: BackupPolicy.daily({ recoveryRegion }) });
  new HardenedPostgres(data, 'Cluster', { network: dataNetwork, capacity: PostgresCapacity.serverless(), backup: BackupPolicy.daily({ recoveryRegion }) });
  new HardenedMysql(data, 'MysqlCluster', { network: dataNetwork });
  new HardenedMysql(data, 'MysqlInstance', { network: dataNetwork, capacity: MysqlCapacity.instance(), credentials: CredentialRotation.iamAuthentication() });

  const development = testStack({ app, id: 'Development' });
  EnvironmentProfile.development().applyTo(development);
  const small = new SecureVpc(development, 'Network');
  new HardenedPostgres(development, 'SmallInstance', { network: small });
  new HardenedPostgres(development, 'SmallCluster', { network: small, capacity: PostgresCapacity.serverless() });

  new ProductionWebService(stack, 'Jobs', {
    network,
    loadBalancer,
    image,
    route: Route.path('/jobs/*'),
    cluster: new ServiceCluster(stack, 'Cluster', { network, exec: true }).cluster,
    discoverableAs: 'jobs',
    scaling: ServiceScaling.inSteps({ requestsPerMinute: 1000 }),
    tracing: Tracing.xray(),
    secrets: [ServiceSecret.generated('JWT_SECRET'), ServiceSecret.filledByHand('STRIPE_KEY')],
    exec: { reason: '(the reason that the app gives)' },
  });

  const special = testStack({ app, id: 'Special' });
  const isolated = new SecureVpc(special, 'Isolated', { egress: Egress.endpointsOnly(), zones: ['eu-central-1a', 'eu-central-1b'], closeDefaultSecurityGroup: true });
  const ofSpecial = { network: isolated, certificate: certificate(special) };
  new SecureLoadBalancer(special, 'Inside', { ...ofSpecial, ingress: Ingress.internalOnly(['10.0.0.0/16']) });
  new SecureLoadBalancer(special, 'Plain', { network: isolated, plainHttp: { reason: '(the reason that the app gives)' }, withoutFirewall: { reason: '(the reason that the app gives)' } });
  new SecureLoadBalancer(special, 'Proxied', { ...ofSpecial, ingress: Ingress.cloudflare() });
  new SecureLoadBalancer(special, 'Origin', { ...ofSpecial, ingress: Ingress.cloudFront() });
  return app;
}
