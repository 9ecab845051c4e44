import { codeOf, messageOf, SetupError } from '../failure';
import type { SetupProperties } from '../properties';
import type { Run } from '../run';
import type { Account } from '../secrets';
import { PostgresSession } from './postgres-session';

const NO_SUCH_DATABASE = '3D000';
/** Exists on every server of RDS. */
const MAINTENANCE_DATABASE = 'postgres';

/** Opens the database that came with the server. A restored server may have others, which the error names. */
export async function openDatabase(
  properties: SetupProperties,
  account: Account,
  run: Run,
): Promise<PostgresSession> {
  try {
    return await PostgresSession.open(properties, account, properties.database, run);
  } catch (error) {
    if (codeOf(error) !== NO_SUCH_DATABASE) {
      throw error;
    }
    throw new SetupError(
      `${messageOf(error)}. The server has ${await databasesOf(properties, account, run)}. A restored server has the ` +
        'databases of the former one: set databaseName to that of the former database.',
    );
  }
}

async function databasesOf(properties: SetupProperties, account: Account, run: Run): Promise<string> {
  const session = await PostgresSession.open(properties, account, MAINTENANCE_DATABASE, run);
  try {
    const rows = await session.rows<{ name: string }>(
      'Read the databases',
      `SELECT datname::text AS name FROM pg_database
       WHERE NOT datistemplate AND datname NOT IN ('rdsadmin', 'postgres') ORDER BY datname`,
    );
    return rows.map(({ name }) => name).join(', ') || 'none of its own';
  } finally {
    await session.close();
  }
}
