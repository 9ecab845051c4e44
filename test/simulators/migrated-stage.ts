import * as fs from 'fs';
import type { Template } from 'aws-cdk-lib/assertions';
import {
  type DatabaseUser, HardenedMysql, HardenedPostgres, ImageRepository, Migration, type MigrationOptions, ProductionWebService, Release, type ReleaseProps, ReleaseTask,
  SecureVpc, ServiceImage,
} from '../../src';
import { templateOf, testApp, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { DatabaseSetup, type SecretValue } from './database-setup';
import { DeliveryAccount } from './delivery-account';
import type { StartedContainer } from './delivery-account/ecs';
import { definitions, deployed, ownFamilies } from './deployed-definition';
import { type Ended, StateMachines } from './state-machines';

/** Database server of the tests, on this machine. */
interface Server {
  readonly port: number;
  readonly certificateFile: string;
}

/** Program of an image, as a task starts it. */
export interface Program {
  readonly command: string;
  readonly tag: string;
  readonly environment: { readonly [variable: string]: string };
  /** Certificate of the server's authority. */
  readonly ca: string;
}

/**
 * Service with a database and a release, on a real server. The users are those that the bundled setup creates with the
 * properties of the template. The tasks have the variables and secrets of the template's task definitions.
 */
export class MigratedStage {
  public static async start(
    engine: 'postgres' | 'mysql',
    server: Server,
    master: SecretValue,
    run: (program: Program) => Promise<void>,
  ): Promise<MigratedStage> {
    return new MigratedStage(engine, server, await DatabaseSetup.start(server.certificateFile), master, run);
  }

  public readonly world: DeliveryAccount;
  /** Programs that were run, with the user of each. */
  public readonly runs: Array<{ readonly command: string; readonly user: string }> = [];
  /** Errors of programs. */
  public readonly errors: string[] = [];
  private readonly template: Template;
  private readonly machines = new StateMachines();
  private readonly definitions: { [part: string]: any };
  private readonly properties: { [name: string]: any };
  private readonly current = new Map<string, SecretValue>();
  private executions = 0;

  private constructor(
    engine: 'postgres' | 'mysql',
    private readonly server: Server,
    private readonly setup: DatabaseSetup,
    master: SecretValue,
    private readonly run: (program: Program) => Promise<void>,
  ) {
    const app = testApp();
    const stack = testStack({ app, id: 'Application' });
    const network = new SecureVpc(stack, 'Network');
    const database = engine === 'postgres' ? new HardenedPostgres(stack, 'Database', { network }) : new HardenedMysql(stack, 'Database', { network });
    const images = new ImageRepository(testStack({ app, id: 'Registry' }), 'Images');
    const api = new ProductionWebService(stack, 'Api', {
      network, certificate: certificate(stack), image: ServiceImage.released(images), backingServices: [database],
    });
    const release = new Release(stack, 'Release', { stageName: 'production', services: [api], ...releaseProps(api) });
    this.template = templateOf(stack);
    this.definitions = Object.fromEntries(Object.entries(definitions(this.template))
      .filter(([id]) => !/TaskReplacement/.test(id))
      .map(([id, definition]) => [/Plan/.test(id) ? 'Plan' : 'Release', definition]));
    this.definitions.Release = JSON.parse(JSON.stringify(this.definitions.Release).replace(/assumed-role\/[a-z0-9-]+\//g, 'assumed-role/release-role/'));
    [this.properties] = Object.values(this.template.findResources('Custom::DatabaseSetup')).map((resource: any) => deployed(resource.Properties));
    this.setup.put(this.properties.masterSecretArn, master);
    this.properties.users.forEach(({ name, secretArn }: any) => this.keep(secretArn, { username: name, password: `first password of ${name}` }));
    this.world = this.account([release.recordParameterName, release.lastReleaseParameterName]);
  }

  /** Sign-in of a user, as its secret says it now. */
  public secretOf({ userName }: Pick<DatabaseUser, 'userName'>): SecretValue {
    return this.current.get(this.secretArnOf(userName))!;
  }

  /** The user alternates, as the rotation does it: `change` is what it does at the server. */
  public async rotate(user: Pick<DatabaseUser, 'userName'>, change: (next: SecretValue, current: SecretValue) => Promise<void>): Promise<void> {
    const current = this.secretOf(user);
    const next = { username: `${user.userName}_clone`, password: `rotated password of ${user.userName}` };
    await change(next, current);
    this.keep(this.secretArnOf(user.userName), next, current);
  }

  public async setUp(): Promise<void> {
    const { status, reason } = await this.setup.request('Create', { ...this.properties, host: 'localhost', port: `${this.server.port}` });
    expect([status, reason]).toEqual(['SUCCESS', 'The setup has ended.']);
  }

  /** Runs a release, and what the rule starts after one that failed. */
  public async release(tag: string): Promise<Ended> {
    this.world.push(tag);
    const name = `release-${this.executions += 1}`;
    const ended = await this.execute('Release', name, { images: this.images(tag) });
    if (ended.status !== 'SUCCEEDED') {
      await this.execute('Release', `${name}-clean-up`, { cleanUpAfter: name });
    }
    return ended;
  }

  public plan(tag: string): Promise<Ended> {
    this.world.push(tag);
    return this.execute('Plan', `plan-${this.executions += 1}`, { images: this.images(tag) });
  }

  public close(): void {
    this.machines.close();
    this.setup.stop();
  }

  private images(tag: string): object {
    return Object.fromEntries(this.world.facts.map(({ repository }) => [repository, tag]));
  }

  private async execute(part: string, name: string, input: object): Promise<Ended> {
    this.world.states.executions.push(name);
    const ended = await this.machines.run(name, this.definitions[part], input, this.world.answers());
    this.world.states.executions = this.world.states.executions.filter((one) => one !== name);
    this.world.states.ended[name] = { Status: ended.status, ...(ended.error && { Error: ended.error.name, Cause: ended.error.message }) };
    return ended;
  }

  /** The account has the containers of the template in the families of tasks that run once. */
  private account(records: string[]): DeliveryAccount {
    const world = new DeliveryAccount(this.definitions.Release.States.Services.Result, records);
    const declared = Object.values(this.template.findResources('AWS::ECS::TaskDefinition')).map((resource: any) => deployed(resource.Properties));
    Object.values(this.definitions).flatMap(ownFamilies).forEach((family) => {
      const [own] = declared.filter(({ Family }) => Family === family.family);
      const { TaskRoleArn, ExecutionRoleArn, ContainerDefinitions } = own;
      world.cloudFormation.register(family, 'none', { TaskRoleArn, ExecutionRoleArn, ContainerDefinitions });
    });
    world.ecs.program = (container) => this.start(container);
    return world;
  }

  private async start({ definition, command, environment }: StartedContainer): Promise<number> {
    const secrets = (definition.Secrets ?? []).map(({ Name, ValueFrom }: any) => [Name, this.valueOf(ValueFrom)]);
    const plain = [...definition.Environment ?? [], ...environment].map(({ Name, Value }) => [Name, Value === this.properties.host ? 'localhost' : Value]);
    const variables = { ...Object.fromEntries([...plain, ...secrets]), DB_PORT: `${this.server.port}` };
    const tag = definition.Image.split(':').pop()!;
    this.runs.push({ command: command[2], user: variables.DB_USERNAME });
    try {
      await this.run({ command: command[2], tag, environment: variables, ca: fs.readFileSync(this.server.certificateFile, 'utf8') });
      return 0;
    } catch (error) {
      this.errors.push((error as Error).message);
      return 1;
    }
  }

  /** ECS reads a field of a secret: `<ARN>:<field>::`. */
  private valueOf(from: string): string {
    const [, arn, field] = /^(.*):(username|password)::$/.exec(from)!;
    return this.current.get(arn)![field as keyof SecretValue];
  }

  private secretArnOf(userName: string): string {
    return this.properties.users.find(({ name }: any) => name === userName).secretArn;
  }

  private keep(secretArn: string, current: SecretValue, previous?: SecretValue): void {
    this.current.set(secretArn, current);
    this.setup.put(secretArn, current, previous);
  }
}

function releaseProps(api: ProductionWebService): Partial<ReleaseProps> {
  const options: MigrationOptions = {
    plan: ['npm', 'run', 'migration:plan'],
    planInternetAccess: { reason: 'The image comes through NAT.' },
    verify: ['npm', 'run', 'migration:check'],
  };
  return {
    migrations: [Migration.command(api, ['npm', 'run', 'migration:run'], options)],
    afterRelease: [ReleaseTask.migration(Migration.command(api, ['npm', 'run', 'migration:check']))],
  };
}
