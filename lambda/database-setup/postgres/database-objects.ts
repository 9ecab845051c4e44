import { escapeIdentifier as identifier } from 'pg';
import { ownerOf, readersOf, type SetupProperties } from '../properties';
import { Extensions } from './extensions';
import { checkOwnersOfTables } from './owners-of-tables';
import { transferToOwner } from './ownership';
import type { PostgresSession } from './postgres-session';
import { grantRows } from './privileges';
import { hasGrantOptions } from './roles';

/** Owner, and whether the master user acts as it. */
interface Role {
  readonly name: string;
  readonly member: boolean;
}

/** Extensions, schemas and rights in one database. */
export class DatabaseObjects {
  private readonly owner: string;

  public constructor(
    private readonly database: string,
    private readonly properties: SetupProperties,
    private readonly master: string,
    private readonly session: PostgresSession,
  ) {
    this.owner = ownerOf(properties)?.name ?? master;
  }

  /** Runs in a transaction. */
  public async create(): Promise<void> {
    const extensions = new Extensions(this.database, this.properties, this.session);
    await extensions.create();
    await extensions.grant();
    await this.grantDatabase();
    const { formerOwner } = this.properties;
    const owners = [this.owner, ...(formerOwner ? [formerOwner] : [])].filter((name) => name !== this.master);
    await this.asMemberOf(await this.existing(owners), async (members) => {
      await this.createSchemas();
      if (this.owner !== this.master) {
        await transferToOwner(this.session, this.schemas(), this.owner);
        await checkOwnersOfTables(this.database, this.properties, this.session);
      }
      if (formerOwner && formerOwner !== this.owner && members.includes(formerOwner)) {
        await this.succeed(formerOwner);
      }
      await grantRows(this.session, this.owner, readersOf(this.properties));
    });
  }

  private schemas(): string[] {
    return ['public', ...this.properties.schemas];
  }

  /** Nobody connects who was not given the right. */
  private async grantDatabase(): Promise<void> {
    const database = identifier(this.database);
    const run = async (sql: string) => this.session.run(`rights in database ${this.database}`, sql);
    await run(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    for (const { name, access } of this.properties.users) {
      const rights = { OWNER: 'CONNECT, TEMPORARY, CREATE', READ_WRITE: 'CONNECT, TEMPORARY', READ_ONLY: 'CONNECT' };
      await run(`GRANT ${rights[access]} ON DATABASE ${database} TO ${identifier(name)}`);
      if (access === 'READ_ONLY') {
        await run(`REVOKE TEMPORARY ON DATABASE ${database} FROM ${identifier(name)}`);
      }
    }
    // A team may have dropped it in favour of its own schemas.
    if (!(await this.hasPublicSchema())) {
      return;
    }
    await run('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    if (this.owner !== this.master) {
      await run(`GRANT USAGE, CREATE ON SCHEMA public TO ${identifier(this.owner)}`);
    }
  }

  private async hasPublicSchema(): Promise<boolean> {
    const found = await this.session.rows('Read schema public', "SELECT FROM pg_namespace WHERE nspname = 'public'");
    return found.length > 0;
  }

  /**
   * Acts as owners who sign in with IAM authentication.
   *
   * The master user would be an indirect member of `rds_iam` otherwise, and lose its password. No other session sees
   * the membership, because it ends with the transaction that began it.
   */
  private async asMemberOf(
    owners: readonly Role[],
    work: (members: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const { session, master } = this;
    const options = (await hasGrantOptions(session)) ? ' WITH SET TRUE, INHERIT TRUE' : '';
    const lent = owners.filter(({ member }) => !member).map(({ name }) => name);
    for (const name of lent) {
      await session.run(`GRANT ${name} TO ${master}`, `GRANT ${identifier(name)} TO ${identifier(master)}${options}`);
    }
    await work(owners.map(({ name }) => name));
    for (const name of lent) {
      await session.run(`REVOKE ${name} FROM ${master}`, `REVOKE ${identifier(name)} FROM ${identifier(master)}`);
    }
  }

  /** Roles of the given names, and whether the master user acts as them already. */
  private async existing(names: readonly string[]): Promise<Role[]> {
    return this.session.rows<Role>(
      'Read the owners',
      "SELECT rolname AS name, pg_has_role(oid, 'USAGE') AS member FROM pg_roles WHERE rolname = ANY($1)",
      [names],
    );
  }

  /** Whoever had rights on what the former owner made keeps them. */
  private async succeed(formerOwner: string): Promise<void> {
    await this.session.run(
      `REASSIGN OWNED BY ${formerOwner} in database ${this.database}`,
      `REASSIGN OWNED BY ${identifier(formerOwner)} TO ${identifier(this.owner)}`,
    );
  }

  private async createSchemas(): Promise<void> {
    const owner = identifier(this.owner);
    for (const name of this.properties.schemas) {
      const [schema] = await this.session.rows<{ belongsToMaster: boolean }>(
        `Read schema ${name}`,
        'SELECT pg_get_userbyid(nspowner) = $2 AS "belongsToMaster" FROM pg_namespace WHERE nspname = $1',
        [name, this.master],
      );
      if (!schema) {
        await this.session.run(`CREATE SCHEMA ${name}`, `CREATE SCHEMA ${identifier(name)} AUTHORIZATION ${owner}`);
      } else if (schema.belongsToMaster && this.owner !== this.master) {
        await this.session.run(`ALTER SCHEMA ${name} OWNER`, `ALTER SCHEMA ${identifier(name)} OWNER TO ${owner}`);
      }
    }
  }
}
