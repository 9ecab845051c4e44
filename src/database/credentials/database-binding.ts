import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { ServiceBinding, IBackingServiceClient } from '../../contracts';
import { REPLACEMENTS_PER_ROTATION } from './credential-rotation';
import { type DatabaseVariables, DEFAULT_VARIABLES } from './database-variables';

/** What a client may learn of a database. */
export interface DatabaseToHandOver {
  /** The database itself. */
  readonly store: IConstruct;
  /** What the caller renamed; the other variables keep their default names. */
  readonly names: DatabaseVariables;
  /** Names the database in the description of the client's rule. */
  readonly id: string;
  /** Of the servers; the client's own group gets the rule that leads to it. */
  readonly securityGroup: SecurityGroup;
  /** Host for reads and writes. */
  readonly endpoint: string;
  /**
   * Host of the readers.
   * @default - no reader, and the client gets no variable for one
   */
  readonly readEndpoint?: string;
  /** Both the variable that the client gets and the port that is opened to it. */
  readonly port: number;
  /** Of the database inside the server, for the client's connection string. */
  readonly databaseName: string;
  /** A plain variable with IAM authentication; else the secret holds it. */
  readonly userName: string;
  /** How the engine's clients are told to check certificate and host name: `verify-full`, `VERIFY_IDENTITY`. */
  readonly sslMode: string;
  /** Path inside the client's image, where it has RDS's bundle of authorities. */
  readonly authorityBundlePath: string;
  /**
   * The user name and password, named by ARN.
   * @default - none: the client signs in with its role
   */
  readonly secret?: ISecret;
  /** What the client needs to decrypt the secret. */
  readonly keyArn: string;
  /** RDS's own id (`db-...`, `cluster-...`): IAM names database users by it, not by the identifier. */
  readonly resourceId: string;
  /** Whole days. The client's tasks are replaced four times as often, so that none holds an old password. */
  readonly rotatesEvery: Duration;
}

/** The rule is made in the client's stack, and the secret is named by its ARN: nothing below learns of the client. */
export function bind(client: IBackingServiceClient, database: DatabaseToHandOver): ServiceBinding {
  const { secret, keyArn } = database;
  const { store } = database;
  const names = namesWithDefaults(database.names);
  client.connections.allowTo(database.securityGroup, Port.tcp(database.port), `Database ${database.id}`);
  const environment: { [name: string]: string } = {
    [names.host]: database.endpoint,
    [names.port]: `${database.port}`,
    [names.databaseName]: database.databaseName,
    [names.sslMode]: database.sslMode,
    [names.sslRootCert]: database.authorityBundlePath,
    ...(database.readEndpoint && { [names.readHost]: database.readEndpoint }),
  };
  if (!secret) {
    return {
      store,
      environment: { ...environment, [names.userName]: database.userName },
      secrets: [],
      permissions: [permissionToConnect(client, database)],
    };
  }
  const fields: Array<[string, string]> = [
    [names.userName, 'username'],
    [names.password, 'password'],
  ];
  return {
    store,
    environment,
    secrets: fields.map(([variable, field]) => ({ variable, secretArn: secret.secretArn, field, keyArn })),
    replaceTasksEvery: Duration.days(
      Math.max(1, Math.floor(database.rotatesEvery.toDays() / REPLACEMENTS_PER_ROTATION)),
    ),
  };
}

function namesWithDefaults(names: DatabaseVariables): Required<DatabaseVariables> {
  const given = Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
  return { ...DEFAULT_VARIABLES, ...given };
}

/** A client is in the region and account of its database: a security group can't be reached from another. */
function permissionToConnect(
  client: IBackingServiceClient,
  { resourceId, userName }: DatabaseToHandOver,
): PolicyStatement {
  const user = Stack.of(client).formatArn({
    service: 'rds-db',
    resource: 'dbuser',
    resourceName: `${resourceId}/${userName}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return new PolicyStatement({ actions: ['rds-db:connect'], resources: [user] });
}
