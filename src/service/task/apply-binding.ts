import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ServiceBinding } from '../../contracts';
import { PropError } from '../../validation/prop-error';
import type { ServiceTaskProps } from './service-task-props';
import type { ServiceTaskDefinition } from './task-definition';
import { renamingOf } from './validate-backing-services';

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

/** Refuses a variable with two values. The last one would win, and the application would read the wrong service. */
export function checkVariables(
  scope: IConstruct,
  bindings: ServiceBinding[],
  { environment = {}, secrets = [] }: Pick<ServiceTaskProps, 'environment' | 'secrets'>,
): void {
  const owners = new Map([
    ...Object.keys(environment).map((variable): [string, string] => [variable, 'environment']),
    ...secrets.map(({ variable }): [string, string] => [variable, 'secrets']),
  ]);
  bindings.forEach((binding, index) => {
    const owner = binding.store?.node.path ?? `number ${index + 1}`;
    variablesOf(binding).forEach((variable) => {
      const other = owners.get(variable);
      if (other !== undefined) {
        throw new PropError(scope, {
          prop: 'backingServices',
          problem: `gives the variable ${variable} a second value: that of ${other}, and that of ${owner}`,
          fix:
            'give each variable a name of its own, ' +
            `for a database by ${renamingOf(binding)}`,
        });
      }
      owners.set(variable, owner);
    });
  });
}

function variablesOf({ environment, secrets }: ServiceBinding): string[] {
  return [...Object.keys(environment), ...secrets.map(({ variable }) => variable)];
}

/**
 * Shortest interval in which tasks must be replaced, because a secret that they have read rotates.
 * It is undefined where no secret rotates.
 */
export function shortestReplacement(bindings: ServiceBinding[]): Duration | undefined {
  const days = bindings.flatMap(({ replaceTasksEvery }) => replaceTasksEvery?.toDays() ?? []);
  return days.length > 0 ? Duration.days(Math.min(...days)) : undefined;
}
