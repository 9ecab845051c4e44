import type { ServiceBinding } from './backing-service';

/** Choices of a client's connection, as far as others ask for them. */
export interface BoundConnection {
  /**
   * Names of the environment variables, which each kind of database defines.
   * @default - its own names
   */
  readonly variables?: object;
  /**
   * Database inside the server.
   * @default - the one that was created with the server
   */
  readonly databaseName?: string;
  /**
   * User that the client signs in as.
   * @default - the application's
   */
  readonly user?: { readonly userName: string };
}

/** Choices of each client's connection. They are no part of a binding, which anybody may implement. */
const CONNECTIONS = new WeakMap<ServiceBinding, BoundConnection>();

/** Keeps the choices of a binding for {@link connectionOf}. Returns the binding. */
export function withConnection(binding: ServiceBinding, options: BoundConnection): ServiceBinding {
  CONNECTIONS.set(binding, options);
  return binding;
}

/** Choices with which a database was bound. Undefined for the binding of another store. */
export function connectionOf(binding: ServiceBinding): BoundConnection | undefined {
  return CONNECTIONS.get(binding);
}
