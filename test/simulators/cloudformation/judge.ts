import type { Change } from './outcome';
import type { Existing, Resource } from './resource';
import type { Attempt, ResourceChange, Rulebook } from './rules/rule';
import type { PropertyChange } from './specification';
import { type Finding, worst } from './verdict';

/** Key that a resource was updated away from, and that an unordered step may still find taken. */
export interface Released {
  readonly logicalId: string;
  readonly before: Resource;
}

/** Judgement of single changes by a rulebook. */
export class Judge {
  public constructor(private readonly rules: Rulebook) {}

  /** Refusals of a service to create or update a resource. */
  public refusals(attempt: Attempt, existing: Existing, released: readonly Released[]): Finding[] {
    const { resource, before } = attempt;
    const others = before ? existing.without(before) : existing;
    const refused = this.rules.refusals
      .filter(({ types }) => types.includes(resource.type))
      .flatMap(({ id, refuses }) => refusal(id, refuses(attempt, others)));
    return [...refused, ...this.collisions(resource, others, released)];
  }

  /** Refusal of a service to delete a resource. */
  public deletion(resource: Resource, existing: Existing): Finding[] {
    return this.rules.deletions
      .filter(({ types }) => types.includes(resource.type))
      .flatMap(({ id, refuses }) => refusal(id, refuses(resource, existing.without(resource))));
  }

  /** Tells if an update replaces its resource. It is `undefined` where no rule decides. */
  public replaces(changes: readonly PropertyChange[], before: Resource, after: Resource): boolean | undefined {
    if (changes.some(({ impact }) => impact === 'replaces')) {
      return true;
    }
    const decisions = changes
      .filter(({ impact }) => impact === 'may replace')
      .map(({ name }) =>
        this.rules.replacements
          .find(({ types, properties }) => types.includes(before.type) && properties.includes(name))
          ?.replaces(before, after),
      );
    return decisions.includes(true) || (decisions.includes(undefined) ? undefined : false);
  }

  /** Classification of a change that succeeded. */
  public classify(change: ResourceChange, running: Existing): Finding[] {
    const covered = new Set<string>();
    const findings = this.rules.effects.flatMap((rule): Finding[] => {
      const concerned =
        rule.properties && change.action === 'update'
          ? change.properties.map(({ name }) => name).filter((name) => rule.properties!.includes(name))
          : change.properties.map(({ name }) => name);
      const applies =
        rule.on.includes(change.action) &&
        (rule.types?.includes(change.type) ?? true) &&
        (change.action !== 'update' || concerned.length > 0);
      const effect = applies ? rule.effect(change, running) : undefined;
      if (!effect) {
        return [];
      }
      concerned.filter((name) => this.decided(change, name)).forEach((name) => covered.add(name));
      return [{ rule: rule.id, ...effect }];
    });
    return [...findings, ...unclassified(change, findings, covered)];
  }

  /** Losses by an operation as a whole, each as a change of the resource that lost something. */
  public aftermath(before: Existing, after: Existing): Change[] {
    return this.rules.aftermath.flatMap(({ id, takes }) =>
      takes(before, after).map(({ resource: { type, logicalId }, verdict, says }) =>
        judged({ action: 'affect', type, logicalId, properties: [] }, [{ rule: id, verdict, says }]),
      ),
    );
  }

  /** Tells if it is known what a change of a property replaces, by the specification or a rule. */
  private decided({ type, properties }: ResourceChange, property: string): boolean {
    const impact = properties.find(({ name }) => name === property)?.impact;
    return (
      impact !== 'undocumented' &&
      (impact !== 'may replace' ||
        this.rules.replacements.some((rule) => rule.types.includes(type) && rule.properties.includes(property)))
    );
  }

  private collisions(resource: Resource, existing: Existing, released: readonly Released[]): Finding[] {
    return this.rules.unique
      .filter(({ types }) => types.includes(resource.type))
      .flatMap(({ id, what, key, types, retained }) => {
        const wanted = key(resource, existing);
        if (wanted === undefined) {
          return [];
        }
        const takes = (other: Resource) => types.includes(other.type) && key(other, existing) === wanted;
        const isMeant = (other: Resource) => retained === undefined || existing.isOrphan(other) === retained;
        const holder = existing.of(...types).find((other) => other !== resource && isMeant(other) && takes(other));
        if (holder) {
          const kept = retained ? ', which is retained' : '';
          return refusal(id, `${what} ${wanted} is taken by ${holder.logicalId} of ${holder.stack}${kept}`);
        }
        const late = retained ? undefined : released.find(({ before }) => takes(before));
        return late
          ? refusal(id, `${what} ${wanted} may still be taken by ${late.logicalId}, which nothing orders before`)
          : [];
      });
  }
}

/** A change with its findings, and the worst of them. */
export function judged(change: ResourceChange, findings: readonly Finding[]): Change {
  const { logicalId, type, action, properties } = change;
  return {
    logicalId,
    type,
    action,
    properties: properties.map(({ name }) => name),
    findings,
    verdict: worst(findings.map(({ verdict }) => verdict)),
  };
}

function refusal(rule: string, says: string | undefined): Finding[] {
  return says === undefined ? [] : [{ rule, verdict: 'refused by AWS', says }];
}

function unclassified(
  { action, type, properties }: ResourceChange,
  findings: readonly Finding[],
  covered: ReadonlySet<string>,
): Finding[] {
  const open = properties.map(({ name }) => name).filter((name) => !covered.has(name));
  if (action === 'update' ? open.length === 0 : findings.length > 0) {
    return [];
  }
  return [
    {
      rule: 'unclassified',
      verdict: 'unknown',
      says: `no rule says what it means to ${action} ${type}${action === 'update' ? `: ${open.join(', ')}` : ''}`,
    },
  ];
}
