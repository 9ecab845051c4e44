import { Duration } from 'aws-cdk-lib';
import type { ServiceBinding } from '../../contracts';
import type { WebTask } from './task-definition';

/** Gives a task what its backing services hand over: variables, secrets, and what its role may do. */
export function bind(task: WebTask, bindings: ServiceBinding[]): void {
  bindings.forEach(({ environment }) =>
    Object.entries(environment).forEach(([name, value]) => task.addVariable(name, value)),
  );
  bindings.flatMap(({ secrets }) => secrets).forEach((secret) => task.addSecret(secret));
  const permissions = bindings.flatMap((binding) => binding.permissions ?? []);
  if (permissions.length > 0) {
    task.permit(permissions);
  }
}

/** How often tasks have to be replaced at least, because secrets that they have read change; never where none does. */
export function shortestReplacement(bindings: ServiceBinding[]): Duration | undefined {
  const days = bindings.flatMap(({ replaceTasksEvery }) => replaceTasksEvery?.toDays() ?? []);
  return days.length > 0 ? Duration.days(Math.min(...days)) : undefined;
}
