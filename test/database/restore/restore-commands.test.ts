import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { CfnOutput, Tags } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import {
  CredentialRotation, HardenedMysql, HardenedPostgres, MysqlCapacity, PostgresCapacity, SecureVpc,
} from '../../../src';
import { resources } from '../../fixtures/database-stack';
import { templateOf, testStack } from '../../fixtures/test-stack';

/** A call of the command line: the operation with its options, each with its words. */
interface Call { readonly operation: string; readonly options: Map<string, string[]> }

/** What a script did with a stand-in for `aws`. */
interface Run { readonly status: number | null; readonly calls: Call[]; readonly output: string }

const VARIABLES = { TARGET: 'shop-restored', SNAPSHOT: 'arn:snapshot', TIME: '2026-11-20T10:00:00Z', PAUSE: '0' };
const PASSWORD = 'Pass-word_1';

/** Runs a script as a person would, with `aws` writing down how it was called. */
function run(script: string, { variables = VARIABLES, aws = '' }: { variables?: { [name: string]: string }; aws?: string } = {}): Run {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'restore-'));
  const answer = `if [ "$1" = secretsmanager ]; then echo '{"username":"dbadmin","password":"${PASSWORD}","port":5432}'; fi`;
  fs.writeFileSync(path.join(folder, 'aws'), `#!/bin/sh\nprintf '%s\\0' "$@" >> '${folder}/calls'\nprintf '\\n' >> '${folder}/calls'\n${aws}\n${answer}\n`, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { ...variables, PATH: `${folder}:${process.env.PATH}` } });
  const file = path.join(folder, 'calls');
  const calls = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map(callOf) : [];
  fs.rmSync(folder, { recursive: true });
  return { status, calls, output: `${stdout}${stderr}` };
}

function callOf(line: string): Call {
  const [service, operation, ...words] = line.split('\0').filter((word) => word !== '');
  const options = new Map<string, string[]>();
  words.forEach((word) => (word.startsWith('--') ? options.set(word, []) : [...options.values()].at(-1)?.push(word)));
  const waits = operation === 'wait';
  return { operation: service === 'rds' ? (waits ? `wait ${words[0]}` : operation) : `${service} ${operation}`, options };
}

/** A value of a template as text, in which a reference stands as the id that it names. */
function textOf(value: any): string {
  if (typeof value !== 'object') {
    return String(value);
  }
  const [[name, of]] = Object.entries(value) as Array<[string, any]>;
  switch (name) {
    case 'Ref': return of as string;
    case 'Fn::GetAtt': return (of as string[]).join('.');
    case 'Fn::Join': return (of[1] as unknown[]).map(textOf).join(of[0] as string);
    default: return `${name.replace(/\W/g, '')}-${textOf((of as unknown[])[0])}`;
  }
}

const POSTGRES = (props: object) => (stack: any) => new HardenedPostgres(stack, 'Database', { network: new SecureVpc(stack, 'Network'), ...props });
const MYSQL = (props: object) => (stack: any) => new HardenedMysql(stack, 'Database', { network: new SecureVpc(stack, 'Network'), ...props });

