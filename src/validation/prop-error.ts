import { Construct, type IConstruct } from 'constructs';

/** Content of a {@link PropError}. */
export interface Refusal {
  /** The prop as the caller wrote it, with its parent where it is nested: `plan.publicBlocks`. */
  readonly prop: string;
  /** The value that was given. Undefined is shown as not given. */
  readonly value: unknown;
  /** Values that are accepted, as the end of "expected ...". */
  readonly expected: string;
  /** Next step for the caller, in the imperative: `give the port that the process listens on`. */
  readonly fix: string;
}

/** Content of a {@link PropError} about a prop that is wrong in combination with others. */
export interface Conflict {
  /** The prop as the caller wrote it. */
  readonly prop: string;
  /** Predicate of the message: `is not supported with Rollout.codeDeploy(): it has no lifecycle hooks`. */
  readonly problem: string;
  /** Next step for the caller, in the imperative. */
  readonly fix: string;
}

/**
 * Error about a prop, the only kind that this library throws.
 *
 * Its message is a single line, because Python, Java and Go show the first line of it above a trace of the jsii kernel.
 */
export class PropError extends Error {
  public constructor(scope: IConstruct, refusal: Refusal | Conflict) {
    const subject = `${className(scope)} '${scope.node.path}': ${refusal.prop}`;
    super(`${subject} ${problemOf(refusal)}. ${sentence(refusal.fix)}`.replace(/\s*\n\s*/g, ' '));
    this.name = 'PropError';
  }
}

/** Predicate of the message. */
function problemOf(refusal: Refusal | Conflict): string {
  return 'problem' in refusal ? refusal.problem : `is ${shown(refusal.value)}, expected ${refusal.expected}`;
}

/** Text with a full stop. A word gets a capital, code keeps its first letter. */
function sentence(fix: string): string {
  return (/^[a-z]+[ ,:]/.test(fix) ? fix[0].toUpperCase() + fix.slice(1) : fix).replace(/(?<!\.)$/, '.');
}

/** Value as JSON, with constructs as their paths and numbers that JSON lacks as text. */
function shown(value: unknown): string {
  return value === undefined
    ? 'not given'
    : JSON.stringify(value, (_key, part: unknown) => {
      if (Construct.isConstruct(part)) {
        return part.node.path;
      }
      return typeof part === 'number' && !Number.isFinite(part) ? String(part) : part;
    });
}

/**
 * Public name of a construct's class.
 *
 * Bundlers and decorators give a class other names, for example `Stack2`. The class
 * that a decorator wraps keeps its name.
 */
function className(scope: IConstruct): string {
  const wrapped = Object.getPrototypeOf(scope.constructor) as { readonly name: string };
  const named = wrapped.name === scope.constructor.name ? wrapped : scope.constructor;
  const published = Object.getOwnPropertyDescriptor(named, Symbol.for('jsii.rtti'))?.value as
    { fqn: string } | undefined;
  return published?.fqn.split('.').pop() ?? scope.constructor.name;
}
