import type { Duration } from 'aws-cdk-lib';
import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** A service, as the stores that are given to it see it. */
export interface IBackingServiceClient extends IConstruct, IConnectable {}

/** One field of a secret that a container gets as an environment variable. */
export interface SecretVariable {
  /** Name of the environment variable, for example `DB_PASSWORD`. */
  readonly variable: string;
  /** Complete ARN of the secret, suffix included. */
  readonly secretArn: string;
  /**
   * Key of the JSON document that the secret holds.
   * @default - the whole secret
   */
  readonly field?: string;
  /**
   * ARN of the customer key that encrypts the secret.
   * @default - the secret is encrypted with the account's own key
   */
  readonly keyArn?: string;
}

/** What a backing service hands to a client. */
export interface ServiceBinding {
  /**
   * The store itself, by which those who watch the client know what it uses.
   * @default - not known
   */
  readonly store?: IConstruct;
  /** Environment variables, by name: nothing secret. */
  readonly environment: { [name: string]: string };
  /** Environment variables out of secrets. */
  readonly secrets: SecretVariable[];
  /**
   * What the application itself may do with the store, for example sign in with its role. Goes to the client's own role.
   * @default - nothing
   */
  readonly permissions?: PolicyStatement[];
  /**
   * The client's tasks have to be replaced at least this often: a variable that came out of a secret never changes in a running
   * task, and the secret does (requirement A-34).
   * @default - never
   */
  readonly replaceTasksEvery?: Duration;
}

/**
 * Something a service depends on and is given: a database, a cache.
 * It opens its one port to that client only. Nothing below knows what is above: rules and
 * permissions are made in the client's scope, so that no cycle closes between stacks.
 */
export interface IBackingService {
  /** Opens the way for the client and returns what it needs to know. */
  bind(client: IBackingServiceClient): ServiceBinding;
}
