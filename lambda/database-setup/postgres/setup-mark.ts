import { escapeIdentifier as identifier, escapeLiteral as literal } from 'pg';
import { ownerOf, type SetupProperties } from '../properties';
import type { PostgresSession } from './postgres-session';

const MARK = 'Set up at ';
const WITH_OWNER = ', with an owner';
const WHOLE_MARK = new RegExp(`\\n?${MARK}.*`);

/** What an earlier setup that ended has left in a database. */
export interface Mark {
  /** It is the first setup of this server. */
  readonly isMissing: boolean;
  /** It is the first one with an owner. The master user may have migrated before. */
  readonly lacksOwner: boolean;
}

/**
 * Comment on a database that its setup has ended.
 *
 * CloudFormation takes the properties of a failed request for the former ones when the deployment is repeated, so they
 * don't tell. The host is in the comment, because a restore brings it along to another server.
 */
export class SetupMark {
  public constructor(
    private readonly properties: SetupProperties,
    private readonly session: PostgresSession,
  ) {}

  public async read(database: string): Promise<Mark> {
    const { host, isNew } = this.properties;
    const comment = isNew ? '' : await this.commentOn(database);
    const [mark] = WHOLE_MARK.exec(comment) ?? [''];
    const [own, withOwner] = [`${MARK}${host}`, `${MARK}${host}${WITH_OWNER}`];
    return { isMissing: ![own, withOwner].includes(mark.trim()), lacksOwner: mark.trim() !== withOwner };
  }

  /** Keeps what a team has written there. */
  public async write(database: string): Promise<void> {
    const { host } = this.properties;
    const before = await this.commentOn(database);
    const kept = before.replace(WHOLE_MARK, '');
    const mark = `${MARK}${host}${ownerOf(this.properties) ? WITH_OWNER : ''}`;
    const comment = kept === '' ? mark : `${kept}\n${mark}`;
    if (comment !== before) {
      const sql = `COMMENT ON DATABASE ${identifier(database)} IS ${literal(comment)}`;
      await this.session.run(`COMMENT ON DATABASE ${database}`, sql);
    }
  }

  /** A database that left the program keeps its former owner, so it has none that counts when it is named again. */
  public async forgetOwners(named: readonly string[]): Promise<void> {
    const own = `${MARK}${this.properties.host}`;
    const left = await this.session.rows<{ name: string; comment: string }>(
      'Read the databases of earlier setups',
      `SELECT datname::text AS name, shobj_description(oid, 'pg_database') AS comment FROM pg_database
       WHERE datname <> ALL($1) AND position($2 IN shobj_description(oid, 'pg_database')) > 0
         AND pg_has_role(datdba, 'USAGE') ORDER BY 1`,
      [named, `${own}${WITH_OWNER}`],
    );
    for (const { name, comment } of left) {
      const text = literal(comment.replace(`${own}${WITH_OWNER}`, own));
      await this.session.run(`COMMENT ON DATABASE ${name}`, `COMMENT ON DATABASE ${identifier(name)} IS ${text}`);
    }
  }

  private async commentOn(database: string): Promise<string> {
    const [row] = await this.session.rows<{ comment: string | null }>(
      `Read the comment on database ${database}`,
      "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1",
      [database],
    );
    return row?.comment ?? '';
  }
}
