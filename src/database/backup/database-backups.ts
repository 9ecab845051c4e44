import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault, type IBackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../compliance/acknowledge';
import type { SnapshotTarget } from '../../contracts';
import { ofThisAccount } from '../../iam/source-account';
import type { PlannedBackups } from './backup-policy';
import { endOf } from './maintenance-windows';
import { vaultLock } from './vault-lock';

/** What {@link DatabaseBackups} are made from. */
export interface DatabaseBackupsProps {
  /** Window, copies and lock; the window's end is when the snapshot begins. */
  readonly plan: PlannedBackups;
  /** The plan's, known to be there: without it no backups are made. */
  readonly snapshotRetention: Duration;
  /** The instance or cluster: all that the plan selects and the role may snapshot. */
  readonly databaseArn: string;
  /** Whether it is one: RDS has other actions and other ARNs for the snapshots of a cluster. */
  readonly cluster: boolean;
  /** The database's physical name, which the backup plan takes over. */
  readonly identifier: string;
  /** The database's key, with which the vault encrypts, too. */
  readonly key: Key;
  /** For the vault. AWS refuses to delete one that holds snapshots. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A daily snapshot by AWS Backup, which deletes it when its time has come (a manual one would stay for ever), and its copy in another
 * region. Snapshots only: a continuous rule would take the retention away from RDS and let it drift from the template.
 */
export class DatabaseBackups extends Construct {
  /** Where the snapshots are. */
  public readonly vault: BackupVault;
  /** The role that takes, copies and deletes them; a release takes its own snapshot with it, too (requirement A-06). */
  public readonly role: Role;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseBackupsProps,
  ) {
    super(scope, id);
    this.vault = new BackupVault(this, 'Vault', {
      encryptionKey: props.key,
      removalPolicy: props.removalPolicy,
      lockConfiguration: vaultLock(scope, props.plan.vaultLock),
    });
    this.role = this.createRole();
    this.createPlan();
  }

  /** With it a release takes a snapshot of its own (requirement A-06). */
  public get snapshotTarget(): SnapshotTarget {
    return {
      resourceArn: this.props.databaseArn,
      vaultName: this.vault.backupVaultName,
      vaultArn: this.vault.backupVaultArn,
      roleArn: this.role.roleArn,
      recoveryPointArns: this.snapshotArns()[0],
      copyVaultArn: this.props.plan.recoveryRegion && this.recoveryVaultArn(),
    };
  }

  private createPlan(): void {
    const { plan, snapshotRetention, databaseArn } = this.props;
    const { hour, minute } = endOf(this, plan.window);
    const backupPlan = new BackupPlan(this, 'Plan', {
      backupPlanName: this.props.identifier,
      backupVault: this.vault,
      backupPlanRules: [
        new BackupPlanRule({
          ruleName: 'Daily',
          scheduleExpression: Schedule.cron({ hour: `${hour}`, minute: `${minute}` }),
          startWindow: Duration.hours(1),
          completionWindow: Duration.hours(6),
          deleteAfter: snapshotRetention,
          copyActions: plan.recoveryRegion && [
            { destinationBackupVault: this.recoveryVault(), deleteAfter: plan.copyRetention },
          ],
        }),
      ],
    });
    backupPlan.addSelection('Database', {
      resources: [BackupResource.fromArn(databaseArn)],
      role: this.role,
      disableDefaultBackupPolicy: true,
    });
    if (plan.recoveryRegion) {
      Stack.of(this).addStackDependency(plan.recoveryRegion, 'its vault takes the copies');
    }
  }

  private recoveryVault(): IBackupVault {
    return BackupVault.fromBackupVaultArn(this, 'RecoveryVault', this.recoveryVaultArn());
  }

  /** Put together from names: a reference would tie the two regions together. */
  private recoveryVaultArn(): string {
    const { region, vaultName } = this.props.plan.recoveryRegion!;
    return Stack.of(this).formatArn({
      service: 'backup',
      region,
      resource: 'backup-vault',
      resourceName: vaultName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** AWS's own policy for backups reaches every store of the account; this one reaches the database and the snapshots of AWS Backup. */
  private createRole(): Role {
    const role = new Role(this, 'Role', {
      description: `Takes and copies the snapshots of ${this.node.scope?.node.path}`,
      assumedBy: ofThisAccount(this, 'backup.amazonaws.com'),
    });
    const snapshots = this.snapshotArns();
    const policy = new ManagedPolicy(this, 'Policy', { roles: [role], statements: this.statements(snapshots) });
    snapshots.forEach((arn) =>
      acknowledgeWildcard(
        policy,
        arn,
        'AWS Backup names its snapshots itself, with this beginning; none other is reached.',
      ),
    );
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'What these actions describe or list knows no resource, or is told by a condition.',
    );
    return role;
  }

  private snapshotArns(): string[] {
    const { plan, cluster } = this.props;
    const resource = cluster ? 'cluster-snapshot' : 'snapshot';
    const regions = [Stack.of(this).region, ...(plan.recoveryRegion ? [plan.recoveryRegion.region] : [])];
    return regions.map((region) =>
      Stack.of(this).formatArn({
        service: 'rds',
        region,
        resource,
        resourceName: 'awsbackup:*',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
  }

  private statements(snapshots: string[]): PolicyStatement[] {
    const { databaseArn, key, plan, cluster } = this.props;
    const kind = cluster ? 'DBCluster' : 'DB';
    const described = cluster
      ? ['rds:DescribeDBClusters', 'rds:DescribeDBClusterSnapshots']
      : ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots'];
    const vaults = [this.vault.backupVaultArn, ...(plan.recoveryRegion ? [this.recoveryVaultArn()] : [])];
    return [
      new PolicyStatement({
        actions: [`rds:Create${kind}Snapshot`, 'rds:ListTagsForResource', 'rds:AddTagsToResource'],
        resources: [databaseArn, ...snapshots],
      }),
      new PolicyStatement({ actions: [`rds:Copy${kind}Snapshot`, `rds:Delete${kind}Snapshot`], resources: snapshots }),
      new PolicyStatement({ actions: [...described, 'tag:GetResources'], resources: ['*'] }),
      new PolicyStatement({ actions: ['backup:DescribeBackupVault', 'backup:CopyIntoBackupVault'], resources: vaults }),
      new PolicyStatement({
        actions: ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [key.keyArn],
      }),
      // RDS copies with a grant that it makes itself, on the key of the vault in the other region, too.
      new PolicyStatement({
        actions: ['kms:CreateGrant', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: {
          StringLike: { 'kms:ViaService': ['rds.*.amazonaws.com', 'backup.*.amazonaws.com'] },
          StringEquals: { 'kms:CallerAccount': Stack.of(this).account },
        },
      }),
    ];
  }
}
