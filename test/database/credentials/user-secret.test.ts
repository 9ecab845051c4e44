import { App, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DatabaseSecret } from 'aws-cdk-lib/aws-rds';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type HardenedPostgresProps, PostgresCapacity } from '../../../src';
import { userSecret } from '../../../src/database/credentials/user-secret';
import { mysql, postgres, resources } from '../../fixtures/database-stack';
import { ENV } from '../../fixtures/test-stack';
import { Account } from '../../simulators/cloudformation/account';
import { described } from '../../simulators/cloudformation/outcome';
import type { Template as Json } from '../../simulators/cloudformation/template';

const SECRET = 'AWS::SecretsManager::Secret';

type Names = Pick<HardenedPostgresProps, 'userName' | 'ownerName'>;

const ENGINES: [string, (names: Names) => Template][] = [
  ['PostgreSQL', (names) => postgres(names).template],
  ['MySQL', (names) => mysql(names).template],
];

/** What each secret is generated from, by logical id. */
function generators(template: Template): { [id: string]: unknown } {
  const secrets = Object.entries(resources(template, SECRET));
  return Object.fromEntries(secrets.map(([id, { Properties }]) => [id, Properties.GenerateSecretString]));
}

/** Names of the functions that rotate. Two functions have one name at no time. */
function functionsOf(template: Template): { [rotation: string]: string } {
  const rotations = Object.entries(resources(template, 'AWS::SecretsManager::RotationSchedule'));
  return Object.fromEntries(
    rotations.map(([id, { Properties }]) => [id, (Properties.HostedRotationLambda as any).RotationLambdaName]),
  );
}

describe.each(ENGINES)('Another name of a user of %s', (_engine, make) => {
  const before = make({});

  test.each<[string, Names, number]>([
    ['userName', { userName: 'shop' }, 1],
    ['ownerName', { ownerName: 'boss' }, 1],
    ['both', { userName: 'shop', ownerName: 'boss' }, 2],
  ])('(%s) makes another secret, and leaves the password of each former one alone [A-24]', (_prop, names, count) => {
    const [former, next] = [generators(before), generators(make(names))];
    const made = Object.keys(next).filter((id) => !(id in former));
    const kept = Object.keys(next).filter((id) => id in former);
    expect(made).toHaveLength(count);
    expect(kept).toHaveLength(3 - count);
    kept.forEach((id) => expect(next[id]).toEqual(former[id]));
  });

  test('makes another secret where the former name was no default either', () => {
    const [former, next] = [generators(make({ userName: 'shop' })), generators(make({ userName: 'store' }))];
    expect(Object.keys(next).filter((id) => id in former && JSON.stringify(next[id]) !== JSON.stringify(former[id]))).toEqual([]);
    expect(Object.keys(next).filter((id) => !(id in former))).toHaveLength(1);
  });

  test('gives the new rotation a function of another name, because the former one still exists', () => {
    const [former, next] = [functionsOf(before), functionsOf(make({ userName: 'shop', ownerName: 'boss' }))];
    Object.entries(next).filter(([id]) => !(id in former)).forEach(([, name]) => {
      expect(Object.values(former)).not.toContain(name);
      expect(name.length).toBeLessThanOrEqual(64);
    });
    expect(new Set(Object.values(next)).size).toBe(3);
  });

  test('keeps the former secret outside the stack, also after a failed deployment', () => {
    const changed = make({ userName: 'shop', ownerName: 'boss' }).toJSON() as Json;
    const account = new Account(ENV);
    account.deploy('Shop', before.toJSON() as Json);
    const failing = Object.keys(changed.Resources!).filter((id) => changed.Resources![id].Type === 'Custom::DatabaseSetup');
    const failed = account.copy().update('Shop', changed, { failing });
    expect(failed.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const outcome = account.update('Shop', changed);
    expect(outcome.state.status).toBe('UPDATE_COMPLETE');
    [failed, outcome].forEach((one) => expect(described(one).join('\n')).not.toMatch(/another password/));
    expect(described(outcome).join('\n')).toMatch(/ApplicationSecret\w* stays outside the stack/);
  });
});

test.each([
  ['an instance', PostgresCapacity.instance()],
  ['a cluster', PostgresCapacity.serverless()],
])('Another databaseName of %s, which its server refuses, is refused before a secret changes', (_name, capacity) => {
  const { template } = postgres({ capacity });
  const secrets = Object.entries(template.findResources(SECRET)).filter(([id]) => !id.includes('Master'));
  expect(secrets).toHaveLength(2);
  secrets.forEach(([, { DependsOn }]) =>
    expect(DependsOn).toContainEqual(expect.stringMatching(/^DatabaseServer(Instance|Cluster)[0-9A-F]{8}$/)));
});

test('A name that is not known at synthesis keeps the ids', () => {
  const { template } = postgres({ userName: Token.asString({ Ref: 'AWS::Region' }) });
  expect(Object.keys(generators(template))).toEqual(Object.keys(generators(postgres().template)));
});

describe('A secret of a user', () => {
  test('is generated as CDK generates it today, so that deployed passwords stay [A-24]', () => {
    const make = (secret: (stack: Stack, key: Key, master: DatabaseSecret) => unknown): unknown => {
      const stack = new Stack(new App(), 'Test');
      const key = new Key(stack, 'Key');
      secret(stack, key, new DatabaseSecret(stack, 'Master', { username: 'dbadmin' }));
      return Template.fromStack(stack).toJSON();
    };
    const names = { userName: 'shop', databaseName: 'orders' };
    const removalPolicy = RemovalPolicy.RETAIN;
    expect(make((stack, key, masterSecret) => userSecret(stack, 'Secret', { ...names, masterSecret, key, removalPolicy }))).toEqual(
      make((stack, encryptionKey, masterSecret) =>
        new DatabaseSecret(stack, 'Secret', { username: 'shop', dbname: 'orders', masterSecret, encryptionKey }).applyRemovalPolicy(removalPolicy)),
    );
  });

  test('is never one of CDK, whose defaults may change with its version', () => {
    const { stack, template } = postgres();
    expect(Object.keys(resources(template, SECRET))).toHaveLength(3);
    expect(stack.node.findAll().filter((child) => child instanceof DatabaseSecret)).toEqual([]);
    expect(stack.node.findAll().filter((child) => child instanceof CfnSecret)).toHaveLength(3);
  });
});
