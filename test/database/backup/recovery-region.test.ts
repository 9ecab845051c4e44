import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BackupPolicy, HardenedPostgres, PostgresCapacity, RecoveryRegion, SecureVpc } from '../../../src';
import { only, resources } from '../../fixtures/database-stack';
import { ACCOUNT, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';

function withRecovery(capacity?: PostgresCapacity) {
  const app = testApp();
  const stack = testStack({ app });
  const recovery = new RecoveryRegion(app, 'Recovery', { region: 'eu-west-1', account: ACCOUNT, vaultLock: { minRetention: Duration.days(30) } });
  const network = new SecureVpc(stack, 'Network');
  new HardenedPostgres(stack, 'Database', { network, capacity, backup: BackupPolicy.daily({ recoveryRegion: recovery, vaultLock: { minRetention: Duration.days(7), immutableAfter: Duration.days(3) } }) });
  return { stack, recovery };
}

describe('RecoveryRegion', () => {
  test('creates a stack in the other region with a vault and its key [A-06, E-10]', () => {
    const { recovery } = withRecovery();
    const template = Template.fromStack(recovery);
    expect(recovery.region).toBe('eu-west-1');
    const [key] = Object.keys(resources(template, 'AWS::KMS::Key'));
    expect(only(template, 'AWS::Backup::BackupVault')).toMatchObject({ BackupVaultName: recovery.vaultName, EncryptionKeyArn: { 'Fn::GetAtt': [key, 'Arn'] }, LockConfiguration: { MinRetentionDays: 30 } });
    expect(only(template, 'AWS::KMS::Key').EnableKeyRotation).toBe(true);
  });

  test('receives every snapshot, keeps it 30 days, and is named without a reference across regions [A-06]', () => {
    const { stack, recovery } = withRecovery();
    const [rule] = only(templateOf(stack), 'AWS::Backup::BackupPlan').BackupPlan.BackupPlanRule;
    expect(recovery.vaultName).toMatch(/^recovery-[0-9a-f]{8}$/);
    expect(rule.CopyActions).toEqual([{ DestinationBackupVaultArn: expect.anything(), Lifecycle: { DeleteAfterDays: 30 } }]);
    expect(JSON.stringify(rule.CopyActions[0].DestinationBackupVaultArn)).toContain(`:backup:eu-west-1:${ACCOUNT}:backup-vault:${recovery.vaultName}"`);
    expect(stack.dependencies).toEqual([recovery]);
    expect(JSON.stringify(templateOf(stack).toJSON())).not.toContain('Fn::GetStackOutput');
  });

  test('lets the backup role copy into its vault', () => {
    const { stack, recovery } = withRecovery();
    const statements = Object.values(resources(templateOf(stack), 'AWS::IAM::ManagedPolicy')).flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: any[] }).Statement);
    const copying = statements.find(({ Action }) => [Action].flat().includes('backup:CopyIntoBackupVault'));
    expect(JSON.stringify(copying.Resource)).toContain(recovery.vaultName);
  });

  test('locks its vault, so that nobody deletes copies before their retention ends', () => {
    const { stack } = withRecovery();
    expect(only(templateOf(stack), 'AWS::Backup::BackupVault').LockConfiguration).toEqual({ MinRetentionDays: 7, ChangeableForDays: 3 });
  });

  test.each<[string, PostgresCapacity]>([['an instance', PostgresCapacity.instance()], ['a cluster', PostgresCapacity.serverless()]])('leaves no compliance finding with %s', (_name, capacity) => {
    expect(unacknowledged(withRecovery(capacity).stack)).toEqual([]);
  });
});
