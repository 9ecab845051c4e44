import { type App, Stack, Stage } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { FilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import {
  AlertChannel, AlertRouting, BackupPolicy, BlueGreenPipeline, BurnRateAlarms, CiDeployRole, DatabaseEvents, DeploymentEvents, DeployStage, DistinctCount,
  Domain, DriftCheck, GoldenSignalAlarms, HardenedPostgres, ImageBuild, ImageRepository, LogMetric, OperationsDashboard, PipelineSource, ProductionWebService,
  RecoveryRegion, Release, RollbackCommand, Runbooks, SavedQueries, SecureLoadBalancer, SecureVpc, ServiceCluster, ServiceImage, ServiceObjective,
  ServiceSecret, Severity, Tracing, WebFirewall,
} from '../../src';
import { routingByMail } from '../fixtures/alert-routing';
import { ACCOUNT, refusal, REGION, testApp } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';

const PUBLIC = ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1');
const PLAIN_HTTP = { plainHttp: { reason: '(the reason that the app gives)' } };

/** Everything that a construct may refer to, in one stack. */
function objectsIn(stack: Stack) {
  const network = new SecureVpc(stack, 'Network');
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, ...PLAIN_HTTP });
  const images = new ImageRepository(new Stack(stack.node.scope!, `${stack.node.id}Images`, { env: stack }), 'Images');
  const service = new ProductionWebService(stack, 'Web', { network, loadBalancer, image: ServiceImage.released(images) });
  const alertRouting = routingByMail(stack);
  const release = new Release(stack, 'Release', { stageName: 'production', services: [service], alertRouting });
  return {
    network,
    loadBalancer,
    images,
    service,
    alertRouting,
    release,
    certificate: new Certificate(stack, 'Certificate', { domainName: 'example.com' }),
    zone: new PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' }),
    firewall: new WebFirewall(stack, 'Firewall'),
    bucket: new Bucket(stack, 'Bucket'),
    cluster: new Cluster(stack, 'Cluster', { vpc: network.vpc }),
    database: new HardenedPostgres(stack, 'Database', { network }),
    events: new DatabaseEvents(stack, 'Events'),
    key: new Key(stack, 'Key'),
    logGroup: new LogGroup(stack, 'Log'),
    secret: new Secret(stack, 'Secret'),
    topic: new Topic(stack, 'Topic'),
    repository: new Repository(stack, 'Repository'),
    pipeline: new Pipeline(stack, 'Pipeline'),
    vpc: network.vpc,
  };
}

type Objects = ReturnType<typeof objectsIn>;

