import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { keepExported, referenceStrongly } from '../../contracts/cross-stack-references';
import { checkMember } from '../../validation/checks';
import { checkKind } from '../../validation/kinds';
import { PropError } from '../../validation/prop-error';
import { checkRules } from '../../validation/rules';
import type { BootstrapUser } from '../credentials/bootstrap-sql';
import type { BindingOptions } from '../credentials/database-binding';
import type { DatabaseCredentials } from '../credentials/database-credentials';
import { cloneOf, idOfUser, isUserName, PLAN_USER, USER_NAMES } from '../credentials/user-names';
import type { DatabaseSetup } from '../setup/database-setup';
import { isMasterUser } from '../setup/master-user-rules';
import { DatabaseAccess } from './database-access';
import type { DatabaseConnectionOptions } from './database-connection-options';
import { DatabaseUser, type DatabaseUserOptions } from './database-user';

/** Properties of {@link DatabaseUsers}. */
interface DatabaseUsersProps {
  /** Credentials of the application, and the secrets that further users get. */
  readonly credentials: DatabaseCredentials;
  /** Name of the owner. */
  readonly ownerName: string;
  /** Databases of the server. */
  readonly databaseNames: string[];
  /**
   * Setup that creates the users in the server.
   * @default - the team does
   */
  readonly setup?: DatabaseSetup;
}

/** Settings of a user that the library or the caller adds. */
interface NewUser {
  readonly userName: string;
  readonly access: DatabaseAccess;
  readonly owner?: boolean;
  readonly iamAuthentication?: boolean;
}

/** Users of one database: the application's, the owner, and those that are added. */
export class DatabaseUsers {
  /** Owner of schemas and tables, undefined where applications sign in as the master user, who owns them. */
  public readonly owner?: DatabaseUser;
  /** Users that the bootstrap statements create. */
  public readonly bootstrapUsers: BootstrapUser[] = [];
  private readonly secrets: ISecret[] = [];
  private plan?: DatabaseUser;
  private exported = false;

  public constructor(
    private readonly database: Construct,
    private readonly props: DatabaseUsersProps,
  ) {
    const { signIn, userName, secret } = props.credentials;
    if (signIn !== 'master-user') {
      const access = DatabaseAccess.READ_WRITE;
      this.bootstrapUsers.push({ userName, access, password: secret !== undefined });
      props.setup?.addUser({ userName, access, secret });
      this.owner = this.create(idOfUser('Owner', props.ownerName), { userName: props.ownerName, access, owner: true });
    }
  }

  /** Creates a user beside the application's and the owner. */
  public add(userName: string, access: DatabaseAccess, { iamAuthentication }: DatabaseUserOptions): DatabaseUser {
    checkMember(this.database, 'access', access ?? null, DatabaseAccess);
    this.checkName(userName);
    this.checkSignIn(iamAuthentication);
    return this.create(`User-${userName}`, { userName, access, iamAuthentication });
  }

  /** Read-only user of dry runs of migrations. */
  public get planUser(): DatabaseUser {
    this.plan ??= this.create(`User-${PLAN_USER}`, { userName: PLAN_USER, access: DatabaseAccess.READ_ONLY });
    return this.plan;
  }

  /** Checked choices of a client that signs in as a user. */
  public connection(user: DatabaseUser, options: DatabaseConnectionOptions): BindingOptions {
    checkKind(this.database, 'user', user ?? null, DatabaseUser, 'give what addUser() returned');
    checkRules(this.database, [
      {
        condition: user.node.scope !== this.database,
        prop: 'user',
        problem: `is '${user.node.path}', which is a user of another database`,
        fix: 'give a user that addUser of this database returned',
      },
    ]);
    this.checkDatabaseName(options);
    const { userName, secret, _replaceTasksEvery: replaceTasksEvery } = user;
    return { ...options, user: { userName, secret, replaceTasksEvery } };
  }

  /** Checked choices of a migration. Where there is no owner, the application signs in as the master user, who owns. */
  public ownerConnection(options: DatabaseConnectionOptions): BindingOptions {
    if (this.owner) {
      return this.connection(this.owner, options);
    }
    this.checkDatabaseName(options);
    return options;
  }

  private checkDatabaseName({ databaseName }: DatabaseConnectionOptions): void {
    const { databaseNames } = this.props;
    checkRules(this.database, [
      {
        condition:
          databaseName !== undefined && !Token.isUnresolved(databaseName) && !databaseNames.includes(databaseName),
        prop: 'databaseName',
        value: databaseName,
        expected: databaseNames.join(' or '),
        fix: 'add the database to additionalDatabases, or remove databaseName',
      },
    ]);
  }

  /** Exports the secrets of all users, also of those that are added later, whoever imports them. */
  public keepExports(): void {
    this.exported = true;
    keepExported(this.database, this.secrets.map(({ secretArn }) => secretArn));
  }

  private keep(secret: ISecret | undefined): void {
    if (secret) {
      this.secrets.push(secret);
      keepExported(this.database, this.exported ? [secret.secretArn] : []);
    }
  }

  private create(id: string, { userName, access, owner = false, iamAuthentication }: NewUser): DatabaseUser {
    const { credentials: { rotated }, setup } = this.props;
    const user = DatabaseUser._create(this.database, id, {
      userName,
      access,
      owner,
      secrets: iamAuthentication ? undefined : rotated,
    });
    const { secret } = user;
    referenceStrongly([secret]);
    this.keep(secret);
    const rights = owner ? 'OWNER' : access;
    this.bootstrapUsers.push({ userName, access: rights, password: secret !== undefined });
    setup?.addUser({ userName, access: rights, secret });
    return user;
  }

  private checkName(userName: string): void {
    const { credentials } = this.props;
    const taken = this.bootstrapUsers.map((user) => user.userName);
    const names = [...taken, ...taken.map(cloneOf)];
    checkRules(this.database, [
      {
        // The name is part of ids and statements.
        condition: Token.isUnresolved(userName) || !isUserName(userName ?? ''),
        prop: 'userName',
        value: userName,
        expected: USER_NAMES,
        fix: 'choose a name like reporting',
      },
      {
        condition: isMasterUser(credentials.masterUserName, userName ?? ''),
        prop: 'userName',
        problem: `is '${userName}', which is the master user of the restored data, or its second user would be`,
        fix: 'choose another name: the setup would set the password of the master user',
      },
      {
        condition: names.includes(userName) || names.includes(cloneOf(userName ?? '')),
        prop: 'userName',
        problem: `is '${userName}', which is the name of another user, or of the second user that a rotation creates`,
        fix: `choose another name than ${taken.join(', ')}`,
      },
    ]);
  }

  private checkSignIn(iamAuthentication: boolean | undefined): void {
    if (iamAuthentication === false && !this.props.credentials.rotated) {
      throw new PropError(this.database, {
        prop: 'iamAuthentication',
        problem:
          'is false, but RDS manages the secret of the master user, ' +
          'and AWS documents no hosted rotation that reads it',
        fix: 'remove iamAuthentication, or use CredentialRotation.alternatingUsers()',
      });
    }
  }
}
