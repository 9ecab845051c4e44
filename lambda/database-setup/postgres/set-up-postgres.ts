import { escapeIdentifier as identifier } from 'pg';
import type { PlannedUser } from '../planned-user';
import { allDatabases, type SetupProperties } from '../properties';
import { reach } from '../reach';
import type { Run } from '../run';
import type { Account, Secrets } from '../secrets';
import { signInAsMaster } from '../sign-in';
import { DatabaseObjects } from './database-objects';
import { openDatabase } from './open-database';
import { PostgresSession } from './postgres-session';
import { Roles } from './roles';

/** Key of the advisory lock, by which two runs follow each other. */
const LOCK = 7_105_112_097;
const LOCK_TIMEOUT_MS = 60_000;

/** Sets a PostgreSQL server up: roles first, then each database in a transaction of its own. */
export async function setUpPostgres(properties: SetupProperties, secrets: Secrets, run: Run): Promise<void> {
  run.begin('Read the secrets');
  const users: PlannedUser[] = await Promise.all(
    properties.users.map(async (user) => ({ ...user, accounts: await secrets.accounts(user) })),
  );

  const { master, session } = await signInAsMaster(properties, secrets, run, async (account) =>
    openDatabase(properties, account, run, LOCK_TIMEOUT_MS),
  );
  try {
    await session.run('Wait for another setup', `SELECT pg_advisory_lock(${LOCK})`);
    await new Roles({ properties, users, master, session, run }).create();
    await createDatabases(properties, session, run);
    for (const database of allDatabases(properties)) {
      run.begin(`Schemas, extensions and rights in database ${database}`);
      await prepare(database, properties, master, run);
    }
  } finally {
    await session.close();
  }
}

async function prepare(database: string, properties: SetupProperties, master: Account, run: Run): Promise<void> {
  const session = await reach(properties, run, async () => PostgresSession.open(properties, master, database, run));
  try {
    const objects = new DatabaseObjects(database, properties, master.user, session);
    await session.transaction(async () => objects.create());
  } finally {
    await session.close();
  }
}

/** A database can't be created in a transaction. */
async function createDatabases(properties: SetupProperties, session: PostgresSession, run: Run): Promise<void> {
  const names = allDatabases(properties);
  const known = await session.rows<{ datname: string }>(
    'Read the databases',
    'SELECT datname FROM pg_database WHERE datname = ANY($1)',
    [names],
  );
  for (const name of names.filter((each) => !known.some(({ datname }) => datname === each))) {
    run.begin(`Create database ${name}`);
    await session.repeatedly(async () => session.run(`CREATE DATABASE ${name}`, `CREATE DATABASE ${identifier(name)}`));
  }
}
