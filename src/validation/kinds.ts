import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from './prop-error';

/** Class whose objects its static methods make: a strategy, a channel, a policy. */
export interface Kind {
  /** Name of the class, for errors and for copies of the library. */
  readonly name: string;
  /** Prototype of its objects. */
  readonly prototype: object;
}

/**
 * Refuses props that are no objects of their class. Languages without types, and casts, let any value pass.
 *
 * A class is known by its name, too, because a program may hold two copies of the library.
 */
export function checkKinds(scope: IConstruct, props: object, kinds: { readonly [prop: string]: Kind }): void {
  Object.entries(kinds).forEach(([prop, kind]) => {
    const given = (props as { readonly [prop: string]: unknown })[prop];
    if (Array.isArray(given)) {
      given.forEach((item: unknown, index) => checkKind(scope, `${prop}[${index}]`, item ?? null, kind));
    } else {
      checkKind(scope, prop, given, kind);
    }
  });
}

/** Refuses a value that is no object of a class. Undefined passes. */
export function checkKind(
  scope: IConstruct,
  prop: string,
  value: unknown,
  kind: Kind,
  fix = `use ${waysOf(kind)}`,
): void {
  if (value === undefined || isOf(kind, value)) {
    return;
  }
  const shown = Token.isUnresolved(value) || typeof value === 'function' ? String(value) : value;
  throw new PropError(scope, { prop, value: shown, expected: `an object of ${kind.name}`, fix });
}

function isOf(kind: Kind, value: unknown): boolean {
  return (
    Object.prototype.isPrototypeOf.call(kind.prototype, value as object) ||
    (value as { readonly constructor?: Kind } | null)?.constructor?.name === kind.name
  );
}

/** Calls that make an object of a class: `Rollout.rolling() or Rollout.blueGreen()`. */
function waysOf(kind: Kind): string {
  const members = Object.entries(Object.getOwnPropertyDescriptors(kind));
  const factories = members.filter(([name, { value }]) => /^[a-z]/.test(name) && typeof value === 'function');
  const ways = factories.map(([name]) => `${kind.name}.${name}()`).join(' or ');
  return ways === '' ? `new ${kind.name}()` : ways;
}
