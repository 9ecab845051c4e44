import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { ISecureVpc } from '../network';
import { DatabaseBinding } from './credentials/database-binding';
import { DatabaseCredentials } from './credentials/database-credentials';
import type { MasterCredentials } from './credentials/master-credentials';
import type { DatabaseSettings } from './database-settings';
import type { EngineConfig } from './engine-config';
import type { DatabaseServer } from './server/database-server';
import { DatabaseSetup } from './setup/database-setup';
import { DatabaseUsers } from './users/database-users';

/** Database whose users sign in. All of its parts exist. */
export interface DatabaseSignInsProps {
  /** Statements and rotation functions of the engine. */
  readonly engine: EngineConfig;
  /** Names of users and databases, rotation and port. */
  readonly settings: DatabaseSettings;
  /** Network of the rotation functions and of the setup. */
  readonly network: ISecureVpc;
  /** Server with the users. */
  readonly server: DatabaseServer;
  /** Credentials of the master user, whose children the others are. */
  readonly master: MasterCredentials;
  /** Key of the secrets. */
  readonly key: Key;
  /** Security group of the server. */
  readonly securityGroup: SecurityGroup;
}

/**
 * Sign-in to a server: credentials, the setup that creates the users, and the binding of clients.
 *
 * The constructs are children of the database, because their logical ids contain its path.
 */
export class DatabaseSignIns {
  /** Secret of the application, undefined with IAM authentication. */
  public readonly secret?: ISecret;
  public readonly users: DatabaseUsers;
  public readonly binding: DatabaseBinding;

  public constructor(
    private readonly database: Construct,
    private readonly props: DatabaseSignInsProps,
  ) {
    const credentials = this.createCredentials();
    this.secret = credentials.secret;
    const setup = props.settings.setup ? this.createSetup() : undefined;
    this.users = this.createUsers(credentials, setup);
    this.binding = this.createBinding(credentials, setup);
  }

  private createCredentials(): DatabaseCredentials {
    const { engine, settings, network, server, master, key, securityGroup } = this.props;
    const { userName, databaseName, port } = settings;
    return new DatabaseCredentials(master, {
      settings: settings.credentials,
      functions: engine.rotationFunctions,
      server,
      network,
      key,
      userName,
      databaseName,
      port,
      securityGroup,
      removalPolicy: settings.dependencyRemovalPolicy,
    });
  }

  private createSetup(): DatabaseSetup {
    const { engine, settings, network, server, key, securityGroup } = this.props;
    const { profile, port, databaseName, additionalDatabases, dependencyRemovalPolicy: removalPolicy } = settings;
    const { setupEngine, schemas = [], extensions = [] } = engine;
    return new DatabaseSetup(this.database, 'Setup', {
      plan: { engine: setupEngine, databaseName, additionalDatabases, schemas, extensions },
      server,
      restored: settings.restore !== undefined,
      port,
      securityGroup,
      key,
      network,
      profile: profile.adjust({ removalPolicy }),
    });
  }

  private createUsers(credentials: DatabaseCredentials, setup?: DatabaseSetup): DatabaseUsers {
    const { databaseName, additionalDatabases, ownerName } = this.props.settings;
    const databaseNames = [databaseName, ...additionalDatabases];
    return new DatabaseUsers(this.database, { credentials, ownerName, databaseNames, setup });
  }

  private createBinding(credentials: DatabaseCredentials, setup?: DatabaseSetup): DatabaseBinding {
    const { engine, settings, server, key, securityGroup } = this.props;
    const { port, databaseName, caBundlePath, maxConnections } = settings;
    return new DatabaseBinding(this.database, {
      server,
      credentials,
      startAfter: setup?.done,
      securityGroup,
      port,
      databaseName,
      sslMode: engine.sslMode,
      caBundlePath,
      keyArn: key.keyArn,
      maxConnections,
    });
  }
}
