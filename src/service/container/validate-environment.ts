import type { IConstruct } from 'constructs';
import { checkReason } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { isSecret, secretInCommand } from '../../validation/secret-text';

/** Plain environment variables of a container. */
interface PlainEnvironment {
  /** Prop that holds the variables, for errors: `environment`, `sidecars.environment`. */
  readonly prop: string;
  /** Values by name. Tokens are checked as they appear in the template. */
  readonly environment: { [name: string]: string };
  /** Reasons for variables that only sound like a secret, by name. */
  readonly notSecret: { [variable: string]: string };
}

/**
 * Refuses a secret among plain environment variables.
 * Everyone who may read the task definition or the template can read these variables.
 */
export function checkNothingSecret(scope: IConstruct, { prop, environment, notSecret }: PlainEnvironment): void {
  // A map, because a variable may be called like a member of Object.prototype.
  const reasons = new Map(Object.entries(notSecret));
  Object.entries(environment).forEach(([name, value]) => {
    if (reasons.has(name)) {
      checkReason(scope, `notSecret.${name}`, reasons.get(name));
    } else if (isSecret(scope, name, value)) {
      throw new PropError(scope, {
        prop: `${prop}.${name}`,
        value: '(not shown)',
        expected: 'a value that every reader of the task definition may know',
        fix:
          `pass it as a secret, for example ServiceSecret.placeholder('${name}'), ` +
          `or give the reason why it is none in notSecret: { ${name}: '...' }`,
      });
    }
  });
}

/** Plain words of a command, which the template and the task definition hold. */
interface PlainCommand {
  /** Prop that holds the words, for errors: `command`, `migrations[0].verify`. */
  readonly prop: string;
  readonly command: readonly string[] | undefined;
  /** Reasons for what only sounds like a secret, by the option or the variable, or by `command`. */
  readonly notSecret?: { readonly [name: string]: string };
}

/** Refuses a secret among the words of a command. */
export function checkNothingSecretIn(scope: IConstruct, { prop, command, notSecret = {} }: PlainCommand): void {
  const found = Array.isArray(command) ? secretInCommand(scope, command) : undefined;
  if (found === undefined) {
    return;
  }
  if (Object.hasOwn(notSecret, found)) {
    checkReason(scope, `notSecret.${found}`, notSecret[found]);
    return;
  }
  throw new PropError(scope, {
    prop,
    problem: `holds what looks like a secret (${found}), and every reader of the task definition sees its words`,
    fix: "pass it as a secret, and read the variable in the command: ['sh', '-c', 'tool --token \"$API_TOKEN\"']",
  });
}
