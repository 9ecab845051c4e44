import type { Existing } from './cloudformation/resource';
import { DeliveryAccount } from './delivery-account';
import type { StartedContainer } from './delivery-account/ecs';
import { ownFamilies } from './deployed-definition';
import type { ProductAccount } from './product-account';
import type { Surroundings } from './reach';
import { type Ended, StateMachines } from './state-machines';

/* eslint-disable @typescript-eslint/no-explicit-any -- answers of AWS are of every kind */

/** Programs of an image, started with the variables of a task. */
export interface Image {
  /** Runs one command to its end. Throws where it fails. */
  run(command: readonly string[], variables: { readonly [name: string]: string }): Promise<void>;
  /** Starts the server. Returns the status of its health check. */
  serve(variables: { readonly [name: string]: string }): Promise<number>;
}

/** State machine of the only release in an account, whose tasks really start: the health of each decides. */
export class ProductRelease {
  public readonly world: DeliveryAccount;
  /** Errors of programs. */
  public readonly errors: string[] = [];
  /** Status of the health check of each version that was started. */
  public readonly health: Array<{ readonly tag: string; readonly status: number }> = [];
  private readonly machines = new StateMachines();
  private readonly definition: any;
  private readonly started = new Set<string>();

  public constructor(
    private readonly product: ProductAccount,
    private readonly images: { readonly [tag: string]: Image },
  ) {
    const { existing } = product.account;
    const { properties } = existing.of('AWS::StepFunctions::StateMachine').find(({ logicalId }) => logicalId.startsWith('ReleaseMachine'))!;
    this.definition = JSON.parse(asInAws(String(properties.DefinitionString)));
    const facts = this.definition.States.Services.Result;
    const parameters = existing.of('AWS::SSM::Parameter').map(({ physicalId }) => physicalId);
    this.world = new DeliveryAccount(
      facts,
      parameters.filter((name) => !facts.some(({ parameter }: any) => parameter === name)),
    );
    this.register([...facts, ...ownFamilies(this.definition)], existing);
    this.world.ecs.program = (container) => this.run(container);
    this.world.before = () => this.startTasks();
  }

  /** Pushes an image, and starts an execution as the README does. */
  public async release(tag: string): Promise<Ended> {
    this.world.push(tag);
    const images = Object.fromEntries(this.world.facts.map(({ repository }) => [repository, tag]));
    const ended = await this.execute(`release-${tag}`, { images });
    if (ended.status !== 'SUCCEEDED') {
      await this.execute(`release-${tag}-clean-up`, { cleanUpAfter: `release-${tag}` });
    }
    this.product.account.byHand((resource) =>
      resource.type === 'AWS::SSM::Parameter' && this.world.ssm.parameters[resource.physicalId]
        ? { ...resource, properties: { ...resource.properties, Value: this.world.ssm.value(resource.physicalId) } }
        : resource,
    );
    return ended;
  }

  public close(): void {
    this.machines.close();
  }

  private async execute(name: string, input: object): Promise<Ended> {
    const { states } = this.world;
    states.executions.push(name);
    const ended = await this.machines.run(name, this.definition, input, this.world.answers());
    states.executions = states.executions.filter((one) => one !== name);
    const { status: Status, error } = ended;
    states.ended[name] = { Status, ...(error && { Error: error.name, Cause: error.message }) };
    return ended;
  }

  /** Families have the containers and roles of the deployed task definitions. */
  private register(families: any[], existing: Existing): void {
    const definitions = existing.of('AWS::ECS::TaskDefinition').map(({ properties }) => properties);
    families.forEach((family) => {
      const { TaskRoleArn, ExecutionRoleArn, ContainerDefinitions } =
        definitions.find(({ Family }) => Family === family.family)!;
      this.world.cloudFormation.register(family, 'none', { TaskRoleArn, ExecutionRoleArn, ContainerDefinitions });
    });
  }

  private async run({ definition, command, environment }: StartedContainer): Promise<number> {
    const { input } = this.world.ecs.tasks[this.world.ecs.tasks.length - 1];
    const revision = this.world.ecs.revision(input.TaskDefinition).definition;
    try {
      const container = { ...definition, Environment: [...definition.Environment ?? [], ...environment] };
      const variables = this.product.variables(container, surroundings(revision, input));
      await this.images[tagOf(definition)].run(command, variables);
      return 0;
    } catch (error) {
      this.errors.push((error as Error).message);
      return 1;
    }
  }

  /** Starts the tasks of deployments that have just begun. */
  private async startTasks(): Promise<void> {
    const begun = this.world.ecs.deployments.filter(({ arn }) => !this.started.has(arn));
    begun.forEach(({ arn }) => this.started.add(arn));
    for (const { target, service } of begun) {
      const { definition } = this.world.ecs.revision(target);
      const { container: name } = this.world.facts.find((fact) => fact.service === service)!;
      const container = definition.ContainerDefinitions.find(({ Name }: any) => Name === name);
      const tag = tagOf(container);
      const status = await this.serve(tag, container, definition);
      this.health.push({ tag, status });
      if (status !== 200) {
        this.world.faults[tag] = 'fails on green';
      }
    }
  }

  private async serve(tag: string, container: any, definition: any): Promise<number> {
    const [{ properties }] = this.product.account.existing.of('AWS::ECS::Service');
    try {
      return await this.images[tag].serve(this.product.variables(container, surroundings(definition, properties)));
    } catch (error) {
      this.errors.push((error as Error).message);
      return 503;
    }
  }
}

/** Surroundings of tasks, by their definition and by who starts them. */
export function surroundings({ ExecutionRoleArn: roleArn }: any, { NetworkConfiguration: network }: any): Surroundings {
  const { SecurityGroups: securityGroups, Subnets: subnets } = network.AwsvpcConfiguration;
  return { roleArn, securityGroups, subnets };
}

/** The simulator of CloudFormation names attributes otherwise than AWS. */
function asInAws(definition: string): string {
  return definition
    .replace(/arn:aws:ecs:[\w-]+:\d+:service\/([\w-]+)#Name/g, '$1')
    .replace(/assumed-role\/[\w-]+\//g, 'assumed-role/release-role/');
}

function tagOf({ Image: image }: { readonly Image: string }): string {
  return image.split(':').pop()!;
}
