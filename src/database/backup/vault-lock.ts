import type { Duration } from 'aws-cdk-lib';
import type { LockConfiguration } from 'aws-cdk-lib/aws-backup';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';

/** AWS Backup Vault Lock, which prevents the deletion of recovery points. `minRetention` is required. */
export interface VaultLock {
  /** Minimum retention of each recovery point, 1 to 36500 whole days. A backup job with a shorter one fails. */
  readonly minRetention: Duration;
  /**
   * Days after which nobody can remove the lock, AWS included, 3 to 36500 whole days (compliance mode).
   * @default - whoever is authorized can remove the lock (governance mode)
   */
  readonly immutableAfter?: Duration;
}

/** Checks a lock and returns it as AWS Backup takes it. */
export function lockConfiguration(scope: IConstruct, lock?: VaultLock): LockConfiguration | undefined {
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
    fix: 'set at least Duration.days(3), the shortest cooling-off period',
  });
  return { minRetention: lock.minRetention, changeableFor: lock.immutableAfter };
}
