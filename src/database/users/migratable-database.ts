import type { IConstruct } from 'constructs';
import type { IBackingService } from '../../contracts';
import type { DatabaseConnectionOptions } from './database-connection-options';

/**
 * Database whose schema a {@link Migration} can change.
 *
 * It is a database of this library, or an existing one with its `ownerSecret`.
 */
export interface IMigratableDatabase extends IConstruct, IBackingService {
  /** Name of the database inside the server. */
  readonly databaseName: string;

  /**
   * Same database for a migration, which signs in as the user that owns schemas and tables.
   * Undefined where the sign-in of that user is not known.
   *
   * @internal
   */
  _ownerSignIn(options?: DatabaseConnectionOptions): IBackingService | undefined;

  /**
   * Same database for a dry run, which signs in as a user that may only read.
   * Undefined where the sign-in of such a user is not known.
   *
   * @internal
   */
  _readOnlySignIn(options?: DatabaseConnectionOptions): IBackingService | undefined;
}
