import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { EnvironmentProfile, LogKeys, SecureVpc, ServiceCluster } from '../../src';
import { EncryptedLogGroup } from '../../src/logging/encrypted-log-group';
import { exampleNames, templatesOfExample } from '../fixtures/example-app';
import { ACCOUNT, ENV, refusal, REGION, templateOf, testStack } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import { described } from '../simulators/cloudformation/outcome';
import type { Template as TemplateJson } from '../simulators/cloudformation/template';

/** Templates of the examples, synthesized once. */
const examples = new Map(exampleNames().map((name) => [name, templatesOfExample(name)]));
const production = EnvironmentProfile.production();
const dedicated = production.adjust({ logKeys: LogKeys.onePerGroup() });

/** A stack with two log groups. */
function stackWith(first: EnvironmentProfile, second = first): Stack {
  const stack = testStack();
  new EncryptedLogGroup(stack, 'Api', { profile: first });
  new EncryptedLogGroup(stack, 'Web', { profile: second, logGroupName: '/shop/web' });
  return stack;
}

interface KeyResource { DeletionPolicy: string; UpdateReplacePolicy: string; Properties: { KeyPolicy: { Statement: Array<{ Sid?: string }> } } }

const keysOf = (stack: Stack): { [id: string]: KeyResource } => templateOf(stack).findResources('AWS::KMS::Key') as never;
const usedKeys = (stack: Stack): unknown[] => Object.values(templateOf(stack).findResources('AWS::Logs::LogGroup')).map(({ Properties }) => Properties.KmsKeyId);

describe('The log groups of a stack', () => {
  test('share one key, whose policy has one statement for all of them', () => {
    const [[id, { Properties }], ...others] = Object.entries(keysOf(stackWith(production)));
    expect(others).toEqual([]);
    expect(Properties.KeyPolicy.Statement.map(({ Sid }) => Sid)).toEqual([undefined, 'LogServiceOnly']);
    expect(usedKeys(stackWith(production))).toEqual([{ 'Fn::GetAtt': [id, 'Arn'] }, { 'Fn::GetAtt': [id, 'Arn'] }]);
  });

  test.each([
    ['first', production, EnvironmentProfile.development()],
    ['last', EnvironmentProfile.development(), production],
  ])('keep their key if the %s of them is kept', (_, first, second) => {
    const [{ DeletionPolicy, UpdateReplacePolicy }] = Object.values(keysOf(stackWith(first, second)));
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
  });

  test('delete their key with them in development', () => {
    const [{ DeletionPolicy }] = Object.values(keysOf(stackWith(EnvironmentProfile.development())));
    expect(DeletionPolicy).toBe('Delete');
  });

  test('have a key each where the profile says so', () => {
    expect(Object.keys(keysOf(stackWith(dedicated)))).toEqual([expect.stringMatching(/^ApiKey/), expect.stringMatching(/^WebKey/)]);
    expect(new Set(usedKeys(stackWith(dedicated)).map((arn) => JSON.stringify(arn))).size).toBe(2);
  });
});

