import { Key } from 'aws-cdk-lib/aws-kms';
import {
  EnvironmentProfile,
  HardenedPostgres,
  type HardenedPostgresProps,
  PostgresCapacity,
  ProductionWebService,
  RestoreSource,
  SecureVpc,
  ServiceImage,
} from '../../../src';
import { ACCOUNT, ENV, REGION, templateOf, testStack } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';
import { Account } from '../../simulators/cloudformation/account';
import { described } from '../../simulators/cloudformation/outcome';
import type { Template } from '../../simulators/cloudformation/template';

const SNAPSHOTS = `arn:aws:rds:${REGION}:${ACCOUNT}`;
const IMAGE = ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1');

type Props = Omit<HardenedPostgresProps, 'network' | 'restoreFrom'> & { readonly restored?: string };

/** Template of an app with a service and its databases; the service uses the last one. */
function appWith(databases: { readonly [id: string]: Props }, user = Object.keys(databases).at(-1)!): Template {
  const stack = testStack();
  const network = new SecureVpc(stack, 'Network');
  const storageEncryptionKey = Key.fromKeyArn(stack, 'FormerKey', `arn:aws:kms:${REGION}:${ACCOUNT}:key/former`);
  const made = Object.entries(databases).map(([id, { restored, ...props }]) => {
    const restoreFrom = restored === undefined
      ? undefined
      : props.capacity
        ? RestoreSource.snapshot(`${SNAPSHOTS}:cluster-snapshot:${restored}`)
        : RestoreSource.snapshot(`${SNAPSHOTS}:snapshot:${restored}`, { storageEncryptionKey });
    return [id, new HardenedPostgres(stack, id, { network, ...props, restoreFrom })] as const;
  });
  new ProductionWebService(stack, 'Web', {
    network, certificate: certificate(stack), image: IMAGE, backingServices: [new Map(made).get(user)!],
  });
  return templateOf(stack).toJSON() as Template;
}

/** An account in which an app runs. */
function running(app: Template): Account {
  const account = new Account(ENV);
  expect(account.deploy('Test', app).state.status).toBe('CREATE_COMPLETE');
  return account;
}

/** Servers of an account with all their properties. */
function serversOf(account: Account): string {
  const servers = ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'].flatMap((type) => account.existing.of(type));
  return JSON.stringify(servers.map(({ physicalId, properties }) => [physicalId, properties]).sort());
}

const KINDS: ReadonlyArray<[string, Props]> = [
  ['an instance', {}],
  ['an instance of development', { profile: EnvironmentProfile.development() }],
  ['a cluster', { capacity: PostgresCapacity.serverless() }],
];
const RESTORED = { identifier: 'shop-restored', restored: 'monday' };

describe.each(KINDS)('A restore of %s', (_, kind) => {
  const plain = appWith({ Database: kind });
  const named = appWith({ Database: { ...kind, identifier: 'shop-restored' } });
  const restored = appWith({ Database: { ...kind, ...RESTORED } });

  test.each<[string, Template, Template]>([
    ['that is added to a running database', named, restored],
    ['that is added to a running database together with an identifier', plain, restored],
    ['that is changed', restored, appWith({ Database: { ...kind, ...RESTORED, restored: 'tuesday' } })],
    ['that is removed', restored, named],
    ['that is removed together with its identifier', restored, plain],
  ])('%s is refused, and the running server is not touched [D-12]', (__, before, after) => {
    const account = running(before);
    const servers = serversOf(account);
    const outcome = account.update('Test', after);
    expect(outcome.verdict).toBe('refused by AWS');
    expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(serversOf(account)).toBe(servers);
  });

  test('stands beside the running database, takes its service over, and survives it [A-07]', () => {
    const both = { Database: kind, Restored: { ...kind, ...RESTORED } };
    const account = running(plain);
    const outcome = account.update('Test', appWith(both, 'Database'));
    expect(outcome.state.status).toBe('UPDATE_COMPLETE');
    expect(described(outcome).filter((line) => !/^in place/.test(line))).toEqual([]);
    const servers = serversOf(account);
    const moved = account.update('Test', appWith(both, 'Restored'));
    expect(moved.state.status).toBe('UPDATE_COMPLETE');
    // No further task of the former revision starts: its role no longer reads the secret of the former server.
    expect(moved.verdict).toBe('some affected');
    expect(serversOf(account)).toBe(servers);
  });
});
