import { escapeIdentifier as identifier } from 'pg';
import { checkFormerServer } from '../former-server';
import { plannedUsers } from '../planned-user';
import { allDatabases, type SetupProperties } from '../properties';
import { reach } from '../reach';
import type { Run } from '../run';
import type { Account, Secrets } from '../secrets';
import { signInAsMaster } from '../sign-in';
import { DatabaseObjects } from './database-objects';
import { openDatabase } from './open-database';
import { PostgresSession } from './postgres-session';
import { Roles } from './roles';
import { alone } from './setup-lock';

/** Databases of every server, in which everybody may make temporary tables. */
const MAINTENANCE_DATABASES = ['postgres', 'template1'];

/** Sets a PostgreSQL server up: roles first, then each database in a transaction of its own. */
export async function setUpPostgres(properties: SetupProperties, secrets: Secrets, run: Run): Promise<void> {
  run.begin('Read the secrets');
  const users = await plannedUsers(properties, secrets);

  const { master, session } = await signInAsMaster(properties, secrets, run, async (account) =>
    openDatabase(properties, account, run),
  );
  try {
    await alone(properties, master, run, async () => {
      const roles = new Roles({ properties, users, master, session, run });
      await checkFormerServer(properties, users, roles);
      await roles.create();
      await createDatabases(properties, session, run);
      await closeMaintenanceDatabases(session);
      for (const database of allDatabases(properties)) {
        run.begin(`Schemas, extensions and rights in database ${database}`);
        await prepare(database, properties, master, run);
      }
    });
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

/** A user who only reads writes no temporary table there. Connections stay, because the rotation may begin there. */
async function closeMaintenanceDatabases(session: PostgresSession): Promise<void> {
  const open = await session.rows<{ name: string }>(
    'Read the rights in other databases',
    `SELECT datname AS name FROM pg_database WHERE datname = ANY($1) AND pg_has_role(datdba, 'USAGE') AND EXISTS (
       SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) a
       WHERE a.grantee = 0 AND a.privilege_type = 'TEMPORARY'
     ) ORDER BY datname`,
    [MAINTENANCE_DATABASES],
  );
  for (const { name } of open) {
    await session.run(`rights in database ${name}`, `REVOKE TEMPORARY ON DATABASE ${identifier(name)} FROM PUBLIC`);
  }
}
