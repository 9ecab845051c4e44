import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BackupPolicy,
  CredentialRotation,
  EnvironmentProfile,
  HardenedMysql,
  HardenedPostgres,
  type HardenedPostgresProps,
  MysqlCapacity,
  PostgresCapacity,
  RestoreSource,
  SecureVpc,
} from '../../../src';
import { only, resources } from '../../fixtures/database-stack';
import { ACCOUNT, ENV, refusal, REGION, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { Account } from '../../simulators/cloudformation/account';

const INSTANCE = 'AWS::RDS::DBInstance';
const CLUSTER = 'AWS::RDS::DBCluster';
const ARN = `arn:aws:rds:${REGION}:${ACCOUNT}`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
const NAMED = { identifier: 'shop-restored' };
const SERVERLESS = { capacity: PostgresCapacity.serverless() };

type Props = Omit<HardenedPostgresProps, 'network'>;

/** A database in a stack, with its restore. The key is that of the former server. */
function database(props: Props, restoreFrom?: (key: Key) => RestoreSource) {
  const stack = testStack();
  const key = Key.fromKeyArn(stack, 'FormerKey', KEY) as Key;
  const network = new SecureVpc(stack, 'Network');
  const made = new HardenedPostgres(stack, 'Database', { network, ...props, restoreFrom: restoreFrom?.(key) });
  return { stack, made, get template() { return templateOf(stack); } };
}

/** The setup gives the users of restored data their passwords. */
const SETUP = 'Custom::DatabaseSetup.restored';
const instanceSnapshot = (storageEncryptionKey: Key) =>
  RestoreSource.snapshot(`${ARN}:snapshot:rds:shop-2026-11-20`, { storageEncryptionKey });
const clusterSnapshot = () => RestoreSource.snapshot(`${ARN}:cluster-snapshot:shop-2026-11-20`);
const instanceTime = (storageEncryptionKey: Key) =>
  RestoreSource.pointInTime({ source: 'db-ABCDEF1234567890', time: '2026-11-20T10:00:00Z', storageEncryptionKey });

/** Resources of a template by id, without those that only a restore has. */
function comparable(template: Template): { [id: string]: any } {
  const all = structuredClone(template.toJSON().Resources) as { [id: string]: any };
  Object.keys(all).filter((id) => /ReservedName/.test(id)).forEach((id) => delete all[id]);
  const text = JSON.stringify(all, (name, value: unknown) =>
    name === 'DependsOn' && Array.isArray(value) ? value.filter((id) => !/ReservedName/.test(String(id))) : value);
  return JSON.parse(text) as { [id: string]: any };
}

/** Properties of resources that differ between two templates, as `type.property`. */
function differences(before: Template, after: Template): string[] {
  const [one, other] = [comparable(before), comparable(after)];
  expect(Object.keys(other).sort()).toEqual(Object.keys(one).sort());
  return Object.keys(one).flatMap((id) => {
    const names = [...new Set([...Object.keys(one[id].Properties ?? {}), ...Object.keys(other[id].Properties ?? {})])];
    return names
      .filter((name) => JSON.stringify(one[id].Properties[name]) !== JSON.stringify(other[id].Properties[name]))
      .map((name) => `${one[id].Type as string}.${name}`);
  }).sort();
}

describe('A database that is restored', () => {
  test.each<[string, Props, (key: Key) => RestoreSource, string[]]>([
    ['an instance from a snapshot', {}, instanceSnapshot, ['DBSnapshotIdentifier']],
    ['an instance as of a point in time', {}, instanceTime, ['RestoreTime', 'SourceDbiResourceId']],
    ['an instance with replicas', { capacity: PostgresCapacity.instance({ readReplicas: 2 }) }, instanceSnapshot, ['DBSnapshotIdentifier']],
    ['an instance whose master secret RDS manages', { credentials: CredentialRotation.iamAuthentication() }, instanceSnapshot, ['DBSnapshotIdentifier']],
  ])('has every resource and property of a new one, except for the origin of its data: %s [A-07]', (_, props, restore, added) => {
    const plain = database({ ...NAMED, ...props }).template;
    const restored = database({ ...NAMED, ...props }, restore).template;
    const expected = [...added, 'DBName', 'KmsKeyId', 'MasterUsername', 'StorageEncrypted'].sort();
    const keyPolicy = 'AWS::KMS::Key.KeyPolicy';
    const backupPolicy = 'AWS::IAM::ManagedPolicy.PolicyDocument';
    expect(differences(plain, restored)).toEqual([backupPolicy, keyPolicy, ...expected.map((name) => `${INSTANCE}.${name}`), SETUP]);
  });

  test.each<[string, (key: Key) => RestoreSource, string[]]>([
    ['from a snapshot', clusterSnapshot, ['SnapshotIdentifier']],
    ['as of now', () => RestoreSource.pointInTime({ source: 'shop' }), ['SourceDBClusterIdentifier', 'UseLatestRestorableTime']],
    ['as of a time before its deletion', () => RestoreSource.pointInTime({ source: 'cluster-ABCDEF1234567890', time: '2026-11-20T10:00:00Z' }), ['RestoreToTime', 'SourceDbClusterResourceId']],
  ])('has every resource and property of a new one, except for the origin of its data: a cluster %s [A-07]', (_, restore, added) => {
    const plain = database({ ...NAMED, ...SERVERLESS }).template;
    const restored = database({ ...NAMED, ...SERVERLESS }, restore).template;
    const expected = [...added, 'DatabaseName', 'MasterUsername'].sort().map((name) => `${CLUSTER}.${name}`);
    expect(differences(plain, restored)).toEqual(['AWS::KMS::Key.KeyPolicy', ...expected, SETUP]);
  });

  test('keeps what hardens it: parameters, sign-in by IAM, logs, monitoring, insights, windows, no extended support', () => {
    const { template } = database(NAMED, instanceSnapshot);
    expect(only(template, INSTANCE)).toMatchObject({
      DBInstanceIdentifier: 'shop-restored',
      DBSnapshotIdentifier: `${ARN}:snapshot:rds:shop-2026-11-20`,
      DBParameterGroupName: { Ref: expect.stringContaining('ParameterGroup') },
      EnableIAMDatabaseAuthentication: true,
      EnableCloudwatchLogsExports: ['postgresql', 'upgrade'],
      EnablePerformanceInsights: true,
      MonitoringInterval: 60,
      MultiAZ: true,
      DeletionProtection: true,
      EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      PreferredBackupWindow: '02:00-03:00',
      PreferredMaintenanceWindow: 'sun:05:30-sun:06:30',
      // CloudFormation sets it after the restore, so that the secret fits.
      MasterUserPassword: expect.anything(),
    });
  });

  test('keeps the option group and the audit of MySQL', () => {
    const stack = testStack();
    const restoreFrom = RestoreSource.snapshot(`${ARN}:snapshot:shop`, { storageEncryptionKey: Key.fromKeyArn(stack, 'FormerKey', KEY) });
    new HardenedMysql(stack, 'Database', { network: new SecureVpc(stack, 'Network'), capacity: MysqlCapacity.instance(), ...NAMED, restoreFrom });
    expect(only(templateOf(stack), INSTANCE).OptionGroupName).toEqual({ Ref: expect.stringContaining('OptionGroup') });
  });

  test('lets the backups of an instance use the key that came with the data [A-06]', () => {
    const { template } = database(NAMED, instanceSnapshot);
    const statement = { Action: Match.arrayWith(['kms:Decrypt']), Resource: Match.arrayWith([KEY]) };
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(statement)]) },
    });
  });

  test('keeps the key of its data when the former database leaves the app, also in development [A-07]', () => {
    const profile = EnvironmentProfile.development();
    const deployed = (restored: boolean, removed = false) => {
      const stack = testStack({ id: 'Shop' });
      const network = new SecureVpc(stack, 'Network', { profile });
      const former = removed ? undefined : new HardenedPostgres(stack, 'Database', { network, profile });
      const storageEncryptionKey = former?.key ?? Key.fromKeyArn(stack, 'FormerKey', KEY);
      const restoreFrom = RestoreSource.snapshot(`${ARN}:snapshot:shop`, { storageEncryptionKey });
      if (restored) {
        new HardenedPostgres(stack, 'Restored', { network, profile, ...NAMED, restoreFrom });
      }
      return templateOf(stack).toJSON() as import('../../simulators/cloudformation/template').Template;
    };
    const account = new Account(ENV);
    account.deploy('Shop', deployed(false));
    const [key] = account.existing.of('AWS::KMS::Key').filter(({ logicalId }) => logicalId.startsWith('DatabaseKey'));
    expect(account.update('Shop', deployed(true)).state.status).toBe('UPDATE_COMPLETE');
    expect(account.update('Shop', deployed(true, true)).state.status).toBe('UPDATE_COMPLETE');
    expect(account.existing.of('AWS::KMS::Key').map(({ physicalId }) => physicalId)).toContain(key.physicalId);
  });

  test('signs in as the master user that came with the data', () => {
    const { template } = database(NAMED, (storageEncryptionKey) =>
      RestoreSource.snapshot(`${ARN}:snapshot:shop`, { storageEncryptionKey, masterUserName: 'postgres' }));
    const secrets = Object.values(resources(template, 'AWS::SecretsManager::Secret')).map(({ Properties }) => (Properties.GenerateSecretString as any).SecretStringTemplate);
    expect(secrets).toContain('{"username":"postgres"}');
  });

  test('restores replicated backups of another region by their ARN [D-14]', () => {
    const source = `${ARN}:auto-backup:ab-abcdef1234567890`;
    const { template } = database(NAMED, (storageEncryptionKey) => RestoreSource.pointInTime({ source, storageEncryptionKey }));
    expect(only(template, INSTANCE)).toMatchObject({ SourceDBInstanceAutomatedBackupsArn: source, UseLatestRestorableTime: true });
  });

  test.each<[string, Props, (key: Key) => RestoreSource]>([
    ['an instance', {}, instanceSnapshot],
    ['an instance of development', { profile: EnvironmentProfile.development() }, instanceSnapshot],
    ['a cluster', SERVERLESS, clusterSnapshot],
  ])('leaves no finding of any pack: %s', (_, props, restore) => {
    expect(unacknowledged(database({ ...NAMED, ...props }, restore).stack)).toEqual([]);
  });
});

