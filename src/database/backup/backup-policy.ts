import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { RecoveryRegion } from './recovery-region';
import type { VaultLock } from './vault-lock';

/** What {@link BackupPolicy.daily} may be told. Nothing is needed. */
export interface BackupPolicyProps {
  /**
   * When RDS takes its own backup, `hh:mm-hh:mm` in UTC, at least 30 minutes. AWS Backup takes its snapshot when the window ends.
   * @default '02:00-03:00' - requirements A-05 and C-27
   */
  readonly window?: string;
  /**
   * How far back a point in time can be restored, 1 to 35 whole days.
   * @default - by environment: 7 days in production and staging (requirements A-05, D-11, E-03), 1 in development
   */
  readonly retention?: Duration;
  /**
   * How long the daily snapshots of AWS Backup are kept, 1 to 36500 whole days.
   * @default - 30 days (requirements A-06, D-11); none in an environment that is destroyed without a trace, because a vault that holds something can't be deleted
   */
  readonly snapshotRetention?: Duration;
  /**
   * Where each snapshot is copied to (requirements A-06, E-10).
   * @default - nowhere
   */
  readonly recoveryRegion?: RecoveryRegion;
  /**
   * How long the copies are kept, 1 to 36500 whole days.
   * @default - as long as the snapshots
   */
  readonly copyRetention?: Duration;
  /**
   * Keeps anyone from deleting snapshots before their time.
   * @default - no lock
   */
  readonly vaultLock?: VaultLock;
}

/** A policy with every default filled in. */
export interface PlannedBackups {
  /** `hh:mm-hh:mm` in UTC. Its end is also when AWS Backup begins the daily snapshot. */
  readonly window: string;
  /** How far back RDS itself can go, 1 to 35 whole days. */
  readonly retention: Duration;
  /**
   * How long AWS Backup keeps the daily snapshots, 1 to 36500 whole days.
   * @default - no vault and no snapshots: the environment is destroyed without a trace
   */
  readonly snapshotRetention?: Duration;
  /**
   * How long the copies in the recovery region are kept, 1 to 36500 whole days; it counts only with `recoveryRegion`.
   * @default - undefined where no snapshots are kept, else `snapshotRetention`
   */
  readonly copyRetention?: Duration;
  /**
   * A stack of another region, which is deployed first: its vault takes the copies.
   * @default - snapshots stay in the region of the database
   */
  readonly recoveryRegion?: RecoveryRegion;
  /**
   * Already checked against `snapshotRetention`: nothing may expire before the lock lets it go.
   * @default - whoever may delete snapshots can do so at any time
   */
  readonly vaultLock?: VaultLock;
}

const ANY_RETENTION = { min: 1, max: 36_500, unit: 'days', fix: 'keep it for at least a day' };

/** How a database is backed up: by RDS for any point in time, by AWS Backup for daily snapshots and their copies. */
export class BackupPolicy {
  /** Every day. */
  public static daily(props: BackupPolicyProps = {}): BackupPolicy {
    return new BackupPolicy(props);
  }

  private constructor(private readonly props: BackupPolicyProps) {}

  /** Fills in what is left open and refuses what can't be. @internal */
  public _plan(scope: IConstruct, profile: EnvironmentProfile, leavesNothing: boolean): PlannedBackups {
    const { props } = this;
    const retention = props.retention ?? profile.backupRetention;
    const snapshotRetention =
      props.snapshotRetention ?? (leavesNothing && !props.recoveryRegion ? undefined : Duration.days(30));
    const days = (duration?: Duration) => duration?.toDays({ integral: false });
    checkWholeNumber(scope, 'backup.retention', days(retention), {
      min: 1,
      max: 35,
      unit: 'days',
      fix: 'RDS goes back 35 days at most; keep snapshots longer with snapshotRetention',
    });
    checkWholeNumber(scope, 'backup.snapshotRetention', days(snapshotRetention), ANY_RETENTION);
    checkWholeNumber(scope, 'backup.copyRetention', days(props.copyRetention), ANY_RETENTION);
    const copyRetention = props.copyRetention ?? snapshotRetention;
    checkLock(scope, 'backup.snapshotRetention', days(snapshotRetention), props.vaultLock);
    checkLock(scope, 'backup.copyRetention', days(copyRetention), props.recoveryRegion?._lock);
    this.checkRegion(scope);
    return { ...props, window: props.window ?? '02:00-03:00', retention, snapshotRetention, copyRetention };
  }

  private checkRegion(scope: IConstruct): void {
    const there = this.props.recoveryRegion?.region;
    const here = Stack.of(scope).region;
    if (there === undefined) {
      return;
    }
    if (Token.isUnresolved(here) || here === there) {
      throw new PropError(scope, {
        prop: 'backup.recoveryRegion',
        value: there,
        expected: Token.isUnresolved(here)
          ? 'any region, once the stack of the database names its own'
          : `another region than the database's own (${here})`,
        fix: 'set env.region of the stack, and take another one for the RecoveryRegion',
      });
    }
  }
}

/** AWS Backup fails to put into a locked vault what would be deleted sooner. */
function checkLock(scope: IConstruct, prop: string, kept?: number, lock?: VaultLock): void {
  const locked = lock?.minRetention.toDays({ integral: false });
  if (locked !== undefined && (kept === undefined || kept < locked)) {
    throw new PropError(scope, {
      prop,
      value: kept,
      expected: `${locked} days or more, the lock's minRetention`,
      fix: 'keep them longer or lock for less',
    });
  }
}
