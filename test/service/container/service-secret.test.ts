import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EnvironmentProfile, ImageRepository, ProductionWebService, SecureVpc, ServiceImage, ServiceSecret } from '../../../src';
import { containersOf, endpointsOf, statementsOf } from '../../fixtures/task-definition';
import { ACCOUNT, REGION, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate, serviceFixture, VERSION } from '../../fixtures/web-service';

const ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:stripe-a1b2c3`;
const PULLING = /^(logs|ecr):/;
const reading = (template: Template) => statementsOf(template, 'ExecutionPolicy')
  .filter(({ Action }) => ![Action].flat().every((action: string) => PULLING.test(action)));
const injected = (template: Template) => {
  const secrets: Array<{ Name: string; ValueFrom: unknown }> = containersOf(template).web.Secrets ?? [];
  return Object.fromEntries(secrets.map(({ Name, ValueFrom }) => [Name, ValueFrom]));
};

describe('A secret that is created with the service', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(serviceFixture({ secrets: [ServiceSecret.generated('JWT_SECRET'), ServiceSecret.placeholder('STRIPE_KEY')] }).stack);
  });

  test('is encrypted with a customer key that rotates, and is retained in production (A-24)', () => {
    template.hasResource('AWS::SecretsManager::Secret', {
      Properties: { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true }, KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('SecretsKey'), 'Arn'] } },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    template.hasResourceProperties('AWS::KMS::Key', { Description: 'Encrypts the secrets of Test/Web', EnableKeyRotation: true });
  });

  test('is injected by ARN, without its value in the template (A-24)', () => {
    expect(injected(template)).toEqual({ JWT_SECRET: { Ref: expect.stringContaining('JWTSECRET') }, STRIPE_KEY: { Ref: expect.stringContaining('STRIPEKEY') } });
    expect(JSON.stringify(template.toJSON())).not.toContain('{{resolve:secretsmanager');
  });

  test('is readable, with its key through Secrets Manager, by the execution role only (A-24)', () => {
    const read = reading(template).filter(({ Action }) => Action === 'secretsmanager:GetSecretValue').flatMap(({ Resource }) => Resource);
    expect(read).toEqual([{ Ref: expect.stringContaining('JWTSECRET') }, { Ref: expect.stringContaining('STRIPEKEY') }]);
    expect(reading(template).filter(({ Action }) => Action !== 'secretsmanager:GetSecretValue')).toEqual([
      expect.objectContaining({ Action: 'kms:Decrypt', Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` } } }),
    ]);
  });

  test('contains a placeholder until a person puts the value in (A-24)', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', { SecretString: 'to-be-filled', GenerateSecretString: Match.absent() });
  });

  test('is exposed by the service, so that another service can share it (A-24)', () => {
    const { web } = serviceFixture({ secrets: [ServiceSecret.generated('JWT_SECRET', { length: 128 })] });
    expect(Object.keys(web.secrets)).toEqual(['JWT_SECRET']);
  });

  test('is deleted with its stack in development', () => {
    const { stack } = serviceFixture({ secrets: [ServiceSecret.generated('JWT_SECRET')] }, (app) => EnvironmentProfile.development().applyTo(app));
    templateOf(stack).hasResource('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
  });

  test('leaves no finding of the four packs unacknowledged', () => {
    expect(unacknowledged(serviceFixture({ secrets: [ServiceSecret.generated('JWT_SECRET'), ServiceSecret.placeholder('STRIPE_KEY')] }).stack)).toEqual([]);
  });
});

describe('An existing secret', () => {
  test('is injected by its complete ARN, whole or by one field (C-24, E-04)', () => {
    const { stack } = serviceFixture(({ stack: of }) => {
      const secret = Secret.fromSecretCompleteArn(of, 'Stripe', ARN);
      return { secrets: [ServiceSecret.fromSecret('STRIPE', secret), ServiceSecret.fromSecret('STRIPE_KEY', secret, 'key')] };
    });
    const template = templateOf(stack);
    expect(injected(template)).toEqual({ STRIPE: ARN, STRIPE_KEY: `${ARN}:key::` });
    expect(reading(template)).toEqual([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: ARN }]);
  });

  test('of the Parameter Store is injected by name, with its customer key through the Parameter Store only (D-10)', () => {
    const { stack } = serviceFixture(({ stack: of }) => ({
      secrets: [ServiceSecret.fromParameter('RELIC_KEY', '/shop/relic', Key.fromKeyArn(of, 'ParameterKey', `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`))],
    }));
    const template = templateOf(stack);
    const parameter = injected(template).RELIC_KEY;
    expect(JSON.stringify(parameter)).toContain(`:ssm:${REGION}:${ACCOUNT}:parameter/shop/relic`);
    template.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(reading(template)).toEqual([
      { Action: 'ssm:GetParameters', Effect: 'Allow', Resource: parameter },
      expect.objectContaining({ Action: 'kms:Decrypt', Condition: { StringEquals: { 'kms:ViaService': `ssm.${REGION}.amazonaws.com` } } }),
    ]);
  });

  test('of another stack has no reference to the service, so that no dependency cycle closes', () => {
    const app = testApp();
    const below = testStack({ app, id: 'Below' });
    const secret = new Secret(below, 'Token', { encryptionKey: new Key(below, 'Key', { enableKeyRotation: true }) });
    const stack = testStack({ app, id: 'Services' });
    const images = new ImageRepository(testStack({ app, id: 'Registry' }), 'Images');
    new ProductionWebService(stack, 'Web', {
      network: new SecureVpc(testStack({ app, id: 'NetworkStack' }), 'Network'),
      certificate: certificate(stack),
      image: ServiceImage.fromRepository(images, { tag: VERSION }),
      secrets: [ServiceSecret.fromSecret('TOKEN', secret)],
    });
    expect(JSON.stringify(reading(templateOf(stack)))).toContain('kms:Decrypt');
    expect(below.dependencies).not.toContain(stack);
    expect(JSON.stringify(templateOf(below).findResources('AWS::KMS::Key'))).not.toContain('Role');
  });
});

describe('A network with endpoints only', () => {
  const PULL_AND_LOG = ['ecr.api', 'ecr.dkr', 'logs'];
  const endpoints = (secrets: ServiceSecret[]) => endpointsOf(templateOf(serviceFixture({ secrets }).stack));

  test('gets only the endpoint of Secrets Manager or of the Parameter Store for secrets (B-14)', () => {
    expect(endpoints([])).toEqual(PULL_AND_LOG);
    expect(endpoints([ServiceSecret.generated('JWT_SECRET')])).toEqual([...PULL_AND_LOG, 'secretsmanager']);
    expect(endpoints([ServiceSecret.fromParameter('RELIC_KEY', '/shop/relic')])).toEqual([...PULL_AND_LOG, 'ssm']);
  });
});
