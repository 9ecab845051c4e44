import type { App } from 'aws-cdk-lib';
import {
  AlertChannel, AlertRouting, BackupPolicy, BlueGreenPipeline, CiDeployRole, CredentialRotation, DeploymentEvents, DeployStage, DriftCheck,
  Egress, EnvironmentProfile, GoldenSignalAlarms, HardenedMysql, HardenedPostgres, ImageBuild, ImageRepository, Ingress, Migration, MysqlCapacity,
  PipelineSource, PostgresCapacity, ProductionWebService, RecoveryRegion, Release, RollbackCommand, Rollout, Route, SecureLoadBalancer, SecureVpc,
  ServiceCluster, ServiceImage, ServiceObjective, ServiceScaling, ServiceSecret, Severity, SmokeTest, Tracing,
} from '../../src';
import { secretOf, SLACK, TEAMS } from './routing';
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
  const api = new ProductionWebService(stack, 'Api', { network, loadBalancer, image, route: Route.path('/api/*'), environment: { NODE_ENV: 'production' } });
  new ProductionWebService(stack, 'Web', { network, loadBalancer, image, rollout: Rollout.rolling() });
  new ProductionWebService(stack, 'Shop', { network, loadBalancer, image, route: Route.path('/shop/*'), rollout: Rollout.steps([10, 50, 100]), smokeTest: SmokeTest.http('/health') });
  new ProductionWebService(stack, 'Classic', { network, certificate: tls, image, rollout: Rollout.codeDeploy() });

  const data = testStack({ app, id: 'Data' });
  const recoveryRegion = new RecoveryRegion(app, 'Recovery', { region: 'eu-west-1', account: ACCOUNT });
  const dataNetwork = new SecureVpc(data, 'Network');
  const databases = [
    new HardenedPostgres(data, 'Instance', { network: dataNetwork, capacity: PostgresCapacity.instance({ readReplicas: 1 }), backup: BackupPolicy.daily({ recoveryRegion }) }),
    new HardenedPostgres(data, 'Cluster', { network: dataNetwork, capacity: PostgresCapacity.serverless(), backup: BackupPolicy.daily({ recoveryRegion }) }),
    new HardenedMysql(data, 'MysqlCluster', { network: dataNetwork }),
    new HardenedMysql(data, 'MysqlInstance', { network: dataNetwork, capacity: MysqlCapacity.instance(), credentials: CredentialRotation.iamAuthentication() }),
  ];

  const development = testStack({ app, id: 'Development' });
  EnvironmentProfile.development().applyTo(development);
  const small = new SecureVpc(development, 'Network');
  const smallDatabases = [
    new HardenedPostgres(development, 'SmallInstance', { network: small }),
    new HardenedPostgres(development, 'SmallCluster', { network: small, capacity: PostgresCapacity.serverless() }),
  ];

  const alerting = testStack({ app, id: 'Alerting' });
  const routing = new AlertRouting(alerting, 'Alerts', {
    onCritical: [AlertChannel.pagerDuty(secretOf(alerting, 'Pager'))],
    onError: [AlertChannel.slack(SLACK), AlertChannel.email('ops@example.com')],
    onWarning: [AlertChannel.slack(SLACK)],
    onDeployment: [AlertChannel.teams(TEAMS)],
    onCost: [AlertChannel.slackWebhook(secretOf(alerting, 'Webhook'))],
  });
  [...databases, ...smallDatabases].forEach(({ events }) => routing.listenTo(events.topic, Severity.ERROR));
  new DeploymentEvents(alerting, 'Deployments', { service: api, alertRouting: routing });
  new GoldenSignalAlarms(alerting, 'Signals', { services: [api], alertRouting: routing, objectives: [ServiceObjective.availability(99.9).recorded()] });
  new GoldenSignalAlarms(alerting, 'StoreSignals', { databases: [...databases, ...smallDatabases], alertRouting: routing });

  new ProductionWebService(stack, 'Jobs', {
    network,
    loadBalancer,
    image,
    route: Route.path('/jobs/*'),
    cluster: new ServiceCluster(stack, 'Cluster', { network, ecsExec: true }).cluster,
    discoverableAs: 'jobs',
    smokeTest: SmokeTest.command(['npm', 'run', 'test:smoke']),
    scaling: ServiceScaling.inSteps({ requestsPerMinute: 1000 }),
    tracing: Tracing.xray(),
    secrets: [ServiceSecret.generated('JWT_SECRET'), ServiceSecret.placeholder('STRIPE_KEY')],
    ecsExec: { reason: '(the reason that the app gives)' },
  });

  const delivery = testStack({ app, id: 'Delivery' });
  const shopNetwork = new SecureVpc(delivery, 'Network');
  const orders = new HardenedPostgres(delivery, 'Orders', { network: shopNetwork, backup: BackupPolicy.daily({ recoveryRegion }) });
  const checkout = new ProductionWebService(delivery, 'Checkout', { network: shopNetwork, certificate: certificate(delivery), image, backingServices: [orders] });
  const notifications = routing.deploymentTopic;
  routing._listenFrom(delivery, orders.events.topic, Severity.WARNING);
  const release = new Release(delivery, 'Release', {
    stageName: 'production', services: [checkout], notifications, snapshot: orders, migration: Migration.command(checkout, ['npm', 'run', 'migrate'], { plan: ['npm', 'run', 'plan'] }),
  });
  new RollbackCommand(delivery, 'Back', { release });
  new DriftCheck(delivery, 'Drift', { release, notifications });
  const connectionArn = `arn:aws:codeconnections:eu-central-1:${ACCOUNT}:connection/11111111-2222-3333-4444-555555555555`;
  const plan = Migration.command(checkout, ['npm', 'run', 'migrate'], { plan: ['npm', 'run', 'plan'] });
  new BlueGreenPipeline(delivery, 'Pipeline', {
    source: PipelineSource.codeConnection({ connectionArn, repository: 'org/app' }),
    images: [ImageBuild.docker({ repository: images })],
    stages: [DeployStage.production({ services: [checkout], migration: plan, snapshot: orders })],
    alertRouting: routing,
  });
  const pushed = new BlueGreenPipeline(delivery, 'OfPushes', { source: PipelineSource.imagePush(images), stages: [DeployStage.production({ services: [checkout] })] });
  CiDeployRole.github(delivery, 'Ci', { repository: images, pipeline: pushed.pipeline, subjects: ['repo:org/app:environment:production'] });

  const special = testStack({ app, id: 'Special' });
  const isolated = new SecureVpc(special, 'Isolated', { egress: Egress.endpointsOnly(), availabilityZones: ['eu-central-1a', 'eu-central-1b'], closeDefaultSecurityGroup: true });
  const ofSpecial = { network: isolated, certificate: certificate(special) };
  new SecureLoadBalancer(special, 'Inside', { ...ofSpecial, ingress: Ingress.internalOnly(['10.0.0.0/16']) });
  new SecureLoadBalancer(special, 'Plain', { network: isolated, plainHttp: { reason: '(the reason that the app gives)' }, withoutFirewall: { reason: '(the reason that the app gives)' } });
  new SecureLoadBalancer(special, 'Proxied', { ...ofSpecial, ingress: Ingress.cloudflare() });
  new SecureLoadBalancer(special, 'Origin', { ...ofSpecial, ingress: Ingress.cloudFront() });
  return app;
}
