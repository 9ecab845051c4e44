import { Evaluation } from './evaluation';
import { Graph } from './graph';
import { judged, type Judge, type Released } from './judge';
import type { Change, Phase, Step } from './outcome';
import { removeAll, type Removal } from './removal';
import type { Existing, Resource } from './resource';
import type { ResourceChange } from './rules/rule';
import { givenValues, type ParameterValues, scopeOf } from './scope';
import { type PropertyChange, propertyChanges } from './specification';
import { type Template, TemplateError, type TemplateResource } from './template';
import type { Finding } from './verdict';
import type { Stack, World } from './world';

/** Something that CloudFormation or a service refused, or an injected failure. */
export class StepFailed extends Error {}

/** Options of a deployment. */
export interface DeploymentOptions {
  /**
   * @default - those that the stack has, as `cdk deploy` passes them; the defaults of new ones
   */
  readonly parameters?: ParameterValues;
  /**
   * Logical ids of resources whose creation or update fails.
   * CloudFormation works in parallel: all that does not wait for them is done before they fail.
   */
  readonly failing?: readonly string[];
  /**
   * Rolls back after a failure. `cdk deploy --no-rollback` switches this off.
   * @default true
   */
  readonly rollback?: boolean;
  /**
   * Goes on after a refusal, so that all refusals of a change are found.
   * AWS stops at the first one.
   * @default false
   */
  readonly findAll?: boolean;
}

/** Work of a deployment so far, for its rollback to undo. */
export interface Done {
  /** New resources in order, those that replace another one included. */
  readonly made: Resource[];
  readonly updated: Array<{ readonly before: Resource; readonly after: Resource }>;
  /** Replaced resources, each with its policy. */
  readonly replaced: Array<{ readonly before: Resource; readonly policy?: string }>;
}

/** Creation or update of one stack: resources in order first, cleanup after all of them succeeded. */
export class Deployment {
  public readonly steps: Step[] = [];
  public readonly changes: Change[] = [];
  public readonly done: Done = { made: [], updated: [], replaced: [] };
  /** Resources of the stack as they become. */
  public readonly resources: Map<string, Resource>;
  public readonly imports = new Set<string>();
  public readonly graph: Graph;
  public readonly parameters: ParameterValues;
  private readonly running: Existing;
  private readonly evaluation: Evaluation;
  private readonly released: Released[] = [];

  public constructor(
    private readonly world: World,
    private readonly judge: Judge,
    private readonly stack: Stack,
    private readonly template: Template,
    private readonly options: DeploymentOptions,
  ) {
    this.running = world.existing;
    this.resources = new Map(stack.resources);
    this.graph = Graph.of(template);
    this.parameters = givenValues(template, { ...stack.parameters, ...options.parameters });
    this.evaluation = new Evaluation(
      scopeOf(world, stack.name, template, this.parameters, this.resources, (name) => this.imports.add(name)),
    );
  }

  /** Creates, updates and replaces in order. Throws {@link StepFailed} where CloudFormation stops. */
  public run(): void {
    this.graph.withLast(this.options.failing ?? []).forEach((id) => this.apply(id, this.template.Resources![id]));
  }

  /** Deletes what was replaced and what the template no longer holds. */
  public cleanUp(): void {
    const replaced = new Map(
      this.done.replaced.map(({ before, policy }) => [before.logicalId, { resource: before, policy, judged: false }]),
    );
    const removed = new Map([...this.resources].filter(([id]) => !this.declares(id)));
    const graph = Graph.of(this.stack.template);
    const removals = [...graph.order]
      .reverse()
      .flatMap((id): Removal[] => [
        ...(replaced.has(id) ? [replaced.get(id)!] : []),
        ...(removed.has(id)
          ? [{ resource: removed.get(id)!, policy: removed.get(id)!.deletionPolicy, judged: true }]
          : []),
      ]);
    removed.forEach((_, id) => this.resources.delete(id));
    const plan = { phase: 'cleanup', removals, graph, rolledOut: this.rolledOut(), made: this.done.made } as const;
    const { steps, changes } = removeAll(plan, this.world, this.judge);
    this.steps.push(...steps);
    this.changes.push(...changes);
  }

  /** Outputs of the template, with what they export. */
  public outputs(): Pick<Stack, 'outputs' | 'exports'> {
    const declared = Object.entries(this.template.Outputs ?? {}).filter(([, { Condition }]) =>
      this.evaluation.holds(Condition),
    );
    return {
      outputs: Object.fromEntries(declared.map(([name, { Value }]) => [name, this.evaluation.value(Value) as unknown])),
      exports: Object.fromEntries(
        declared
          .filter(([, { Export }]) => Export)
          .map(([, { Value, Export }]) => [
            String(this.evaluation.value(Export!.Name)),
            this.evaluation.value(Value) as unknown,
          ]),
      ),
    };
  }

