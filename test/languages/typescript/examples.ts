import { App, Duration, Environment, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AlertChannel, AlertRouting, BackupPolicy, BlueGreenPipeline, DeployStage, GoldenSignalAlarms, HardenedPostgres, ImageBuild, ImageRepository, Migration,
  PipelineSource, ProductionWebService, Rollout, SecureVpc, ServiceImage, ServiceObjective, ServiceScaling, SmokeTest, SubnetPlan,
} from '@org/prod-constructs';

const app = new App();
const env: Environment = { account: '111111111111', region: 'eu-central-1' };
const images = new ImageRepository(new Stack(app, 'Registry', { env }), 'Images');
const stack = new Stack(app, 'Shop', { env });

// Network
const network = new SecureVpc(stack, 'Network', {
  availabilityZones: ['eu-central-1a', 'eu-central-1b'],
  plan: SubnetPlan.sized({ cidr: '10.1.0.0/16' }),
});

// Database
const database = new HardenedPostgres(stack, 'Database', {
  network,
  databaseName: 'shop',
  backup: BackupPolicy.daily({ retention: Duration.days(14) }),
  parameters: { work_mem: '8192' },
});

// Service
const web = new ProductionWebService(stack, 'Web', {
  network,
  image: ServiceImage.released(images),
  certificate: Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-central-1:111111111111:certificate/...'),
  environment: { LOG_LEVEL: 'info' },
  backingServices: [database],
  healthCheck: { path: '/ready' },
  smokeTest: SmokeTest.http('/health'),
  rollout: Rollout.steps([10, 50, 100], { stepBakeTime: Duration.minutes(5) }),
  scaling: ServiceScaling.targetTracking({ minTasks: 2, maxTasks: 10 }),
});

// Signals
const onCall = AlertChannel.email('on-call@example.com');
const routing = new AlertRouting(stack, 'Alerts', { onCritical: [onCall], onError: [onCall], onWarning: [onCall] });
new GoldenSignalAlarms(stack, 'Signals', {
  services: [web],
  databases: [database],
  alertRouting: routing,
  objectives: [ServiceObjective.availability(99.9)],
});

// Pipeline
const delivery = new Stack(app, 'Delivery', { env });
const connectionArn = 'arn:aws:codeconnections:eu-central-1:111111111111:connection/11111111-2222-3333-4444-555555555555';
new BlueGreenPipeline(delivery, 'Pipeline', {
  source: PipelineSource.codeConnection({ connectionArn, repository: 'org/shop' }),
  images: [ImageBuild.docker({ repository: images })],
  stages: [
    DeployStage.production({ services: [web], migrations: [Migration.command(web, ['npm', 'run', 'migrate'])], snapshot: database }),
  ],
  alertRouting: routing,
});
app.synth();