/** Each prop that takes an object: how it is written in the error, and a construct that gets its object from elsewhere. */
const PROPS: ReadonlyArray<[string, string, (scope: Construct, there: Objects, own: Objects) => unknown]> = [
  ['SecureVpc', 'flowLogBucket', (scope, { bucket }) => new SecureVpc(scope, 'It', { flowLogBucket: bucket })],
  ['SecureVpc.fromVpc', 'vpc', (scope, { vpc }) => SecureVpc.fromVpc(scope, 'It', { vpc, applicationSubnets: { subnetGroupName: 'application' } } as never)],
  ['SecureLoadBalancer', 'network', (scope, { network }) => new SecureLoadBalancer(scope, 'It', { network, ...PLAIN_HTTP })],
  ['SecureLoadBalancer', 'certificate', (scope, there, { network }) => new SecureLoadBalancer(scope, 'It', { network, certificate: there.certificate })],
  ['SecureLoadBalancer', 'domains.hostedZone', (scope, { zone }, { network }) =>
    new SecureLoadBalancer(scope, 'It', { network, ...PLAIN_HTTP, domains: [Domain.of('www.example.com', { hostedZone: zone })] })],
  ['SecureLoadBalancer', 'domains.certificate', (scope, there, { network }) =>
    new SecureLoadBalancer(scope, 'It', { network, domains: [Domain.of('www.example.com', { certificate: there.certificate })] })],
  ['SecureLoadBalancer', 'firewall', (scope, { firewall }, { network }) => new SecureLoadBalancer(scope, 'It', { network, ...PLAIN_HTTP, firewall })],
  ['SecureLoadBalancer', 'logBucket', (scope, { bucket }, { network }) => new SecureLoadBalancer(scope, 'It', { network, ...PLAIN_HTTP, logBucket: bucket })],
  ['ProductionWebService', 'network', (scope, { network }, own) =>
    new ProductionWebService(scope, 'It', { network, loadBalancer: own.loadBalancer, image: PUBLIC })],
  ['ProductionWebService', 'certificate', (scope, there, { network }) => new ProductionWebService(scope, 'It', { network, certificate: there.certificate, image: PUBLIC })],
  ['ProductionWebService', 'loadBalancer', (scope, { loadBalancer }, { network }) => new ProductionWebService(scope, 'It', { network, loadBalancer, image: PUBLIC })],
  ['ProductionWebService', 'cluster', (scope, { cluster }, own) => new ProductionWebService(scope, 'It', { ...edgeOf(own), cluster, image: PUBLIC })],
  ['ProductionWebService', 'image', (scope, { images }, own) => new ProductionWebService(scope, 'It', { ...edgeOf(own), image: ServiceImage.released(images) })],
  ['ProductionWebService', 'image', (scope, { images }, own) =>
    new ProductionWebService(scope, 'It', { ...edgeOf(own), image: ServiceImage.fromRepository(images, { tag: '1' }) })],
  ['ProductionWebService', 'backingServices[0]', (scope, { database }, own) =>
    new ProductionWebService(scope, 'It', { ...edgeOf(own), image: PUBLIC, backingServices: [database] })],
  ['ProductionWebService', 'backingServices[0]', (scope, { database }, own) =>
    new ProductionWebService(scope, 'It', { ...edgeOf(own), image: PUBLIC, backingServices: [database.withVariables()] })],
  ['ProductionWebService', 'secrets', (scope, { secret }, own) =>
    new ProductionWebService(scope, 'It', { ...edgeOf(own), image: PUBLIC, secrets: [ServiceSecret.fromSecret('KEY', secret)] })],
  ['ProductionWebService', 'tracing.apiKey', (scope, { secret }, own) =>
    new ProductionWebService(scope, 'It', { ...edgeOf(own), image: PUBLIC, tracing: Tracing.datadog({ apiKey: secret, site: 'datadoghq.eu' }) })],
  ['ServiceCluster', 'network', (scope, { network }) => new ServiceCluster(scope, 'It', { network })],
  ['HardenedPostgres', 'network', (scope, { network }) => new HardenedPostgres(scope, 'It', { network })],
  ['HardenedPostgres', 'events', (scope, { events }, { network }) => new HardenedPostgres(scope, 'It', { network, events })],
  ['DatabaseEvents', 'key', (scope, { key }) => new DatabaseEvents(scope, 'It', { key })],
  ['ImageRepository.fromRepository', 'repository', (scope, { repository }) => ImageRepository.fromRepository(scope, 'It', { repository })],
  ['AlertRouting', 'onCritical.pagerDuty', (scope, { secret }) => new AlertRouting(scope, 'It', { onCritical: [AlertChannel.pagerDuty(secret)] })],
  ['AlertRouting', 'topic', (_scope, { topic }, { alertRouting }) => alertRouting.listenTo(topic, Severity.ERROR)],
  ['GoldenSignalAlarms', 'alertRouting', (scope, { alertRouting }, { service }) => new GoldenSignalAlarms(scope, 'It', { services: [service], alertRouting })],
  ['GoldenSignalAlarms', 'services', (scope, { service }, { alertRouting }) => new GoldenSignalAlarms(scope, 'It', { services: [service], alertRouting })],
  ['BurnRateAlarms', 'service', (scope, { service }, { alertRouting }) =>
    new BurnRateAlarms(scope, 'It', { service, alertRouting, objective: ServiceObjective.availability(99.9), runbooks: Runbooks.published() })],
  ['DeploymentEvents', 'alertRouting', (scope, { alertRouting }, { service }) => new DeploymentEvents(scope, 'It', { service, alertRouting })],
  ['OperationsDashboard', 'services[0]', (scope, { service }) => new OperationsDashboard(scope, 'It', { services: [service] })],
  ['LogMetric', 'logGroup', (scope, { logGroup }) => new LogMetric(scope, 'It', { logGroup, pattern: FilterPattern.literal('x') })],
  ['DistinctCount', 'logGroups[0]', (scope, { logGroup }) => new DistinctCount(scope, 'It', { logGroups: [logGroup] })],
  ['SavedQueries', 'services[0]', (scope, { service }) => new SavedQueries(scope, 'It', { services: [service] })],
  ['Release', 'services[0]', (scope, { service }) => new Release(scope, 'It', { stageName: 'staging', services: [service] })],
  ['Release', 'snapshot', (scope, { database }, { service }) => new Release(scope, 'It', { stageName: 'staging', services: [service], snapshot: database })],
  ['Release', 'alertRouting', (scope, { alertRouting }, { service }) => new Release(scope, 'It', { stageName: 'staging', services: [service], alertRouting })],
  ['RollbackCommand', 'release', (scope, { release }) => new RollbackCommand(scope, 'It', { release })],
  ['DriftCheck', 'alertRouting', (scope, { alertRouting }, { release }) => new DriftCheck(scope, 'It', { release, alertRouting })],
  ['BlueGreenPipeline', 'source.repositories[0]', (scope, { images }, { service }) =>
    new BlueGreenPipeline(scope, 'It', { source: PipelineSource.imagePush([images]), stages: [DeployStage.production({ services: [service] })] })],
  ['BlueGreenPipeline', 'images.repository', (scope, { images }, own) => new BlueGreenPipeline(scope, 'It', {
    source: PipelineSource.codeConnection({ connectionArn: `arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/1`, repository: 'org/app' }),
    images: [ImageBuild.docker({ repository: images })],
    stages: [DeployStage.production({ services: [own.service] })],
  })],
  ['BlueGreenPipeline', 'alertRouting', (scope, { alertRouting }, own) => new BlueGreenPipeline(scope, 'It', {
    source: PipelineSource.imagePush([own.images]), stages: [DeployStage.production({ services: [own.service] })], alertRouting,
  })],
  ['CiDeployRole', 'repositories[0]', (scope, { images }) => CiDeployRole.github(scope, 'It', { repositories: [images], subjects: ['repo:org/app:ref:refs/heads/main'] })],
  ['CiDeployRole', 'pipeline', (scope, { pipeline }, { images }) =>
    CiDeployRole.github(scope, 'It', { repositories: [images], pipeline, subjects: ['repo:org/app:ref:refs/heads/main'] })],
];

