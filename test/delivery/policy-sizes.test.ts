import type { App } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  BackupPolicy, BlueGreenPipeline, DeployStage, DriftCheck, HardenedPostgres, ImageRepository, Migration, PipelineSource, ProductionWebService, RecoveryRegion, Release,
  RollbackCommand, Route, SecureLoadBalancer, SecureVpc, ServiceCluster, ServiceImage, ServiceSecret, SmokeTest, Tracing,
} from '../../src';
import { routingByMail } from '../fixtures/alert-routing';
import { ACCOUNT, ENV, REGION, testApp, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import { described } from '../simulators/cloudformation/outcome';
import type { Properties, Template } from '../simulators/cloudformation/template';

jest.setTimeout(300_000);

/** Name of 40 characters, the last of which differ. */
const long = (name: string) => `${'AnUnusuallyLongNameOfAConstructOrStack'.slice(0, 40 - name.length)}${name}`;

/**
 * Deploys the stacks of an app in order: the engine counts the characters of each policy. Returns the resolved policies of each
 * role.
 */
function deployed(app: App, order: readonly string[]): { [role: string]: Properties[] } {
  const assembly = app.synth();
  // A quota is no policy: several networks need more addresses than a new account has.
  const account = new Account({ ...ENV, addresses: 100 });
  order.forEach((name) => {
    const outcome = account.deploy(name, assembly.getStackByName(name).template as Template);
    expect([name, outcome.state.status, described(outcome).filter((line) => line.startsWith('refused'))]).toEqual([name, 'CREATE_COMPLETE', []]);
  });
  const policies: { [role: string]: Properties[] } = {};
  account.existing.of('AWS::IAM::ManagedPolicy').forEach(({ properties }) => (properties.Roles as string[]).forEach((role) => {
    policies[role] = [...(policies[role] ?? []), properties.PolicyDocument as Properties];
  }));
  return policies;
}

describe('Policies with the most of everything and names of 40 characters', () => {
  test('of a release of eight services, its rollback, its plan and a pipeline fit the quotas of IAM', () => {
    const app = testApp();
    const registry = testStack({ app, id: long('Registry'), stackName: long('Registry') });
    const recoveryRegion = new RecoveryRegion(app, 'Recovery', { region: 'eu-west-1', account: ACCOUNT });
    const halves = ['First', 'Second'].map((half) => {
      const stack = testStack({ app, id: long(half), stackName: long(half) });
      const network = new SecureVpc(stack, long('Network'));
      const loadBalancer = new SecureLoadBalancer(stack, long('Balancer'), { network, certificate: certificate(stack) });
      const database = new HardenedPostgres(stack, long('Database'), { network, backup: BackupPolicy.daily({ recoveryRegion }) });
      const { cluster } = new ServiceCluster(stack, long('Cluster'), { network, ecsExec: true });
      const services = [1, 2, 3, 4].map((number) => new ProductionWebService(stack, long(`Service${number}`), {
        network,
        loadBalancer,
        cluster: number === 1 ? undefined : cluster,
        route: Route.path(`/${number}/*`),
        backingServices: [database],
        image: ServiceImage.released(new ImageRepository(registry, long(`${half}${number}`))),
        smokeTest: number === 1 ? undefined : SmokeTest.http('/health'),
        ...(number > 1 && { tracing: Tracing.xray() }),
      }));
      return { stack, services, database };
    });
    const services = halves.flatMap((half) => half.services);
    const stack = testStack({ app, id: long('Delivery'), stackName: long('Delivery') });
    const alertRouting = routingByMail(stack);
    const migration = Migration.command(services[0], ['npm', 'run', 'migrate'], {
      plan: ['npm', 'run', 'plan'], planInternetAccess: { reason: 'The image comes through NAT.' }, verify: ['true'],
    });
    const release = new Release(stack, long('Release'), {
      stageName: 'production', services, migrations: [migration], snapshot: halves[0].database, alertRouting, gateAlarmNames: ['a'],
    });
    new RollbackCommand(stack, long('Back'), { release });
    new DriftCheck(stack, long('Drift'), { release, alertRouting });
    const images = new ImageRepository(registry, long('Pushed'));
    const own = testStack({ app, id: long('Own'), stackName: long('Own') });
    const single = new ProductionWebService(own, long('Single'), { network: new SecureVpc(own, 'Network'), certificate: certificate(own), image: ServiceImage.released(images) });
    const pipeline = testStack({ app, id: long('Pipeline'), stackName: long('Pipeline') });
    new BlueGreenPipeline(pipeline, long('Pipeline'), { source: PipelineSource.imagePush([images]), stages: [DeployStage.production({ services: [single] })], alertRouting });

    const policies = deployed(app, ['Registry', 'First', 'Second', 'Own', 'Delivery', 'Pipeline'].map(long));
    expect(Object.values(policies).filter((ofRole) => ofRole.length > 10)).toEqual([]);
    // The test is none unless something had to be divided.
    expect(Object.values(policies).some((ofRole) => ofRole.length > 2)).toBe(true);
  });

  test('of a task with 60 secrets of other accounts and keys fit the quotas of IAM', () => {
    const app = testApp();
    const stack = testStack({ app, id: long('Shop'), stackName: long('Shop') });
    const secrets = Array.from({ length: 60 }, (_, index) => {
      const secretCompleteArn = `arn:aws:secretsmanager:${REGION}:222222222222:secret:${long(`teams/shop/${index}`)}-a1b2c3`;
      const encryptionKey = Key.fromKeyArn(stack, `Key${index}`, `arn:aws:kms:${REGION}:222222222222:key/11111111-2222-3333-4444-${String(index).padStart(12, '0')}`);
      return ServiceSecret.fromSecret(`VARIABLE_${index}`, Secret.fromSecretAttributes(stack, `Secret${index}`, { secretCompleteArn, encryptionKey }));
    });
    new ProductionWebService(stack, long('Service'), {
      network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29'), secrets,
    });
    const policies = deployed(app, [long('Shop')]);
    const read = Object.values(policies).flat().flatMap(({ Statement }) => Statement as Properties[])
      .filter(({ Action }) => ['secretsmanager:GetSecretValue', 'kms:Decrypt'].includes(Action as string)).flatMap(({ Resource }) => Resource as string[]);
    expect(new Set(read).size).toBe(120);
  });
});