  /** Services of which this update started a deployment, and waited for its end. */
  private rolledOut(): Resource[] {
    return this.changes
      .filter(
        ({ type, findings }) => type === 'AWS::ECS::Service' && findings.some(({ verdict }) => verdict === 'rollout'),
      )
      .map(({ logicalId }) => this.resources.get(logicalId)!);
  }

  private declares(id: string): boolean {
    const declared = this.template.Resources?.[id];
    return declared !== undefined && this.evaluation.holds(declared.Condition);
  }

  private apply(id: string, declared: TemplateResource): void {
    if (!this.evaluation.holds(declared.Condition)) {
      return;
    }
    const properties = this.resolved(id, declared);
    const before = this.resources.get(id);
    if (!before) {
      this.create(id, declared, this.world.draft(this.stack.name, id, declared, properties));
      return;
    }
    if (before.type !== declared.Type) {
      this.fail(id, `Update of resource type is not permitted: ${before.type} to ${declared.Type}`);
    }
    const after = {
      ...before,
      properties,
      deletionPolicy: declared.DeletionPolicy,
      updateReplacePolicy: declared.UpdateReplacePolicy,
    };
    const changes = propertyChanges(before.type, before.properties, properties);
    if (changes.length === 0) {
      this.put(before, after);
    } else if (this.judge.replaces(changes, before, after)) {
      this.replace(before, this.world.draft(this.stack.name, id, declared, properties), changes);
    } else {
      this.update(before, { ...after, updates: before.updates + 1 }, changes);
    }
  }

  private resolved(id: string, declared: TemplateResource): Resource['properties'] {
    try {
      return this.evaluation.properties(declared.Properties);
    } catch (error) {
      if (error instanceof TemplateError) {
        this.fail(id, error.message);
      }
      throw error;
    }
  }

  private create(id: string, { Type }: TemplateResource, resource: Resource): void {
    const change: ResourceChange = { action: 'create', type: Type, logicalId: id, after: resource, properties: [] };
    this.admit(change, this.judge.refusals({ resource }, this.world.existing, this.releasedBefore(id)));
    this.world.add(resource);
    this.resources.set(id, resource);
    this.done.made.push(resource);
  }

  private update(before: Resource, after: Resource, properties: PropertyChange[]): void {
    const { type, logicalId } = before;
    const change: ResourceChange = { action: 'update', type, logicalId, before, after, properties };
    this.admit(
      change,
      this.judge.refusals({ resource: after, before }, this.world.existing, this.releasedBefore(logicalId)),
    );
    this.put(before, after);
    this.done.updated.push({ before, after });
    this.released.push({ logicalId, before });
  }

  private replace(before: Resource, after: Resource, properties: PropertyChange[]): void {
    const { type, logicalId } = before;
    const policy = after.updateReplacePolicy;
    const change: ResourceChange = { action: 'replace', type, logicalId, before, after, properties, policy };
    this.admit(change, this.judge.refusals({ resource: after }, this.world.existing, this.releasedBefore(logicalId)));
    this.world.add(after);
    this.resources.set(logicalId, after);
    this.done.made.push(after);
    this.done.replaced.push({ before, policy });
  }

  /** Records a change, and stops where it is refused or told to fail. */
  private admit(change: ResourceChange, refused: Finding[]): void {
    const { logicalId, action } = change;
    this.changes.push(judged(change, refused.length > 0 ? refused : this.judge.classify(change, this.running)));
    if (refused.length > 0 && !this.options.findAll) {
      this.fail(logicalId, refused[0].says);
    }
    if (this.options.failing?.includes(logicalId)) {
      this.fail(logicalId, 'told to fail');
    }
    this.step('change', action, logicalId);
  }

  private put(before: Resource, after: Resource): void {
    this.world.change(before, after);
    this.resources.set(after.logicalId, after);
  }

  private releasedBefore(id: string): Released[] {
    return this.released.filter(({ logicalId }) => !this.graph.waitsFor(id, logicalId));
  }

  private step(phase: Phase, does: Step['does'], logicalId: string): void {
    this.steps.push({ phase, does, logicalId });
  }

  private fail(logicalId: string, reason: string): never {
    this.steps.push({ phase: 'change', does: 'fail', logicalId, reason });
    throw new StepFailed(reason);
  }
}
