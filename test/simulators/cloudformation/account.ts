import { Deployment, type DeploymentOptions, StepFailed } from './deployment';
import { Graph } from './graph';
import { Judge } from './judge';
import type { Change, Outcome, Status, Step } from './outcome';
import type { Place } from './physical-ids';
import { removeAll } from './removal';
import type { Existing, Resource } from './resource';
import { rollBackCreation, rollBackUpdate } from './rollback';
import { RULES } from './rules';
import type { Rulebook } from './rules/rule';
import { type Template, TemplateError } from './template';
import { worst } from './verdict';
import { type Stack, World } from './world';

/** Properties of an {@link Account}. */
export interface AccountProps extends Place {
  /** @default - all rules */
  readonly rules?: Rulebook;
  /** @default - a, b and c of the region; two of them in us-west-1 */
  readonly zones?: readonly string[];
  /**
   * Values in the Parameter Store that no stack made.
   * @default - the version of CDK's bootstrap stack
   */
  readonly parameterStore?: { readonly [name: string]: string };
}

/** Regions in which a new account finds fewer than three Availability Zones. */
const TWO_ZONES = ['us-west-1'];

/** One account and region, with what its stacks have made and left behind. */
export class Account {
  private world: World;
  private readonly judge: Judge;

  public constructor(private readonly props: AccountProps) {
    const { account, region, addresses } = props;
    const letters = TWO_ZONES.includes(region) ? ['a', 'b'] : ['a', 'b', 'c'];
    this.world = new World(
      { account, region, addresses },
      props.zones ?? letters.map((letter) => `${region}${letter}`),
      props.parameterStore ?? { '/cdk-bootstrap/hnb659fds/version': '30' },
    );
    this.judge = new Judge(props.rules ?? RULES);
  }

  /** Everything that exists. */
  public get existing(): Existing {
    return this.world.existing;
  }

  /** An independent account in the same state. */
  public copy(): Account {
    const copy = new Account(this.props);
    copy.world = this.world.copy();
    return copy;
  }

