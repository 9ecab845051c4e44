import type { Existing, Resource } from '../resource';
import type { PropertyChange } from '../specification';
import type { Verdict } from '../verdict';

/** Identity of a rule. */
interface Identified {
  /** Id, which cases and findings name. */
  readonly id: string;
  /** AWS page, by its title, or schema that says so. */
  readonly source: string;
}

/** Something that no two resources may have at once. */
export interface UniqueRule extends Identified {
  /** Whether it is on what is retained outside every stack alone, or never on that. Both, where it is absent. */
  readonly retained?: boolean;
  readonly types: readonly string[];
  /** Noun for the key, in the message. */
  readonly what: string;
  /** Key of a resource, or `undefined` where it has none. */
  key(resource: Resource, existing: Existing): string | undefined;
}

/** Resource about to be made or changed. */
export interface Attempt {
  readonly resource: Resource;
  /** Former state. It is absent for a new resource and for a replacement. */
  readonly before?: Resource;
}

/** Something that a service refuses to create or change. */
export interface RefusalRule extends Identified {
  readonly types: readonly string[];
  /** Message of the refusal, or `undefined`. */
  refuses(attempt: Attempt, existing: Existing): string | undefined;
}

/** Something that a service refuses to delete. */
export interface DeletionRule extends Identified {
  readonly types: readonly string[];
  refuses(resource: Resource, existing: Existing): string | undefined;
}

/** Decision on a property that replaces its resource only sometimes. */
export interface ReplacementRule extends Identified {
  readonly types: readonly string[];
  readonly properties: readonly string[];
  replaces(before: Resource, after: Resource): boolean;
}

/**
 * Kinds of change of one resource. A retained one leaves the stack and goes on existing.
 * An affected one does not change, and loses something by the operation as a whole.
 */
export type Action = 'create' | 'update' | 'replace' | 'delete' | 'retain' | 'affect';

/** One resource's change, as rules see it. */
export interface ResourceChange {
  readonly action: Action;
  readonly type: string;
  readonly logicalId: string;
  readonly before?: Resource;
  readonly after?: Resource;
  /** Changed properties; empty for a creation and a deletion. */
  readonly properties: readonly PropertyChange[];
  /** Policy that decides what happens to what is deleted or replaced. */
  readonly policy?: string;
  /** Services whose deployment ended before. CloudFormation waits for them before it cleans up. */
  readonly rolledOut?: readonly Resource[];
  /** Resources that the same cleanup deletes or lets go. */
  readonly leaving?: readonly Resource[];
  /** New resources of the same update. */
  readonly made?: readonly Resource[];
}

/** Effect of a change on a running system. */
export interface Effect {
  readonly verdict: Verdict;
  readonly says: string;
}

/**
 * Classification of changes.
 * A rule that only covers some properties says which; each changed property needs a rule.
 */
export interface EffectRule extends Identified {
  readonly on: readonly Action[];
  /** Types of the changed resource; all if absent. */
  readonly types?: readonly string[];
  /** Properties whose update the rule classifies; all if absent. */
  readonly properties?: readonly string[];
  effect(change: ResourceChange, existing: Existing): Effect | undefined;
}

/** Something that an operation took from a resource, of whatever stack. */
export interface Loss extends Effect {
  readonly resource: Resource;
}

/** Comparison of what existed before an operation with what exists after it. */
export interface AftermathRule extends Identified {
  takes(before: Existing, after: Existing): readonly Loss[];
}

/** Rules of one subject. */
export interface Rules {
  readonly unique?: readonly UniqueRule[];
  readonly refusals?: readonly RefusalRule[];
  readonly deletions?: readonly DeletionRule[];
  readonly replacements?: readonly ReplacementRule[];
  readonly effects?: readonly EffectRule[];
  readonly aftermath?: readonly AftermathRule[];
}

/** All rules that an account is judged by. */
export class Rulebook {
  public readonly unique: readonly UniqueRule[];
  public readonly refusals: readonly RefusalRule[];
  public readonly deletions: readonly DeletionRule[];
  public readonly replacements: readonly ReplacementRule[];
  public readonly effects: readonly EffectRule[];
  public readonly aftermath: readonly AftermathRule[];

  public constructor(
    private readonly subjects: readonly Rules[],
    without?: string,
  ) {
    const kept = <T extends Identified>(rules: (of: Rules) => readonly T[] | undefined): T[] =>
      subjects.flatMap((subject) => rules(subject) ?? []).filter(({ id }) => id !== without);
    this.unique = kept((subject) => subject.unique);
    this.refusals = kept((subject) => subject.refusals);
    this.deletions = kept((subject) => subject.deletions);
    this.replacements = kept((subject) => subject.replacements);
    this.effects = kept((subject) => subject.effects);
    this.aftermath = kept((subject) => subject.aftermath);
  }

  /** Every rule, of whatever kind. */
  public get all(): readonly Identified[] {
    return [
      ...this.unique, ...this.refusals, ...this.deletions, ...this.replacements, ...this.effects, ...this.aftermath,
    ];
  }

  /** The same rules but one. */
  public without(id: string): Rulebook {
    return new Rulebook(this.subjects, id);
  }
}
