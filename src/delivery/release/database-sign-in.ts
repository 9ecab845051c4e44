import type { IBackingService, ReleaseTarget, ServiceBinding } from '../../contracts';
import type { DatabaseConnectionOptions, IHardenedDatabase } from '../../database';
import { variableNames } from '../../database/credentials/database-variables';

/** Databases among the backing services of a service, each once. */
export function databasesOf({ stores = [] }: ReleaseTarget): IHardenedDatabase[] {
  const databases = stores.filter((store) => (store as Partial<IHardenedDatabase>).databaseName !== undefined);
  return [...new Set(databases as IHardenedDatabase[])];
}

/**
 * Sign-in as the owner of the schemas. With a secret that RDS manages there is no owner, and the master owns them.
 */
export function asOwner(database: IHardenedDatabase, connection: DatabaseConnectionOptions = {}): IBackingService {
  const { owner } = database;
  return owner
    ? database.withUser(owner, connection)
    : { bind: (client) => asMaster(database, database.withVariables(connection.variables).bind(client), connection) };
}

/** Binding with the secret of the master in the place of the application's. */
function asMaster(
  { masterSecret, key }: IHardenedDatabase,
  { store, environment }: ServiceBinding,
  { variables = {}, databaseName }: DatabaseConnectionOptions,
): ServiceBinding {
  const names = variableNames(variables);
  const field = (variable: string, of: string) => ({
    variable,
    secretArn: masterSecret.secretArn,
    field: of,
    keyArn: key.keyArn,
  });
  return {
    store,
    environment: { ...environment, ...(databaseName !== undefined && { [names.databaseName]: databaseName }) },
    secrets: [field(names.userName, 'username'), field(names.password, 'password')],
  };
}
