import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { MysqlEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import {
  DatabaseAccess,
  EnvironmentProfile,
  HardenedMysql,
  HardenedPostgres,
  MysqlCapacity,
  type MysqlInstanceProps,
  PostgresCapacity,
  type PostgresInstanceProps,
  SecureVpc,
} from '../../../src';
import { postgres } from '../../fixtures/database-stack';
import { ENV, refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { Account } from '../../simulators/cloudformation/account';
import { described, type Outcome } from '../../simulators/cloudformation/outcome';
import type { Template } from '../../simulators/cloudformation/template';

const INSTANCE = 'AWS::RDS::DBInstance';
const { VER_16_12, VER_16_13, VER_16, VER_17 } = PostgresEngineVersion;
const { VER_8_4_9, VER_8_4_10 } = MysqlEngineVersion;

function postgresTemplate(props: PostgresInstanceProps): Template {
  const stack = testStack();
  new HardenedPostgres(stack, 'Database', {
    network: new SecureVpc(stack, 'Network'),
    capacity: PostgresCapacity.instance(props),
  });
  return templateOf(stack).toJSON() as Template;
}

function mysqlTemplate(props: MysqlInstanceProps): Template {
  const stack = testStack();
  new HardenedMysql(stack, 'Database', {
    network: new SecureVpc(stack, 'Network'),
    capacity: MysqlCapacity.instance(props),
  });
  return templateOf(stack).toJSON() as Template;
}

/** Outcomes of deployments of one stack, one after the other. */
function deployed(...templates: Template[]): Outcome[] {
  const account = new Account(ENV);
  return templates.map((template) => account.deploy('Test', template));
}

const statuses = (outcomes: Outcome[]) => outcomes.map(({ state }) => state.status);

/** Versions of source and replicas, by their logical ids without hash. */
function versions(template: Template): { [server: string]: unknown } {
  const servers = Object.entries(template.Resources!).filter(([, { Type }]) => Type === INSTANCE);
  return Object.fromEntries(
    servers.map(([id, { Properties }]) => [/Instance|Replica\d/.exec(id)![0], Properties!.EngineVersion]),
  );
}

describe('A read replica', () => {
  test('holds nothing of its own: it is neither retained nor protected, with its logs [D-03]', () => {
    const { Resources } = postgresTemplate({ readReplicas: 1 });
    const ofReplica = Object.entries(Resources!).filter(([id]) => /Replica1/.test(id));
    expect(ofReplica.map(([, { Type, DeletionPolicy }]) => [Type, DeletionPolicy]).sort()).toEqual([
      ['AWS::Logs::LogGroup', 'Delete'],
      ['AWS::Logs::LogGroup', 'Delete'],
      [INSTANCE, 'Delete'],
    ]);
    expect(ofReplica.find(([, { Type }]) => Type === INSTANCE)![1].Properties!.DeletionProtection).toBe(false);
    const source = Object.entries(Resources!).find(([id, { Type }]) => Type === INSTANCE && !/Replica/.test(id))![1];
    expect(source).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { DeletionProtection: true } });
  });

  test('goes and comes back with the number of replicas [D-03]', () => {
    const [two, one] = [2, 1].map((readReplicas) => postgresTemplate({ readReplicas }));
    const outcomes = deployed(two, one, two);
    expect(statuses(outcomes)).toEqual(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE']);
    outcomes.forEach(({ state }) => expect(state.orphans).toEqual([]));
  });

  test.each([EnvironmentProfile.production(), EnvironmentProfile.development()])(
    'leaves no finding open in $name',
    (profile) => {
      const { stack } = postgres({ capacity: PostgresCapacity.instance({ readReplicas: 1 }) }, profile);
      expect(unacknowledged(stack)).toEqual([]);
    },
  );
});

describe('A user with IAM authentication', () => {
  test('may sign in to each replica, as a client and by a grant: IAM names each server by its own resource id [D-03]', () => {
    const made = postgres({ capacity: PostgresCapacity.instance({ readReplicas: 2 }) });
    const { stack, database } = made;
    const user = database.addUser('reports', DatabaseAccess.READ_ONLY, { iamAuthentication: true });
    database.grantConnect(new Role(stack, 'Anna', { assumedBy: new AccountRootPrincipal() }), 'reports');
    const client = Object.assign(new Construct(stack, 'Client'), { connections: database.connections });
    const { permissions = [] } = database.withUser(user).bind(client);
    const servers = [database.instance!, ...database.readReplicas].map(
      ({ instanceResourceId }) => stack.resolve(instanceResourceId)['Fn::GetAtt'][0],
    );
    const granted = JSON.stringify(made.template.findResources('AWS::IAM::Policy'));
    const bound = JSON.stringify(stack.resolve(permissions.map((statement) => statement.toJSON())));
    expect(servers).toHaveLength(3);
    for (const server of servers) {
      expect([granted.includes(`"${server}"`), bound.includes(`"${server}"`)]).toEqual([true, true]);
    }
  });
});

describe('The version of read replicas', () => {
  test('is that of a source whose minor version is pinned', () => {
    expect(versions(postgresTemplate({ version: VER_16_12, readReplicas: 2 }))).toEqual({
      Instance: '16.12', Replica1: '16.12', Replica2: '16.12',
    });
  });

  test('is left to RDS where the source has a major version, whose minor versions RDS installs itself', () => {
    expect(versions(postgresTemplate({ version: VER_16, readReplicas: 1 }))).toEqual({
      Instance: '16', Replica1: undefined,
    });
  });

  test('comes before that of the source: a minor upgrade in one deployment is refused by RDS', () => {
    const [, upgraded] = deployed(
      postgresTemplate({ version: VER_16_12, readReplicas: 1 }),
      postgresTemplate({ version: VER_16_13, readReplicas: 1 }),
    );
    expect(upgraded.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(described(upgraded)).toContainEqual(expect.stringMatching(/Replica1\w+ must be upgraded first/));
  });

  test('upgrades a PostgreSQL to another minor version in two deployments', () => {
    const outcomes = deployed(
      postgresTemplate({ version: VER_16_12, readReplicas: 1 }),
      postgresTemplate({ version: VER_16_12, replicaVersion: VER_16_13, readReplicas: 1 }),
      postgresTemplate({ version: VER_16_13, readReplicas: 1 }),
    );
    expect(statuses(outcomes)).toEqual(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE']);
    expect(changedVersions(outcomes[1])).toEqual(['Replica1']);
    expect(changedVersions(outcomes[2])).toEqual(['Instance']);
  });

  test('upgrades a MySQL to another minor version in two deployments', () => {
    const outcomes = deployed(
      mysqlTemplate({ version: VER_8_4_9, readReplicas: 1 }),
      mysqlTemplate({ version: VER_8_4_9, replicaVersion: VER_8_4_10, readReplicas: 1 }),
      mysqlTemplate({ version: VER_8_4_10, readReplicas: 1 }),
    );
    expect(statuses(outcomes)).toEqual(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE']);
  });

  test('follows a PostgreSQL source to another major version, with which RDS upgrades its replicas', () => {
    const outcomes = deployed(
      postgresTemplate({ version: VER_16, readReplicas: 1 }),
      postgresTemplate({ version: VER_17, readReplicas: 1 }),
    );
    expect(statuses(outcomes)).toEqual(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);
  });

  test('does not follow a MySQL source to another major version: the replicas go before, and come back after', () => {
    const from = (template: Template) => JSON.parse(JSON.stringify(template).replace(/8\.4\.10/g, '8.0.46')) as Template;
    const [none, one] = [0, 1].map((readReplicas) => mysqlTemplate({ version: VER_8_4_10, readReplicas }));
    const [, together] = deployed(from(one), one);
    expect(together.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const outcomes = deployed(from(one), from(none), none, one);
    expect(statuses(outcomes).slice(1)).toEqual(['UPDATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE']);
  });

  test.each<[string, PostgresInstanceProps, RegExp]>([
    [
      'without replicas',
      { version: VER_16_12, replicaVersion: VER_16_13 },
      /capacity\.replicaVersion is "16\.13", expected none without readReplicas/,
    ],
    [
      'where RDS chooses the minor version',
      { version: VER_16, replicaVersion: VER_16_13, readReplicas: 1 },
      /expected none where version is 16, of which RDS chooses the minor version/,
    ],
    [
      'of another major version',
      { version: VER_16_12, replicaVersion: PostgresEngineVersion.VER_17_9, readReplicas: 1 },
      /expected a minor version of 16.*Set readReplicas to 0, upgrade the source/,
    ],
    [
      'before that of the source',
      { version: VER_16_13, replicaVersion: VER_16_12, readReplicas: 1 },
      /capacity\.replicaVersion is "16\.12", expected 16\.13, the version of the source, or a later one/,
    ],
  ])('is refused %s', (_name, props, message) => {
    expect(refusal(() => postgres({ capacity: PostgresCapacity.instance(props) }))).toMatch(message);
  });
});

describe('The storage of read replicas', () => {
  const storage = (props: PostgresInstanceProps) =>
    Object.entries(postgresTemplate(props).Resources!)
      .filter(([id, { Type }]) => Type === INSTANCE && /Replica/.test(id))
      .map(([, { Properties }]) => [Properties!.AllocatedStorage, Properties!.Iops, Properties!.StorageThroughput]);

  test('grows with that of the source where IOPS are provisioned, which RDS refuses below 400 GiB', () => {
    const provisioned = { storageGiB: 400, iops: 12_000, readReplicas: 2 };
    expect(storage(provisioned)).toEqual([
      ['400', 12_000, undefined],
      ['400', 12_000, undefined],
    ]);
    const outcomes = deployed(postgresTemplate({ readReplicas: 2 }), postgresTemplate(provisioned));
    expect(statuses(outcomes)).toEqual(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);
    expect(outcomes[1].changes.map(({ properties }) => properties.includes('AllocatedStorage'))).toEqual([true, true, true]);
  });

  test('grows with that of the source where throughput is provisioned', () => {
    expect(storage({ storageGiB: 400, storageThroughputMiB: 500, readReplicas: 1 })).toEqual([['400', undefined, 500]]);
  });

  test('is that of the source at the creation otherwise, which may have grown by itself', () => {
    expect(storage({ storageGiB: 400, readReplicas: 1 })).toEqual([[undefined, undefined, undefined]]);
  });
});

/** Servers whose version a deployment changed. */
function changedVersions({ changes }: Outcome): string[] {
  return changes
    .filter(({ properties }) => properties.includes('EngineVersion'))
    .map(({ logicalId }) => /Instance|Replica\d/.exec(logicalId)![0]);
}