function scriptsOf(make: (stack: any) => HardenedPostgres | HardenedMysql) {
  const stack = testStack();
  Tags.of(stack).add('team', "the shop's", { includeResourceTypes: ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'] });
  const { restoreCommands } = make(stack);
  Object.entries({ ...restoreCommands }).forEach(([name, value]) => new CfnOutput(stack, name, { value: value as string }));
  const template = templateOf(stack);
  const outputs = template.findOutputs('*');
  const script = (name: string) => textOf(outputs[name].Value);
  return { template, fromSnapshot: script('fromSnapshot'), toPointInTime: script('toPointInTime'), rename: script('rename') };
}

/** Parameters of an operation as the SDK's types have them, without regard to case. */
function parametersOf(shape: string): Set<string> {
  const models = path.join(path.dirname(require.resolve('@aws-sdk/client-rds/package.json')), 'dist-types', 'models');
  const text = fs.readdirSync(models).map((file) => fs.readFileSync(path.join(models, file), 'utf8')).join('\n');
  const [, members] = new RegExp(`export interface ${shape} \\{([^]*?)\\n\\}`).exec(text)!;
  return new Set([...members.matchAll(/^ {4}(\w+)\??:/gm)].map(([, name]) => name.toLowerCase()));
}

const SHAPES: { readonly [operation: string]: string } = {
  'restore-db-instance-from-db-snapshot': 'RestoreDBInstanceFromDBSnapshotMessage',
  'restore-db-instance-to-point-in-time': 'RestoreDBInstanceToPointInTimeMessage',
  'restore-db-cluster-from-snapshot': 'RestoreDBClusterFromSnapshotMessage',
  'restore-db-cluster-to-point-in-time': 'RestoreDBClusterToPointInTimeMessage',
  'modify-db-instance': 'ModifyDBInstanceMessage',
  'modify-db-cluster': 'ModifyDBClusterMessage',
  'create-db-instance': 'CreateDBInstanceMessage',
};

/** Properties that data bring along, that a script decides by itself, or that say how CloudFormation deletes. */
const NOT_REPEATED = [
  'AllocatedStorage', 'AllowMajorVersionUpgrade', 'DBClusterIdentifier', 'DBInstanceIdentifier', 'DBName', 'DatabaseName', 'DeleteAutomatedBackups', 'Engine',
  'EngineVersion', 'MasterUserPassword', 'MasterUserSecret', 'MasterUsername', 'StorageEncrypted', 'Tags',
];
const RENAMED: { readonly [property: string]: string } = { VPCSecurityGroups: 'vpcsecuritygroupids', PerformanceInsightsEnabled: 'enableperformanceinsights' };

/** Options as they have to be for some properties of a resource. */
function expectedOf(properties: { [name: string]: any }): { [option: string]: string } {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !NOT_REPEATED.includes(name)).map(([name, value]) => {
    const option = RENAMED[name] ?? name.toLowerCase();
    if (typeof value === 'boolean') {
      return [value ? option : `no${option}`, ''];
    }
    if (Array.isArray(value)) {
      return [option, value.map(textOf).join(' ')];
    }
    const pairs = name === 'ServerlessV2ScalingConfiguration' && Object.entries(value).map(([key, part]) => `${key}=${part}`).sort().join(',');
    return [option, pairs || textOf(value)];
  }));
}

/** Options of some calls, as a reader of the template would name them. */
function givenIn(calls: Call[]): { [option: string]: string } {
  return Object.fromEntries(calls.flatMap(({ options }) => [...options].map(([option, words]) => {
    const name = option.replace(/-/g, '');
    return [name, name === 'serverlessv2scalingconfiguration' ? words.join().split(',').sort().join(',') : words.join(' ')];
  })));
}

const KINDS: ReadonlyArray<[string, (stack: any) => HardenedPostgres | HardenedMysql]> = [
  ['an instance', POSTGRES({})],
  ['an instance in one zone, with provisioned storage', POSTGRES({ capacity: PostgresCapacity.instance({ multiAz: false, storageGiB: 400, iops: 16_000, storageThroughputMiB: 1000 }) })],
  ['an instance with the master secret of RDS', POSTGRES({ credentials: CredentialRotation.iamAuthentication() })],
  ['an instance of MySQL', MYSQL({ capacity: MysqlCapacity.instance() })],
  ['a cluster', POSTGRES({ capacity: PostgresCapacity.serverless({ readers: 2 }) })],
  ['a cluster of MySQL', MYSQL({})],
];

