import { escapeIdentifier as identifier, escapeLiteral as literal } from 'pg';
import { ownerOf, type SetupProperties } from '../properties';
import type { PostgresSession } from './postgres-session';

/** Comment on a role of the setup. */
export const MADE_BY_SETUP = 'Made by the setup.';
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
      await this.mark(this.owner, latest);
    }
  }

  public async end(names: readonly string[]): Promise<void> {
    for (const name of this.owner === undefined ? names : [this.owner, ...names]) {
      if ((await this.markOf(name)) !== undefined) {
        await this.mark(name);
      }
    }
  }

  private async markOf(role = ''): Promise<string | undefined> {
    return (await this.commentOn(role)).split(MARK)[1];
  }

  private async commentOn(role: string): Promise<string> {
    const [row] = await this.session.rows<{ comment: string | null }>(
      'Read the mark of an owner',
      "SELECT shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = $1",
      [role],
    );
    return row?.comment ?? '';
  }

  /** Keeps what stands before the mark. */
  private async mark(role: string, former?: string): Promise<void> {
    const kept = (await this.commentOn(role)).split(MARK)[0].trim();
    const parts = [kept, former === undefined ? '' : `${MARK}${former}`].filter((part) => part !== '');
    const value = parts.length > 0 ? literal(parts.join(' ')) : 'NULL';
    await this.session.run(`COMMENT ON ROLE ${role}`, `COMMENT ON ROLE ${identifier(role)} IS ${value}`);
  }
}
