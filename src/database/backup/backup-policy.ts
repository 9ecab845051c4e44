import { Duration, RemovalPolicy, Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkWholeNumber, knownToDiffer } from '../../validation/checks';
import { partitionOf } from '../../validation/resource-environment';
import { checkRules, type Rule } from '../../validation/rules';
import { replicationRules } from './backup-replication';
import type { RecoveryRegion } from './recovery-region';
import type { VaultLock } from './vault-lock';
import { vaultNameRule } from './vault-name';

/** Properties of {@link BackupPolicy.daily}. All of them are optional. */
export interface BackupPolicyProps {
  /**
   * Window of RDS's automated backup, `hh:mm-hh:mm` in UTC, at least 30 minutes.
   * AWS Backup takes its snapshot when the window ends.
   * @default '02:00-03:00' - requirements A-05 and C-27
   */
  readonly window?: string;
  /**
   * Retention of automated backups, in which any point in time can be restored, 1 to 35 whole days.
   * Source: requirements A-05, D-11, E-03.
   * @default - by environment: 7 days in production and staging, 1 in development
   */
  readonly retention?: Duration;
  /**
   * Retention of the daily snapshots of AWS Backup, 1 to 36500 whole days.
   * Without snapshots there is no vault, because a vault that holds snapshots can't be deleted.
   * Source: requirements A-06, D-11.
   * @default - 30 days, and no snapshots where the removal policy is `DESTROY`
   */
  readonly snapshotRetention?: Duration;
  /**
   * Name of the vault of the snapshots, 2 to 50 letters, digits, hyphens and underscores.
   * It is for a database that keeps snapshots again, while a former vault with snapshots has the name.
   * Another name makes another vault, and the former one keeps its snapshots.
   * @default - from the path of the database, ending in a hash
   */
  readonly vaultName?: string;
  /**
   * Region to which each snapshot is copied. Source: requirements A-06, E-10.
   * @default - no copies
   */
  readonly recoveryRegion?: RecoveryRegion;
  /**
   * Replicates RDS's automated backups to `recoveryRegion`.
   *
   * The loss of a region then costs minutes of data.
   * RDS copies snapshots and transaction logs as soon as it has them. The transfer and the storage are billed.
   * It is for instances, between the pairs of regions that RDS supports. docs/recovery.md has the restore.
   * Source: requirements D-12, D-14.
   * @default false - with recoveryRegion alone, the loss of a region costs up to a day and the time of the copy
   */
  readonly replicateAutomatedBackups?: boolean;
  /**
   * Retention of the replicated backups, in which any point in time can be restored, 1 to 35 whole days.
   * @default - as long as `retention`
   */
  readonly replicationRetention?: Duration;
  /**
   * Retention of the copies, 1 to 36500 whole days.
   * @default - as long as the snapshots
   */
  readonly copyRetention?: Duration;
  /**
   * Lock that prevents the deletion of snapshots before their retention ends.
   * @default - no lock
   */
  readonly vaultLock?: VaultLock;
}

/** Settings of a backup policy, checked, with every default filled in. */
export interface BackupSettings {
  /** `hh:mm-hh:mm` in UTC. AWS Backup begins the daily snapshot at its end. */
  readonly window: string;
  /** Retention of RDS's automated backups, 1 to 35 whole days. */
  readonly retention: Duration;
  /**
   * Retention of the snapshots of AWS Backup.
   * @default - no vault and no snapshots
   */
  readonly snapshotRetention?: Duration;
  /**
   * Name of the vault of the snapshots.
   * @default - from the path of the database
   */
  readonly vaultName?: string;
  /**
   * Retention of the copies. It has an effect only with `recoveryRegion`.
   * @default - no copies
   */
  readonly copyRetention?: Duration;
  /**
   * Retention of automated backups in the recovery region, 1 to 35 whole days.
   * @default - they are not replicated
   */
  readonly replicationRetention?: Duration;
  /**
   * Stack with the vault of the copies, which is deployed first.
   * @default - no copies
   */
  readonly recoveryRegion?: RecoveryRegion;
  /**
   * Lock of the vault, at most as long as `snapshotRetention`.
   * @default - no lock
   */
  readonly vaultLock?: VaultLock;
}

/** Context of a backup policy: what it needs to know of the database. */
interface BackupContext {
  /** Supplies the retention where the policy leaves it open. */
  readonly profile: EnvironmentProfile;
  /** Removal policy of the server. With `DESTROY`, no snapshots are kept by default. */
  readonly removalPolicy: RemovalPolicy;
  /** True if the server is a cluster, whose automated backups RDS does not replicate. */
  readonly cluster: boolean;
}

const ANY_RETENTION = { min: 1, max: 36_500, unit: 'days', fix: 'keep it for at least a day' };

/**
 * Automated backups, daily snapshots and their copies in another region.
 *
 * RDS backs up continuously, so that any point in time can be restored.
 * AWS Backup takes daily snapshots, which outlive the database.
 *
 * @example
 * declare const recoveryRegion: RecoveryRegion;
 * new HardenedPostgres(this, 'Database', {
 *   network,
 *   backup: BackupPolicy.daily({ retention: Duration.days(14), recoveryRegion }),
 * });
 */
export class BackupPolicy {
  /** Automated backup and snapshot every day. */
  public static daily(props: BackupPolicyProps = {}): BackupPolicy {
    return new BackupPolicy(props);
  }

  private constructor(private readonly props: BackupPolicyProps) {}