describe.each(KINDS)('The commands that restore %s', (_, make) => {
  const scripts = scriptsOf(make);
  const { template } = scripts;
  const all = Object.values(resources(template, 'AWS::RDS::DBInstance')).map(({ Properties }) => Properties);
  const [cluster] = Object.values(resources(template, 'AWS::RDS::DBCluster')).map(({ Properties }) => Properties);

  test.each(['fromSnapshot', 'toPointInTime'] as const)('repeat every setting of the template: %s [A-07, D-12]', (name) => {
    const { status, calls, output } = run(scripts[name]);
    expect([status, output]).toEqual([0, '']);
    const server = cluster ?? all[0];
    const ofServer = calls.filter(({ operation }) => /^(restore|modify)-/.test(operation));
    const expected = expectedOf(server);
    if (!cluster) {
      // An instance keeps the key that the data came with.
      delete expected.kmskeyid;
    }
    expect(givenIn(ofServer)).toMatchObject(expected);
    if (cluster) {
      const made = calls.filter(({ operation }) => operation === 'create-db-instance');
      expect(made).toHaveLength(all.length);
      all.forEach((member, index) => expect(givenIn([made[index]])).toMatchObject(expectedOf(member)));
      expect(made.map(({ options }) => options.get('--db-instance-identifier'))).toEqual(all.map((_member, index) => [`shop-restored-${index + 1}`]));
    }
  });

  test.each(['fromSnapshot', 'toPointInTime', 'rename'] as const)('call operations and parameters that RDS has: %s', (name) => {
    const { calls } = run(scripts[name]);
    const unknown = calls.filter(({ operation }) => !/^(wait|secretsmanager)/.test(operation)).flatMap(({ operation, options }) => {
      const parameters = parametersOf(SHAPES[operation]);
      const has = (option: string) => parameters.has(option.replace(/-/g, '')) || parameters.has(option.replace(/^--no-/, '').replace(/-/g, ''));
      return [...options.keys()].filter((option) => !has(option)).map((option) => `${operation} ${option}`);
    });
    expect(unknown).toEqual([]);
    expect(calls.filter(({ operation }) => operation.startsWith('wait')).map(({ operation }) => operation)).toEqual(
      expect.arrayContaining([`wait db-${cluster ? 'cluster' : 'instance'}-available`]),
    );
  });

  test('set the password of the master to that of its secret, or let RDS make one', () => {
    const { calls } = run(scripts.fromSnapshot);
    const modified = givenIn(calls.filter(({ operation }) => operation.startsWith('modify-')));
    const managed = (cluster ?? all[0]).ManageMasterUserPassword === true;
    expect(modified.masteruserpassword).toBe(managed ? undefined : PASSWORD);
    expect(modified.managemasteruserpassword).toBe(managed ? '' : undefined);
  });

  test('take the tags along, whatever they contain', () => {
    const tags = run(scripts.fromSnapshot).calls.find(({ operation }) => operation.startsWith('restore-'))!.options.get('--tags')!;
    expect(JSON.parse(tags.join(' '))).toContainEqual({ Key: 'team', Value: "the shop's" });
  });

  test('fit into an output of a stack', () => {
    Object.values({ ...scripts, template: '' }).forEach((script) => expect(script.length).toBeLessThan(4096));
  });

  test('give the new server the name of the former one, and its members theirs', () => {
    const { status, calls } = run(scripts.rename);
    expect(status).toBe(0);
    const renames = calls.filter(({ operation }) => operation.startsWith('modify-')).map(({ options }) => {
      const [from, to] = [...options].filter(([name]) => name.endsWith('-identifier')).map(([, [value]]) => value);
      return `${from} → ${to}`;
    });
    const [[id]] = Object.entries(resources(template, cluster ? 'AWS::RDS::DBCluster' : 'AWS::RDS::DBInstance'));
    const members = cluster ? Object.keys(resources(template, 'AWS::RDS::DBInstance')) : [];
    expect(renames).toEqual([
      `${id} → ${id}-former`,
      `shop-restored → ${id}`,
      ...members.flatMap((member, index) => [`${member} → ${member}-former`, `shop-restored-${index + 1} → ${member}`]),
    ]);
  });
});

