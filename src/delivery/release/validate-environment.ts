import type { IConstruct } from 'constructs';
import type { IReleasedService } from '../../contracts';
import { ProductionWebService } from '../../service';
import { checkNothingSecret } from '../../service/container/validate-environment';
import { valuesOf } from '../../service/task/apply-binding';
import { checkRules } from '../../validation/rules';

/** Plain variables of a task in a release. */
interface TaskEnvironment {
  readonly prop: string;
  readonly service: IReleasedService;
  readonly environment: { readonly [name: string]: string };
  /**
   * Variables with secrets that the task gets beside those of its service.
   * @default - none
   */
  readonly secrets?: string[];
}

/**
 * Refuses plain variables that hold a secret, and those that something else sets.
 *
 * ECS would start the task with the value of the release in the place of the database's or the secret's.
 */
export function checkTaskEnvironment(
  scope: IConstruct,
  { prop, service, environment, secrets: own = [] }: TaskEnvironment,
): void {
  const known = service instanceof ProductionWebService ? service : undefined;
  const { notSecret = {}, secrets = [] } = known?._variables ?? {};
  const bindings = known?._bindings ?? [];
  const taken = new Map<string, string>([
    ...(known ? [['PORT', 'the port of the service'] as const] : []),
    ...secrets.map(({ variable }) => [variable, 'a secret of the service'] as const),
    ...own.map((variable) => [variable, 'a secret of the task'] as const),
    ...bindings.flatMap((binding) =>
      valuesOf(binding).map(([variable]) => [variable, binding.store?.node.path ?? 'a backing service'] as const),
    ),
  ]);
  checkRules(
    scope,
    Object.keys(environment).map((name) => ({
      condition: taken.has(name),
      prop: `${prop}.${name}`,
      problem: `is set already, by ${taken.get(name)}`,
      fix: `remove ${name}, or give the value another name`,
    })),
  );
  checkNothingSecret(scope, { prop, environment, notSecret });
}
