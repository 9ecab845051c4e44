import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { DriftCheck, Migration, type ProductionWebServiceProps, Release, type ReleaseProps, RollbackCommand, Severity } from '../../src';
import { routingByMail } from '../fixtures/alert-routing';
import { type ReleasedServices, releasedServices } from '../fixtures/released-services';
import { templateOf } from '../fixtures/test-stack';
import { DeliveryAccount } from './delivery-account';
import { definitions, ownFamilies } from './deployed-definition';
import { type Ended, StateMachines } from './state-machines';

export type PartOfRelease = 'Release' | 'Back' | 'Drift' | 'Plan' | 'Replacement';

/** A stage as it stands after `cdk deploy`: its state machines run as they were deployed, with references resolved. */
export class DeployedRelease {
  public readonly template: Template;
  public readonly machines = new StateMachines();
  private readonly definitions: { [part: string]: any };
  private readonly recordNames: string[];
  private executions = 0;
  private running = '';

  public constructor(
    props: Partial<ReleaseProps> | ((services: ReleasedServices) => Partial<ReleaseProps>) = {},
    serviceProps: Partial<ProductionWebServiceProps> = {},
  ) {
    const parts = releasedServices(serviceProps);
    const { stack, api, services, database } = parts;
    const alertRouting = routingByMail(stack);
    alertRouting.listenTo(database.events.topic, Severity.WARNING);
    const release = new Release(stack, 'Release', {
      stageName: 'production',
      services,
      migrations: [Migration.command(api, ['npm', 'run', 'migrate'], {
        plan: ['npm', 'run', 'plan'],
        planInternetAccess: { reason: 'The image comes through NAT.' },
        verify: ['npm', 'run', 'verify'],
        timeout: Duration.minutes(10),
      })],
      snapshot: database,
      alertRouting,
      ...(typeof props === 'function' ? props(parts) : props),
    });
    new RollbackCommand(stack, 'Back', { release });
    new DriftCheck(stack, 'Drift', { release, alertRouting });
    this.template = templateOf(stack);
    const found = Object.entries(definitions(this.template));
    const starting = (prefix: string) => found.find(([id]) => id.startsWith(prefix))![1];
    this.definitions = { Release: starting('ReleaseMachine'), Plan: found.find(([id]) => id.startsWith('ReleasePlan'))?.[1], Back: starting('Back'), Drift: starting('Drift'), Replacement: found.find(([id]) => id.startsWith('ReleaseTaskReplacement'))?.[1] };
    // Its role gets a name with the deployment; the account knows it by this one.
    this.definitions.Release = JSON.parse(JSON.stringify(this.definitions.Release).replace(/assumed-role\/[a-z0-9-]+\//g, 'assumed-role/release-role/'));
    this.recordNames = [release.recordParameterName, release.lastReleaseParameterName];
  }

  public account(datadog = false): DeliveryAccount {
    const { Release: release, Plan } = this.definitions;
    const world = new DeliveryAccount(release.States.Services.Result, this.recordNames, datadog);
    return world.declare([release, Plan].filter(Boolean).flatMap(ownFamilies));
  }

  public definition(part: PartOfRelease): any {
    return this.definitions[part];
  }

  public images(world: DeliveryAccount, tag: string): { [repository: string]: string } {
    return Object.fromEntries(world.facts.map(({ repository }) => [repository, tag]));
  }

  /** Runs a release as AWS does: one that did not end well is followed by the execution that the rule starts. */
  public async release(world: DeliveryAccount, images: object, further: object = {}): Promise<Ended> {
    const name = `release-${this.executions += 1}`;
    const ended = await this.execute(world, name, { images, ...further });
    world.afterwards();
    world.before = () => undefined;
    if (ended.status !== 'SUCCEEDED') {
      await this.execute(world, `${name}-clean-up`, { cleanUpAfter: name });
    }
    return ended;
  }

  /** Runs the rollback command, with the release that it starts. */
  public rollBack(world: DeliveryAccount): Promise<Ended> {
    world.states.starts = (_, { images, ...further }) => this.release(world, images, further);
    return this.run(world, 'Back');
  }

  public run(world: DeliveryAccount, part: PartOfRelease, input: object = {}): Promise<Ended> {
    return this.machines.run(`${part}-${this.executions += 1}`, this.definitions[part], input, world.answers());
  }

  /** Stops what runs, as StopExecution does. */
  public stop(): void {
    this.machines.abort(this.running);
  }

  public close(): void {
    this.machines.close();
  }

  /** Runs the release's state machine alone, without what a rule would start. */
  public async execute(world: DeliveryAccount, name: string, input: object): Promise<Ended> {
    this.running = name;
    world.states.executions.push(name);
    world.states.inputs[name] = JSON.stringify(input);
    const ended = await this.machines.run(name, this.definitions.Release, input, world.answers());
    world.states.executions = world.states.executions.filter((one) => one !== name);
    world.states.ended[name] = { Status: ended.status, ...(ended.error && ended.status === 'FAILED' && { Error: ended.error.name, Cause: ended.error.message }) };
    return ended;
  }
}
