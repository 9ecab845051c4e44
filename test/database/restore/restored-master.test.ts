import { Key } from 'aws-cdk-lib/aws-kms';
import { CredentialRotation, DatabaseAccess, HardenedPostgres, type HardenedPostgresProps, RestoreSource, SecureVpc } from '../../../src';
import { ACCOUNT, REGION, refusal, testStack } from '../../fixtures/test-stack';

/** A database whose data bring a master user of this name. */
function restored(masterUserName: string, props: Partial<HardenedPostgresProps> = {}): HardenedPostgres {
  const stack = testStack();
  const storageEncryptionKey = Key.fromKeyArn(stack, 'FormerKey', `arn:aws:kms:${REGION}:${ACCOUNT}:key/former`);
  return new HardenedPostgres(stack, 'Database', {
    network: new SecureVpc(stack, 'Network'),
    identifier: 'shop-restored',
    restoreFrom: RestoreSource.snapshot(`arn:aws:rds:${REGION}:${ACCOUNT}:snapshot:monday`, { storageEncryptionKey, masterUserName }),
    ...props,
  });
}

describe('A restored master user', () => {
  test.each<[string, string, Partial<HardenedPostgresProps>, RegExp]>([
    ['the application', 'shop', { userName: 'shop' }, /restoreFrom\.masterUserName is 'shop', which is the name of a user.*userName is 'shop'.* Set another userName/],
    ['the owner', 'owner', {}, /restoreFrom\.masterUserName is 'owner'.*ownerName is 'owner'/],
    ['the owner in another case', 'Owner', {}, /restoreFrom\.masterUserName is 'Owner'/],
    ['the second user of a rotation', 'shop_clone', { userName: 'shop' }, /restoreFrom\.masterUserName is 'shop_clone'/],
    ['dry runs of migrations', 'migration_plan', {}, /the user of dry runs of migrations/],
  ])('is refused with the name of %s', (_name, master, props, message) => {
    expect(refusal(() => restored(master, props))).toMatch(message);
  });

  test('is refused as a user that is added, and as its second user', () => {
    expect(refusal(() => restored('reporting').addUser('reporting', DatabaseAccess.READ_ONLY))).toMatch(/userName is 'reporting', which is the master user of the restored data/);
    expect(refusal(() => restored('anna_clone').addUser('anna', DatabaseAccess.READ_ONLY))).toMatch(/userName is 'anna'/);
  });

  test('may have the name of a user that the database does not create', () => {
    const credentials = CredentialRotation.managedSecret({ waiver: { reason: 'the application reads the secret again' } });
    expect(restored('owner', { credentials }).owner).toBeUndefined();
    expect(restored('admin').userName).toBe('application');
  });
});
