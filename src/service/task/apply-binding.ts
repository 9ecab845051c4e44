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

/** Variable of a task: who gives it, and its value where that is no secret. */
interface GivenVariable {
  readonly owner: string;
  readonly value?: string;
}

/**
 * Refuses a variable with two values. The last one would win, and the application would read the wrong service.
 *
 * Two backing services may give one value, as two databases do with the certificates of RDS.
 */
export function checkVariables(
  scope: IConstruct,
  bindings: ServiceBinding[],
  { environment = {}, secrets = [] }: Pick<ServiceTaskProps, 'environment' | 'secrets'>,
): void {
  const given = new Map<string, GivenVariable>([
    ...Object.keys(environment).map((variable) => [variable, { owner: 'environment' }] as const),
    ...secrets.map(({ variable }) => [variable, { owner: 'secrets' }] as const),
  ]);
  bindings.forEach((binding, index) => {
    const owner = binding.store?.node.path ?? `number ${index + 1}`;
    valuesOf(binding).forEach(([variable, value]) => {
      const other = given.get(variable);
      if (other !== undefined && (value === undefined || value !== other.value)) {
        throw new PropError(scope, {
          prop: 'backingServices',
          problem: `gives the variable ${variable} a second value: that of ${other.owner}, and that of ${owner}`,
          fix:
            'give each variable a name of its own, ' +
            `for a database by ${renamingOf(binding)}`,
        });
      }
      given.set(variable, { owner, value });
    });
  });
}

/** Variables with their values. That of a secret is not known. */
export function valuesOf({ environment, secrets }: ServiceBinding): Array<[variable: string, value?: string]> {
  return [...Object.entries(environment), ...secrets.map(({ variable }): [string] => [variable])];
}

/**
 * Shortest interval in which tasks must be replaced, because a secret that they have read rotates.
 * It is undefined where no secret rotates.
 */
export function shortestReplacement(bindings: ServiceBinding[]): Duration | undefined {
  const days = bindings.flatMap(({ replaceTasksEvery }) => replaceTasksEvery?.toDays() ?? []);
  return days.length > 0 ? Duration.days(Math.min(...days)) : undefined;
}
