import { EnvironmentProfile, LogKeys } from '../../src';
import { EncryptedLogGroup } from '../../src/logging/encrypted-log-group';
import { ACCOUNT, REGION, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';

interface Statement { Sid?: string; Principal: unknown; Action: string[]; Condition?: { ArnLike: { [key: string]: unknown } } }

function templateWith(logGroupName?: string, profile = EnvironmentProfile.production()) {
  const stack = testStack();
  new EncryptedLogGroup(stack, 'Logs', { profile, logGroupName });
  return templateOf(stack);
}

function logServiceStatement(template: ReturnType<typeof templateWith>): Statement {
  const [{ Properties }] = Object.values(template.findResources('AWS::KMS::Key'));
  return (Properties.KeyPolicy.Statement as Statement[]).find(({ Sid }) => Sid === 'LogServiceOnly')!;
}

test('The key allows CloudWatch Logs of the region, for log groups of this account', () => {
  const statement = logServiceStatement(templateWith());
  expect(statement.Principal).toEqual({ Service: `logs.${REGION}.amazonaws.com` });
  expect(statement.Action).toEqual(expect.arrayContaining(['kms:Encrypt*', 'kms:Decrypt*', 'kms:GenerateDataKey*']));
  expect(JSON.stringify(statement.Condition)).toContain(`:logs:${REGION}:${ACCOUNT}:log-group:*`);
  expect(Object.keys(statement.Condition!.ArnLike)).toEqual(['kms:EncryptionContext:aws:logs:arn']);
});

test('The dedicated key of a named log group allows that log group alone', () => {
  const profile = EnvironmentProfile.production().adjust({ logKeys: LogKeys.onePerGroup() });
  expect(JSON.stringify(logServiceStatement(templateWith('/shop/api', profile)).Condition)).toContain(':log-group:/shop/api"');
});

test('The log group uses the key, and has retention and removal policy of the profile', () => {
  const [key] = Object.keys(templateWith().findResources('AWS::KMS::Key'));
  templateWith().hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'RetainExceptOnCreate', Properties: { RetentionInDays: 30, KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] } } });
  templateWith(undefined, EnvironmentProfile.development()).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
});

test('The key rotates, and has the removal policy of the log group', () => {
  templateWith().hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate', Properties: { EnableKeyRotation: true } });
});

test('A log group has no unacknowledged finding of the four packs', () => {
  const stack = testStack();
  new EncryptedLogGroup(stack, 'Logs', { profile: EnvironmentProfile.of(stack) });
  expect(unacknowledged(stack)).toEqual([]);
});