describe('A restore is refused', () => {
  const refused = (props: Props, restore: (key: Key) => RestoreSource) => refusal(() => database(props, restore));

  test('without an identifier, and with the default one, and says how to restore', () => {
    const byDefault = database({}).made.identifier;
    [{}, { identifier: byDefault }].forEach((props) => {
      const message = refused(props, instanceSnapshot);
      expect(message).toMatch(/restoreFrom needs an identifier of its own/);
      expect(message).toMatch(/add a second one under another construct id with a new identifier/);
    });
  });

  test.each<[string, Props, (key: Key) => RestoreSource, RegExp]>([
    ['an instance without the key of its snapshot', {}, () => RestoreSource.snapshot(`${ARN}:snapshot:shop`), /needs storageEncryptionKey on an instance/],
    ['a cluster with another key', SERVERLESS, (storageEncryptionKey) => RestoreSource.snapshot(`${ARN}:cluster-snapshot:shop`, { storageEncryptionKey }), /storageEncryptionKey has no effect on a cluster/],
    ['a name instead of an ARN', {}, (storageEncryptionKey) => RestoreSource.snapshot('shop', { storageEncryptionKey }), /is "shop", expected the ARN of a snapshot/],
    ['the snapshot of a cluster into an instance', {}, (storageEncryptionKey) => RestoreSource.snapshot(`${ARN}:cluster-snapshot:shop`, { storageEncryptionKey }), /is a snapshot of a cluster/],
    ['a snapshot of another region', SERVERLESS, () => RestoreSource.snapshot(`arn:aws:rds:eu-west-1:${ACCOUNT}:cluster-snapshot:shop`), /has the snapshot in eu-west-1, and the database is in eu-central-1/],
    ['a snapshot of another account', SERVERLESS, () => RestoreSource.snapshot(`arn:aws:rds:${REGION}:222222222222:cluster-snapshot:shop`), /has the snapshot in account 222222222222/],
    ['an instance by its name', {}, (storageEncryptionKey) => RestoreSource.pointInTime({ source: 'shop', storageEncryptionKey }), /source is "shop", expected the resource id of an instance.*describe-db-instances/],
    ['a cluster by the id of an instance', SERVERLESS, () => RestoreSource.pointInTime({ source: 'db-ABCDEF1234567890' }), /expected the identifier, ARN or resource id of a cluster/],
    ['a time without a zone', SERVERLESS, () => RestoreSource.pointInTime({ source: 'shop', time: '2026-11-20 10:00' }), /time is "2026-11-20 10:00", expected a time in UTC/],
    ['a day that does not exist', SERVERLESS, () => RestoreSource.pointInTime({ source: 'shop', time: '2026-13-20T10:00:00Z' }), /expected a time in UTC/],
    ['a master user that no engine takes', SERVERLESS, () => RestoreSource.pointInTime({ source: 'shop', masterUserName: 'the master' }), /masterUserName is "the master"/],
  ])('of %s', (_, props, restore, message) => {
    expect(refused({ ...NAMED, ...props }, restore)).toMatch(message);
  });

  test('from a value that is no source', () => {
    expect(refused(NAMED, () => 'arn' as unknown as RestoreSource)).toMatch(/restoreFrom is "arn", expected an object of RestoreSource/);
  });
});

test('A new database reserves no name, and its template knows nothing of a restore', () => {
  const json = JSON.stringify(database({ ...NAMED, backup: BackupPolicy.daily() }).template.toJSON());
  expect(json).not.toMatch(/ReservedName|SnapshotIdentifier|RestoreT/);
});
