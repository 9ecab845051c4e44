import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BackupPolicy, HardenedMysql, HardenedPostgres, MysqlCapacity, PostgresCapacity, RecoveryRegion, SecureVpc } from '../../../src';
import { only, resources } from '../../fixtures/database-stack';
import { ACCOUNT, refusal, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { Account } from '../../simulators/cloudformation/account';

type Deployed = import('../../simulators/cloudformation/template').Template;

function withRecovery(capacity?: PostgresCapacity) {
  const app = testApp();
  const stack = testStack({ app });
  const recovery = new RecoveryRegion(app, 'Recovery', {
    region: 'eu-west-1',
    account: ACCOUNT,
    vaultLock: { minRetention: Duration.days(30) },
  });
  const network = new SecureVpc(stack, 'Network');
  new HardenedPostgres(stack, 'Database', {
    network,
    capacity,
    backup: BackupPolicy.daily({
      recoveryRegion: recovery,
      vaultLock: { minRetention: Duration.days(7), immutableAfter: Duration.days(3) },
    }),
  });
  return { stack, recovery };
}

describe('RecoveryRegion', () => {
  test('creates a stack in the other region with a vault and its key [A-06, E-10]', () => {
    const { recovery } = withRecovery();
    const template = Template.fromStack(recovery);
    expect(recovery.region).toBe('eu-west-1');
    const [key] = Object.keys(resources(template, 'AWS::KMS::Key'));
    expect(only(template, 'AWS::Backup::BackupVault')).toMatchObject({
      BackupVaultName: recovery.vaultName,
      EncryptionKeyArn: { 'Fn::GetAtt': [key, 'Arn'] },
      LockConfiguration: { MinRetentionDays: 30 },
    });
    expect(only(template, 'AWS::KMS::Key').EnableKeyRotation).toBe(true);
  });

  test('receives every snapshot, keeps it 30 days, and is named without a reference across regions [A-06]', () => {
    const { stack, recovery } = withRecovery();
    const [rule] = only(templateOf(stack), 'AWS::Backup::BackupPlan').BackupPlan.BackupPlanRule;
    expect(recovery.vaultName).toMatch(/^recovery-[0-9a-f]{8}$/);
    expect(rule.CopyActions).toEqual([
      { DestinationBackupVaultArn: expect.anything(), Lifecycle: { DeleteAfterDays: 30 } },
    ]);
    expect(JSON.stringify(rule.CopyActions[0].DestinationBackupVaultArn)).toContain(
      `:backup:eu-west-1:${ACCOUNT}:backup-vault:${recovery.vaultName}"`,
    );
    expect(stack.dependencies).toEqual([recovery]);
    expect(JSON.stringify(templateOf(stack).toJSON())).not.toContain('Fn::GetStackOutput');
  });

  test('lets the backup role copy into its vault', () => {
    const { stack, recovery } = withRecovery();
    const statements = Object.values(resources(templateOf(stack), 'AWS::IAM::ManagedPolicy')).flatMap(
      ({ Properties }) => (Properties.PolicyDocument as { Statement: any[] }).Statement,
    );
    const copying = statements.find(({ Action }) => [Action].flat().includes('backup:CopyIntoBackupVault'));
    expect(JSON.stringify(copying.Resource)).toContain(recovery.vaultName);
  });

  test('locks its vault, so that nobody deletes copies before their retention ends', () => {
    const { stack } = withRecovery();
    expect(only(templateOf(stack), 'AWS::Backup::BackupVault').LockConfiguration).toEqual({
      MinRetentionDays: 7,
      ChangeableForDays: 3,
    });
  });

  test.each<[string, boolean]>([
    ['an instance', false],
    ['a cluster', true],
  ])('keeps the groups ready in its network that the scripts of a restore need: %s [D-14]', (_name, cluster) => {
    const app = testApp();
    const stack = testStack({ app });
    const there = testStack({ app, id: 'There', env: { account: ACCOUNT, region: 'eu-west-1' } });
    const recoveryRegion = new RecoveryRegion(app, 'Recovery', {
      region: 'eu-west-1', account: ACCOUNT, network: new SecureVpc(there, 'Network'),
    });
    const capacity = cluster ? MysqlCapacity.serverless() : MysqlCapacity.instance();
    const network = new SecureVpc(stack, 'Network');
    const database = new HardenedMysql(stack, 'Database', { network, capacity, backup: BackupPolicy.daily({ recoveryRegion }) });
    const here = templateOf(stack);
    const template = Template.fromStack(recoveryRegion);
    const type = `AWS::RDS::DB${cluster ? 'Cluster' : ''}ParameterGroup`;
    expect(only(template, type).Parameters).toEqual(only(here, type).Parameters);
    expect(only(template, 'AWS::EC2::SecurityGroup')).not.toHaveProperty('SecurityGroupIngress');
    const [output] = Object.values(template.findOutputs('*')).map(({ Value }) => JSON.stringify(Value));
    ['SUBNET_GROUP', 'SECURITY_GROUP', 'PARAMETER_GROUP', 'KEY'].forEach((name) => expect(output).toContain(`${name}=`));
    expect(output.includes('OPTION_GROUP=')).toBe(!cluster);
    expect(database.node.path).toBe('Test/Database');
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('has a vault of another name where a former one keeps copies under the default name', () => {
    const region = { region: 'eu-west-1', account: ACCOUNT };
    const named = (vaultName?: string) => new RecoveryRegion(testApp(), 'Recovery', { ...region, vaultName });
    const [before, after] = [named(), named('shop-copies-2')].map((stack) => Template.fromStack(stack).toJSON() as Deployed);
    const account = new Account(region);
    account.deploy('Recovery', before);
    account.remove('Recovery');
    expect(account.deploy('Recovery', before).state.status).not.toBe('CREATE_COMPLETE');
    account.remove('Recovery');
    expect(account.deploy('Recovery', after).state.status).toBe('CREATE_COMPLETE');
    expect(refusal(() => named('shop copies'))).toMatch(/vaultName is "shop copies", expected 2 to 50 letters/);
  });

  test('refuses a network of another region', () => {
    const app = testApp();
    const network = new SecureVpc(testStack({ app }), 'Network');
    expect(refusal(() => new RecoveryRegion(app, 'Recovery', { region: 'eu-west-1', account: ACCOUNT, network }))).toMatch(/network .*eu-central-1/);
  });

  test.each<[string, PostgresCapacity]>([
    ['an instance', PostgresCapacity.instance()],
    ['a cluster', PostgresCapacity.serverless()],
  ])('leaves no compliance finding with %s', (_name, capacity) => {
    expect(unacknowledged(withRecovery(capacity).stack)).toEqual([]);
  });
});
