import { Duration } from 'aws-cdk-lib';
import { BackupPolicy, EnvironmentProfile, HardenedPostgres, SecureVpc } from '../../../src';
import { only } from '../../fixtures/database-stack';
import { ENV, refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { Account } from '../../simulators/cloudformation/account';
import { described } from '../../simulators/cloudformation/outcome';
import type { Template } from '../../simulators/cloudformation/template';

/** A database of development that keeps snapshots, which outlive it. */
function database(vaultName?: string) {
  const stack = testStack({ id: 'Shop' });
  new HardenedPostgres(stack, 'Database', {
    network: new SecureVpc(stack, 'Network'),
    profile: EnvironmentProfile.development(),
    backup: BackupPolicy.daily({ snapshotRetention: Duration.days(7), vaultName }),
  });
  return stack;
}

const template = (vaultName?: string) => templateOf(database(vaultName)).toJSON() as Template;

describe('The vault of the snapshots', () => {
  test('has the name that was asked for, under the same logical id', () => {
    const [byDefault, named] = [undefined, 'shop-backups_2'].map((name) => templateOf(database(name)));
    expect(only(named, 'AWS::Backup::BackupVault').BackupVaultName).toBe('shop-backups_2');
    const ids = [byDefault, named].map((one) => Object.keys(one.findResources('AWS::Backup::BackupVault')));
    expect(ids[1]).toEqual(ids[0]);
    expect(unacknowledged(database('shop-backups_2'))).toEqual([]);
  });

  test('stays with its snapshots when the database is destroyed, and another name lets the stack come back', () => {
    const account = new Account(ENV);
    account.deploy('Shop', template());
    account.remove('Shop');
    const refused = account.deploy('Shop', template());
    expect(refused.state.status).not.toBe('CREATE_COMPLETE');
    expect(described(refused).join('\n')).toMatch(/AWS::Backup::BackupVault|already exists/);
    account.remove('Shop');
    expect(account.deploy('Shop', template('shop-backups-2')).state.status).toBe('CREATE_COMPLETE');
  });

  test.each(['a', 'shop backups', 'x'.repeat(51), 'shop.backups'])('is refused with the name %j', (name) => {
    expect(refusal(() => database(name))).toMatch(/backup\.vaultName is .*, expected 2 to 50 letters, digits, hyphens/);
  });
});
