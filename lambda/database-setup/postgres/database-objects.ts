import { escapeIdentifier as identifier } from 'pg';
import { POSTGRES_RIGHTS } from '../../../src/database/credentials/user-rights';
import { SetupError } from '../failure';
import { ownerOf, readersOf, type SetupProperties, takesOver } from '../properties';
import type { Run } from '../run';
import { Extensions } from './extensions';
import { type BusyObject, HandOver } from './hand-over';
import { asMemberOf, existingRoles, type Role } from './lent-membership';
import { revokeAll } from './mutual-rights';
import { checkOwnersOfTables, foreignSchemas } from './owners-of-tables';
import { ownedBy, ownedByMaster } from './ownership';
import type { PostgresSession } from './postgres-session';
import { grantRows } from './privileges';
import { ownerRemedy } from './remedies';

/** One database of the setup. */
export interface DatabaseContext {
  readonly database: string;
  readonly properties: SetupProperties;
  readonly master: string;
  /** Owners whose objects go to the present one. */
  readonly formerOwners: readonly string[];
  readonly session: PostgresSession;
  readonly run: Run;
  /** Time in milliseconds for objects that are in use. */
  readonly milliseconds: number;
}

/** Extensions, schemas and rights in one database. */
export class DatabaseObjects {
  private readonly owner: string;
  private roles: readonly Role[] = [];

  public constructor(private readonly context: DatabaseContext) {
    this.owner = ownerOf(context.properties)?.name ?? context.master;
  }

  /** Returns what was in use all the time, and so keeps its owner. Everything else has its owner and its rights. */
  public async prepare(): Promise<BusyObject[]> {
    const { session, master, formerOwners } = this.context;
    const owners = [this.owner, ...formerOwners].filter((name) => name !== master);
    this.roles = await existingRoles(session, owners);
    await this.transaction(async () => this.create());
    const busy = await this.handOver();
    const givenUp = busy.length > 0 ? [] : formerOwners;
    await this.transaction(async () => {
      for (const former of givenUp) {
        await revokeAll(session, former, this.owner);
      }
      await grantRows(session, this.owner, readersOf(this.context.properties));
    });
    return busy;
  }

  private async transaction(work: () => Promise<void>): Promise<void> {
    const { session, master } = this.context;
    await session.transaction(async () => asMemberOf(session, master, this.roles, work));
  }

  private async create(): Promise<void> {
    const { database, properties, session, master } = this.context;
    const extensions = new Extensions(database, properties, session);
    await extensions.create();
    await extensions.grant();
    await this.grantDatabase();
    await this.createSchemas();
    if (takesOver(properties, database)) {
      await checkOwnersOfTables(database, properties, master, session);
      const users = [this.owner, ...readersOf(properties).map(({ name }) => name)];
      for (const name of await foreignSchemas(this.owner, master, this.context.formerOwners, session)) {
        await this.checkSchema(name, users);
      }
    }
  }

  /** Nobody connects who was not given the right. */
  private async grantDatabase(): Promise<void> {
    const { database: name, properties, master, session } = this.context;
    const database = identifier(name);
    const run = async (sql: string) => session.run(`rights in database ${name}`, sql);
    await run(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    for (const user of properties.users) {
      await run(`GRANT ${POSTGRES_RIGHTS.DATABASE[user.access].join(', ')} ON DATABASE ${database} TO ${identifier(user.name)}`);
      if (user.access === 'READ_ONLY') {
        await run(`REVOKE TEMPORARY ON DATABASE ${database} FROM ${identifier(user.name)}`);
      }
    }
    // A team may have dropped it in favour of its own schemas.
    const schema = await this.schema('public');
    if (schema?.managed) {
      await run('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
      if (this.owner !== master) {
        await run(`GRANT USAGE, CREATE ON SCHEMA public TO ${identifier(this.owner)}`);
      }
    }
    if (schema) {
      await this.checkSchema('public');
    }
  }

  private async createSchemas(): Promise<void> {
    const { properties, master, formerOwners, session } = this.context;
    for (const name of properties.schemas) {
      const schema = await this.schema(name);
      if (!schema) {
        const sql = `CREATE SCHEMA ${identifier(name)} AUTHORIZATION ${identifier(this.owner)}`;
        await session.run(`CREATE SCHEMA ${name}`, sql);
      } else if (![master, ...formerOwners].includes(schema.owner)) {
        await this.checkSchema(name);
      }
    }
  }

  /** Refuses a schema that users can't use. The server has answered their grant with a warning at most. */
  private async checkSchema(name: string, users: readonly string[] = [this.owner]): Promise<void> {
    const { database, master, session } = this.context;
    const locked = await session.rows<{ name: string }>(
      `Read the rights on schema ${name}`,
      `SELECT r.rolname::text AS name FROM pg_roles r, pg_namespace n
       WHERE r.rolname = ANY($1) AND n.nspname = $2 AND NOT (has_schema_privilege(r.oid, n.oid, 'USAGE')
         AND (r.rolname <> $3 OR has_schema_privilege(r.oid, n.oid, 'CREATE'))) ORDER BY 1`,
      [users, name, this.owner],
    );
    if (locked.length > 0) {
      const { owner } = (await this.schema(name))!;
      throw new SetupError(
        `in database ${database}, schema ${name} belongs to ${owner}, so that ${locked.map((user) => user.name).join(', ')} ` +
          `can't use it. ${ownerRemedy(`SCHEMA ${identifier(name)}`, owner, master)}.`,
      );
    }
  }

  /** Owner of a schema, and whether the master user gives rights on it. Undefined if there is none. */
  private async schema(name: string): Promise<{ owner: string; managed: boolean } | undefined> {
    const [schema] = await this.context.session.rows<{ owner: string; managed: boolean }>(
      `Read schema ${name}`,
      `SELECT pg_get_userbyid(nspowner)::text AS owner, pg_has_role(nspowner, 'USAGE')
         OR has_schema_privilege(oid, 'CREATE WITH GRANT OPTION') AS managed
       FROM pg_namespace WHERE nspname = $1`,
      [name],
    );
    return schema;
  }

  /** Whoever had rights on what another one owned keeps them. */
  private async handOver(): Promise<BusyObject[]> {
    const { database, properties, session, master, formerOwners } = this.context;
    const handOver = new HandOver({ ...this.context, roles: this.roles });
    const busy: BusyObject[] = [];
    if (this.owner !== master) {
      const schemas = takesOver(properties, database) ? undefined : ['public', ...properties.schemas];
      const objects = await ownedByMaster(session, master, schemas);
      busy.push(...(await handOver.give(objects, master, this.owner)));
    }
    for (const former of formerOwners.filter((name) => this.roles.some((role) => role.name === name))) {
      const left = await handOver.give(await ownedBy(session, former), former, this.owner);
      busy.push(...left);
      if (left.length === 0 && !(await handOver.giveRest(former, this.owner))) {
        busy.push({ kind: 'objects', name: `of ${former}`, oid: 0, database, owner: former, sessions: '' });
      }
    }
    return busy;
  }
}
