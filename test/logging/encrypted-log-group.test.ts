import { EnvironmentProfile } from '../../src';
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

test('the key admits the log service of the region, for groups of this account: without it nothing arrives', () => {
  const statement = logServiceStatement(templateWith());
  expect(statement.Principal).toEqual({ Service: `logs.${REGION}.amazonaws.com` });
  expect(statement.Action).toEqual(expect.arrayContaining(['kms:Encrypt*', 'kms:Decrypt*', 'kms:GenerateDataKey*']));
  expect(JSON.stringify(statement.Condition)).toContain(`:logs:${REGION}:${ACCOUNT}:log-group:*`);
  expect(Object.keys(statement.Condition!.ArnLike)).toEqual(['kms:EncryptionContext:aws:logs:arn']);
});

test('the key of a named group admits that group alone', () => {
  expect(JSON.stringify(logServiceStatement(templateWith('/shop/api')).Condition)).toContain(':log-group:/shop/api"');
});

test('the group uses the key, and is kept as long as the profile says', () => {
  const [key] = Object.keys(templateWith().findResources('AWS::KMS::Key'));
  templateWith().hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'RetainExceptOnCreate', Properties: { RetentionInDays: 30, KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] } } });
  templateWith(undefined, EnvironmentProfile.development()).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
});

test('the key rotates and goes with the group', () => {
  templateWith().hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate', Properties: { EnableKeyRotation: true } });
});

test('has nothing that the four packs find', () => {
  const stack = testStack();
  new EncryptedLogGroup(stack, 'Logs', { profile: EnvironmentProfile.of(stack) });
  expect(unacknowledged(stack)).toEqual([]);
});
