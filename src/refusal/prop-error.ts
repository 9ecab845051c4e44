import { Construct, type IConstruct } from 'constructs';

/** What a refusal says. */
export interface Refusal {
  /** The prop as the caller wrote it, with its parent where it is nested: `plan.publicBlocks`. */
  readonly prop: string;
  /** The value that was given. */
  readonly value: unknown;
  /** What would have been accepted. */
  readonly allowed: string;
  /** What to write instead. */
  readonly wayOut: string;
}

/**
 * The one error of this library. Its message is a single line, because Python, Java and Go
 * show the first line of it and a trace of the kernel below.
 */
export class PropError extends Error {
  public constructor(scope: IConstruct, refusal: Refusal) {
    super(`${className(scope)} '${scope.node.path}': ${refusal.prop} is ${shown(refusal.value)}, allowed: ${refusal.allowed}. Way out: ${refusal.wayOut}`.replace(/\s*\n\s*/g, ' '));
    this.name = 'PropError';
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'not given' : JSON.stringify(value, (_key, part: unknown) => {
    if (Construct.isConstruct(part)) {
      return part.node.path;
    }
    return typeof part === 'number' && !Number.isFinite(part) ? String(part) : part;
  });
}

/** The public name. What bundlers and decorators make of a class's own (`Stack2`) means nothing to the reader; a decorator keeps the name of what it wraps. */
function className(scope: IConstruct): string {
  const wrapped = Object.getPrototypeOf(scope.constructor) as { readonly name: string };
  const named = wrapped.name === scope.constructor.name ? wrapped : scope.constructor;
  const published = Object.getOwnPropertyDescriptor(named, Symbol.for('jsii.rtti'))?.value as { fqn: string } | undefined;
  return published?.fqn.split('.').pop() ?? scope.constructor.name;
}
