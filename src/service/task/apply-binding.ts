import { Duration } from 'aws-cdk-lib';
import type { ServiceBinding } from '../../contracts';
import type { ServiceTaskDefinition } from './task-definition';

/** Adds the variables, secrets and permissions of backing services to a task. */
export function applyBindings(task: ServiceTaskDefinition, bindings: ServiceBinding[]): void {
  bindings.forEach(({ environment }) =>
    Object.entries(environment).forEach(([name, value]) => task.addVariable(name, value)),
  );
  bindings.flatMap(({ secrets }) => secrets).forEach((secret) => task.addSecret(secret));
  const permissions = bindings.flatMap((binding) => binding.permissions ?? []);
  if (permissions.length > 0) {
    task.permit(permissions);
  }
}

/**
 * Shortest interval in which tasks must be replaced, because a secret that they have read rotates.
 * It is undefined where no secret rotates.
 */
export function shortestReplacement(bindings: ServiceBinding[]): Duration | undefined {
  const days = bindings.flatMap(({ replaceTasksEvery }) => replaceTasksEvery?.toDays() ?? []);
  return days.length > 0 ? Duration.days(Math.min(...days)) : undefined;
}
