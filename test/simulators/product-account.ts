import { randomBytes } from 'crypto';
import { Account } from './cloudformation/account';
import { Graph } from './cloudformation/graph';
import type { Outcome } from './cloudformation/outcome';
import { Existing, type Resource } from './cloudformation/resource';
import type { Template } from './cloudformation/template';
import { DatabaseSetup, type SecretValue, type SetupResult } from './database-setup';
import type { PostgresServer } from './postgres-server';
import { MASTER, startRdsPostgres } from './rds-postgres';
import { Reach, type Surroundings } from './reach';

const PLACE = { account: '111111111111', region: 'eu-central-1' };
const SETUP = 'Custom::DatabaseSetup';
/** Services of AWS without which a task of Fargate does not start. */
const NEEDED = ['ecr.api', 'ecr.dkr', 's3', 'logs'];

/** A container as ECS describes it. */
export interface Container {
  readonly Environment?: ReadonlyArray<{ readonly Name: string; readonly Value: string }>;
  readonly Secrets?: ReadonlyArray<{ readonly Name: string; readonly ValueFrom: string }>;
}

/**
 * An empty account with a real PostgreSQL in the place of RDS.
 *
 * The simulator of CloudFormation deploys. Where it comes to the setup of a database, the bundled function runs with
 * the properties of that moment, and its answer decides how the deployment goes on.
 */
export class ProductAccount {
  public static async start(): Promise<ProductAccount> {
    const server = await startRdsPostgres('15');
    return new ProductAccount(server, await DatabaseSetup.start(server.certificateFile));
  }

  public readonly account = new Account(PLACE);
  /** Answers of the setup, in order. */
  public readonly setups: SetupResult[] = [];
  /** Values of secrets that the account generated, by ARN. */
  private readonly secrets = new Map<string, SecretValue>();
  private readonly texts = new Map<string, string>();

  private constructor(
    public readonly server: PostgresServer,
    private readonly setup: DatabaseSetup,
  ) {}

  /** Deploys stacks in order as `cdk deploy --all --no-rollback` does, and stops after one that fails. */
  public async deploy({ stacks, templates }: {
    readonly stacks: readonly string[];
    readonly templates: { readonly [stack: string]: Template };
  }): Promise<{ [stack: string]: Outcome }> {
    const outcomes: { [stack: string]: Outcome } = {};
    for (const stack of stacks) {
      const failing = await this.failingSetups(stack, templates[stack]);
      outcomes[stack] = this.account.deploy(stack, templates[stack], { failing, rollback: false });
      if (!outcomes[stack].state.status.endsWith('_COMPLETE')) {
        break;
      }
    }
    return outcomes;
  }

  /** Variables of a container. Only address, port and authority of the server are those of this machine. */
  public variables(container: Container, surroundings: Surroundings): { [name: string]: string } {
    const { existing } = this.account;
    const reach = new Reach(existing, surroundings);
    const missing = NEEDED.find((service) => !reach.callsAws(service));
    if (missing) {
      throw new Error(`CannotPullContainerError: no way to ${missing}`);
    }
    const read = (from: string): string => {
      const [, arn, field] = /^(.*?)(?::(username|password)::)?$/.exec(from)!;
      if (!reach.reads(arn)) {
        throw new Error(`ResourceInitializationError: ${surroundings.roleArn} does not read ${arn}`);
      }
      return field ? this.valueOf(existing, arn)[field as keyof SecretValue] : this.textOf(arn);
    };
    const variables = Object.fromEntries([
      ...(container.Environment ?? []).map(({ Name, Value }) => [Name, Value]),
      ...(container.Secrets ?? []).map(({ Name, ValueFrom }) => [Name, read(ValueFrom)]),
    ]) as { [name: string]: string };
    if (!variables.DB_HOST) {
      return variables;
    }
    const [database] = existing.of('AWS::RDS::DBInstance');
    if (variables.DB_HOST !== addressOf(database) || !reach.connects(database)) {
      throw new Error(`connect ETIMEDOUT ${variables.DB_HOST}`);
    }
    expect(variables.DB_SSL_CA).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(variables.DB_PORT).toBe(database.properties.Port);
    return {
      ...variables, DB_HOST: 'localhost', DB_PORT: `${this.server.port}`, DB_SSL_CA: this.server.certificate,
    };
  }

