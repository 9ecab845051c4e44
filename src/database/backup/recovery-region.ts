import { ArnFormat, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { EnvironmentProfile } from '../../environment';
import type { ISecureVpc } from '../../network';
import { checkNetwork } from '../../network/check-network';
import { stackHash, stackPath, uniqueName } from '../../text/stack-path';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { PropError } from '../../validation/prop-error';
import { checkRules } from '../../validation/rules';
import { type RecoverableDatabase, RecoveryGroups } from './recovery-groups';
import { lockConfiguration, type VaultLock } from './vault-lock';
import { vaultNameRule } from './vault-name';

/** Properties of a {@link RecoveryRegion}. `region` is required. */
export interface RecoveryRegionProps {
  /** Region of the copies, for example `eu-west-1`. It differs from the database's region. */
  readonly region: string;
  /**
   * AWS account of the copies.
   * @default - the account that the app is deployed with
   */
  readonly account?: string;
  /**
   * Lock that prevents the deletion of copies before their retention ends.
   * @default - no lock
   */
  readonly vaultLock?: VaultLock;
  /**
   * Name of the backup vault, 2 to 50 letters, digits, hyphens and underscores.
   * It is for a stack that is created again, while the vault of the former one keeps copies under its name.
   * Another name makes another vault, and the former one keeps its copies.
   * @default - from the path of the stack in the app, ending in a hash
   */
  readonly vaultName?: string;
  /**
   * Network in this region, in which a database could be restored.
   * With it the stack holds a subnet group, a closed security group, a parameter group and an option group for each
   * database that copies to it. The scripts of `restoreCommands` take them from an output. Source: requirement D-14.
   * @default - no groups: a program that is deployed in this region makes its own
   */
  readonly network?: ISecureVpc;
  /**
   * Name of the stack.
   * @default - from its path in the app
   */
  readonly stackName?: string;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * Stack in another region with a backup vault and its key, to which backups are copied.
 *
 * It is deployed before the databases that copy to it.
 * They refer to the vault by name, so that no reference crosses the regions. Source: requirements A-06, E-10.
 *
 * @example
 * const recoveryRegion = new RecoveryRegion(this, 'Recovery', { region: 'eu-west-1' });
 * new HardenedPostgres(this, 'Database', {
 *   network,
 *   backup: BackupPolicy.daily({ recoveryRegion }),
 * });
 */
export class RecoveryRegion extends Stack {
  /** KMS key that encrypts the copies. */
  public readonly key: Key;
  /** Backup vault of the copies. */
  public readonly vault: BackupVault;
  /** Physical name of the vault, which the databases of the other region refer to. */
  public readonly vaultName: string;
  /** ARN of the vault, without a reference to this stack. */
  public readonly vaultArn: string;
  /** Lock that the retention of copies is checked against. @internal */
  public readonly _lock?: VaultLock;
  private readonly network?: ISecureVpc;

  public constructor(scope: Construct, id: string, props: RecoveryRegionProps) {
    super(scope, id, {
      env: { region: props.region, account: props.account },
      stackName: props.stackName,
      description: 'Copies of backups from another region',
    });
    const profile = props.profile ?? EnvironmentProfile.of(this);
    if (Token.isUnresolved(props.region)) {
      throw new PropError(this, {
        prop: 'region',
        problem: 'is a token, expected the name of a region',
        fix: 'give the name, for example eu-west-1',
      });
    }
    checkAllInReach(this, props);
    if (props.network) {
      checkNetwork(this, props.network);
    }
    checkRules(this, [vaultNameRule('vaultName', props.vaultName)]);
    this.network = props.network;
    this._lock = props.vaultLock;
    this.vaultName = props.vaultName ?? this.defaultVaultName();
    this.vaultArn = this.formatArn({
      service: 'backup',
      resource: 'backup-vault',
      resourceName: this.vaultName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.key = new Key(this, 'Key', {
      description: `Encrypts the backups copied into ${stackPath(this)}`,
      enableKeyRotation: true,
      removalPolicy: profile.removalPolicy,
    });
    this.vault = new BackupVault(this, 'Vault', {
      backupVaultName: this.vaultName,
      encryptionKey: this.key,
      removalPolicy: profile.removalPolicy,
      lockConfiguration: lockConfiguration(this, props.vaultLock),
    });
  }

  private defaultVaultName(): string {
    const name = uniqueName(this, { maxLength: 40, separator: '-' }).toLowerCase();
    return `${name}-${stackHash(this)}`;
  }

  /** Keeps the groups ready that a restore of a database needs here, where there is a network. @internal */
  public _prepare(database: RecoverableDatabase): void {
    if (this.network) {
      const { network, key } = this;
      new RecoveryGroups(this, database.path.replaceAll('/', '-'), { database, network, keyArn: key.keyArn });
    }
  }

  /**
   * Name of the key by an alias, which replicated backups are encrypted with.
   *
   * The alias holds nothing. A retained one would keep its name from the next replication.
   * @internal
   */
  public _keyAliasArn(): string {
    const aliasName = `alias/${this.vaultName}`;
    if (!this.node.tryFindChild('KeyAlias')) {
      new Alias(this, 'KeyAlias', { aliasName, targetKey: this.key, removalPolicy: RemovalPolicy.DESTROY });
    }
    return this.formatArn({ service: 'kms', resource: aliasName });
  }
}
