import type { App, Stack } from 'aws-cdk-lib';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  Egress, ImageRepository, ProductionWebService, type ProductionWebServiceProps, SecureVpc, ServiceImage, SubnetPlan,
} from '../../src';
import { ACCOUNT, REGION, testApp, testStack } from './test-stack';

export const VERSION = '1.4.2';

export function certificate(stack: Stack): ICertificate {
  return Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555`);
}

/** Document B's plan. */
export function planOfDocumentB(): SubnetPlan {
  return SubnetPlan.blocks({
    cidr: '10.0.0.0/16',
    publicBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'],
    applicationBlocks: ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'],
  });
}

export interface ServiceFixture {
  readonly app: App;
  readonly stack: Stack;
  readonly registry: Stack;
  readonly images: ImageRepository;
  readonly network: SecureVpc;
  readonly web: ProductionWebService;
}

/** A service of document B in a stack of its own network, its repository in the stack before. */
export function serviceFixture(
  props: Partial<ProductionWebServiceProps> | ((parts: { stack: Stack; images: ImageRepository; network: SecureVpc }) => Partial<ProductionWebServiceProps>) = {},
  before: (app: App) => void = () => undefined,
): ServiceFixture {
  const app = testApp();
  before(app);
  const registry = testStack({ app, id: 'Registry' });
  const images = new ImageRepository(registry, 'Images');
  const stack = testStack({ app });
  const network = new SecureVpc(stack, 'Network', { plan: planOfDocumentB(), egress: Egress.endpointsOnly() });
  const given = typeof props === 'function' ? props({ stack, images, network }) : props;
  const web = new ProductionWebService(stack, 'Web', {
    network,
    image: ServiceImage.fromRepository(images, { tag: VERSION }),
    ...('loadBalancer' in given ? {} : { certificate: certificate(stack) }),
    port: 3000,
    ...given,
  });
  return { app, stack, registry, images, network, web };
}