  /** Checks the policy and fills in its defaults. @internal */
  public _bind(scope: IConstruct, { profile, removalPolicy, cluster }: BackupContext): BackupSettings {
    const { window = '02:00-03:00', retention = profile.backupRetention } = this.props;
    const { vaultName, recoveryRegion, vaultLock } = this.props;
    const keepsNothing = removalPolicy === RemovalPolicy.DESTROY && !recoveryRegion;
    const snapshotRetention = this.props.snapshotRetention ?? (keepsNothing ? undefined : Duration.days(30));
    const copyRetention = this.props.copyRetention ?? snapshotRetention;
    checkWholeNumber(scope, 'backup.retention', daysOf(retention), {
      min: 1,
      max: 35,
      unit: 'days',
      fix: 'lower retention, and keep snapshots longer with snapshotRetention',
    });
    checkWholeNumber(scope, 'backup.snapshotRetention', daysOf(snapshotRetention), ANY_RETENTION);
    checkWholeNumber(scope, 'backup.copyRetention', daysOf(this.props.copyRetention), ANY_RETENTION);
    const replicationRetention = this.props.replicateAutomatedBackups
      ? (this.props.replicationRetention ?? retention)
      : undefined;
    checkWholeNumber(scope, 'backup.replicationRetention', daysOf(replicationRetention), {
      min: 1,
      max: 35,
      unit: 'days',
      fix: 'lower replicationRetention, and keep copies of snapshots longer with copyRetention',
    });
    checkRules(scope, [
      ownRegionRule(Stack.of(scope), recoveryRegion),
      ...replicationRules(scope, cluster, this.props),
      vaultNameRule('backup.vaultName', vaultName),
      lockRule({
        prop: 'backup.snapshotRetention',
        given: this.props.snapshotRetention,
        retention: snapshotRetention,
        lock: vaultLock,
      }),
      lockRule({
        prop: 'backup.copyRetention',
        given: this.props.copyRetention,
        retention: copyRetention,
        lock: recoveryRegion?._lock,
      }),
      ...regionRules(Stack.of(scope), recoveryRegion),
    ]);
    return {
      window,
      retention,
      snapshotRetention,
      vaultName,
      copyRetention,
      replicationRetention,
      recoveryRegion,
      vaultLock,
    };
  }
}

function daysOf(duration?: Duration): number | undefined {
  return duration?.toDays({ integral: false });
}

/** Retention of recovery points, in its vault. */
interface Kept {
  /** Prop that sets the retention. */
  readonly prop: string;
  /**
   * Retention as the caller wrote it.
   * @default - `retention` is a default
   */
  readonly given?: Duration;
  /** Retention, with its default. */
  readonly retention?: Duration;
  /** Lock of the vault. */
  readonly lock?: VaultLock;
}

/**
 * Requires that recovery points are kept at least as long as the vault's lock.
 * AWS Backup doesn't store a recovery point in a locked vault that would expire before the lock ends.
 */
function lockRule({ prop, given, retention, lock }: Kept): Rule {
  const kept = daysOf(retention);
  const locked = daysOf(lock?.minRetention);
  const expected = `${locked} days or more, the lock's minRetention`;
  const byDefault = kept === undefined ? 'not given' : `${kept} days by default`;
  const fix = `set ${prop.split('.')[1]} to Duration.days(${locked}) or more, or lower minRetention of the lock`;
  return {
    condition: locked !== undefined && (kept === undefined || kept < locked),
    prop,
    fix,
    ...(given ? { value: kept, expected } : { problem: `is ${byDefault}, expected ${expected}` }),
  };
}

function isOpen(account: string): boolean {
  return Token.isUnresolved(account);
}

/**
 * Rule for a program that is deployed in the recovery region itself.
 * It comes first, because what the other rules would say there is beside the point.
 */
function ownRegionRule({ region }: Stack, recoveryRegion?: RecoveryRegion): Rule {
  return {
    condition: recoveryRegion !== undefined && region === recoveryRegion.region,
    prop: 'backup.recoveryRegion',
    value: recoveryRegion?.region,
    expected: `another region than the database's own (${region})`,
    fix:
      'create the RecoveryRegion in another region. In the recovery region itself, leave out recoveryRegion and ' +
      'replicateAutomatedBackups',
  };
}

function regionRules(own: Stack, recoveryRegion?: RecoveryRegion): Rule[] {
  const prop = 'backup.recoveryRegion';
  const [here, there] = [own.region, recoveryRegion?.region];
  const [partition, otherPartition] = [own, recoveryRegion ?? own].map(partitionOf);
  return [
    {
      condition: recoveryRegion !== undefined && Stage.of(recoveryRegion) !== Stage.of(own),
      prop,
      problem: 'is created in another Stage, and this Stage cannot wait for its deployment',
      fix: 'create a RecoveryRegion in the same Stage, with a stackName of its own',
    },
    {
      condition: recoveryRegion !== undefined && knownToDiffer(own.account, recoveryRegion.account),
      prop,
      problem:
        `is in account ${recoveryRegion?.account}, and copies stay in that of the database, ${own.account}: AWS ` +
        'Backup copies a snapshot of RDS to another region or to another account, never both',
      fix: 'create the RecoveryRegion with the account of the database',
    },
    {
      condition: partition !== undefined && otherPartition !== undefined && partition !== otherPartition,
      prop,
      problem: `is in ${there}, to which no copy gets from ${here}, because they are of different partitions of AWS`,
      fix: 'name a region of the same partition',
    },
    {
      condition: there !== undefined && Token.isUnresolved(here),
      prop,
      problem: 'needs a stack with a known region',
      fix: 'set env.region of the stack',
    },
    {
      condition: recoveryRegion !== undefined && isOpen(own.account) !== isOpen(recoveryRegion.account),
      prop,
      problem: 'may be in another account than the database, because the account of only one of them is known',
      fix: 'give the RecoveryRegion and the stack of the database the same account',
    },
  ];
}
