import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault, type IBackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../compliance/acknowledge';
import type { SnapshotTarget } from '../../contracts';
import { viaServices } from '../../iam/service-host';
import { ofThisAccount } from '../../iam/source-account';
import { stackPath, uniqueName } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import type { BackupSettings } from './backup-policy';
import { endOfWindow } from './maintenance-windows';
import { lockConfiguration } from './vault-lock';

/** Properties of {@link DatabaseBackups}. */
export interface DatabaseBackupsProps {
  /** Window, copies and lock. The snapshot begins at the end of the window. */
  readonly settings: BackupSettings;
  /** Retention of the daily snapshots. */
  readonly snapshotRetention: Duration;
  /** Instance or cluster, the only resource that the plan selects and the role may snapshot. */
  readonly databaseArn: string;
  /** True for a cluster, whose snapshots have other actions and ARNs. */
  readonly cluster: boolean;
  /** Weekly maintenance window of the server. */
  readonly maintenanceWindow: string;
  /** Physical name of the database, and of the backup plan. */
  readonly identifier: string;
  /** Key of the database, which also encrypts the vault. */
  readonly key: Key;
  /**
   * Key of the storage, where it came with restored data.
   * @default - the key of the database
   */
  readonly storageEncryptionKey?: IKey;
  /** Removal policy of the vault. AWS refuses to delete a vault that holds snapshots. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Daily snapshots of a database by AWS Backup, and their copies in another region.
 *
 * AWS Backup deletes each snapshot when its retention ends.
 * It takes no continuous backups, because these would change the retention of RDS and let it drift from the template.
 */
export class DatabaseBackups extends Construct {
  /** Vault of the snapshots. */
  public readonly vault: BackupVault;
  /** Role that takes, copies and deletes snapshots. A release takes its own with it. Source: requirement A-06. */
  public readonly role: Role;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseBackupsProps,
  ) {
    super(scope, id);
    this.vault = new BackupVault(this, 'Vault', {
      // A name by the whole path would be the same in two stacks of one program.
      backupVaultName:
        props.settings.vaultName ?? uniqueName(this, { maxLength: 255, child: 'Vault' }).slice(-50),
      encryptionKey: props.key,
      removalPolicy: props.removalPolicy,
      lockConfiguration: lockConfiguration(scope, props.settings.vaultLock),
    });
    this.role = this.createRole();
    this.createPlan();
  }

  /** Data with which a release takes its own snapshot. Source: requirement A-06. */
  public get snapshotTarget(): SnapshotTarget {
    const { cluster, settings, maintenanceWindow } = this.props;
    return {
      ...(!cluster && { backupWindow: settings.window, maintenanceWindow }),
      resourceArn: this.props.databaseArn,
      vaultName: this.vault.backupVaultName,
      vaultArn: this.vault.backupVaultArn,
      roleArn: this.role.roleArn,
      recoveryPointArns: this.snapshotArns()[0],
      copyVaultArn: this.props.settings.recoveryRegion && this.recoveryVaultArn(),
    };
  }

  private createPlan(): void {
    const { settings, snapshotRetention, databaseArn } = this.props;
    const { hour, minute } = endOfWindow(this, settings.window);
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
          copyActions: settings.recoveryRegion && [
            { destinationBackupVault: this.recoveryVault(), deleteAfter: settings.copyRetention },
          ],
        }),
      ],
    });
    backupPlan.addSelection('Database', {
      resources: [BackupResource.fromArn(databaseArn)],
      role: this.role,
      disableDefaultBackupPolicy: true,
    });
    if (settings.recoveryRegion) {
      Stack.of(this).addStackDependency(settings.recoveryRegion, 'its vault takes the copies');
    }
  }

  private recoveryVault(): IBackupVault {
    return BackupVault.fromBackupVaultArn(this, 'RecoveryVault', this.recoveryVaultArn());
  }

  /** ARN made of names, because a reference between regions would couple the two stacks. */
  private recoveryVaultArn(): string {
    const { region, vaultName } = this.props.settings.recoveryRegion!;
    return Stack.of(this).formatArn({
      service: 'backup',
      region,
      resource: 'backup-vault',
      resourceName: vaultName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** AWS's managed policy grants access to every store of the account. This one is limited to the database. */
  private createRole(): Role {
    const role = new Role(this, 'Role', {
      description: textFor('role', `Takes and copies the snapshots of ${stackPath(this.node.scope!)}`),
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
      'Reads of RDS and tags do not support resource-level permissions. Keys of vaults in other regions ' +
        'are not known; they are used through RDS and AWS Backup of this account only, ' +
        'and granted to AWS services only.',
    );
    return role;
  }

  private snapshotArns(): string[] {
    const { settings, cluster } = this.props;
    const resource = cluster ? 'cluster-snapshot' : 'snapshot';
    const regions = [Stack.of(this).region, ...(settings.recoveryRegion ? [settings.recoveryRegion.region] : [])];
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
    const { databaseArn, key, storageEncryptionKey, settings, cluster } = this.props;
    const kind = cluster ? 'DBCluster' : 'DB';
    const described = cluster
      ? ['rds:DescribeDBClusters', 'rds:DescribeDBClusterSnapshots']
      : ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots'];
    const vaults = [this.vault.backupVaultArn, ...(settings.recoveryRegion ? [this.recoveryVaultArn()] : [])];
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
        resources: [key.keyArn, ...(storageEncryptionKey ? [storageEncryptionKey.keyArn] : [])],
      }),
      ...this.keyStatements(),
    ];
  }

  /** RDS copies with grants that it creates itself, also on the key of the vault in the other region. */
  private keyStatements(): PolicyStatement[] {
    const conditions = {
      StringLike: { 'kms:ViaService': viaServices(this, ['rds', 'backup'], '*') },
      StringEquals: { 'kms:CallerAccount': Stack.of(this).account },
    };
    return [
      new PolicyStatement({ actions: ['kms:DescribeKey'], resources: ['*'], conditions }),
      new PolicyStatement({
        actions: ['kms:CreateGrant'],
        resources: ['*'],
        // A grant for anybody else would outlive the role.
        conditions: { ...conditions, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    ];
  }
}
