import { ArnFormat, type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { EnvironmentProfile } from '../../environment';
import { stackHash, stackPath, uniqueName } from '../../text/stack-path';
import { PropError } from '../../validation/prop-error';
import { lockConfiguration, type VaultLock } from './vault-lock';

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
  private readonly removalPolicy: RemovalPolicy;

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
    this._lock = props.vaultLock;
    this.removalPolicy = profile.removalPolicy;
    const name = uniqueName(this, { maxLength: 40, separator: '-' }).toLowerCase();
    this.vaultName = `${name}-${stackHash(this)}`;
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

  /** Name of the key by an alias, which replicated backups are encrypted with. @internal */
  public _keyAliasArn(): string {
    const aliasName = `alias/${this.vaultName}`;
    if (!this.node.tryFindChild('KeyAlias')) {
      new Alias(this, 'KeyAlias', { aliasName, targetKey: this.key, removalPolicy: this.removalPolicy });
    }
    return this.formatArn({ service: 'kms', resource: aliasName });
  }
}
