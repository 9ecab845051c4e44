import type { Deployment } from './deployment';
import { Graph } from './graph';
import { judged, type Judge } from './judge';
import type { Change, Status, Step } from './outcome';
import { removeAll } from './removal';
import type { Resource } from './resource';
import type { Stack, World } from './world';

/** Result of a rollback. */
export interface RolledBack {
  readonly status: Status;
  readonly steps: Step[];
  readonly changes: Change[];
  /** Resources that the stack still knows. */
  readonly resources: Map<string, Resource>;
}

/**
 * Rollback of a failed creation: deletes in reverse order.
 * Whatever cannot be deleted stays in the stack, which is then in ROLLBACK_FAILED.
 * Source: CloudFormation User Guide, "Stack failure options" and "Troubleshooting CloudFormation".
 */
export function rollBackCreation(deployment: Deployment, world: World, judge: Judge): RolledBack {
  const removals = [...deployment.done.made]
    .reverse()
    .map((resource) => ({ resource, policy: resource.deletionPolicy, judged: false }));
  const plan = { phase: 'rollback', removals, graph: deployment.graph } as const;
  const { steps, changes, kept } = removeAll(plan, world, judge);
  return {
    status: kept.length > 0 ? 'ROLLBACK_FAILED' : 'ROLLBACK_COMPLETE',
    steps,
    changes,
    resources: new Map(kept.map((resource) => [resource.logicalId, resource])),
  };
}

/**
 * Rollback of a failed update.
 * Updated resources get their former properties in the former template's order. Then new resources are deleted.
 * Source: CloudFormation User Guide, "Continue rolling back an update" and "Understand stack update behaviors".
 */
export function rollBackUpdate(deployment: Deployment, stack: Stack, world: World, judge: Judge): RolledBack {
  const { made, updated, replaced } = deployment.done;
  const order = Graph.of(stack.template).order;
  const steps: Step[] = [];
  for (const { before, after } of [...updated].sort(
    (a, b) => order.indexOf(a.before.logicalId) - order.indexOf(b.before.logicalId),
  )) {
    const refused = judge.refusals({ resource: before, before: after }, world.existing, []);
    const step = { phase: 'rollback' as const, logicalId: before.logicalId };
    if (refused.length > 0) {
      steps.push({ ...step, does: 'fail', reason: refused[0].says });
      const { type, logicalId } = before;
      const attempt = { action: 'update', type, logicalId, before: after, after: before, properties: [] } as const;
      const change = judged(attempt, refused);
      return { status: 'UPDATE_ROLLBACK_FAILED', steps, changes: [change], resources: deployment.resources };
    }
    world.change(after, before);
    steps.push({ ...step, does: 'restore' });
  }
  replaced.forEach(({ before }) => steps.push({ phase: 'rollback', does: 'restore', logicalId: before.logicalId }));
  const removals = [...made]
    .reverse()
    .map((resource) => ({ resource, policy: resource.deletionPolicy, judged: false }));
  const removed = removeAll({ phase: 'rollback', removals, graph: deployment.graph }, world, judge);
  // Resources that kept their properties have their former policies again.
  stack.resources.forEach((former, id) => {
    const current = deployment.resources.get(id);
    if (current?.physicalId === former.physicalId) {
      world.change(current, former);
    }
  });
  return {
    status: 'UPDATE_ROLLBACK_COMPLETE',
    steps: [...steps, ...removed.steps],
    changes: removed.changes,
    resources: new Map(stack.resources),
  };
}