describe('A given key', () => {
  test('of the app gets the statement of CloudWatch Logs once', () => {
    const stack = testStack();
    const profile = production.adjust({ logKeys: LogKeys.of(new Key(stack, 'Shared')) });
    ['Api', 'Web'].forEach((id) => new EncryptedLogGroup(stack, id, { profile }));
    const [{ Properties }] = Object.values(keysOf(stack));
    const ofLogs = Properties.KeyPolicy.Statement.filter((statement) => JSON.stringify(statement).includes(`logs.${REGION}.amazonaws.com`));
    expect(ofLogs).toHaveLength(1);
  });

  test('of another stack is opened there, and no stack depends on the other in both directions', () => {
    const foundation = testStack({ id: 'Foundation' });
    const profile = production.adjust({ logKeys: LogKeys.of(new Key(foundation, 'Shared')) });
    const stack = testStack({ app: foundation.node.root as App });
    ['Api', 'Web'].forEach((id) => new EncryptedLogGroup(stack, id, { profile }));
    templateOf(stack).resourceCountIs('AWS::KMS::Key', 0);
    expect(JSON.stringify(keysOf(foundation))).toContain(`logs.${REGION}.amazonaws.com`);
    expect(foundation.dependencies).toEqual([]);
  });

  test('that is imported makes synthesis warn of the statement that its policy needs', () => {
    const stack = testStack();
    const key = Key.fromKeyArn(stack, 'Shared', `arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`);
    const addWarning = jest.spyOn(Validations.prototype, 'addWarning').mockImplementation(() => undefined);
    new EncryptedLogGroup(stack, 'Api', { profile: production.adjust({ logKeys: LogKeys.of(key) }) });
    const [[id, message]] = addWarning.mock.calls;
    addWarning.mockRestore();
    expect(id).toBe('@org/prod-constructs:logKeyPolicy');
    expect(message).toContain(`"Service":"logs.${REGION}.amazonaws.com"`);
    expect(message).toContain('log-group:*');
    expect(usedKeys(stack)).toEqual([key.keyArn]);
  });

  test('of another region is refused', () => {
    const stack = testStack();
    const key = Key.fromKeyArn(stack, 'Shared', `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`);
    const profile = production.adjust({ logKeys: LogKeys.of(key) });
    expect(refusal(() => new EncryptedLogGroup(stack, 'Api', { profile }))).toBe(
      `EncryptedLogGroup 'Test/Api': logKeys is in us-east-1, and what it encrypts is in ${REGION}. Give a key of that region.`);
  });
});

describe('Sharing a key of logs', () => {
  test.each(exampleNames())('lets no role of the example %s decrypt anything', (name) => {
    Object.values(examples.get(name)!).forEach(({ Resources = {} }) => {
      const users = Object.entries(Resources).filter(([, resource]) => JSON.stringify(resource).includes('"ProdConstructsLogKey13C51244"'));
      users.forEach(([, { Type }]) => expect(Type).toBe('AWS::Logs::LogGroup'));
    });
  });

  test('leaves sessions their dedicated key, which tasks may use', () => {
    const stack = testStack();
    new ServiceCluster(stack, 'Cluster', { network: new SecureVpc(stack, 'Network'), ecsExec: true });
    expect(Object.keys(keysOf(stack)).sort()).toEqual([expect.stringMatching(/^Cluster.*LogKey/), 'ProdConstructsLogKey13C51244']);
  });

  test('leaves three keys in the production stack of document A, with one for all its log groups', () => {
    const { Resources = {} } = examples.get('nestjs-nextjs')!['shop-production'];
    const keys = Object.keys(Resources).filter((id) => Resources[id].Type === 'AWS::KMS::Key');
    expect(keys.map((id) => id.slice(0, -8)).sort()).toEqual(['AlertsTopicsKey', 'ApiTaskSecretsKey', 'ProdConstructsLogKey']);
  });
});

describe('A change of the keys of logs', () => {
  const change = (before: EnvironmentProfile, after: EnvironmentProfile) => {
    const account = new Account(ENV);
    account.deploy('Test', templateOf(stackWith(before)).toJSON() as TemplateJson);
    return account.update('Test', templateOf(stackWith(after)).toJSON() as TemplateJson);
  };

  test.each([['from one for each group to one for all', dedicated, production], ['from one for all to one for each group', production, dedicated]])(
    '%s is in place in production, and the former keys stay for what was written with them', (_, before, after) => {
      const outcome = change(before, after);
      expect(outcome.verdict).toBe('in place');
      expect(outcome.state.status).toBe('UPDATE_COMPLETE');
      expect(outcome.state.orphans.map(({ type }) => type)).toEqual(Object.keys(keysOf(stackWith(before))).map(() => 'AWS::KMS::Key'));
    });

  test('in development deletes the former keys, and with them what was written before', () => {
    const development = EnvironmentProfile.development();
    const outcome = change(development.adjust({ logKeys: LogKeys.onePerGroup() }), development);
    expect(outcome.verdict).toBe('data at risk');
    expect(described(outcome).filter((line) => line.startsWith('data at risk')).sort()).toEqual([
      expect.stringMatching(/^data at risk: delete ApiKey/), expect.stringMatching(/^data at risk: delete WebKey/),
    ]);
  });
});
