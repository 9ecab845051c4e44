/** Rights by access. */
export interface RightsByAccess {
  /** Rights of a user that owns schemas. */
  readonly OWNER: readonly string[];
  /** Rights of a user that reads and writes rows. */
  readonly READ_WRITE: readonly string[];
  /** Rights of a user that only reads rows. */
  readonly READ_ONLY: readonly string[];
}

/**
 * Rights in a database of PostgreSQL, by kind of object. The setup and the bootstrap statements both give these.
 *
 * An owner has all rights on its own objects, so only those on the database are listed.
 */
export const POSTGRES_RIGHTS = {
  DATABASE: {
    OWNER: ['CONNECT', 'TEMPORARY', 'CREATE'],
    READ_WRITE: ['CONNECT', 'TEMPORARY'],
    READ_ONLY: ['CONNECT'],
  },
  SCHEMAS: { OWNER: [], READ_WRITE: ['USAGE'], READ_ONLY: ['USAGE'] },
  TABLES: { OWNER: [], READ_WRITE: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], READ_ONLY: ['SELECT'] },
  SEQUENCES: { OWNER: [], READ_WRITE: ['USAGE', 'SELECT'], READ_ONLY: ['SELECT'] },
  // A routine may run with the rights of its owner.
  ROUTINES: { OWNER: [], READ_WRITE: ['EXECUTE'], READ_ONLY: [] },
} as const satisfies { readonly [kind: string]: RightsByAccess };

const MYSQL_READ = ['SELECT', 'SHOW VIEW'];
const MYSQL_WRITE = [
  ...MYSQL_READ,
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
  'EXECUTE',
];

/** Rights in a database of MySQL. The setup and the bootstrap statements both give these. */
export const MYSQL_RIGHTS: RightsByAccess = {
  OWNER: [
    ...MYSQL_WRITE,
    'CREATE',
    'ALTER',
    'DROP',
    'INDEX',
    'REFERENCES',
    'TRIGGER',
    'CREATE VIEW',
    'CREATE ROUTINE',
    'ALTER ROUTINE',
    'EVENT',
  ],
  READ_WRITE: MYSQL_WRITE,
  READ_ONLY: MYSQL_READ,
};
