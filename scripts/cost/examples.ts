import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AlertChannel, AlertRouting, EnvironmentProfile, GoldenSignalAlarms, HardenedPostgres, ImageRepository, ProductionWebService, SecureVpc, ServiceCluster, ServiceImage,
} from '../../src';
import type { TemplateJson } from './estimate';

export const PROFILES = { production: EnvironmentProfile.production, staging: EnvironmentProfile.staging, development: EnvironmentProfile.development };
export type Environment = keyof typeof PROFILES;
export type Part = 'service' | 'service in a shared cluster' | 'shared cluster' | 'database';

/** Templates of one environment with the defaults of the library: what each part adds to it. */
export function partsOf(environment: Environment): { [part in Part]: TemplateJson } {
  const app = new App();
  const env = { account: '111111111111', region: 'eu-central-1' };
  PROFILES[environment]().applyTo(app);
  const stackOf = (id: string) => new Stack(app, id, { env });
  const base = stackOf('Base');
  const network = new SecureVpc(base, 'Network');
  const mail = [AlertChannel.email('ops@example.com')];
  const alertRouting = new AlertRouting(base, 'Alerts', { onCritical: mail, onError: mail, onWarning: mail });
  const images = new ImageRepository(base, 'Images');
  const clusterStack = stackOf('Cluster');
  const { cluster } = new ServiceCluster(clusterStack, 'Cluster', { network });

  const serviceStack = (id: string, shared: boolean): Stack => {
    const stack = stackOf(id);
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:${env.region}:${env.account}:certificate/11111111-2222-3333-4444-555555555555`);
    const service = new ProductionWebService(stack, 'Web', {
      network, certificate, port: 3000, image: ServiceImage.fromRepository(images, { tag: '1.0.0' }), ...(shared && { cluster }),
    });
    new GoldenSignalAlarms(stack, 'Signals', { alertRouting, services: [service] });
    return stack;
  };
  const database = stackOf('Database');
  new GoldenSignalAlarms(database, 'Signals', { alertRouting, databases: [new HardenedPostgres(database, 'Database', { network })] });

  const stacks = {
    'service': serviceStack('Service', false), 'service in a shared cluster': serviceStack('Sharing', true), 'shared cluster': clusterStack, 'database': database,
  };
  return Object.fromEntries(Object.entries(stacks).map(([part, stack]) => [part, Template.fromStack(stack).toJSON()])) as { [part in Part]: TemplateJson };
}
