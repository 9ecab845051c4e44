import { ArnFormat, Names, Stack, Token } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { EnvironmentProfile } from '../../environment';
import { PropError } from '../../validation/prop-error';
import { type VaultLock, vaultLock } from './vault-lock';

/** What a {@link RecoveryRegion} has to be told. */
export interface RecoveryRegionProps {
  /** The region that copies go to, for example `eu-west-1`. Another one than the database's. */
  readonly region: string;
  /**
   * The account.
   * @default - the account that the app is deployed with
   */
  readonly account?: string;
  /**
   * Keeps anyone from deleting copies before their time.
   * @default - no lock
   */
  readonly vaultLock?: VaultLock;
  /**
   * Name of the stack.
   * @default - from its path in the app
   */
  readonly stackName?: string;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * A stack in another region with a vault and its key, into which backups are copied (requirements A-06, E-10). It is deployed before
 * the databases that copy into it. They know the vault by its name alone: no reference crosses the regions.
 */
export class RecoveryRegion extends Stack {
  /** The key that encrypts the copies. */
  public readonly key: Key;
  /** The vault. */
  public readonly vault: BackupVault;
  /** Name of the vault. It is fixed, because the other region has to know it. */
  public readonly vaultName: string;
  /** ARN of the vault, without a reference to this stack. */
  public readonly vaultArn: string;
  /** @internal */
  public readonly _lock?: VaultLock;

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
        value: 'a token',
        expected: 'the name of a region',
        fix: 'name it, for example eu-west-1',
      });
    }
    this._lock = props.vaultLock;
    this.vaultName = `${Names.uniqueResourceName(this, { maxLength: 40, separator: '-' }).toLowerCase()}-${this.node.addr.slice(-8)}`;
    this.vaultArn = this.formatArn({
      service: 'backup',
      resource: 'backup-vault',
      resourceName: this.vaultName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.key = new Key(this, 'Key', {
      description: `Encrypts the backups copied into ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy: profile.removalPolicy,
    });
    this.vault = new BackupVault(this, 'Vault', {
      backupVaultName: this.vaultName,
      encryptionKey: this.key,
      removalPolicy: profile.removalPolicy,
      lockConfiguration: vaultLock(this, props.vaultLock),
    });
  }
}
