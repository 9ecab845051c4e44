import type { ServiceBinding } from '../../contracts';
import type { BindingOptions } from './database-binding';

/** Choices of each client's connection. They are no part of a binding, which anybody may implement. */
const CONNECTIONS = new WeakMap<ServiceBinding, BindingOptions>();

/** Keeps the choices of a binding for {@link connectionOf}. Returns the binding. */
export function withConnection(binding: ServiceBinding, options: BindingOptions): ServiceBinding {
  CONNECTIONS.set(binding, options);
  return binding;
}

/** Choices with which a database was bound. Undefined for the binding of another store. */
export function connectionOf(binding: ServiceBinding): BindingOptions | undefined {
  return CONNECTIONS.get(binding);
}
