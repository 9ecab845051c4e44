/** Rights of a user of a database, in all its schemas and additional databases. */
export enum DatabaseAccess {
  /** Reads and writes rows, and changes no table. */
  READ_WRITE = 'READ_WRITE',
  /** Reads rows. */
  READ_ONLY = 'READ_ONLY',
}
