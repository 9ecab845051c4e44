// Does one thing that the library refuses, by number.
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { BackupPolicy, HardenedPostgres, ImageRepository, ProductionWebService, Rollout, SecureLoadBalancer, SecureVpc, ServiceImage, SubnetPlan } from '@org/prod-constructs';

const env = { account: '111111111111', region: 'eu-central-1' };
const app = new App();
const images = new ImageRepository(new Stack(app, 'registry', { env }), 'Images');
const stack = new Stack(app, 'application', { env });
const network = new SecureVpc(stack, 'Network');
const image = ServiceImage.fromRepository(images, { tag: '1.4.2' });
const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555');

switch (process.argv[2]) {
  case '1':
    new ProductionWebService(stack, 'Web', { network, image, certificate, port: 70000 });
    break;
  case '2':
    new ProductionWebService(stack, 'Web', { network, image, certificate, rollout: Rollout.steps([50, 10, 100]) });
    break;
  case '3':
    new HardenedPostgres(stack, 'Database', { network, backup: BackupPolicy.daily({ retention: Duration.days(40) }) });
    break;
  case '4':
    new SecureVpc(stack, 'Second', {
      availabilityZoneCount: 1,
      plan: SubnetPlan.blocks({ cidr: '10.1.0.0/16', publicBlocks: ['10.2.1.0/24'], applicationBlocks: ['10.1.16.0/20'] }),
    });
    break;
  case '5':
    new SecureLoadBalancer(stack, 'Balancer', { network, plainHttp: { reason: 'for now' } });
    break;
}
