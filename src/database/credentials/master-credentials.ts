import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Credentials } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { MasterUser } from '../server/database-server';
import type { CredentialSettings } from './credential-rotation';
import { MASTER_USER } from './user-names';
import { userSecret } from './user-secret';

/** Properties of {@link MasterCredentials}. All but `userName` are required. */
export interface MasterCredentialsProps {
  /** Decides whether RDS manages the secret. */
  readonly settings: CredentialSettings;
  /**
   * Name of the master user.
   * @default - the name that no attacker tries first
   */
  readonly userName?: string;
  /** Key of the secret, also of one that RDS manages. */
  readonly key: Key;
  /** Removal policy of the secret, which a retained database needs. */
  readonly removalPolicy: RemovalPolicy;
}

/** User and secret of the master, created before the server. Later secrets and rotations are its children. */
export class MasterCredentials extends Construct implements MasterUser {
  public readonly credentials: Credentials;
  /** Name of the master user. */
  public readonly userName: string;
  public readonly managedByRds: boolean;
  /** Secret of the master user, undefined where RDS creates it with the server. */
  public readonly secret?: ISecret;

  public constructor(scope: Construct, id: string, props: MasterCredentialsProps) {
    super(scope, id);
    const { settings, key, removalPolicy, userName = MASTER_USER } = props;
    this.userName = userName;
    this.managedByRds = settings.managedByRds;
    if (settings.managedByRds) {
      this.credentials = Credentials.fromUsername(userName, { encryptionKey: key });
    } else {
      this.secret = userSecret(this, 'MasterSecret', { userName, key, removalPolicy });
      // The plain name: a reference looks like another user when the rotation changes, and RDS replaces the server.
      this.credentials = Credentials.fromSecret(this.secret, userName);
    }
  }
}
