import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier as identifier } from 'pg';
import type { Run } from '../run';
import { asMemberOf, type Role } from './lent-membership';
import { grantAll } from './mutual-rights';
import type { OwnedObject } from './ownership';
import { isRepeatable, type PostgresSession, serverCodeOf } from './postgres-session';

/** Whoever comes after a statement that waits for a lock waits as well, so each try is short. */
const LOCK_TIMEOUT_MS = 1000;
const PAUSE_MS = 3000;
/** A migration has dropped the object meanwhile. */
const GONE_CODES = ['42P01', '42704', '42883', '3F000'];
const NO_RIGHT = '42501';

/** Object that others used all the time. */
export interface BusyObject extends OwnedObject {
  readonly database: string;
  readonly owner: string;
  /** Sessions that used it at last, the oldest transaction first, as text. */
  readonly sessions: string;
}

/** Giving of objects to another owner. */
export interface HandOverContext {
  readonly database: string;
  readonly session: PostgresSession;
  readonly run: Run;
  readonly master: string;
  /** Roles that the master user acts as. */
  readonly roles: readonly Role[];
  /** Time in milliseconds for objects that are in use. */
  readonly milliseconds: number;
}

/**
 * Gives objects to another owner, each in a transaction of its own.
 *
 * One transaction for all of them would hold the locks of all tables while it waits for the last one. An object that
 * is in use is tried again for the given time. The next run goes on with those that are left.
 */
export class HandOver {
  private readonly until: number;

  public constructor(private readonly context: HandOverContext) {
    this.until = Date.now() + context.milliseconds;
  }

  /** Returns what was in use all the time. */
  public async give(objects: readonly OwnedObject[], from: string, to: string): Promise<BusyObject[]> {
    const { database, session, run } = this.context;
    if (objects.length > 0) {
      run.begin(`Give ${objects.length} objects of ${from} in database ${database} to ${to}`);
    }
    await session.transaction(async () => this.asOwners(async () => grantAll(session, objects, to)));
    for (let left = objects; ; await sleep(PAUSE_MS)) {
      left = await this.inUse(left, from, to);
      if (left.length === 0) {
        return [];
      }
      const names = left.map(({ kind, name }) => `${kind} ${name}`);
      run.begin(`In use in database ${database}: ${names.slice(0, 10).join(', ')}`);
      if (Date.now() + PAUSE_MS >= this.until) {
        return Promise.all(left.map(async (object) => this.busy(object, from)));
      }
    }
  }

  /** Gives what `ALTER` of single objects does not reach. False if something of it was in use all the time. */
  public async giveRest(from: string, to: string): Promise<boolean> {
    const { database, session } = this.context;
    const sql = `REASSIGN OWNED BY ${identifier(from)} TO ${identifier(to)}`;
    for (;;) {
      if (await this.tryOnce(async () => session.run(`REASSIGN OWNED BY ${from} in database ${database}`, sql))) {
        return true;
      }
      if (Date.now() + PAUSE_MS >= this.until) {
        return false;
      }
      await sleep(PAUSE_MS);
    }
  }

  private async inUse(objects: readonly OwnedObject[], from: string, to: string): Promise<OwnedObject[]> {
    const left: OwnedObject[] = [];
    for (const object of objects) {
      if (!(await this.tryToGive(object, from, to))) {
        left.push(object);
      }
    }
    return left;
  }

  /** Without the right to create objects in its schema, an owner gets an object by `REASSIGN OWNED` alone. */
  private async tryToGive(object: OwnedObject, from: string, to: string): Promise<boolean> {
    const { session, run } = this.context;
    const { kind, name } = object;
    try {
      return await this.tryOnce(async () => {
        await session.run(`ALTER ${kind} ${name} OWNER`, `ALTER ${kind} ${name} OWNER TO ${identifier(to)}`);
        await grantAll(session, [object], from);
      });
    } catch (error) {
      if ([...GONE_CODES, NO_RIGHT].includes(serverCodeOf(error))) {
        run.log(`${kind} ${name} stays as it is for now: ${(error as Error).message}`);
        return true;
      }
      throw error;
    }
  }

  private async asOwners(work: () => Promise<void>): Promise<void> {
    const { session, master, roles } = this.context;
    await asMemberOf(session, master, roles, work);
  }

  private async tryOnce(work: () => Promise<void>): Promise<boolean> {
    const { session } = this.context;
    try {
      await session.once(async () => {
        await session.run('SET lock_timeout', `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
        await this.asOwners(work);
      });
      return true;
    } catch (error) {
      if (isRepeatable(error)) {
        return false;
      }
      throw error;
    }
  }

  private async busy(object: OwnedObject, owner: string): Promise<BusyObject> {
    const { session, database } = this.context;
    const rows = await session.rows<{ pid: number; name: string | null }>(
      'Read who uses the objects',
      `SELECT a.pid, a.usename::text AS name FROM pg_stat_activity a
       WHERE a.pid <> pg_backend_pid() AND EXISTS (
         SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.relation = $1 AND l.granted)
       ORDER BY a.xact_start LIMIT 3`,
      [object.oid],
    );
    const sessions = rows.map(({ pid, name }) => `${pid}${name ? ` of ${name}` : ''}`).join(', ');
    return { ...object, owner, database, sessions };
  }
}
