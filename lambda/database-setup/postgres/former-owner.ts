import { escapeIdentifier as identifier, escapeLiteral as literal } from 'pg';
import { ownerOf, type SetupProperties } from '../properties';
import type { PostgresSession } from './postgres-session';

const MARK = 'The setup gives it what belongs to ';

/**
 * Owners whose objects go to the present one.
 *
 * A comment on the present owner keeps the name of the former one until the last object is given. After a failed
 * deployment that was not rolled back, CloudFormation may no longer say who was the owner before.
 */
export class FormerOwners {
  private readonly owner?: string;

  public constructor(
    private readonly properties: SetupProperties,
    private readonly session: PostgresSession,
  ) {
    this.owner = ownerOf(properties)?.name;
  }

  /** The latest one first. Empty if the owner is the same as before, and has everything. */
  public async names(): Promise<string[]> {
    const names: string[] = [];
    let next = this.properties.formerOwner ?? this.owner;
    if (next === this.owner) {
      next = await this.markOf(next);
    }
    while (next !== undefined && next !== this.owner && !names.includes(next)) {
      names.push(next);
      next = await this.markOf(next);
    }
    return names;
  }

  public async begin([latest]: readonly string[]): Promise<void> {
    if (latest !== undefined && this.owner !== undefined) {
      await this.mark(this.owner, `${MARK}${latest}`);
    }
  }

  public async end(names: readonly string[]): Promise<void> {
    for (const name of this.owner === undefined ? names : [this.owner, ...names]) {
      if ((await this.markOf(name)) !== undefined) {
        await this.mark(name, '');
      }
    }
  }

  private async markOf(role = ''): Promise<string | undefined> {
    const [row] = await this.session.rows<{ mark: string | null }>(
      'Read the mark of an owner',
      "SELECT shobj_description(oid, 'pg_authid') AS mark FROM pg_roles WHERE rolname = $1",
      [role],
    );
    return row?.mark?.startsWith(MARK) ? row.mark.slice(MARK.length) : undefined;
  }

  private async mark(role: string, text: string): Promise<void> {
    const value = text === '' ? 'NULL' : literal(text);
    await this.session.run(`COMMENT ON ROLE ${role}`, `COMMENT ON ROLE ${identifier(role)} IS ${value}`);
  }
}
