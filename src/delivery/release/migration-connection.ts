import type { IConstruct } from 'constructs';
import { connectionOf } from '../../contracts/bound-connection';
import type { DatabaseConnectionOptions } from '../../database';
import { variableNames } from '../../database/credentials/database-variables';
import type { ProductionWebService } from '../../service';
import { PropError } from '../../validation/prop-error';

/** Migration of one database, as far as its connection goes. */
interface ConnectedMigration {
  readonly prop: string;
  readonly service: ProductionWebService;
  readonly database: IConstruct & { readonly databaseName: string };
  /**
   * Connection as the caller wrote it.
   * @default - that of the service
   */
  readonly connection?: DatabaseConnectionOptions;
}

/**
 * Connection of a migration. What the caller leaves open is as the service has it.
 *
 * A migration of another database inside the server would change tables that the service never reads. One whose
 * variables have other names would find no database.
 */
export function migrationConnection(
  scope: IConstruct,
  { prop, service, database, connection = {} }: ConnectedMigration,
): DatabaseConnectionOptions {
  const nameOf = ({ databaseName = database.databaseName }: DatabaseConnectionOptions) => databaseName;
  const bindings = service._bindings.filter(({ store }) => store === database);
  const theirs = bindings.flatMap((binding) => connectionOf(binding) ?? []);
  const names = [...new Set(theirs.map(nameOf))];
  if (connection.databaseName === undefined && names.length > 1) {
    throw new PropError(scope, {
      prop: `${prop}.connection.databaseName`,
      problem:
        `is not given, and ${service.node.path} uses several databases of ${database.node.path}: ` +
        names.join(', '),
      fix: `name the database, in one migration for each: connection: { databaseName: '${names[0]}' }`,
    });
  }
  const databaseName = connection.databaseName ?? theirs[0]?.databaseName;
  const inDatabase = theirs.filter((one) => nameOf(one) === nameOf({ databaseName }));
  const variables = connection.variables ?? namesOf(inDatabase);
  const read = bindings.flatMap(({ environment }) => Object.keys(environment));
  const { host } = variableNames({});
  if (variables === undefined && !read.includes(host)) {
    throw new PropError(scope, {
      prop: `${prop}.connection`,
      problem:
        `names the host of ${database.node.path} ${host}, but ${service.node.path} reads it by ` + read.join(', '),
      fix: 'give the names of withVariables() in backingServices, too: connection: { variables }',
    });
  }
  return { ...connection, databaseName, variables };
}

/** Names of the variables of the only connection. With several, the defaults have to be among them. */
function namesOf(connections: DatabaseConnectionOptions[]): DatabaseConnectionOptions['variables'] {
  return connections.length === 1 ? connections[0].variables : undefined;
}
