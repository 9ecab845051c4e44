import type { Duration } from 'aws-cdk-lib';
import type { LockConfiguration } from 'aws-cdk-lib/aws-backup';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';

/** Keeps recovery points from being deleted before their time. */
export interface VaultLock {
  /** Shortest time for which a recovery point is kept, 1 to 36500 whole days. Rules that keep shorter fail. */
  readonly minRetention: Duration;
  /**
   * After how many days the lock can't be taken off by anyone, AWS included: 3 to 36500 whole days.
   * @default - it can be taken off by whoever may (governance mode)
   */
  readonly immutableAfter?: Duration;
}

/** The lock as AWS Backup takes it, checked. */
export function vaultLock(scope: IConstruct, lock?: VaultLock): LockConfiguration | undefined {
  if (!lock) {
    return undefined;
  }
  checkWholeNumber(scope, 'vaultLock.minRetention', lock.minRetention.toDays({ integral: false }), {
    min: 1,
    max: 36_500,
    unit: 'days',
    fix: 'lock for at least a day',
  });
  checkWholeNumber(scope, 'vaultLock.immutableAfter', lock.immutableAfter?.toDays({ integral: false }), {
    min: 3,
    max: 36_500,
    unit: 'days',
    fix: 'AWS gives three days to think it over',
  });
  return { minRetention: lock.minRetention, changeableFor: lock.immutableAfter };
}
