import { Duration } from 'aws-cdk-lib';
import type { BackingServiceHandover } from '../binding';
import type { WebTask } from './web-task';

/** Gives a task what its backing services hand over: variables, secrets, and what its role may do. */
export function handOver(task: WebTask, handovers: BackingServiceHandover[]): void {
  handovers.forEach(({ environment }) => Object.entries(environment).forEach(([name, value]) => task.addVariable(name, value)));
  handovers.flatMap(({ secrets }) => secrets).forEach((secret) => task.addSecret(secret));
  const permissions = handovers.flatMap((handover) => handover.permissions ?? []);
  if (permissions.length > 0) {
    task.permit(permissions);
  }
}

/** How often tasks have to be replaced at least, because secrets that they have read change; never where none does. */
export function shortestReplacement(handovers: BackingServiceHandover[]): Duration | undefined {
  const days = handovers.flatMap(({ replaceTasksEvery }) => replaceTasksEvery?.toDays() ?? []);
  return days.length > 0 ? Duration.days(Math.min(...days)) : undefined;
}
