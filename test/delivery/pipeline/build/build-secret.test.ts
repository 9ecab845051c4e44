import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { BuildSecret, ImageBuild, PipelineChecks } from '../../../../src';
import { BUILD_SCAN_PUSH, NAME_BUILT_IMAGE } from '../../../../src/delivery/pipeline/build/build-script';
import { buildPipeline, pipelineWith, projectOf, rightsOf } from '../../../fixtures/build-pipeline';
import { ACCOUNT, refusal, REGION, unacknowledged } from '../../../fixtures/test-stack';

const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:builds-AbCdEf`;
const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;

describe('A secret of a build', () => {
  const { stack } = pipelineWith((fixture) => {
    const encryptionKey = Key.fromKeyArn(fixture.stack, 'SecretKey', KEY_ARN);
    const secret = Secret.fromSecretAttributes(fixture.stack, 'Secret', { secretCompleteArn: SECRET_ARN, encryptionKey });
    return {
      checks: PipelineChecks.npmScripts('22', { secrets: [BuildSecret.fromParameter('LICENSE_KEY', '/builds/license')] }),
      images: [ImageBuild.docker({ repository: fixture.images, secrets: [BuildSecret.fromSecret('SENTRY_TOKEN', secret, 'sentry')] })],
    };
  });
  const [check, build] = [/Check/, /Build1/].map((id) => projectOf(stack, id));

  test('is a secret of BuildKit in an image build, and no build argument', () => {
    expect(build.variables.SENTRY_TOKEN).toEqual({ type: 'SECRETS_MANAGER', value: `${SECRET_ARN}:sentry` });
    expect(build.variables.BUILD_SECRETS).toEqual({ type: 'PLAINTEXT', value: 'SENTRY_TOKEN' });
    expect(build.variables.BUILD_ARGUMENTS).toBeUndefined();
    expect([NAME_BUILT_IMAGE, BUILD_SCAN_PUSH].join()).toContain('secrets+=(--secret "id=$name,env=$name")');
  });

  test('is a variable of the checks, whose value is in no template', () => {
    expect(check.variables.LICENSE_KEY).toEqual({ type: 'PARAMETER_STORE', value: '/builds/license' });
    expect(check.variables.SENTRY_TOKEN).toBeUndefined();
  });

  test('is read by its own build alone, and its key for Secrets Manager alone', () => {
    expect(rightsOf(build)['secretsmanager:GetSecretValue']).toBe(JSON.stringify(SECRET_ARN));
    expect(rightsOf(build)['ssm:GetParameters']).toBeUndefined();
    expect(rightsOf(check)['secretsmanager:GetSecretValue']).toBeUndefined();
    expect(rightsOf(check)['ssm:GetParameters']).toContain(`:ssm:${REGION}:${ACCOUNT}:parameter/builds/license`);
    expect(build.statements.find(({ Resource }) => Resource === KEY_ARN)).toMatchObject({
      Action: 'kms:Decrypt',
      Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` } },
    });
  });

  test('leaves no finding unacknowledged', () => {
    expect(unacknowledged(stack)).toEqual([]);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
  }, 60_000);
});

describe('A secret of a build is refused', () => {
  test.each<[string, (parameter: string) => BuildSecret[], string]>([
    ['by the name of a variable of the build itself', (name) => [BuildSecret.fromParameter('IMAGE_TAG', name)], 'images.secrets.name is "IMAGE_TAG"'],
    ['by the name of a variable of AWS', (name) => [BuildSecret.fromParameter('AWS_SECRET_ACCESS_KEY', name)], 'images.secrets.name is "AWS_SECRET_ACCESS_KEY"'],
    ['by a name that no shell has', (name) => [BuildSecret.fromParameter('my-token', name)], 'images.secrets.name is "my-token"'],
    ['twice by one name', (name) => [BuildSecret.fromParameter('A', name), BuildSecret.fromParameter('A', name)], 'images.secrets is "A", expected a name of its own'],
    ['where its parameter is none', () => [BuildSecret.fromParameter('A', 'no name')], 'images.secrets.A is "no name"'],
  ])('%s', (_, secrets, message) => {
    const fixture = buildPipeline();
    const images = [ImageBuild.docker({ repository: fixture.images, secrets: secrets('/builds/a') })];
    expect(refusal(() => pipelineWith(() => ({ images }), fixture))).toContain(message);
  });

  test('where its ARN is incomplete', () => {
    const fixture = buildPipeline();
    const secret = Secret.fromSecretNameV2(fixture.stack, 'Named', 'builds');
    const checks = PipelineChecks.commands({ lint: [], unit: [], integration: [], secrets: [BuildSecret.fromSecret('A', secret)] });
    expect(refusal(() => pipelineWith(() => ({ checks }), fixture))).toContain('checks.secrets has a secret without its complete ARN');
  });
});
