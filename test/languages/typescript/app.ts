import { App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ImageRepository, ProductionWebService, SecureVpc, ServiceImage } from '@org/prod-constructs';

const env = { account: '111111111111', region: 'eu-central-1' };
const app = new App();
const registry = new Stack(app, 'registry', { env });
const images = new ImageRepository(registry, 'Images');

const stack = new Stack(app, 'application', { env });
const network = new SecureVpc(stack, 'Network');
new ProductionWebService(stack, 'Web', {
  network,
  image: ServiceImage.fromRepository(images, { tag: '1.4.2' }),
  certificate: Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555'),
  port: Number(process.env.PORT ?? '8080'),
});
app.synth();
