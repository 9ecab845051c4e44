import type { Construct } from 'constructs';
import type { BoundUser } from '../credentials/database-binding';
import type { DatabaseCredentials } from '../credentials/database-credentials';
import { PLAN_USER } from '../credentials/user-names';
import type { DatabaseSetup } from '../setup/database-setup';
import { DatabaseAccess } from './database-access';
import { DatabaseUser, type DatabaseUserOptions } from './database-user';

/** Properties of {@link DatabaseUsers}. */
interface DatabaseUsersProps {
  /** Credentials of the application, and the secrets that further users get. */
  readonly credentials: DatabaseCredentials;
  /** Name of the owner. */
  readonly ownerName: string;
  /**
   * Setup that creates the users in the server.
   * @default - the team does
   */
  readonly setup?: DatabaseSetup;
}

/** Users of one database: the application's, the owner, and those that are added. */
export class DatabaseUsers {
  /** Owner of schemas and tables, undefined where applications sign in as the master user, who owns them. */
  public readonly owner?: DatabaseUser;
  private readonly names = new Set<string>();
  private plan?: DatabaseUser;

  public constructor(
    private readonly database: Construct,
    private readonly props: DatabaseUsersProps,
  ) {
    const { credentials, ownerName, setup } = props;
    if (credentials.signIn === 'master-user') {
      return;
    }
    const { userName, secret } = credentials;
    this.names.add(userName);
    setup?.addUser({ userName, access: DatabaseAccess.READ_WRITE, secret });
    this.owner = this.create('Owner', ownerName, { access: DatabaseAccess.READ_WRITE, owner: true });
  }

  /** Creates a user beside the application's and the owner. */
  public add(userName: string, access: DatabaseAccess, options: DatabaseUserOptions): DatabaseUser {
    return this.create(`User-${userName}`, userName, { access, owner: false, ...options });
  }

  /** Read-only user of dry runs of migrations. */
  public get planUser(): DatabaseUser {
    this.plan ??= this.create(`User-${PLAN_USER}`, PLAN_USER, { access: DatabaseAccess.READ_ONLY, owner: false });
    return this.plan;
  }

  /** The user as its clients sign in. */
  public bound({ userName, secret, _replaceTasksEvery: replaceTasksEvery }: DatabaseUser): BoundUser {
    return { userName, secret, replaceTasksEvery };
  }

  private create(
    id: string,
    userName: string,
    { access, owner, iamAuthentication }: DatabaseUserOptions & Pick<DatabaseUser, 'access'> & { owner: boolean },
  ): DatabaseUser {
    const { credentials: { rotated }, setup } = this.props;
    this.names.add(userName);
    const secrets = iamAuthentication ? undefined : rotated;
    const user = DatabaseUser._create(this.database, id, { userName, access, owner, secrets });
    setup?.addUser({ userName, access: owner ? 'OWNER' : access, secret: user.secret });
    return user;
  }
}