describe('The commands of a restore stop', () => {
  const { fromSnapshot } = scriptsOf(POSTGRES({}));

  test('without a variable, before they do anything', () => {
    const { status, calls, output } = run(fromSnapshot, { variables: { TARGET: 'shop-restored' } });
    expect(status).not.toBe(0);
    expect(output).toContain('SNAPSHOT');
    expect(calls).toEqual([]);
  });

  test('at the first error', () => {
    const { status, calls } = run(fromSnapshot, { aws: 'exit 3' });
    expect(status).not.toBe(0);
    expect(calls.filter(({ operation }) => operation.startsWith('modify-'))).toEqual([]);
  });

  test('where a server never becomes available, after twelve waits of half an hour', () => {
    const { status, calls, output } = run(fromSnapshot, { aws: 'if [ "$2" = wait ]; then exit 255; fi' });
    expect(status).toBe(1);
    expect(output).toContain('shop-restored is not available');
    expect(calls.filter(({ operation }) => operation.startsWith('wait'))).toHaveLength(12);
  });
});

describe('The commands of a restore in another region', () => {
  const variables = {
    ...VARIABLES,
    SUBNET_GROUP: 'subnets-there',
    SECURITY_GROUP: 'sg-there',
    PARAMETER_GROUP: 'parameters-there',
    OPTION_GROUP: 'options-there',
    KEY: 'key-there',
    PASSWORD: 'kept elsewhere',
    SOURCE: 'arn:aws:rds:eu-west-1:111111111111:auto-backup:ab-1',
  };

  const both = KINDS.flatMap(([kind, make]) => (['fromSnapshot', 'toPointInTime'] as const).map((name) => [kind, name, make] as const));

  test.each(both)('take its groups and its key from variables, and nothing from here, for %s: %s [D-14]', (_, name, make) => {
    const { status, calls } = run(scriptsOf(make)[name], { variables });
    expect(status).toBe(0);
    expect(calls.filter(({ operation }) => operation.startsWith('secretsmanager'))).toEqual([]);
    const words = JSON.stringify(calls.map(({ options }) => [...options.values()].flat()));
    expect(words.match(/Database(SubnetGroup|SecurityGroup|ParameterGroup|OptionGroup|Key)\w*/g)).toBeNull();
    // Zones of the members are edited by hand, because another region may have fewer (docs/recovery.md).
    const zoneless = calls.map(({ options }) => [...options].filter(([option]) => option !== '--availability-zone'));
    expect(JSON.stringify(zoneless)).not.toMatch(/eu-central-1|AWS::Region/);
    expect(words).toContain('subnets-there');
    expect(words.includes('kept elsewhere')).toBe(!calls.some(({ options }) => options.has('--manage-master-user-password')));
  });

  test('restore replicated backups by their ARN', () => {
    const [restore] = run(scriptsOf(POSTGRES({})).toPointInTime, { variables }).calls.filter(({ operation }) => operation.startsWith('restore-'));
    expect(restore.options.get('--source-db-instance-automated-backups-arn')).toEqual([variables.SOURCE]);
    expect(restore.options.has('--source-dbi-resource-id')).toBe(false);
  });
});

test('A tag or an override that comes later is in the commands', () => {
  const stack = testStack();
  const database = POSTGRES({})(stack);
  new CfnOutput(stack, 'Restore', { value: database.restoreCommands.fromSnapshot });
  (database.instance!.node.defaultChild as any).monitoringInterval = 15;
  Tags.of(database).add('cost', 'shop');
  const template: Template = templateOf(stack);
  expect(textOf(template.findOutputs('Restore').Restore.Value)).toMatch(/--monitoring-interval 15[^]*/);
  expect(textOf(template.findOutputs('Restore').Restore.Value)).toContain('"Key":"cost","Value":"shop"');
});
