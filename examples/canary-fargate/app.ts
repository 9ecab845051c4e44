import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Egress, ImageRepository, ProductionWebService, Rollout, SecureVpc, ServiceImage, SmokeTest, SubnetPlan } from '@org/prod-constructs';

const app = new App();
const env = { region: 'eu-central-1' };

// Deployed first: images exist before services do.
const registry = new Stack(app, 'canary-registry', { env });
const images = new ImageRepository(registry, 'Images');
new CfnOutput(registry, 'ReleasedImage', { value: images.releasedImageParameterName('production') });

const stack = new Stack(app, 'canary-application', { env });
const network = new SecureVpc(stack, 'Network', {
  availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
  plan: SubnetPlan.blocks({
    cidr: '10.0.0.0/16',
    publicBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'],
    applicationBlocks: ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'],
  }),
  egress: Egress.endpointsOnly(),
});

new ProductionWebService(stack, 'Web', {
  network,
  image: ServiceImage.released(images),
  certificate: Certificate.fromCertificateArn(stack, 'Certificate', app.node.getContext('certificateArn')),
  port: 3000,
  cpu: 512,
  memoryMiB: 1024,
  healthCheck: {
    path: '/health',
    interval: Duration.seconds(30),
    containerCommand: ['CMD', 'node', '-e', "fetch('http://127.0.0.1:3000/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"],
  },
  smokeTest: SmokeTest.http('/health'),
  // Two minutes in a row below 99.5 % take it back, up to ten minutes after the last step.
  rollout: Rollout.steps([10, 20, 50, 70, 100], { stepBakeTime: Duration.minutes(1), bakeTime: Duration.minutes(10) }),
  successRatePercent: 99.5,
});
