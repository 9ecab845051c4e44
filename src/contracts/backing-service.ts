import type { Duration } from 'aws-cdk-lib';
import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct, IDependable } from 'constructs';

/** Service that binds to a backing service, as the backing service sees it. */
export interface IBackingServiceClient extends IConstruct, IConnectable {
  /**
   * Most tasks that run at once, without those that a deployment adds.
   * @default 1 - connections count for a single task
   */
  readonly maxTasks?: number;
}

/** Environment variable of a container whose value comes from a secret. */
export interface SecretVariable {
  /** Name of the environment variable, for example `DB_PASSWORD`. */
  readonly variable: string;
  /** Complete ARN of the secret, with its suffix. */
  readonly secretArn: string;
  /**
   * Key in the JSON document of the secret.
   * @default - the whole secret
   */
  readonly field?: string;
  /**
   * ARN of the customer key that encrypts the secret.
   * @default - the secret is encrypted with the AWS managed key
   */
  readonly keyArn?: string;
  /**
   * Complete ARNs of secrets with the same key that the variable had before.
   *
   * A revision that runs goes on reading them until the next one is released.
   * @default - none
   */
  readonly formerSecretArns?: string[];
}

/** Connection of one client to a backing service: variables, secrets and permissions. */
export interface ServiceBinding {
  /**
   * Backing service itself, so that monitoring of the client knows its dependencies.
   * @default - unknown
   */
  readonly store?: IConstruct;
  /** Environment variables by name, without secrets. */
  readonly environment: { [name: string]: string };
  /** Environment variables whose values come from secrets. */
  readonly secrets: SecretVariable[];
  /**
   * Permissions of the application in the backing service, for example to sign in.
   *
   * They are added to the client's task role.
   * @default - none
   */
  readonly permissions?: PolicyStatement[];
  /**
   * Longest time until the client must replace its tasks.
   *
   * A running task keeps the values of its secrets, and a secret may rotate. Source: requirement A-34.
   * @default - tasks are never replaced for this reason
   */
  readonly replaceTasksEvery?: Duration;
  /**
   * Resources that must exist before tasks of the client start, for example the setup of a database.
   *
   * Only the ECS service waits for them, and not its load balancer.
   * @default - tasks start at once
   */
  readonly startAfter?: IDependable;
}

/**
 * Dependency of a service, for example a database or a cache.
 *
 * It opens its port to each client that binds to it, and to nothing else. Rules and permissions are created in the
 * scope of the client, so that no cycle between stacks arises.
 *
 * @example
 * class SearchIndex extends Construct implements IBackingService {
 *   public constructor(scope: Construct, id: string, private readonly domain: SearchDomain) {
 *     super(scope, id);
 *   }
 *
 *   public bind(client: IBackingServiceClient): ServiceBinding {
 *     client.connections.allowTo(this.domain, Port.tcp(443), 'Search');
 *     return {
 *       store: this,
 *       environment: { SEARCH_ENDPOINT: this.domain.domainEndpoint },
 *       secrets: [],
 *       permissions: [new PolicyStatement({ actions: ['es:ESHttp*'], resources: [`${this.domain.domainArn}/*`] })],
 *     };
 *   }
 * }
 */
export interface IBackingService {
  /** Opens the port of the backing service for a client, and returns the client's binding. */
  bind(client: IBackingServiceClient): ServiceBinding;
}
