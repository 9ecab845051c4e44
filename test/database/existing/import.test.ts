import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { fullDiff } from '@aws-cdk/cloudformation-diff';
import type { Stack } from 'aws-cdk-lib';
import { CredentialRotation, HardenedMysql, HardenedPostgres, MysqlCapacity, PostgresCapacity, SecureVpc } from '../../../src';
import { templateOf, testStack } from '../../fixtures/test-stack';

const PAGE = fs.readFileSync('docs/adopt-a-database.md', 'utf8');
/** Types on the page, with the key of their identifier. */
const IDENTIFIERS = new Map([...PAGE.matchAll(/^\| `(AWS::\w+::\w+)` \| `(\w+)` \|/gm)].map(([, type, key]) => [type, key]));
const SERVERS = ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'];

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
}

interface Resources {
  readonly [id: string]: Resource;
}

type Create = (stack: Stack, network: SecureVpc) => unknown;

const KINDS: Array<[kind: string, create: Create]> = [
  ['a PostgreSQL instance', (stack, network) => new HardenedPostgres(stack, 'Database', { network })],
  ['an instance with a replica', (stack, network) =>
    new HardenedPostgres(stack, 'Database', { network, capacity: PostgresCapacity.instance({ readReplicas: 1 }) })],
  ['an instance with IAM authentication', (stack, network) =>
    new HardenedPostgres(stack, 'Database', { network, credentials: CredentialRotation.iamAuthentication() })],
  ['a PostgreSQL cluster', (stack, network) => new HardenedPostgres(stack, 'Database', { network, capacity: PostgresCapacity.serverless() })],
  ['a MySQL instance', (stack, network) => new HardenedMysql(stack, 'Database', { network, capacity: MysqlCapacity.instance() })],
  ['a MySQL cluster', (stack, network) => new HardenedMysql(stack, 'Database', { network, capacity: MysqlCapacity.serverless() })],
];

/** Template of a stack with a network, and with what is made in it. */
function templateWith(create?: Create): { readonly Resources: Resources } {
  const stack = testStack();
  const network = new SecureVpc(stack, 'Network');
  create?.(stack, network);
  return templateOf(stack).toJSON() as { readonly Resources: Resources };
}

const DEPLOYED = templateWith();

function referencesOf(resource: Resource): string[] {
  const named = [...JSON.stringify(resource).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([\w:]+)"/g)].map(([, name]) => name);
  return [...named, ...[resource.DependsOn ?? []].flat()].filter((name) => !name.startsWith('AWS::'));
}

/** New resources that the servers of a template refer to, through others too, and the servers. */
function neededBy(all: Resources): string[] {
  const seen = new Set(Object.keys(all).filter((id) => SERVERS.includes(all[id].Type)));
  for (const id of seen) {
    referencesOf(all[id]).filter((name) => name in all).forEach((name) => seen.add(name));
  }
  return [...seen].filter((id) => !(id in DEPLOYED.Resources));
}

/** Template that `cdk import` sends: the deployed one with these resources, each with a deletion policy. */
function importOf(after: { readonly Resources: Resources }, ids: string[]): { readonly Resources: Resources } {
  const imported = ids.map((id) => [id, { DeletionPolicy: 'Retain', ...after.Resources[id] }]);
  return { ...DEPLOYED, Resources: { ...DEPLOYED.Resources, ...Object.fromEntries(imported) } };
}

describe.each(KINDS)('The import of %s', (_, create) => {
  const after = templateWith(create);
  const ids = neededBy(after.Resources);
  const sent = importOf(after, ids);

  test('needs types that the page lists', () => {
    expect(ids.map((id) => after.Resources[id].Type).filter((type) => !IDENTIFIERS.has(type))).toEqual([]);
  });

  test('is possible after the network was deployed, because the database changes nothing of it', () => {
    const { changes } = fullDiff(DEPLOYED, after).resources;
    expect(Object.keys(changes).filter((id) => !changes[id].isAddition)).toEqual([]);
  });

  test('has nothing but additions, with a deletion policy, that refer to what the template has', () => {
    const { resources, outputs, parameters, mappings, conditions } = fullDiff(DEPLOYED, sent);
    expect(Object.keys(resources.changes).sort()).toEqual([...ids].sort());
    expect([outputs, parameters, mappings, conditions].map(({ differenceCount }) => differenceCount)).toEqual([0, 0, 0, 0]);
    ids.forEach((id) => {
      expect(sent.Resources[id].DeletionPolicy).toBeDefined();
      expect(referencesOf(sent.Resources[id]).filter((name) => !(name in sent.Resources))).toEqual([]);
      expect(JSON.stringify(sent.Resources[id])).not.toMatch(/Fn::FindInMap|"Condition":"|Fn::If/);
    });
  });
});

test('the page lists no type that no server needs', () => {
  const needed = KINDS.flatMap(([, create]) => {
    const { Resources: all } = templateWith(create);
    return neededBy(all).map((id) => all[id].Type);
  });
  expect([...IDENTIFIERS.keys()].filter((type) => !needed.includes(type))).toEqual([]);
});

test('the page has the identifiers of the published specification', () => {
  const { loadAwsServiceSpecSync } = createRequire(require.resolve('@aws-cdk/cloudformation-diff'))('@aws-cdk/aws-service-spec');
  const specification = loadAwsServiceSpecSync();
  const published = [...IDENTIFIERS.keys()].map((type) => {
    const [{ primaryIdentifier }] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
    return [type, primaryIdentifier.join()];
  });
  expect(published).toEqual([...IDENTIFIERS]);
});
