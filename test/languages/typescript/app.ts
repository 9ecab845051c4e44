import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { InstanceClass, InstanceSize, InstanceType } from 'aws-cdk-lib/aws-ec2';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  AlarmOverride, AlertChannel, AlertRouting, BackupPolicy, BlueGreenPipeline, DeployStage, Domain, GoldenSignalAlarms, HardenedPostgres, ImageBuild,
  ImageRepository, LogMetric, Migration, OperationsDashboard, PipelineSource, PostgresCapacity, ProductionWebService, Rollout, Route, SecureLoadBalancer, SecureVpc, ServiceImage,
  ServiceObjective, ServiceScaling, ServiceSecret, SmokeTest, SubnetPlan, TlsPolicy,
} from '@org/prod-constructs';

const CERTIFICATE = 'arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555';
const CONNECTION = 'arn:aws:codeconnections:eu-central-1:111111111111:connection/11111111-2222-3333-4444-555555555555';

/** Deployed first: images exist before services do. */
class RegistryStack extends Stack {
  public readonly web = new ImageRepository(this, 'Web');
  public readonly api = new ImageRepository(this, 'Api', { keepImages: 20 });
}

/** What outlives every release: addresses and data. */
class FoundationStack extends Stack {
  public readonly network: SecureVpc;
  public readonly database: HardenedPostgres;

  public constructor(scope: App, id: string, props: StackProps) {
    super(scope, id, props);
    this.network = new SecureVpc(this, 'Network', {
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      plan: SubnetPlan.blocks({
        cidr: '10.0.0.0/16',
        publicBlocks: ['10.0.1.0/24', '10.0.2.0/24'],
        applicationBlocks: ['10.0.16.0/20', '10.0.32.0/20'],
        dataBlocks: ['10.0.3.0/24', '10.0.4.0/24'],
      }),
    });
    this.database = new HardenedPostgres(this, 'Database', {
      network: this.network,
      databaseName: 'shop',
      capacity: PostgresCapacity.instance({
        version: PostgresEngineVersion.VER_15,
        instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM),
        storageGiB: 100,
      }),
      backup: BackupPolicy.daily({ window: '02:00-03:00', retention: Duration.days(7) }),
      parameters: { work_mem: '8192' },
    });
  }
}

interface ApplicationStackProps extends StackProps {
  readonly images: RegistryStack;
  readonly foundation: FoundationStack;
}

/** What a release replaces, and who is told how it does. */
class ApplicationStack extends Stack {
  public readonly api: ProductionWebService;
  public readonly routing: AlertRouting;

  public constructor(scope: App, id: string, props: ApplicationStackProps) {
    super(scope, id, props);
    const { network, database } = props.foundation;
    const loadBalancer = new SecureLoadBalancer(this, 'Balancer', {
      network,
      domains: [Domain.of('shop.example.com', { certificate: Certificate.fromCertificateArn(this, 'Certificate', CERTIFICATE) })],
      tlsPolicy: TlsPolicy.TLS_1_3,
      responseHeaders: { hstsMaxAge: Duration.days(365), cors: { allowOrigins: ['https://shop.example.com'], allowMethods: ['PUT'] } },
    });
    const web = new ProductionWebService(this, 'Web', {
      network,
      loadBalancer,
      route: Route.path('/*'),
      image: ServiceImage.fromRepository(props.images.web, { tag: '1.4.2' }),
      port: 3000,
      rollout: Rollout.steps([10, 50, 100], { stepBakeTime: Duration.minutes(5) }),
      smokeTest: SmokeTest.http('/', { verifyFor: Duration.minutes(3) }),
    });
    this.api = new ProductionWebService(this, 'Api', {
      network,
      loadBalancer,
      route: Route.path('/api/*'),
      image: ServiceImage.released(props.images.api),
      port: 4000,
      environment: { NODE_ENV: 'production', LOG_LEVEL: 'info' },
      secrets: [ServiceSecret.generated('JWT_SECRET')],
      backingServices: [database],
      healthCheck: { path: '/ready', interval: Duration.seconds(30) },
      rollout: Rollout.blueGreen({ bakeTime: Duration.minutes(30) }),
      smokeTest: SmokeTest.all([SmokeTest.http('/health'), SmokeTest.http('/api/items', { expectedStatus: 401 })]),
      scaling: ServiceScaling.targetTracking({ minTasks: 2, maxTasks: 10, requestsPerMinute: 600 }),
    });

    const slack = AlertChannel.slack({ workspaceId: 'T012ABCDEFG', channelId: 'C012ABCDEFG' });
    const onCall = AlertChannel.email('on-call@example.com');
    this.routing = new AlertRouting(this, 'Alerts', { onCritical: [onCall], onError: [onCall, slack], onWarning: [slack] });
    const signals = new GoldenSignalAlarms(this, 'Signals', {
      services: [web, this.api],
      databases: [database],
      alertRouting: this.routing,
      objectives: [ServiceObjective.availability(99.9)],
      overrides: [AlarmOverride.of('Api/service-cpu', { warningThreshold: 75, errorThreshold: 90 })],
      dashboard: false,
    });
    const created = new LogMetric(this, 'ItemsCreated', {
      logGroup: this.api.logGroup,
      pattern: FilterPattern.stringValue('$.event', '=', 'item.created'),
    });
    new OperationsDashboard(this, 'Dashboard', { signals, business: [created.metric()] });
  }
}

interface DeliveryStackProps extends StackProps {
  readonly images: RegistryStack;
  readonly foundation: FoundationStack;
  readonly application: ApplicationStack;
}

/** How a release of the API comes about; the website is another team's, which declares its image. */
class DeliveryStack extends Stack {
  public constructor(scope: App, id: string, props: DeliveryStackProps) {
    super(scope, id, props);
    const { api, routing } = props.application;
    new BlueGreenPipeline(this, 'Pipeline', {
      source: PipelineSource.codeConnection({ connectionArn: CONNECTION, repository: 'org/shop' }),
      images: [ImageBuild.docker({ repository: props.images.api, directory: 'api', buildArguments: { NODE_VERSION: '24', BASE: 'alpine' } })],
      stages: [
        DeployStage.production({
          services: [api],
          migrations: [Migration.command(api, ['npm', 'run', 'migration:run'], {
            plan: ['npm', 'run', 'migration:show'],
            planInternetAccess: { reason: 'The image comes through the NAT gateway.' },
          })],
          snapshot: props.foundation.database,
          monitoringTime: Duration.minutes(30),
        }),
      ],
      alertRouting: routing,
    });
  }
}

const app = new App();
const env = { account: '111111111111', region: 'eu-central-1' };
const images = new RegistryStack(app, 'registry', { env });
const foundation = new FoundationStack(app, 'foundation', { env });
const application = new ApplicationStack(app, 'application', { env, images, foundation });
new DeliveryStack(app, 'delivery', { env, images, foundation, application });
app.synth();
