import { createHash } from 'crypto';
import { Names, Stack, Token } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';

/** Options of {@link uniqueName}. */
interface UniqueNameOptions {
  /** Longest name that the service accepts. The hash at its end is never cut. */
  readonly maxLength: number;
  /**
   * Text between the parts.
   * @default - none
   */
  readonly separator?: string;
  /**
   * Special characters that the service accepts in ids.
   * @default - letters and digits alone
   */
  readonly allowedSpecialCharacters?: string;
  /**
   * Id of a child that is created afterwards, and that the name is for.
   * @default - the name is for the construct itself
   */
  readonly child?: string;
}

/**
 * Path of a construct from the name of its stack down: `Shop/Web/Task`.
 *
 * Templates hold this path, never that from the root of the app. So no scope above a stack, such as a Stage, changes a
 * template, and two stacks of one program differ by their names.
 */
export function stackPath(construct: IConstruct): string {
  return partsOf(construct).join('/');
}

/** Path of a construct below its stack: `Web/Task`. Two stacks of one program have it in common. */
export function pathInStack(construct: IConstruct): string {
  return partsOf(construct).slice(1).join('/');
}

/** Name that is unique in an account: name of the stack, ids below it, and a hash of both. */
export function uniqueName(construct: IConstruct, { child, ...options }: UniqueNameOptions): string {
  if (child === undefined) {
    return Names.uniqueResourceName(construct, options);
  }
  const placeholder = new Construct(construct as Construct, child);
  const name = Names.uniqueResourceName(placeholder, options);
  construct.node.tryRemoveChild(child);
  return name;
}

/** Eight characters that differ between any two constructs of an account. */
export function stackHash(construct: IConstruct): string {
  const lines = ['', ...partsOf(construct)].filter((part) => part !== 'Default').map((part) => `${part}\n`);
  return createHash('sha1').update(lines.join('')).digest('hex').slice(-8);
}

/** Name of the stack, and the ids below it. A nested stack has no name before deployment, so it is an id. */
function partsOf(construct: IConstruct): string[] {
  const { scopes } = construct.node;
  const stack = [...scopes].reverse().find((scope) => Stack.isStack(scope) && !Token.isUnresolved(scope.stackName));
  const ids = scopes.slice(stack ? scopes.indexOf(stack) + 1 : 1).map(({ node }) => node.id);
  return stack ? [(stack as Stack).stackName, ...ids] : ids;
}
