import type { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { RotatedSecrets } from '../credentials/rotated-secrets';
import type { DatabaseAccess } from './database-access';

/** Properties of a user that {@link HardenedDatabase.addUser} creates. None is required. */
export interface DatabaseUserOptions {
  /**
   * True if the user signs in with a token of an IAM role, and false for a secret that rotates.
   *
   * A token suits people and applications that can make one. A change is refused by the setup, because it would lock
   * out who signs in the former way. Add a second user instead (docs/database-users.md).
   * Throws a PropError for false where RDS manages the master user's secret, which the rotation can't read.
   * @default - false with CredentialRotation.alternatingUsers(), else true
   */
  readonly iamAuthentication?: boolean;
}

/** Settings of a user, checked. */
interface UserSettings {
  readonly userName: string;
  readonly access: DatabaseAccess;
  /** True if the user owns schemas and tables. */
  readonly owner: boolean;
  /**
   * Secrets that rotate.
   * @default - the user signs in with IAM
   */
  readonly secrets?: RotatedSecrets;
}

/**
 * User of a database with its own sign-in, bindable to services by {@link HardenedDatabase.withUser}.
 *
 * {@link HardenedDatabase.addUser} creates it. The setup of the database creates it in the server.
 * A user with a password has a secret that AWS's hosted rotation changes, which is a nested stack. The rotation
 * alternates between the user and `<name>_clone`, so each password stays valid for a whole rotation after the next.
 *
 * @example
 * const postgres = new HardenedPostgres(this, 'Database', { network });
 * const reporting: DatabaseUser = postgres.addUser('reporting', DatabaseAccess.READ_ONLY);
 * new ProductionWebService(this, 'Reports', {
 *   network,
 *   image,
 *   certificate,
 *   backingServices: [postgres.withUser(reporting)],
 * });
 */
export class DatabaseUser extends Construct {
  /** Creates a user with what the database supplies. @internal */
  public static _create(scope: Construct, id: string, settings: UserSettings): DatabaseUser {
    return new DatabaseUser(scope, id, settings);
  }

  /** Name of the user in the server. */
  public readonly userName: string;
  /** Rights of the user. The owner's are `READ_WRITE`, and it also owns schemas and tables. */
  public readonly access: DatabaseAccess;
  /**
   * Secret with user name and password. A service that is bound to the user reads it, and no other.
   * @default - none: the user signs in with IAM authentication
   */
  public readonly secret?: ISecret;
  /** True if the user owns schemas and tables. @internal */
  public readonly _owner: boolean;
  /** Time after which tasks that have read the secret are replaced. @internal */
  public readonly _replaceTasksEvery?: Duration;

  private constructor(scope: Construct, id: string, { userName, access, owner, secrets }: UserSettings) {
    super(scope, id);
    this.userName = userName;
    this.access = access;
    this._owner = owner;
    this.secret = secrets?.create(this, userName);
    this._replaceTasksEvery = secrets?.replaceTasksEvery;
  }
}