  /** Password that the account generated for a user. */
  public passwordOf(userName: string): string {
    return [...this.secrets.values()].find(({ username }) => username === userName)!.password;
  }

  public async stop(): Promise<void> {
    this.setup.stop();
    await this.server.stop();
  }

  /**
   * Runs the setups of a deployment. Returns those that answer that they have failed.
   * CloudFormation works in parallel: of this deployment, a setup finds only what it waits for.
   */
  private async failingSetups(stack: string, template: Template): Promise<string[]> {
    const { changes, state } = this.account.copy().deploy(stack, template, { rollback: false });
    const graph = Graph.of(template);
    const failing: string[] = [];
    for (const { logicalId, action } of changes.filter(({ type }) => type === SETUP)) {
      const resource = state.resources.find((one) => one.logicalId === logicalId);
      if (resource && (action === 'create' || action === 'update')) {
        const done = state.resources.filter((one) => graph.waitsFor(logicalId, one.logicalId));
        const { status } = await this.runSetup(action === 'create' ? 'Create' : 'Update', resource, this.with(done));
        failing.push(...(status === 'SUCCESS' ? [] : [logicalId]));
      }
    }
    return failing;
  }

  /** Everything that exists at a moment of a deployment. */
  private with(changed: readonly Resource[]): Existing {
    const others = this.account.existing.of()
      .filter(({ physicalId }) => !changed.some((one) => one.physicalId === physicalId));
    return new Existing(PLACE, [...others, ...changed], 0, new Set());
  }

  /**
   * The function gets the secrets that it can read, and the server where it can reach it. Its answer arrives where it
   * can reach S3.
   */
  private async runSetup(
    type: 'Create' | 'Update',
    { properties }: Resource,
    existing: Existing,
  ): Promise<SetupResult> {
    const { ServiceToken: token, ...rest } = properties;
    const reach = new Reach(existing, surroundingsOf(existing, token as string));
    const users = rest.users as Array<{ secretArn?: string }>;
    [rest.masterSecretArn as string, ...users.flatMap(({ secretArn }) => secretArn ?? [])]
      .filter((arn) => reach.reads(arn))
      .forEach((arn) => this.setup.put(arn, this.valueOf(existing, arn)));
    const [database] = existing.of('AWS::RDS::DBInstance');
    const reached = rest.host === addressOf(database) && rest.port === database.properties.Port
      && reach.connects(database);
    const place = reached ? { host: 'localhost', port: `${this.server.port}` } : {};
    const result = await this.setup.request(type, { ...rest, ...place });
    const heard = reach.callsAws('s3') ? result : { ...result, status: undefined };
    this.setups.push(heard);
    return heard;
  }

  /** Text of a secret without fields. The account generates each once. */
  private textOf(arn: string): string {
    const text = this.texts.get(arn) ?? randomBytes(15).toString('hex');
    this.texts.set(arn, text);
    return text;
  }

  /** Value of a secret, by its ARN or by that of its attachment. The account generates each once. */
  private valueOf(existing: Existing, arn: string): SecretValue {
    const attachment = existing.named(arn, 'AWS::SecretsManager::SecretTargetAttachment');
    const secret = existing.named(attachment?.properties.SecretId ?? arn, 'AWS::SecretsManager::Secret');
    if (!secret) {
      throw new Error(`ResourceNotFoundException: ${arn}`);
    }
    const { SecretStringTemplate: template } = secret.properties.GenerateSecretString as { [name: string]: string };
    const { username } = JSON.parse(template) as SecretValue;
    const known = this.secrets.get(secret.physicalId) ?? { username, password: randomBytes(15).toString('hex') };
    const [database] = existing.of('AWS::RDS::DBInstance');
    const { MasterUserPassword: reference } = database.properties;
    const ofMaster = String(reference).includes(`${secret.physicalId}:SecretString`);
    const value = ofMaster && username === database.properties.MasterUsername ? MASTER : known;
    this.secrets.set(secret.physicalId, value);
    return value;
  }
}

function surroundingsOf(existing: Existing, token: string): Surroundings {
  const { properties } = existing.of('AWS::Lambda::Function').find(({ physicalId }) => token.endsWith(physicalId))!;
  const { SecurityGroupIds: securityGroups, SubnetIds: subnets } = properties.VpcConfig;
  return { roleArn: properties.Role, securityGroups, subnets };
}

function addressOf({ physicalId }: Resource): string {
  return `${physicalId}#Endpoint.Address`;
}
