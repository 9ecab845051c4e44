import { escapeIdentifier as identifier } from 'pg';
import { SetupError } from '../failure';
import { checkFormerServer } from '../former-server';
import { plannedUsers } from '../planned-user';
import { allDatabases, ownerOf, type SetupProperties } from '../properties';
import type { Run } from '../run';
import type { Account, Secrets } from '../secrets';
import { signInAsMaster } from '../sign-in';
import { checkBystanders } from './bystanders';
import { DatabaseObjects } from './database-objects';
import { FormerOwners } from './former-owner';
import type { BusyObject } from './hand-over';
import { writesInLeftDatabases } from './left-databases';
import { openDatabase } from './open-database';
import { checkOwnersOfDatabases } from './owners-of-databases';
import { PostgresSession } from './postgres-session';
import { checkReaders, writesOfReaders } from './read-only-users';
import { Roles } from './roles';
import { alone } from './setup-lock';
import { SetupMark } from './setup-mark';

/** Databases of every server, in which everybody may make temporary tables. */
const MAINTENANCE_DATABASES = ['postgres', 'template1'];
/** Part of the time that is left, for objects that are in use. */
const WAITING = 1 / 2;
const MOST_NAMED = 10;

/** One run of the setup on one server. */
interface Setup {
  readonly properties: SetupProperties;
  readonly secrets: Secrets;
  readonly run: Run;
  readonly master: Account;
  /** In the database that came with the server. */
  readonly session: PostgresSession;
}

/**
 * Sets a PostgreSQL server up: roles first, then each database.
 *
 * The master user has two sessions at a time: that of the lock, and the one that works.
 */
export async function setUpPostgres(properties: SetupProperties, secrets: Secrets, run: Run): Promise<void> {
  const { master, session } = await signInAsMaster(properties, secrets, run, async (account) =>
    openDatabase(properties, account, run),
  );
  try {
    await alone(properties, master, run, async () => setUpAlone({ properties, secrets, run, master, session }));
  } finally {
    await session.close();
  }
}

async function setUpAlone(setup: Setup): Promise<void> {
  const { properties, secrets, run, master, session } = setup;
  // While the setup waited for another one, a rotation may have changed them.
  run.begin('Read the secrets');
  const users = await plannedUsers(properties, secrets);
  const roles = new Roles({ properties, users, master, session, run });
  await checkFormerServer(properties, users, roles);
  await checkOwnersOfDatabases(properties, master.user, session);
  await checkBystanders(properties, master.user, session);
  await roles.create();
  await createDatabases(properties, session, run);
  await closeMaintenanceDatabases(session);

  const former = new FormerOwners(properties, session);
  const formerOwners = await former.names();
  await former.begin(formerOwners);
  const writes = await prepareAll(setup, formerOwners);
  await roles.check();
  checkReaders([...writes, ...(await writesInLeftDatabases(properties, secrets, run))]);
}

/** Returns what users who only read can write. */
async function prepareAll(setup: Setup, formerOwners: readonly string[]): Promise<string[]> {
  const { properties, secrets, run, master } = setup;
  const names = allDatabases(properties);
  const busy: BusyObject[] = [];
  const writes: string[] = [];
  let { session } = setup;
  try {
    for (const [index, database] of names.entries()) {
      if (database !== properties.database) {
        await session.close();
        const open = async (account: Account) => PostgresSession.open(properties, account, database, run);
        ({ session } = await signInAsMaster(properties, secrets, run, open));
      }
      run.begin(`Schemas, extensions and rights in database ${database}`);
      const milliseconds = (run.remainingMs * WAITING) / (names.length - index);
      const context = { database, properties, master: master.user, formerOwners, session, run, milliseconds };
      busy.push(...(await new DatabaseObjects(context).prepare()));
      writes.push(...(await writesOfReaders(properties, database, session)));
    }
    if (busy.length > 0) {
      throw failureOf(busy, ownerOf(properties)?.name ?? master.user);
    }
    if (formerOwners.length > 0) {
      await new SetupMark(properties, session).forgetOwners(names);
    }
    await new FormerOwners(properties, session).end(formerOwners);
    return writes;
  } finally {
    await session.close();
  }
}

/** Told once everything else is done, so that the rest works while the deployment is repeated. */
function failureOf(busy: readonly BusyObject[], owner: string): SetupError {
  const named = busy.slice(0, MOST_NAMED).map(({ database, kind, name, owner: former, sessions }) => {
    const by = sessions ? `, in use by session ${sessions}` : '';
    return `${kind} ${name} in database ${database} (still of ${former}${by})`;
  });
  const more = busy.length > MOST_NAMED ? ` and ${busy.length - MOST_NAMED} more` : '';
  return new SetupError(
    `other sessions used ${busy.length === 1 ? 'an object' : `${busy.length} objects`} all the time, so that ${owner} ` +
      `did not get ${named.join('; ')}${more}. Everything else belongs to ${owner}, and users have their rights. Let ` +
      'long reads and open transactions end, or end them by pg_terminate_backend(session), and deploy again: the next ' +
      'deployment goes on with the rest.',
  );
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
