import type { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ImageRepository } from '../../src';
import { ACCOUNT, ENV, refusal, REGION, templateOf, testStack } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import { described } from '../simulators/cloudformation/outcome';
import type { Template as TemplateJson } from '../simulators/cloudformation/template';

/** Two named repositories, whose images are encrypted with one key or with a key each. */
function registry(keyId?: string): Stack {
  const stack = testStack();
  const key = keyId === undefined ? undefined : new Key(stack, keyId, { enableKeyRotation: true });
  ['api', 'web'].forEach((repositoryName) => new ImageRepository(stack, repositoryName, { repositoryName, key }));
  return stack;
}

const template = (stack: Stack): TemplateJson => templateOf(stack).toJSON() as TemplateJson;

describe('A key of images that repositories share', () => {
  test('replaces the key of each', () => {
    const keys = (stack: Stack) => Object.keys(templateOf(stack).findResources('AWS::KMS::Key'));
    expect(keys(registry())).toHaveLength(2);
    expect(keys(registry('Shared'))).toEqual([expect.stringMatching(/^Shared/)]);
    templateOf(registry('Shared')).allResourcesProperties('AWS::ECR::Repository', {
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: { 'Fn::GetAtt': [keys(registry('Shared'))[0], 'Arn'] } },
    });
  });

  test.each([['is given', undefined, 'Shared'], ['is taken away', 'Shared', undefined], ['is another one', 'Shared', 'Other']])(
    'that %s later is refused by CloudFormation, which leaves images and repositories as they were', (_, before, after) => {
      const account = new Account(ENV);
      account.deploy('Test', template(registry(before)));
      const outcome = account.update('Test', template(registry(after)));
      expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(described(outcome).filter((line) => line.startsWith('refused by AWS'))).toEqual([expect.stringContaining('AWS::ECR::Repository')]);
      expect(outcome.state.orphans.filter(({ type }) => type === 'AWS::ECR::Repository')).toEqual([]);
    });

  test('is refused without a name, because its change would replace the repository by an empty one', () => {
    const stack = testStack();
    expect(refusal(() => new ImageRepository(stack, 'Images', { key: new Key(stack, 'Key') }))).toBe(
      "ImageRepository 'Test/Images': key needs repositoryName, because a change of the key would replace a repository without a name. Set repositoryName, or remove key.");
  });

  test('of another region is refused', () => {
    const stack = testStack();
    const key = Key.fromKeyArn(stack, 'Key', `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`);
    expect(refusal(() => new ImageRepository(stack, 'Images', { key, repositoryName: 'api' }))).toBe(
      `ImageRepository 'Test/Images': key is in us-east-1, and what it encrypts is in ${REGION}. Give a key of that region.`);
  });
});
