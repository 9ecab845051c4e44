import { escapeIdentifier as identifier } from 'pg';
import { POSTGRES_RIGHTS, type RightsByAccess } from '../../../src/database/credentials/user-rights';
import type { SetupUser } from '../properties';
import type { PostgresSession } from './postgres-session';
import { closeRoutines, ROUTINES } from './routines';

/** Kind of object of the owner, on which users have the same rights as on others of the kind. */
interface Kind {
  readonly plural: 'TABLES' | 'SEQUENCES' | 'SCHEMAS' | 'ROUTINES';
  readonly singular: 'TABLE' | 'SEQUENCE' | 'SCHEMA' | 'ROUTINE';
  /** Function that tells whether a user has a right. */
  readonly check: string;
  /** Objects of the owner, as `name`, `oid` and `acl`. */
  readonly objects: string;
}

const relations = (kinds: string): string => `
  SELECT c.oid::regclass::text AS name, c.oid, c.relacl AS acl
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN (${kinds}) AND n.nspname !~ '^pg_' AND pg_get_userbyid(c.relowner) = $1`;

const KINDS: readonly Kind[] = [
  {
    plural: 'SCHEMAS',
    singular: 'SCHEMA',
    check: 'has_schema_privilege',
    objects: `SELECT quote_ident(nspname) AS name, oid, nspacl AS acl FROM pg_namespace
      WHERE nspname !~ '^pg_' AND (nspname = 'public' OR pg_get_userbyid(nspowner) = $1)`,
  },
  {
    plural: 'TABLES',
    singular: 'TABLE',
    check: 'has_table_privilege',
    objects: relations("'r', 'p', 'v', 'm', 'f'"),
  },
  {
    plural: 'SEQUENCES',
    singular: 'SEQUENCE',
    check: 'has_sequence_privilege',
    objects: relations("'S'"),
  },
  {
    plural: 'ROUTINES',
    singular: 'ROUTINE',
    check: 'has_function_privilege',
    objects: ROUTINES,
  },
];

/** A server with very many tables gets several statements. */
const OBJECTS_PER_STATEMENT = 500;

/** Gives users their rights on what the owner has, in every schema, and on what it will make later. */
export async function grantRows(session: PostgresSession, owner: string, users: readonly SetupUser[]): Promise<void> {
  await closeRoutines(session, owner);
  for (const { name, access } of users) {
    for (const kind of KINDS) {
      await grantKind(session, owner, name, kind, access === 'READ_ONLY' ? 'READ_ONLY' : 'READ_WRITE');
    }
  }
}

async function grantKind(
  session: PostgresSession,
  owner: string,
  user: string,
  kind: Kind,
  access: 'READ_WRITE' | 'READ_ONLY',
): Promise<void> {
  const { READ_WRITE, [access]: rights }: RightsByAccess = POSTGRES_RIGHTS[kind.plural];
  // A user who wrote rows before writes none as soon as it only reads.
  const excess = READ_WRITE.filter((right) => !rights.includes(right));
  const byDefault = `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(owner)}`;
  const title = `default rights of ${user}`;
  if (rights.length > 0) {
    await session.run(title, `${byDefault} GRANT ${rights.join(', ')} ON ${kind.plural} TO ${identifier(user)}`);
  }
  if (excess.length > 0) {
    await session.run(title, `${byDefault} REVOKE ${excess.join(', ')} ON ${kind.plural} FROM ${identifier(user)}`);
  }

  const has = ['true', ...rights.map((right) => `${kind.check}($2, o.oid, '${right}')`)].join(' AND ');
  const objects = await session.rows<{ name: string; lacks: boolean; exceeds: boolean }>(
    `Read the rights of ${user}`,
    `SELECT o.name, NOT (${has}) AS lacks,
       EXISTS (
         SELECT FROM aclexplode(o.acl) a WHERE pg_get_userbyid(a.grantee) = $2 AND a.privilege_type = ANY($3)
       ) AS exceeds
     FROM (${kind.objects}) o ORDER BY o.name`,
    [owner, user, excess],
  );
  const named = (which: 'lacks' | 'exceeds'): string[] =>
    objects.filter((object) => object[which]).map(({ name }) => name);
  await onEach(session, user, kind, named('lacks'), `GRANT ${rights.join(', ')}`, 'TO');
  await onEach(session, user, kind, named('exceeds'), `REVOKE ${excess.join(', ')}`, 'FROM');
}

async function onEach(
  session: PostgresSession,
  user: string,
  { singular }: Kind,
  names: readonly string[],
  action: string,
  direction: 'TO' | 'FROM',
): Promise<void> {
  for (let from = 0; from < names.length; from += OBJECTS_PER_STATEMENT) {
    const some = names.slice(from, from + OBJECTS_PER_STATEMENT).join(', ');
    await session.run(
      `rights of ${user} on each ${singular.toLowerCase()}`,
      `${action} ON ${singular} ${some} ${direction} ${identifier(user)}`,
    );
  }
}
