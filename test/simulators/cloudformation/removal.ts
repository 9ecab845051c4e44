import type { Graph } from './graph';
import { type Judge, judged } from './judge';
import type { Change, Phase, Step } from './outcome';
import type { Resource } from './resource';
import type { ResourceChange } from './rules/rule';
import type { Finding } from './verdict';
import type { World } from './world';

/** Resource to be deleted, under a policy. */
export interface Removal {
  readonly resource: Resource;
  readonly policy?: string;
  /** Marks a removal as a change of its own. The deletion after a replacement is none. */
  readonly judged: boolean;
}

/** Result of a series of deletions. */
export interface Removed {
  readonly steps: Step[];
  readonly changes: Change[];
  /** Resources that still exist: refused ones, and those that refused ones depend on. */
  readonly kept: Resource[];
}

/** Order of deletion, and what it is done in. */
export interface RemovalPlan {
  readonly phase: Phase;
  readonly removals: readonly Removal[];
  /** Graph of the template that made the resources. */
  readonly graph: Graph;
  /** Services that were deployed before. */
  readonly rolledOut?: readonly Resource[];
  /** New resources of the same update. */
  readonly made?: readonly Resource[];
}

/**
 * Deletes resources in the given order, or retains them by their policies.
 * A resource stays if one that depends on it could not be deleted.
 * Source: CloudFormation template reference, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute".
 */
export function removeAll(plan: RemovalPlan, world: World, judge: Judge): Removed {
  const { phase, removals, graph, rolledOut, made } = plan;
  const result: Removed = { steps: [], changes: [], kept: [] };
  const leaving = removals.filter(({ judged: leaves }) => leaves).map(({ resource }) => resource);
  for (const removal of removals) {
    const { resource } = removal;
    if (result.kept.some(({ logicalId }) => graph.waitsFor(logicalId, resource.logicalId))) {
      result.kept.push(resource);
      continue;
    }
    const policy = effectivePolicy(resource, removal.policy);
    const keeps = policy === 'Retain' || (policy === 'RetainExceptOnCreate' && phase !== 'rollback');
    const refused = keeps ? [] : judge.deletion(resource, world.existing);
    const isLeft = phase === 'cleanup' && refused.length > 0;
    if (!keeps && refused.length === 0) {
      world.remove(resource);
    }
    const step = { phase, logicalId: resource.logicalId };
    if (refused.length > 0) {
      result.kept.push(resource);
      result.steps.push({ ...step, does: 'fail', reason: refused[0].says });
    } else {
      result.steps.push(...(policy === 'Snapshot' ? [{ ...step, does: 'snapshot' as const }] : []), {
        ...step,
        does: keeps ? 'retain' : 'delete',
      });
    }
    if (removal.judged || refused.length > 0) {
      const change: ResourceChange = {
        action: keeps || isLeft ? 'retain' : 'delete',
        type: resource.type,
        logicalId: resource.logicalId,
        before: resource,
        properties: [],
        policy,
        rolledOut,
        made,
        leaving,
      };
      const findings = keeps || isLeft || refused.length === 0 ? judge.classify(change, world.existing) : [];
      result.changes.push(judged(change, [...(isLeft ? left(resource, refused) : refused), ...findings]));
    }
  }
  return result;
}

/**
 * Findings about what a cleanup could not delete: the update is complete, and the stack no longer knows the resource.
 * Source: CloudFormation User Guide, "Understand stack update behaviors" and "Troubleshooting CloudFormation": cleanup.
 */
function left({ logicalId }: Resource, refused: readonly Finding[]): Finding[] {
  return refused.map(({ rule, says }) => ({
    rule,
    verdict: 'in place',
    says: `${logicalId} stays outside the stack: ${says}`,
  }));
}

/** Policy in force: databases are kept as a snapshot unless a template says otherwise. */
function effectivePolicy({ type, properties }: Resource, policy: string | undefined): string {
  const single = type === 'AWS::RDS::DBInstance' && properties.DBClusterIdentifier === undefined;
  return policy ?? (single || type === 'AWS::RDS::DBCluster' ? 'Snapshot' : 'Delete');
}
