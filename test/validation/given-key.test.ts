import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EnvironmentProfile, ImageRepository, LogKeys, SecureVpc, ServiceSecret } from '../../src';
import { refusal, REGION, testStack } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';

const stack = testStack();

/** Each prop that takes a key. */
const PROPS: ReadonlyArray<[string, (given: never) => unknown]> = [
  ['secretsKey', (secretsKey) => serviceFixture({ secretsKey, secrets: [ServiceSecret.generated('A')] })],
  ['key', (given) => new ImageRepository(testStack(), 'Images', { repositoryName: 'shop', key: given })],
  ['logKeys', (given) => new SecureVpc(testStack(), 'Network', { profile: EnvironmentProfile.production().adjust({ logKeys: LogKeys.of(given) }) })],
];

describe.each(PROPS)('A key as %s', (prop, make) => {
  test.each([
    ['an alias', Alias.fromAliasName(stack, `ByName-${prop}`, 'alias/shop'), 'is an alias, which IAM policies can not name'],
    ['the ARN of an alias', Key.fromKeyArn(stack, `ByArn-${prop}`, `arn:aws:kms:${REGION}:111111111111:alias/shop`), 'is an alias'],
    ['a key of another region', Key.fromKeyArn(stack, `There-${prop}`, 'arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555'), 'is in us-east-1'],
    ['a text', 'arn:aws:kms:eu-central-1:111111111111:key/1', 'expected a KMS key'],
  ])('is refused if it is %s', (_, given, problem) => {
    expect(refusal(() => make(given as never))).toContain(`: ${prop} `);
    expect(refusal(() => make(given as never))).toContain(problem);
  });
});

test('A secret whose key is an alias is refused, because no task could read it', () => {
  const secret = Secret.fromSecretAttributes(stack, 'Secret', {
    secretCompleteArn: `arn:aws:secretsmanager:${REGION}:111111111111:secret:partner-AbCdEf`,
    encryptionKey: Alias.fromAliasName(stack, 'OfSecret', 'alias/partner'),
  });
  expect(refusal(() => serviceFixture({ secrets: [ServiceSecret.fromSecret('PARTNER', secret)] }))).toMatch(/secrets has the alias .*alias\/partner as its key/);
});
