/** Rights of a user. */
export type Access = 'OWNER' | 'READ_WRITE' | 'READ_ONLY';

/** User that the setup creates. */
export interface SetupUser {
  readonly name: string;
  readonly access: Access;
  /** Secret with `username` and `password`. Undefined for IAM authentication. */
  readonly secretArn?: string;
}

/** Server of the properties before an update. */
export interface FormerServer {
  readonly host: string;
  readonly users: readonly SetupUser[];
}

/** Properties of the custom resource. CloudFormation passes every value as text. */
export interface SetupProperties {
  readonly engine: 'postgres' | 'mysql';
  readonly host: string;
  readonly port: string;
  readonly masterSecretArn: string;
  /** Database that exists already. */
  readonly database: string;
  /** Additional databases, with the same users and rights. */
  readonly databases: readonly string[];
  /** Schemas beside `public` in each database, which belong to the owner. PostgreSQL only. */
  readonly schemas: readonly string[];
  /** Extensions in each database. PostgreSQL only. */
  readonly extensions: readonly string[];
  readonly users: readonly SetupUser[];
  /** Databases that had an owner after an earlier setup. Undefined if nothing is known of one: then all of them had. */
  readonly prepared?: readonly string[];
  /** Owner before this update, if it was another one. The new owner gets its schemas and tables. */
  readonly formerOwner?: string;
  /** Server before this update, if it had another host: a replacement, or the way back from one. */
  readonly former?: FormerServer;
  /** Version of the statements. A new one makes CloudFormation run the setup again. */
  readonly statements: string;
}

/** Every database that the setup prepares. */
export function allDatabases({ database, databases }: SetupProperties): string[] {
  return [...new Set([database, ...databases])];
}

/** True for the first setup of a database with an owner. It may be restored, or the master user may have migrated it. */
export function takesOver({ prepared }: SetupProperties, database: string): boolean {
  return prepared !== undefined && !prepared.includes(database);
}

/** Owner of schemas and tables. Undefined if they belong to the master user. */
export function ownerOf({ users }: Pick<SetupProperties, 'users'>): SetupUser | undefined {
  return users.find(({ access }) => access === 'OWNER');
}

/** Users who read or write rows. */
export function readersOf({ users }: SetupProperties): SetupUser[] {
  return users.filter(({ access }) => access !== 'OWNER');
}

/** Name of the other one of two alternating users. */
export function cloneOf(name: string): string {
  return `${name}_clone`;
}
