import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BackupPolicy, type BackupPolicyProps, HardenedPostgres, PostgresCapacity, RecoveryRegion, SecureVpc } from '../../../src';
import { replicationRegions } from '../../../src/database/backup/replication-regions';
import { only, resources } from '../../fixtures/database-stack';
import { ACCOUNT, refusal, REGION, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { Account } from '../../simulators/cloudformation/account';

interface Place {
  readonly region?: string;
  readonly capacity?: PostgresCapacity;
  readonly account?: string;
}

/** A database whose backups go to another region. */
function replicated(backup: Omit<BackupPolicyProps, 'recoveryRegion'>, { region = 'eu-west-1', capacity, account = ACCOUNT }: Place = {}) {
  const app = testApp();
  const stack = testStack({ app });
  const recoveryRegion = new RecoveryRegion(app, 'Recovery', { region, account });
  const database = new HardenedPostgres(stack, 'Database', {
    network: new SecureVpc(stack, 'Network'), capacity, backup: BackupPolicy.daily({ recoveryRegion, ...backup }),
  });
  return { stack, recoveryRegion, database };
}

type Deployed = import('../../simulators/cloudformation/template').Template;

const INSTANCE = 'AWS::RDS::DBInstance';

describe('Automated backups that are replicated', () => {
  test('go to the recovery region, under its key, as long as the backups here [D-12, D-14]', () => {
    const { stack, recoveryRegion } = replicated({ replicateAutomatedBackups: true, retention: Duration.days(14) });
    const instance = only(templateOf(stack), INSTANCE);
    expect(instance).toMatchObject({ AutomaticBackupReplicationRegion: 'eu-west-1', AutomaticBackupReplicationRetentionPeriod: 14 });
    const recovery = Template.fromStack(recoveryRegion);
    const [key] = Object.keys(resources(recovery, 'AWS::KMS::Key'));
    const alias = only(recovery, 'AWS::KMS::Alias');
    expect(alias.TargetKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    expect(JSON.stringify(instance.AutomaticBackupReplicationKmsKeyId)).toContain(`:kms:eu-west-1:${ACCOUNT}:${alias.AliasName}`);
    expect(stack.dependencies).toContain(recoveryRegion);
  });

  test('have a retention of their own, and are read replicas’ source’s alone', () => {
    const { stack } = replicated(
      { replicateAutomatedBackups: true, replicationRetention: Duration.days(3) },
      { capacity: PostgresCapacity.instance({ readReplicas: 1 }) },
    );
    const periods = Object.values(resources(templateOf(stack), INSTANCE)).map(({ Properties }) => Properties.AutomaticBackupReplicationRetentionPeriod);
    expect(periods).toEqual([3, undefined]);
  });

  test('of two databases share one alias [E-10]', () => {
    const { stack, recoveryRegion } = replicated({ replicateAutomatedBackups: true });
    new HardenedPostgres(stack, 'Second', {
      network: new SecureVpc(stack, 'Other'), backup: BackupPolicy.daily({ recoveryRegion, replicateAutomatedBackups: true }),
    });
    expect(Object.keys(resources(Template.fromStack(recoveryRegion), 'AWS::KMS::Alias'))).toHaveLength(1);
  });

  test('are not replicated unless asked for, and the recovery region has no alias then', () => {
    const { stack, recoveryRegion } = replicated({});
    expect(only(templateOf(stack), INSTANCE)).not.toHaveProperty('AutomaticBackupReplicationRegion');
    expect(resources(Template.fromStack(recoveryRegion), 'AWS::KMS::Alias')).toEqual({});
  });

  test('stop and start again, because the alias goes with the replication and keeps no name', () => {
    const templates = [true, false].map((replicateAutomatedBackups) =>
      Template.fromStack(replicated({ replicateAutomatedBackups }).recoveryRegion).toJSON() as Deployed);
    const account = new Account({ account: ACCOUNT, region: 'eu-west-1' });
    expect(account.deploy('Recovery', templates[0]).state.status).toBe('CREATE_COMPLETE');
    expect(account.update('Recovery', templates[1]).state.status).toBe('UPDATE_COMPLETE');
    expect(account.existing.of('AWS::KMS::Alias')).toEqual([]);
    expect(account.update('Recovery', templates[0]).state.status).toBe('UPDATE_COMPLETE');
  });

  test('leave no finding of any pack', () => {
    expect(unacknowledged(replicated({ replicateAutomatedBackups: true }).stack)).toEqual([]);
  });
});

describe('A replication is refused', () => {
  test('for a cluster, whose error says what a lost region costs [D-12]', () => {
    const message = refusal(() => replicated({ replicateAutomatedBackups: true }, { capacity: PostgresCapacity.serverless() }));
    expect(message).toMatch(/replicateAutomatedBackups is not supported on a cluster.*up to a day and the time of the copy/);
    expect(message).toMatch(/Set capacity to an instance to lose minutes, or remove replicateAutomatedBackups to accept a day\.$/);
  });

  test('in the recovery region itself, where the same program leaves the recovery region out [D-12]', () => {
    const itself = { region: REGION };
    const message = /backup\.recoveryRegion is "eu-central-1", expected another region than .*In the recovery region itself, leave out recoveryRegion and replicateAutomatedBackups\.$/;
    expect(refusal(() => replicated({ replicateAutomatedBackups: true }, itself))).toMatch(message);
    expect(refusal(() => replicated({}, { ...itself, account: '222222222222' }))).toMatch(message);
  });

  test('to a region to which RDS does not replicate, with those to which it does', () => {
    expect(refusal(() => replicated({ replicateAutomatedBackups: true }, { region: 'ap-south-1' })))
      .toMatch(/is not supported from eu-central-1 to ap-south-1\. Create the RecoveryRegion in one of af-south-1, eu-central-2, eu-north-1, eu-west-1/);
  });

  test('without a recovery region', () => {
    const stack = testStack();
    const backup = BackupPolicy.daily({ replicateAutomatedBackups: true });
    expect(refusal(() => new HardenedPostgres(stack, 'Database', { network: new SecureVpc(stack, 'Network'), backup }))).toMatch(/needs recoveryRegion/);
  });

  test.each<[string, BackupPolicyProps, RegExp]>([
    ['with a retention that RDS does not have', { replicateAutomatedBackups: true, replicationRetention: Duration.days(36) }, /replicationRetention is 36, expected a whole number from 1 to 35 days/],
    ['with a retention and nothing that is kept', { replicationRetention: Duration.days(3) }, /replicationRetention has no effect without replicateAutomatedBackups/],
  ])('%s', (_, backup, message) => {
    expect(refusal(() => replicated(backup))).toMatch(message);
  });
});

test('Every pair of regions is of one partition, and no region is its own destination', () => {
  const partition = (region: string) => /^(cn|us-gov)-/.exec(region)?.[1] ?? 'aws';
  const sources = ['eu-central-1', 'us-east-1', 'us-gov-west-1', 'cn-north-1', 'ap-southeast-1', 'sa-east-1'];
  sources.forEach((source) => {
    expect(replicationRegions(source)).not.toHaveLength(0);
    expect(replicationRegions(source)).not.toContain(source);
    replicationRegions(source).forEach((region) => expect([region, partition(region)]).toEqual([region, partition(source)]));
  });
  expect(replicationRegions('mx-central-1')).toEqual([]);
});

describe('A recovery region that may be in another account is refused', () => {
  test('where its account is another [A-06]', () => {
    expect(refusal(() => replicated({}, { account: '222222222222' }))).toMatch(/to another region or to another account, never both/);
  });

  test('where only one of the two accounts is known, because the copies would be addressed to a vault that is not there', () => {
    const app = testApp();
    const network = (stack: ReturnType<typeof testStack>) => new SecureVpc(stack, 'Network');
    const known = testStack({ app });
    const open = testStack({ app, id: 'Open', env: { region: REGION } });
    const named = new RecoveryRegion(app, 'Named', { region: 'eu-west-1', account: ACCOUNT });
    const unnamed = new RecoveryRegion(app, 'Unnamed', { region: 'eu-west-1' });
    const pairs: Array<[typeof known, RecoveryRegion]> = [[known, unnamed], [open, named]];
    pairs.forEach(([stack, recoveryRegion]) => {
      const backup = BackupPolicy.daily({ recoveryRegion });
      expect(refusal(() => new HardenedPostgres(stack, 'Database', { network: network(stack), backup }))).toMatch(/the account of only one of them is known/);
    });
    expect(() => new HardenedPostgres(open, 'Second', { network: new SecureVpc(open, 'Other'), backup: BackupPolicy.daily({ recoveryRegion: unnamed }) })).not.toThrow();
  });
});