  /**
   * Creates or updates a stack as `cdk deploy` does.
   * A stack whose creation was rolled back is deleted first.
   */
  public deploy(name: string, template: Template, options: DeploymentOptions = {}): Outcome {
    const status = this.world.stacks.get(name)?.status;
    if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED') {
      const removal = this.remove(name);
      if (removal.state.status === 'DELETE_FAILED') {
        return removal;
      }
    }
    return this.world.stacks.has(name) ? this.update(name, template, options) : this.create(name, template, options);
  }

  /** Updates a stack that exists. */
  public update(name: string, template: Template, options: DeploymentOptions = {}): Outcome {
    const stack = this.stack(name);
    const continued = stack.status === 'CREATE_FAILED' || stack.status === 'UPDATE_FAILED';
    if (continued ? options.rollback !== false : !/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.status)) {
      return this.refusedWhole(
        stack,
        `Stack ${name} is in ${stack.status} and can not be updated${continued ? ' with rollback enabled' : ''}`,
      );
    }
    return this.run(stack, template, options);
  }

  /** Deletes a stack. */
  public remove(name: string): Outcome {
    this.world.operation++;
    const stack = this.stack(name);
    const used = this.exportsInUse(stack, {});
    if (used) {
      return this.refusedWhole(stack, used);
    }
    const graph = Graph.of(stack.template);
    const removals = [...graph.order]
      .reverse()
      .filter((id) => stack.resources.has(id))
      .map((id) => ({
        resource: stack.resources.get(id)!,
        policy: stack.resources.get(id)!.deletionPolicy,
        judged: true,
      }));
    const { steps, changes, kept } = removeAll({ phase: 'removal', removals, graph }, this.world, this.judge);
    stack.resources = byId(kept);
    stack.status = kept.length > 0 ? 'DELETE_FAILED' : 'DELETE_COMPLETE';
    if (kept.length === 0) {
      this.world.stacks.delete(name);
    }
    return this.outcome(stack, steps, changes);
  }

  /** Changes resources without CloudFormation, as a person does. What becomes `undefined` is deleted. */
  public byHand(change: (resource: Resource) => Resource | undefined): void {
    const stacks = [...this.world.stacks.values()];
    this.existing.of().forEach((before) => {
      const after = change(before);
      if (after === before) {
        return;
      }
      if (after) {
        this.world.change(before, after);
      } else {
        this.world.remove(before);
      }
      stacks
        .filter(({ resources }) => resources.get(before.logicalId) === before)
        .forEach((stack) => {
          stack.resources = new Map([...stack.resources].filter(([, resource]) => resource !== before));
          if (after) {
            stack.resources.set(after.logicalId, after);
          }
        });
    });
  }

  /** Writes a value into the Parameter Store, as a release does. CloudFormation reads it with the next deployment. */
  public putParameter(name: string, value: string): void {
    this.world.parameterStore = { ...this.world.parameterStore, [name]: value };
  }

  /**
   * Lets each resource fail in turn, or some of them, and then repeats the deployment.
   * This account stays as it is.
   */
  public eachFailure(
    name: string,
    template: Template,
    options: DeploymentOptions = {},
    which: (id: string) => boolean = () => true,
  ): Array<{ failing: string; failed: Outcome; retried: Outcome }> {
    return Graph.of(template).order.filter(which).map((failing) => {
      const future = this.copy();
      return {
        failing,
        failed: future.deploy(name, template, { ...options, failing: [failing] }),
        retried: future.deploy(name, template, options),
      };
    });
  }

  private create(name: string, template: Template, options: DeploymentOptions): Outcome {
    const stack: Stack = {
      name,
      status: 'CREATE_FAILED',
      template: {},
      parameters: {},
      resources: new Map(),
      outputs: {},
      exports: {},
      imports: new Set(),
    };
    this.world.stacks.set(name, stack);
    return this.run(stack, template, options, true);
  }

  private run(stack: Stack, template: Template, options: DeploymentOptions, creates = false): Outcome {
    this.world.operation++;
    const before = this.world.existing;
    let deployment: Deployment;
    try {
      deployment = new Deployment(this.world, this.judge, stack, template, options);
    } catch (error) {
      if (creates) {
        this.world.stacks.delete(stack.name);
      }
      return this.refusedTemplate(stack, error);
    }
    try {
      deployment.run();
      this.complete(deployment, stack, template, creates);
      const lost = this.judge.aftermath(before, this.world.existing);
      return this.outcome(stack, deployment.steps, [...deployment.changes, ...lost]);
    } catch (error) {
      if (error instanceof StepFailed || error instanceof TemplateError) {
        return this.failed(deployment, stack, template, options, { creates, before, error });
      }
      throw error;
    }
  }

  private complete(deployment: Deployment, stack: Stack, template: Template, creates: boolean): void {
    const outputs = deployment.outputs();
    const used = this.exportsInUse(stack, outputs.exports);
    if (used) {
      throw new StepFailed(used);
    }
    deployment.cleanUp();
    const { resources, imports, parameters } = deployment;
    Object.assign(stack, { ...outputs, template, resources, imports, parameters });
    stack.status = creates ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE';
  }

  private failed(
    deployment: Deployment,
    stack: Stack,
    template: Template,
    options: DeploymentOptions,
    { creates, before, error }: { creates: boolean; before: Existing; error: Error },
  ): Outcome {
    const { steps, changes } = deployment;
    const refused = changes.some(({ verdict }) => verdict === 'refused by AWS')
      ? []
      : [refusalOfStack(stack, error.message)];
    const told = steps.some(({ reason }) => reason === 'told to fail');
    if (options.rollback === false) {
      Object.assign(stack, {
        template: mergedOrder(template, stack.template),
        resources: deployment.resources,
        parameters: deployment.parameters,
        status: creates ? 'CREATE_FAILED' : 'UPDATE_FAILED',
      });
      return this.outcome(stack, steps, [...changes, ...(told ? [] : refused)]);
    }
    const back = creates
      ? rollBackCreation(deployment, this.world, this.judge)
      : rollBackUpdate(deployment, stack, this.world, this.judge);
    Object.assign(stack, {
      status: back.status,
      resources: back.resources,
      template: creates ? template : stack.template,
    });
    const lost = creates ? [] : this.judge.aftermath(before, this.world.existing);
    const all = [...changes, ...(told ? [] : refused), ...back.changes, ...lost];
    return this.outcome(stack, [...steps, ...back.steps], all);
  }

  /** Message of CloudFormation's refusal to change what another stack imports. */
  private exportsInUse(stack: Stack, after: { readonly [name: string]: unknown }): string | undefined {
    const changed = Object.keys(stack.exports).filter((name) => after[name] !== stack.exports[name]);
    const user = [...this.world.stacks.values()].find(({ imports }) => changed.some((name) => imports.has(name)));
    return (
      user &&
      `Export ${changed.find((name) => user.imports.has(name))} cannot be changed as it is in use by ${user.name}`
    );
  }

  private refusedTemplate(stack: Stack, error: unknown): Outcome {
    if (!(error instanceof TemplateError)) {
      throw error;
    }
    return this.refusedWhole(stack, error.message);
  }

  private refusedWhole(stack: Stack, says: string): Outcome {
    return this.outcome(stack, [], [refusalOfStack(stack, says)]);
  }

  private stack(name: string): Stack {
    const stack = this.world.stacks.get(name);
    if (!stack) {
      throw new Error(`no stack ${name} in this account: deploy it first`);
    }
    return stack;
  }

  private outcome(stack: Stack, steps: readonly Step[], changes: readonly Change[]): Outcome {
    const state: { status: Status; resources: Resource[]; orphans: Resource[] } = {
      status: stack.status,
      resources: [...stack.resources.values()],
      orphans: this.world.orphans,
    };
    return { steps: [...steps], changes: [...changes], verdict: worst(changes.map(({ verdict }) => verdict)), state };
  }
}

function refusalOfStack(stack: Stack, says: string): Change {
  return {
    logicalId: stack.name,
    type: 'AWS::CloudFormation::Stack',
    action: 'update',
    properties: [],
    verdict: 'refused by AWS',
    findings: [{ rule: 'cloudformation', verdict: 'refused by AWS', says }],
  };
}

function byId(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(resources.map((resource) => [resource.logicalId, resource]));
}

/** Template of a stack that failed without rollback: what it has may stem from either template. */
function mergedOrder(template: Template, former: Template): Template {
  return { ...template, Resources: { ...former.Resources, ...template.Resources } };
}
