import { escapeIdentifier as identifier } from 'pg';
import type { OwnedObject } from './ownership';
import type { PostgresSession } from './postgres-session';

/** Kinds of objects as `GRANT` calls them. */
const GRANTED_KINDS: { readonly [kind: string]: string } = {
  'AGGREGATE': 'ROUTINE',
  'FOREIGN TABLE': 'TABLE',
  'FUNCTION': 'ROUTINE',
  'MATERIALIZED VIEW': 'TABLE',
  'PROCEDURE': 'ROUTINE',
  'SCHEMA': 'SCHEMA',
  'SEQUENCE': 'SEQUENCE',
  'TABLE': 'TABLE',
  'VIEW': 'TABLE',
};
const OBJECTS_PER_STATEMENT = 500;

/** Tables, sequences and schemas of the role `$1` on which the role `$2` has rights of its own. */
const RIGHTS_LEFT = `
  SELECT CASE WHEN a.classid = 'pg_namespace'::regclass THEN 'SCHEMA' ELSE upper(i.type) END AS kind, i.identity AS name,
    a.objid AS oid
  FROM pg_shdepend a JOIN pg_shdepend o ON o.dbid = a.dbid AND o.classid = a.classid AND o.objid = a.objid,
    pg_identify_object(a.classid, a.objid, 0) i
  WHERE a.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND a.deptype = 'a'
    AND o.deptype = 'o' AND o.refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1)
    AND a.refclassid = 'pg_authid'::regclass AND a.refobjid = (SELECT oid FROM pg_roles WHERE rolname = $2)
  ORDER BY 1, 2`;

/**
 * Lets a role use objects of another one.
 *
 * While the objects of one owner go to another, a view of one reads tables of the other, and the check of a foreign
 * key runs as the owner of the table that it refers to. A grant waits for no lock of a table.
 */
export async function grantAll(session: PostgresSession, objects: readonly OwnedObject[], role: string): Promise<void> {
  await onAll(session, objects, (which) => `GRANT ALL ON ${which} TO ${identifier(role)}`);
}

/** Takes the rights back from a former owner, who has lost all objects. */
export async function revokeAll(session: PostgresSession, former: string, owner: string): Promise<void> {
  const objects = await session.rows<OwnedObject>(`Read the rights of ${former}`, RIGHTS_LEFT, [owner, former]);
  await onAll(session, objects, (which) => `REVOKE ALL ON ${which} FROM ${identifier(former)}`);
}

async function onAll(
  session: PostgresSession,
  objects: readonly OwnedObject[],
  statement: (which: string) => string,
): Promise<void> {
  for (const kind of new Set(Object.values(GRANTED_KINDS))) {
    const names = objects.filter((object) => GRANTED_KINDS[object.kind] === kind).map(({ name }) => name);
    for (let from = 0; from < names.length; from += OBJECTS_PER_STATEMENT) {
      const some = names.slice(from, from + OBJECTS_PER_STATEMENT).join(', ');
      await session.run(`rights on each ${kind.toLowerCase()}`, statement(`${kind} ${some}`));
    }
  }
}
