import { escapeIdentifier as identifier, escapeLiteral as literal } from 'pg';
import { ownerOf, readersOf, type SetupProperties } from '../properties';
import { transferToOwner } from './ownership';
import type { PostgresSession } from './postgres-session';
import { grantRows } from './privileges';
import { hasGrantOptions } from './roles';

/** Extensions that the parameters of the server presume. */
const EXTENSIONS = ['pgaudit', 'pg_stat_statements'];
/** Exists in one database of a server only, which the parameter `cron.database_name` names. */
const CRON = 'pg_cron';

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
    await this.createExtensions();
    await this.grantDatabase();
    await this.asMemberOfOwner(async () => {
      await this.createSchemas();
      if (this.owner !== this.master) {
        await transferToOwner(this.session, this.schemas(), this.owner);
      }
      await grantRows(this.session, this.owner, readersOf(this.properties));
    });
  }

  private schemas(): string[] {
    return ['public', ...this.properties.schemas];
  }

  private async createExtensions(): Promise<void> {
    const { extensions, database } = this.properties;
    const here = [...new Set([...EXTENSIONS, ...extensions])].filter(
      (name) => name !== CRON || this.database === database,
    );
    for (const name of here) {
      await this.session.run(
        `CREATE EXTENSION ${name} in database ${this.database}`,
        `CREATE EXTENSION IF NOT EXISTS ${identifier(name)}`,
      );
    }
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
    await run('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    if (this.owner !== this.master) {
      await run(`GRANT USAGE, CREATE ON SCHEMA public TO ${identifier(this.owner)}`);
    }
  }

  /**
   * Acts as the owner where the owner signs in with IAM authentication.
   *
   * The master user would be an indirect member of `rds_iam` otherwise, and lose its password. No other session sees
   * the membership, because it ends with the transaction that began it.
   */
  private async asMemberOfOwner(work: () => Promise<void>): Promise<void> {
    const owner = ownerOf(this.properties);
    if (!owner || owner.secretArn) {
      return work();
    }
    const [role, master] = [identifier(owner.name), identifier(this.master)];
    const options = (await hasGrantOptions(this.session)) ? ' WITH SET TRUE, INHERIT TRUE' : '';
    await this.session.run(`GRANT ${owner.name} TO ${this.master}`, `GRANT ${role} TO ${master}${options}`);
    await work();
    await this.session.run(`REVOKE ${owner.name} FROM ${this.master}`, `REVOKE ${role} FROM ${master}`);
  }

  private async createSchemas(): Promise<void> {
    const owner = identifier(this.owner);
    for (const name of this.properties.schemas) {
      const [schema] = await this.session.rows<{ belongsToMaster: boolean }>(
        `Read schema ${name}`,
        `SELECT nspowner = ${literal(identifier(this.master))}::regrole AS "belongsToMaster" FROM pg_namespace WHERE nspname = $1`,
        [name],
      );
      if (!schema) {
        await this.session.run(`CREATE SCHEMA ${name}`, `CREATE SCHEMA ${identifier(name)} AUTHORIZATION ${owner}`);
      } else if (schema.belongsToMaster && this.owner !== this.master) {
        await this.session.run(`ALTER SCHEMA ${name} OWNER`, `ALTER SCHEMA ${identifier(name)} OWNER TO ${owner}`);
      }
    }
  }
}
