import type { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ProductionWebService, Route, SecureLoadBalancer, SecureVpc, ServiceImage, ServiceSecret } from '../../../src';
import { ACCOUNT, ENV, refusal, REGION, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate, serviceFixture } from '../../fixtures/web-service';
import { Account } from '../../simulators/cloudformation/account';
import type { Template as TemplateJson } from '../../simulators/cloudformation/template';

/** Two services with secrets, which share a key or not. */
function shop(shared: boolean): Stack {
  const stack = testStack();
  const image = ServiceImage.fromRegistry(`registry.example.com/shop@sha256:${'0'.repeat(64)}`);
  const network = new SecureVpc(stack, 'Network');
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) });
  const key = new Key(stack, 'Shared', { enableKeyRotation: true });
  const common = { network, loadBalancer, image, secretsKey: shared ? key : undefined };
  new ProductionWebService(stack, 'Web', { ...common, secrets: [ServiceSecret.generated('SESSION'), ServiceSecret.placeholder('STRIPE')] });
  new ProductionWebService(stack, 'Api', { ...common, route: Route.path('/api/*'), secrets: [ServiceSecret.generated('TOKEN')] });
  return stack;
}

interface Statement { Action: string | string[]; Resource: unknown; Condition?: { StringEquals: { [key: string]: unknown } } }

/** Statements of an execution role that decrypt. */
function decrypting(stack: Stack, service: string): Statement[] {
  const policies = Object.entries(templateOf(stack).findResources('AWS::IAM::ManagedPolicy')).filter(([id]) => id.startsWith(`${service}TaskExecutionPolicy`));
  return policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[]).filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
}

describe('A key of secrets that services share', () => {
  test('replaces the key of each service', () => {
    const secretKeys = (stack: Stack) => Object.values(templateOf(stack).findResources('AWS::SecretsManager::Secret')).map(({ Properties }) => JSON.stringify(Properties.KmsKeyId));
    expect(new Set(secretKeys(shop(true)))).toEqual(new Set([JSON.stringify({ 'Fn::GetAtt': ['SharedDACC02AA', 'Arn'] })]));
    expect(new Set(secretKeys(shop(false))).size).toBe(2);
    expect(templateOf(shop(false)).findResources('AWS::KMS::Key')).not.toEqual(templateOf(shop(true)).findResources('AWS::KMS::Key'));
  });

  test('lets no service decrypt a secret of another one, because the encryption context names its own secrets (A-24)', () => {
    const stack = shop(true);
    const secretsOf = (service: string) => Object.keys(templateOf(stack).findResources('AWS::SecretsManager::Secret')).filter((id) => id.startsWith(service));
    ['Web', 'Api'].forEach((service) => {
      expect(decrypting(stack, service)).toEqual(secretsOf(service).map((Ref) => expect.objectContaining({
        Resource: { 'Fn::GetAtt': ['SharedDACC02AA', 'Arn'] },
        Condition: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com`, 'kms:EncryptionContext:SecretARN': { Ref } },
        },
      })));
    });
  });

  // The policy moves to the other key a moment before or after the secrets: a task that starts in between is refused.
  test('comes and goes without an interruption', () => {
    const [own, shared] = [shop(false), shop(true)].map((stack) => templateOf(stack).toJSON() as TemplateJson);
    [[own, shared], [shared, own]].forEach(([before, after]) => {
      const account = new Account(ENV);
      account.deploy('Test', before);
      const outcome = account.update('Test', after);
      expect(outcome.state.status).toBe('UPDATE_COMPLETE');
      expect(outcome.verdict).toBe('some affected');
    });
  });

  test('has no unacknowledged finding of the four packs', () => {
    expect(unacknowledged(shop(true))).toEqual([]);
  });

  test('of another region is refused', () => {
    const secretsKey = Key.fromKeyArn(testStack(), 'Key', `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`);
    expect(refusal(() => serviceFixture({ secretsKey }))).toBe(
      `ProductionWebService 'Test/Web': secretsKey is in us-east-1, and what it encrypts is in ${REGION}. Give a key of that region.`);
  });
});