function edgeOf({ network, loadBalancer }: Objects) {
  return { network, loadBalancer };
}

/** Stacks of which no template can refer to the other. */
const PLACES: ReadonlyArray<[string, (app: App) => Stack, RegExp]> = [
  ['another Stage', (app) => new Stack(new Stage(app, 'Other'), 'There', { env: { account: ACCOUNT, region: REGION } }), /is created in another Stage \('Other\/There/],
  ['another account', (app) => new Stack(app, 'There', { env: { account: '222222222222', region: REGION } }), /account/],
  ['another region', (app) => new Stack(app, 'There', { env: { account: ACCOUNT, region: 'eu-west-1' } }), /region|eu-west-1/],
];

describe.each(PLACES)('An object of %s', (_, thereIn, says) => {
  const app = testApp();
  const own = new Stack(app, 'Here', { env: { account: ACCOUNT, region: REGION } });
  const [here, there] = [objectsIn(own), objectsIn(thereIn(app))];

  test.each(PROPS.map(([construct, prop, make], index) => [construct, prop, make, index] as const))('is refused by %s as %s', (_construct, prop, make, index) => {
    const message = refusal(() => make(new Stack(app, `Test${index}`, { env: own }), there, here));
    expect(message).toMatch(says);
    expect(message).toContain(`: ${prop}`);
  });
});

test('A service with an image of a public registry is monitored, which no release could name', () => {
  const stack = new Stack(testApp(), 'Here', { env: { account: ACCOUNT, region: REGION } });
  const network = new SecureVpc(stack, 'Network');
  const service = new ProductionWebService(stack, 'Web', { network, ...PLAIN_HTTP, image: PUBLIC });
  const alertRouting = routingByMail(stack);
  new OperationsDashboard(stack, 'It', { services: [service] });
  new SavedQueries(stack, 'Queries', { services: [service] });
  new GoldenSignalAlarms(stack, 'Signals', { services: [service], alertRouting });
  new DeploymentEvents(stack, 'Deployments', { service, alertRouting });
  new BurnRateAlarms(stack, 'Burn', { service, alertRouting, objective: ServiceObjective.availability(99.9), runbooks: Runbooks.published() });
});

describe('An imported object', () => {
  const app = testApp();
  const own = new Stack(app, 'Here', { env: { account: ACCOUNT, region: REGION } });
  const other = new Stack(new Stage(app, 'Other'), 'There', { env: { account: ACCOUNT, region: REGION } });
  const network = new SecureVpc(own, 'Network');
  const certificateOf = (account: string, region: string) =>
    Certificate.fromCertificateArn(own, `${account}${region}`, `arn:aws:acm:${region}:${account}:certificate/11111111-2222-3333-4444-555555555555`);

  test.each([
    ['region', certificateOf(ACCOUNT, 'us-east-1'), 'is in region us-east-1, and this construct in eu-central-1'],
    ['account', certificateOf('222222222222', REGION), 'is in account 222222222222, and this construct in 111111111111'],
  ])('is refused as the certificate of a load balancer if its ARN has another %s', (_, imported, says) => {
    expect(refusal(() => new SecureLoadBalancer(own, says.slice(0, 12), { network, certificate: imported }))).toContain(`certificate ${says}. Give one`);
  });

  test('is refused as a network if its VPC is of another region', () => {
    const vpc = Vpc.fromVpcAttributes(own, 'Elsewhere', { vpcId: 'vpc-1', availabilityZones: ['us-east-1a'], region: 'us-east-1', isolatedSubnetIds: ['subnet-1'] });
    expect(refusal(() => SecureVpc.fromVpc(own, 'Adopted', { vpc } as never))).toContain('vpc is in region us-east-1');
  });

  test('of another Stage is a literal name, and so accepted', () => {
    new SecureLoadBalancer(own, 'Accepting', { network, certificate: certificate(other) });
  });

  test('of another account is the way of a released image: repository and parameter by literal names', () => {
    const repository = Repository.fromRepositoryAttributes(own, 'Shared', { repositoryArn: `arn:aws:ecr:${REGION}:222222222222:repository/shop`, repositoryName: 'shop' });
    const images = ImageRepository.fromRepository(own, 'Images', { repository, releasedImageParameterNames: { production: '/shop/released' } });
    const service = new ProductionWebService(own, 'Web', { network, ...{ certificate: certificate(own) }, image: ServiceImage.released(images) });
    expect(service.node.path).toBe('Here/Web');
  });
});

describe('A recovery region', () => {
  const app = testApp();
  const own = new Stack(app, 'Here', { env: { account: ACCOUNT, region: REGION } });
  const network = new SecureVpc(own, 'Network');
  const backedUpTo = (recoveryRegion: RecoveryRegion) =>
    refusal(() => new HardenedPostgres(own, recoveryRegion.node.id, { network, backup: BackupPolicy.daily({ recoveryRegion }) }));

  test.each<[string, RecoveryRegion, string]>([
    ['Stage', new RecoveryRegion(new Stage(app, 'Other'), 'OtherStage', { region: 'eu-west-1', account: ACCOUNT }), 'is created in another Stage'],
    ['account', new RecoveryRegion(app, 'OtherAccount', { region: 'eu-west-1', account: '222222222222' }), 'is in account 222222222222'],
    ['partition', new RecoveryRegion(app, 'OtherPartition', { region: 'cn-north-1', account: ACCOUNT }), 'is in cn-north-1, to which no copy gets from eu-central-1'],
  ])('of another %s is refused', (_, recoveryRegion, says) => {
    expect(backedUpTo(recoveryRegion)).toContain(`backup.recoveryRegion ${says}`);
  });
});
